from odoo import api, models
from odoo.tools import SQL


class SalesProcessKpi(models.Model):
    _inherit = "sales.process.kpi"

    @api.model
    def _get_fact_models(self):
        orders = ("order_revenue", "order_count", "order_repurchase", "order_margin", "quotation_on_time")
        return {**super()._get_fact_models(), **dict.fromkeys(orders, "sale.order")}

    def _get_missing_source(self):
        wants_margin = self.computation == "builtin" and self.builtin == "order_margin"
        if wants_margin and "margin" not in self.env["sale.order"]._fields:
            return self.env._("Install Margins in Sales Orders (sale_margin) to compute it.")
        return super()._get_missing_source()

    @api.model
    def _facts_order_revenue(self, start, stop, company_ids):
        """Untaxed amount of orders confirmed in the period, in the company's currency at the order's own rate."""
        return self._sql_orders(start, stop, company_ids, SQL("sale.amount_untaxed / NULLIF(sale.currency_rate, 0)"))

    @api.model
    def _facts_order_count(self, start, stop, company_ids):
        """Orders confirmed in the period."""
        return self._sql_orders(start, stop, company_ids, SQL("1"))

    @api.model
    def _facts_order_margin(self, start, stop, company_ids):
        """Margin / untaxed amount of the orders confirmed in the period, both in the company's currency."""
        rate = SQL("NULLIF(sale.currency_rate, 0)")
        return self._sql_orders(
            start,
            stop,
            company_ids,
            SQL("COALESCE(sale.margin, 0) / %s", rate),
            den=SQL("sale.amount_untaxed / %s", rate),
        )

    @api.model
    def _facts_order_repurchase(self, start, stop, company_ids):
        """Customers with two orders or more by the end of the period / customers who ordered in the period.

        Each customer (commercial entity) counts once in a company, with its latest order of the period.
        """
        again = SQL(
            """EXISTS (SELECT 1
                         FROM sale_order AS other
                         JOIN res_partner AS buyer ON buyer.id = other.partner_id
                        WHERE buyer.commercial_partner_id = partner.commercial_partner_id
                          AND other.company_id = sale.company_id AND other.state = 'sale'
                          AND (other.date_order, other.id) < (sale.date_order, sale.id))::integer"""
        )
        return SQL(
            """SELECT DISTINCT ON (facts.company_id, facts.customer_id) facts.*
                 FROM (%s) AS facts
                ORDER BY facts.company_id, facts.customer_id, facts.date DESC, facts.record_id DESC""",
            self._sql_orders(
                start,
                stop,
                company_ids,
                again,
                more=SQL(", partner.commercial_partner_id AS customer_id, sale.date_order AS date"),
            ),
        )

    @api.model
    def _sql_orders(self, start, stop, company_ids, num, den=None, more=None):
        return SQL(
            """
            SELECT sale.id AS record_id, sale.opportunity_id AS lead_id, sale.company_id, sale.team_id, sale.user_id,
                   lead.sales_process_id AS process_id, lead.sales_process_stage_id AS process_stage_id,
                   COALESCE(sale.source_id, lead.source_id) AS source_id, partner.country_id,
                   %(num)s AS num, %(den)s AS den%(more)s
              FROM sale_order AS sale
              JOIN res_partner AS partner ON partner.id = sale.partner_id
              LEFT JOIN crm_lead AS lead ON lead.id = sale.opportunity_id
             WHERE sale.state = 'sale' AND sale.date_order >= %(start)s AND sale.date_order < %(stop)s
               AND sale.company_id = ANY(%(companies)s)
            """,
            num=num,
            den=den or SQL("1"),
            more=more or SQL(""),
            start=start,
            stop=stop,
            companies=list(company_ids),
        )

    @api.model
    def _facts_quotation_on_time(self, start, stop, company_ids):
        """First quotations sent before the stage ran out of time / opportunities whose first quotation was due.

        Counts each stay, in a stage with a time limit, during which an opportunity got its first quotation, in the
        period in which it was sent. A stage without a limit promises nothing and does not count.
        """
        return SQL(
            """
            SELECT sale.id AS record_id, lead.id AS lead_id, sale.company_id, sale.team_id, sale.user_id,
                   visit.process_id, visit.process_stage_id, lead.source_id, partner.country_id,
                   (sale.sales_sent_date <= visit.deadline)::integer AS num, 1 AS den
              FROM sale_order AS sale
              JOIN crm_lead AS lead ON lead.id = sale.opportunity_id
              JOIN res_partner AS partner ON partner.id = sale.partner_id
              JOIN sales_process_visit AS visit ON visit.lead_id = lead.id AND visit.deadline IS NOT NULL
                   AND visit.entered <= sale.sales_sent_date
                   AND (visit."left" IS NULL OR visit."left" > sale.sales_sent_date)
             WHERE sale.sales_sent_date >= %(start)s AND sale.sales_sent_date < %(stop)s
               AND sale.company_id = ANY(%(companies)s) AND sale.state <> 'cancel'
               AND NOT EXISTS (SELECT 1
                                 FROM sale_order AS earlier
                                WHERE earlier.opportunity_id = sale.opportunity_id
                                  AND (earlier.sales_sent_date, earlier.id) < (sale.sales_sent_date, sale.id))
            """,
            start=start,
            stop=stop,
            companies=list(company_ids),
        )
