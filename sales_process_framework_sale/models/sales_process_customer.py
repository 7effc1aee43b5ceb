from odoo import api, models
from odoo.tools import SQL


class SalesProcessCustomer(models.Model):
    _inherit = "sales.process.customer"

    def _get_customers_query(self):
        """Whoever ordered is a customer, with or without an opportunity."""
        return SQL(
            """
            %s
             UNION
            SELECT partner.commercial_partner_id
              FROM sale_order AS sale
              JOIN res_partner AS partner ON partner.id = sale.partner_id
             WHERE sale.state = 'sale'
            """,
            super()._get_customers_query(),
        )

    @api.model
    def _get_last_order_dates(self, partners):
        """Confirmed orders, and won leads where they are newer or more: one lead and its order count once."""
        result = super()._get_last_order_dates(partners)
        for key, date, count in self._read_last_sales(partners):
            won_date, won_count = result.get(key, (date, count))
            result[key] = (max(date, won_date), max(count, won_count))
        return result

    @api.model
    def _read_last_sales(self, partners):
        """:return: list of ((partner id, company id), naive UTC datetime, number of confirmed orders)"""
        self.env["sale.order"].flush_model(["partner_id", "company_id", "date_order", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id, sale.company_id, MAX(sale.date_order), COUNT(*)
                  FROM res_partner AS partner
                  JOIN sale_order AS sale ON sale.partner_id = partner.id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s) AND sale.state = 'sale'
                 GROUP BY 1, 2
                """,
                partners=partners.ids,
            )
        )
        return [((partner, company), date, count) for partner, company, date, count in rows]
