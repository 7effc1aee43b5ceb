from odoo import fields, models


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["sales.process.review.activity", "mail.activity"]

    sales_process_requirement_id = fields.Many2one(
        "sales.process.requirement", ondelete="set null", index="btree_not_null", help="The approval it asks for."
    )

    def write(self, vals):
        """Done activities are archived, and may be what a gate waits for."""
        result = super().write(vals)
        if "active" in vals and self.env["sales.process"]._is_in_use():
            self._refresh_leads()
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        """A meeting that is done is recorded as the meeting, not once more by the message that says so."""
        self._tick_rollout_checks()
        Touch = self.env["sales.process.touch"]
        if not Touch._is_recording():
            return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        meetings = self.filtered(lambda activity: activity.res_model == "crm.lead" and activity.calendar_event_id)
        if not meetings:
            return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        events = meetings.calendar_event_id
        messages, followups = super(MailActivity, meetings.with_context(sales_process_meeting_done=True))._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        Touch._settle_meetings(events)
        if others := (self - meetings):
            more_messages, more_followups = super(MailActivity, others)._action_done(
                feedback=feedback, attachment_ids=attachment_ids
            )
            messages, followups = messages + more_messages, followups + more_followups
        return messages.with_env(self.env), followups.with_env(self.env)

    def _tick_rollout_checks(self):
        """Who marks the activity of a checklist point as done has ticked the point."""
        ours = self.filtered(lambda activity: activity.res_model == "sales.process.rollout")
        if ours:
            # sudo: the activity was theirs to do
            checks = self.env["sales.process.rollout.check"].sudo().search([("activity_id", "in", ours.ids)])
            checks.write({"activity_id": False})
            checks.write({"done": True})

    def unlink(self):
        if not self.env["sales.process"]._is_in_use():
            return super().unlink()
        done = self.filtered(lambda activity: not activity.active and activity.res_model == "crm.lead")
        leads = self.env["crm.lead"].sudo().browse(done.mapped("res_id"))
        result = super().unlink()
        if leads:
            leads.exists()._refresh_gate_state()
        return result

    def _refresh_leads(self):
        lead_ids = self.filtered(lambda activity: activity.res_model == "crm.lead").mapped("res_id")
        self.env["crm.lead"].sudo().browse(lead_ids).exists()._refresh_gate_state()
