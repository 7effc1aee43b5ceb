from odoo import models


class SalesProcessLeadTrailMixin(models.AbstractModel):
    """The trail of a lead: what was made for it, and everything of its customer."""

    _name = "sales.process.lead.trail.mixin"
    _inherit = ["sales.process.trail.mixin"]
    _description = "Trail of leads"

    def _get_trail_scope(self):
        return self._make_trail_scope(self, self.partner_id)
