from odoo import api, models
from odoo.tools import SQL


class SalesProcessKpi(models.Model):
    _inherit = "sales.process.kpi"

    @api.model
    def _get_fact_models(self):
        orders = ("order_revenue", "order_count", "order_repurchase", "order_margin")
        return {
            **super()._get_fact_models(),
            **dict.fromkeys(orders, "sale.order"),
            "quotation_on_time": "sales.process.visit",
        }

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
        """First quotations sent before the stage's time limit / first quotations due, in percent. Flow.

        Due in the period: stays whose limit ran out in it, in a stage whose exit gate asks for a quotation or takes
        one for a document. Where the gates of a process ask for none, the stay in which the first quotation was begun
        is the one that was to bring it. A deal that left the stage for good before the limit without going on (lost,
        archived, sent back, parked) needed no quotation any more; one that went on without it is late, and so is one
        that never got it. Cancelled quotations do not count: what replaced them does. A later version does not make
        it late. A stage without a limit promises nothing.
        """
        joins = SQL(
            """
              JOIN (%(places)s) AS place ON place.id = visit.process_stage_id
              LEFT JOIN LATERAL (
                    SELECT MIN(COALESCE(sale.sales_sent_date, CASE WHEN sale.state = 'sale' THEN sale.date_order END))
                               AS sent,
                           MIN(sale.create_date) AS begun
                      FROM sale_order AS sale
                     WHERE sale.opportunity_id = visit.lead_id AND sale.state <> 'cancel'
                       AND sale.company_id = %(company)s) AS quotation ON TRUE
            """,
            places=self._select_quoting_stages(),
            company=self._sql_company(SQL("visit.company_id")),
        )
        return self._select_visits(
            company_ids,
            where=SQL(
                """%s
                   AND (place.asks OR (quotation.begun >= visit.entered
                                       AND (visit."left" IS NULL OR quotation.begun < visit."left")))
                   AND (visit."left" IS NULL OR visit."left" >= visit.deadline
                        OR visit.outcome IN ('advanced', 'won') OR quotation.sent <= visit.deadline)""",
                self._sql_between(SQL("visit.deadline"), start, stop),
            ),
            joins=joins,
            num=SQL("(COALESCE(quotation.sent <= visit.deadline, FALSE))::int"),
            den=SQL("1"),
        )

    @api.model
    def _select_quoting_stages(self):
        """Stages that may owe a quotation: those that ask for one; all of a process in which none does."""
        asking = SQL(
            """SELECT FROM sales_process_requirement AS need
                 JOIN sales_process_stage AS asked ON asked.id = need.process_stage_id
                WHERE need.gate = 'exit'
                  AND (need.judgement = 'quotation' OR (need.judgement = 'document' AND need.quotation_counts))"""
        )
        return SQL(
            """SELECT id, asks
                 FROM (SELECT stage.id, EXISTS (%(asking)s AND asked.id = stage.id) AS asks,
                              EXISTS (%(asking)s AND asked.process_id = stage.process_id) AS elsewhere
                         FROM sales_process_stage AS stage) AS known
                WHERE asks OR NOT elsewhere""",
            asking=asking,
        )
