from odoo import api, models


class SalesProcessTarget(models.Model):
    _inherit = "sales.process.target"

    @api.model
    def _get_revenue_codes(self):
        return super()._get_revenue_codes() | {"order_revenue"}
