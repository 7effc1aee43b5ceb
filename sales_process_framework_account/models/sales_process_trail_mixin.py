from odoo import models
from odoo.fields import Domain

from odoo.addons.sales_process_framework.models.trail.trail_source import TrailSource


class SalesProcessTrailMixin(models.AbstractModel):
    _inherit = "sales.process.trail.mixin"

    def _get_trail_sources(self, scope):
        customers = scope.domain(partner="partner_id")
        invoice = {
            "model": "account.move",
            "date": "date",
            "state": "status_in_payment",
            "amount": "amount_total_in_currency_signed",
        }
        return [
            *super()._get_trail_sources(scope),
            TrailSource(
                kind="invoice",
                label=self.env._("Invoice"),
                icon="fa-file-text",
                domain=customers & Domain("move_type", "in", ("out_invoice", "out_receipt")),
                **invoice,
            ),
            TrailSource(
                kind="credit_note",
                label=self.env._("Credit Note"),
                icon="fa-reply",
                domain=customers & Domain("move_type", "=", "out_refund"),
                **invoice,
            ),
            TrailSource(
                kind="payment",
                label=self.env._("Payment"),
                icon="fa-money",
                model="account.payment",
                domain=customers & Domain("partner_type", "=", "customer"),
                date="date",
                state="state",
                amount="amount_signed",
            ),
        ]
