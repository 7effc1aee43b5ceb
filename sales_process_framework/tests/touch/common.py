from odoo import Command

from ..common import SalesProcessCommon


class TouchCommon(SalesProcessCommon):
    """A journey of three phases on the process: Interest (Qualify), Evaluation (Diagnose, Propose), Use (no stage)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls.customer = cls.env["res.partner"].create({"name": "Ada", "email": "ada@customer.example.com"})
        cls.journey = cls.env["sales.process.journey"].create(
            {
                "name": "Buyers",
                "company_id": cls.company.id,
                "process_ids": [Command.set(cls.process.ids)],
                "phase_ids": [
                    Command.create({"name": "Interest", "kind": "interest", "sequence": 1}),
                    Command.create({"name": "Evaluation", "kind": "evaluation", "sequence": 2}),
                    Command.create({"name": "Use", "kind": "use", "sequence": 3}),
                ],
            }
        )
        cls.interest, cls.evaluation, cls.use = cls.journey.phase_ids
        cls.interest.process_stage_ids = cls.p_qualify
        cls.evaluation.process_stage_ids = cls.p_diagnose + cls.p_propose
        cls.call_type = cls.env.ref("mail.mail_activity_data_call")
        cls.meeting_type = cls.env.ref("mail.mail_activity_data_meeting")
        cls.todo_type = cls.env.ref("mail.mail_activity_data_todo")
        cls.inquiry = cls._touchpoint(cls.interest, "Inquiry", match_source="email_in", direction="customer")
        cls.first_mail = cls._touchpoint(cls.interest, "First answer", match_source="email_out", importance=5)
        cls.first_call = cls._touchpoint(cls.interest, "First call", match_source="call")
        cls.form = cls._touchpoint(cls.interest, "Web form", match_source="web_form", direction="customer")
        cls.offer = cls._touchpoint(
            cls.evaluation, "Quotation", match_source="email_out", match_text="Quotation", action="Send the quotation"
        )
        cls.talk = cls._touchpoint(cls.evaluation, "Mail in evaluation", match_source="email_out")
        cls.visit = cls._touchpoint(cls.evaluation, "Visit", match_source="meeting")
        cls.sample = cls._touchpoint(
            cls.evaluation, "Sample", match_source="activity", match_activity_type_id=cls.todo_type.id
        )
        cls.service = cls._touchpoint(cls.use, "Service visit", match_source="none")
        cls.journey.action_activate()
        cls.lead = cls._lead(partner_id=cls.customer.id)
        cls.env.flush_all()

    @classmethod
    def _touchpoint(cls, phase, name, **vals):
        return cls.env["sales.process.touchpoint"].create(
            {"phase_id": phase.id, "name": name, "channel_kind": "online", "sequence": 10, **vals}
        )

    def _touches(self, lead=None):
        return self.env["sales.process.touch"].search([("lead_id", "=", (lead or self.lead).id)])

    def _write_to_customer(self, lead=None, user=None, **kwargs):
        return self._post(
            (lead or self.lead).with_user(user or self.rep),
            "Hello",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=self.customer.ids,
            **kwargs,
        )

    def _receive(self, lead=None, **kwargs):
        return self._post(
            (lead or self.lead),
            "Hello",
            subtype_xmlid="mail.mt_comment",
            message_type="email",
            author_id=self.customer.id,
            **kwargs,
        )

    def _do(self, activity_type, lead=None, user=None, **vals):
        user = user or self.rep
        activity = (
            (lead or self.lead)
            .with_user(user)
            .activity_schedule(activity_type_id=activity_type.id, summary="Do it", user_id=user.id, **vals)
        )
        activity.action_done()
        return activity

    def _row(self, touch):
        return (
            touch.source,
            touch.direction,
            touch.human,
            touch.touchpoint_id.name,
            touch.phase_id.name,
        )
