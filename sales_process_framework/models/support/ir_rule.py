from odoo import models
from odoo.fields import Domain

REQUEST = "sales.process.support.request"
PAUSE = "sales.process.support.pause"


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        """A request is seen by its department and by whoever sees the lead; its pauses follow it."""
        domain = super()._compute_domain(model_name, mode)
        if model_name not in (REQUEST, PAUSE) or self.env.su:
            return domain
        if model_name == PAUSE:
            return domain & Domain("request_id", "any!", self._compute_domain(REQUEST, mode))
        seen = Domain("department_id", "any!", [("member_ids", "in", [self.env.uid])])
        # Whoever has no access to leads at all has no rules on them either: nothing may follow from that.
        if self.env["ir.model.access"].check("crm.lead", "read", raise_exception=False):
            seen |= Domain("lead_id", "any!", super()._compute_domain("crm.lead", "read"))
        return domain & seen
