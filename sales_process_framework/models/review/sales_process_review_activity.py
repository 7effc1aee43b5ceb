from odoo import models


class SalesProcessReviewActivity(models.AbstractModel):
    _name = "sales.process.review.activity"
    _description = "Activities of Review Actions"

    def _get_review_actions(self):
        """:return: actions of reviews that these activities are of; no query for activities of anything else"""
        Action = self.env["sales.process.review.action"]
        ours = self.filtered(lambda activity: activity.res_model == "sales.process.review")
        # sudo: whoever may change the activity changes the action
        return Action.sudo().search([("activity_id", "in", ours.ids)]) if ours else Action

    def write(self, vals):
        """An activity that is moved or handed on takes its action along."""
        result = super().write(vals)
        changed = {"date_deadline", "user_id", "summary"} & vals.keys()
        if changed and not self.env.context.get("sales_review_action"):
            self._get_review_actions()._follow_activities()
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        actions = self._get_review_actions()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        actions._on_activities_done(feedback)
        return result
