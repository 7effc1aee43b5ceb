from odoo import models
from odoo.fields import Domain


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        """Invitations and answers follow the rules of their lead, as all facts do."""
        domain = super()._compute_domain(model_name, mode)
        if model_name != "sales.process.survey.invitation" or self.env.su:
            return domain
        return domain & Domain("lead_id", "any!", self._compute_domain("crm.lead", mode))
