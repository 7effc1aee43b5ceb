from odoo import fields, models
from odoo.tools import SQL


class SalesProcessFeedbackVoice(models.Model):
    """Who gave a piece of feedback, or says the same of it.

    The only place that knows who somebody anonymous is. A record rule without exception shows everybody their own rows
    and nothing else, sales administrators and system administrators included; rows are written by the superuser, so
    that neither columns of the ORM nor messages name the person.
    """

    _name = "sales.process.feedback.voice"
    _description = "Voice of Feedback"
    _order = "id"
    _rec_name = "feedback_id"
    _log_access = False

    feedback_id = fields.Many2one("sales.process.feedback", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="cascade")
    role = fields.Selection(
        [("giver", "I gave it"), ("me_too", "I said the same")], required=True, readonly=True, default="giver"
    )

    _once = models.UniqueIndex("(feedback_id, user_id)", "You have said so already.")

    def _add(self, rows):
        """Remember voices; whoever is heard already is not heard twice, whichever of two requests comes first.

        :param rows: [(feedback id, user id, role)]
        """
        if not rows:
            return
        self.env["sales.process.feedback"].flush_model()
        numbers, users, roles = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO sales_process_feedback_voice (feedback_id, user_id, role)
                        SELECT * FROM unnest(%s::integer[], %s::integer[], %s::varchar[])
                   ON CONFLICT DO NOTHING""",
                list(numbers),
                list(users),
                list(roles),
            )
        )
        self.invalidate_model()
        self.env["sales.process.feedback"].invalidate_model(["voice_ids", "my_role", "is_mine"])
        self.env["sales.process.feedback"].browse(set(numbers))._count_votes()
