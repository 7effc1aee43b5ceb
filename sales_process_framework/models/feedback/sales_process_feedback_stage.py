from odoo import fields, models

from .feedback_labels import MANAGER


class SalesProcessFeedbackStage(models.AbstractModel):
    """What was said about a stage."""

    _name = "sales.process.feedback.stage"
    _description = "Feedback about a Stage"

    # Counted when the form of the stage shows it, and nowhere else.
    feedback_count = fields.Integer(string="Feedback", compute="_compute_feedback_count", groups=MANAGER)

    def _compute_feedback_count(self):
        counts = self.env["sales.process.feedback"]._count_by_place("process_stage_id", self)
        for stage in self:
            stage.feedback_count = counts.get(stage.id, 0)

    def action_open_feedback(self):
        self.ensure_one()
        Feedback = self.env["sales.process.feedback"]
        return Feedback._get_list_action([("process_stage_id", "in", Feedback._get_family(self))])
