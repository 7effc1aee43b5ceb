from odoo import Command

from ..common import SalesProcessCommon


class FeedbackCommon(SalesProcessCommon):
    """A running process with two requirements, a deal of the rep and one of the colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget confirmed")
        cls.decider = cls._require(cls.p_qualify, "Decision maker known")
        cls.report = cls._require(cls.p_diagnose, "Report", kind="deliverable", judgement="document")
        cls._activate()
        cls.other_rep = cls._new_user("spf_f_other", "sales_team.group_sale_salesman", notification_type="inbox")
        cls.rep.notification_type = "inbox"
        cls.team.member_ids = [Command.link(cls.other_rep.id)]
        cls.lead = cls._lead(name="Pump for Meyer")
        cls.Feedback = cls.env["sales.process.feedback"]
        cls.theme = cls.env.ref("sales_process_framework.feedback_theme_strict")

    @classmethod
    def _give(cls, text="Nobody tells the budget in the first call", user=None, about=None, **kwargs):
        """Feedback of a rep about the budget, given as the web client does."""
        about = {"requirement_id": cls.budget.id} if about is None else about
        number = cls.Feedback.with_user(user or cls.rep).give(text, about, **kwargs)
        cls.env.flush_all()
        cls.env.invalidate_all()
        return cls.Feedback.browse(number)

    @classmethod
    def _managed(cls, feedback):
        return feedback.with_user(cls.manager)

    def _told(self, user):
        """Messages that a person was told by what became of feedback, oldest first."""
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("model", "=", False),
                ("notified_partner_ids", "in", user.partner_id.ids),
            ],
            order="id",
        )
