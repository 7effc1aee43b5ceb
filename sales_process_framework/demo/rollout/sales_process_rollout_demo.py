from odoo import api, models
class X(models.AbstractModel):
    _name = "sales.process.demo.rollout"
    _inherit = "sales.process.demo"
    _description = "x"
    @api.model
    def _demo_build_rollouts(self):
        return
