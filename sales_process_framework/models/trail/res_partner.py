from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "sales.process.trail.mixin"]

    def _get_trail_scope(self):
        return self._make_trail_scope(self.env["crm.lead"], self)
