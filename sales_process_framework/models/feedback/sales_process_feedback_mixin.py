from odoo import models


class SalesProcessFeedbackMixin(models.AbstractModel):
    """What was said about a lead stays when the lead is merged into another."""

    _name = "sales.process.feedback.mixin"
    _description = "Feedback about leads"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: CRM unlinks the tails as superuser; what was said about them leaves them the same way
        feedback = self.env["sales.process.feedback"].sudo().with_context(active_test=False)
        if feedback._is_in_use() and (said := feedback.search([("lead_id", "in", opportunities.ids)])):
            said.write({"lead_id": self.id})
        return result
