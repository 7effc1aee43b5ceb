from odoo import models
from odoo.fields import Domain

from odoo.addons.sales_process_framework.models.trail.trail_source import TrailSource


class SalesProcessTrailMixin(models.AbstractModel):
    _inherit = "sales.process.trail.mixin"

    def _get_trail_sources(self, scope):
        # A customer can be a supplier too: of receipts only the returns of what was sold to him.
        theirs = scope.domain(partner="partner_id", lead="sale_id.opportunity_id")
        outgoing = Domain("picking_type_id.code", "=", "outgoing")
        returned = Domain("picking_type_id.code", "=", "incoming") & Domain("sale_id", "!=", False)
        done = Domain("state", "=", "done")
        return [
            *super()._get_trail_sources(scope),
            # When it was delivered and when it is to be delivered are two fields.
            self._make_trail_delivery("delivery", theirs & outgoing & done, "date_done"),
            self._make_trail_delivery("delivery", theirs & outgoing & ~done, "scheduled_date"),
            self._make_trail_delivery("return", theirs & returned & done, "date_done"),
            self._make_trail_delivery("return", theirs & returned & ~done, "scheduled_date"),
        ]

    def _make_trail_delivery(self, kind, domain, date):
        return TrailSource(
            kind=kind,
            label=self.env._("Delivery") if kind == "delivery" else self.env._("Return"),
            icon="fa-truck" if kind == "delivery" else "fa-undo",
            model="stock.picking",
            domain=domain,
            date=date,
            state="state",
        )
