from odoo import fields, models

from .feedback_labels import MANAGER


class SalesProcessFeedbackRequirement(models.AbstractModel):
    """What was said about a requirement."""

    _name = "sales.process.feedback.requirement"
    _description = "Feedback about a Requirement"

    # Counted when the form of the requirement shows it, and nowhere else.
    feedback_count = fields.Integer(string="Feedback", compute="_compute_feedback_count", groups=MANAGER)

    def _compute_feedback_count(self):
        counts = self.env["sales.process.feedback"]._count_by_place("requirement_id", self)
        for requirement in self:
            requirement.feedback_count = counts.get(requirement.id, 0)

    def action_open_feedback(self):
        self.ensure_one()
        Feedback = self.env["sales.process.feedback"]
        return Feedback._get_list_action([("requirement_id", "in", Feedback._get_family(self))])
