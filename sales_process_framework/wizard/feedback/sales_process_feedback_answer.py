from odoo import Command, api, fields, models


class SalesProcessFeedbackAnswer(models.TransientModel):
    """Says to whoever gave feedback what becomes of it."""

    _name = "sales.process.feedback.answer"
    _description = "Answer to Feedback"

    feedback_ids = fields.Many2many("sales.process.feedback", required=True)
    state = fields.Selection(
        selection=lambda self: self.env["sales.process.feedback"]._fields["state"]._description_selection(self.env),
        string="Status",
        required=True,
        default="review",
    )
    answer = fields.Text(help="Everybody who gave it, or joined, reads this.")
    people = fields.Integer(compute="_compute_people", help="Who will be told.")

    @api.model
    def default_get(self, fields):
        """Start from what there is."""
        values = super().default_get(fields)
        commands = self.env.context.get("default_feedback_ids") or []
        feedback = self.env["sales.process.feedback"].browse([number for number in commands if isinstance(number, int)])
        if len(feedback) == 1:
            values.setdefault("answer", feedback.answer)
            if "default_state" not in self.env.context and feedback.state != "new":
                values["state"] = feedback.state
        values["feedback_ids"] = [Command.set(feedback.ids)]
        return values

    @api.depends("feedback_ids")
    def _compute_people(self):
        for wizard in self:
            # sudo: how many, and not who
            feedback = wizard.feedback_ids.sudo()
            voices = self.env["sales.process.feedback.voice"].sudo()
            wizard.people = len(voices.search([("feedback_id", "in", (feedback | feedback.merged_ids).ids)]).user_id)

    def action_answer(self):
        self.ensure_one()
        self.feedback_ids.write({"state": self.state, "answer": (self.answer or "").strip() or False})
        return {"type": "ir.actions.act_window_close"}
