from odoo import fields, models

from .feedback_labels import MANAGER
from .sales_process_feedback_status import OPEN_STATES


class SalesProcessImprovement(models.Model):
    """What people said that an improvement answers; they see how far it is."""

    _inherit = "sales.process.improvement"

    feedback_ids = fields.One2many(
        "sales.process.feedback", "improvement_id", string="Feedback Answered", groups=MANAGER
    )
    feedback_count = fields.Integer(string="Feedback", compute="_compute_feedback_count", groups=MANAGER)

    def _compute_feedback_count(self):
        Feedback = self.env["sales.process.feedback"]
        counts = dict(Feedback._read_group([("improvement_id", "in", self.ids)], ["improvement_id"], ["__count"]))
        for improvement in self:
            improvement.feedback_count = counts.get(improvement, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "accepted":
            self._advance_feedback(("new", "review"), "planned")
        if vals.get("date_in_use"):
            self._advance_feedback(OPEN_STATES, "done")
        return result

    def _advance_feedback(self, before, after):
        """What is answered by an improvement goes along with it, and its givers hear of it."""
        # sudo: an improvement may be carried on by somebody who does not manage feedback
        feedback = self.sudo().feedback_ids.filtered(lambda one: not one.merged_into_id and one.state in before)
        if feedback:
            feedback.write({"state": after})

    def action_open_feedback(self):
        self.ensure_one()
        return self.env["sales.process.feedback"]._get_list_action([("improvement_id", "=", self.id)])
