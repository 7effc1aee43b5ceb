from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who marks the activity of a checklist point as done has ticked the point."""
        ours = self.filtered(lambda activity: activity.res_model == "sales.process.rollout")
        if ours:
            # sudo: the activity was theirs to do
            checks = self.env["sales.process.rollout.check"].sudo().search([("activity_id", "in", ours.ids)])
            checks.write({"activity_id": False})
            checks.write({"done": True})
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
