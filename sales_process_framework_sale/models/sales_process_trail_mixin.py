from odoo import models

from odoo.addons.sales_process_framework.models.trail.trail_source import TrailSource


class SalesProcessTrailMixin(models.AbstractModel):
    _inherit = "sales.process.trail.mixin"

    def _get_trail_sources(self, scope):
        return [
            *super()._get_trail_sources(scope),
            TrailSource(
                kind="order",
                label=self.env._("Order"),
                icon="fa-shopping-cart",
                model="sale.order",
                domain=scope.domain(partner="partner_id", lead="opportunity_id"),
                date="date_order",
                state="state",
                amount="amount_total",
            ),
        ]
