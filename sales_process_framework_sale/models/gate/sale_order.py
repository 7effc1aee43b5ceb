from collections import namedtuple
from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import SQL

#: What a gate reads of an order; a change of anything else changes no verdict.
JUDGED_FIELDS = {
    "state",
    "opportunity_id",
    "amount_untaxed",
    "order_line",
    "validity_date",
    "currency_id",
    "date_order",
}

Quotation = namedtuple("Quotation", "state amount currency_id company_id sent valid_until")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    sales_sent_date = fields.Datetime(
        string="Sent On", readonly=True, copy=False, help="When the quotation first went to the customer."
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create([self._with_sent_date(vals) for vals in vals_list])
        orders._refresh_gates(orders.opportunity_id)
        return orders

    def write(self, vals):
        if vals.get("state") == "sent" and "sales_sent_date" not in vals:
            first = self.filtered(lambda order: not order.sales_sent_date)
            if first:
                (self - first).write(vals)
                return first.write(self._with_sent_date(vals))
        judged = bool(JUDGED_FIELDS & vals.keys())
        leads = self.opportunity_id if judged else self.env["crm.lead"]
        result = super().write(vals)
        if judged:
            self._refresh_gates(leads | self.opportunity_id)
        return result

    def unlink(self):
        leads = self.opportunity_id
        result = super().unlink()
        self._refresh_gates(leads)
        return result

    def _with_sent_date(self, vals):
        if vals.get("state") == "sent":
            return {"sales_sent_date": self.env.cr.now(), **vals}
        return vals

    @api.model
    def _refresh_gates(self, leads):
        """A gate may wait for a quotation; whoever sells may not always judge the lead."""
        if leads and self.env["sales.process"]._is_in_use():
            leads.sudo()._refresh_gate_state()

    @api.model
    def _load_quotations(self, leads):
        """What the gates of leads read of their orders; cancelled ones and other companies' are left out.

        :return: {lead id: [Quotation]}
        """
        self.flush_model([*JUDGED_FIELDS - {"order_line"}, "company_id", "sales_sent_date"])
        companies = {lead.id: lead._get_gate_company().id for lead in leads}
        found = {}
        for lead_id, *row in self.env.execute_query(
            SQL(
                """
                SELECT opportunity_id, state, amount_untaxed, currency_id, company_id,
                       COALESCE(sales_sent_date, CASE WHEN state = 'sale' THEN date_order END), validity_date
                  FROM sale_order
                 WHERE opportunity_id = ANY(%s) AND state IN ('sent', 'sale')
                 ORDER BY id
                """,
                leads.ids,
            )
        ):
            quotation = Quotation(*row)
            if quotation.company_id == companies[lead_id]:
                found.setdefault(lead_id, []).append(quotation)
        return found

    @api.model
    def _is_quotation_valid(self, quotation):
        """Confirmed, or not expired yet."""
        if quotation.state == "sale" or not quotation.valid_until:
            return True
        return datetime.combine(quotation.valid_until, time.max) >= self.env.cr.now()
