from datetime import timedelta
from unittest.mock import patch

from odoo import Command

from odoo.addons.sales_process_framework.tests.touch.common import TouchCommon


class SurveyCommon(TouchCommon):
    """A running program that asks on the day a lead comes into Propose, the stage that stands for delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Program = cls.env["sales.process.survey.program"]
        cls.Invitation = cls.env["sales.process.survey.invitation"]
        cls.survey = cls.env.ref("sales_process_framework_survey.survey_nps")
        cls.program = cls._program("After delivery", process_stage_ids=[Command.set(cls.p_propose.ids)])
        cls.company.sales_nps_minimum = 3
        cls.company.sales_survey_rest_days = 90

    @classmethod
    def _program(cls, name, start=True, **vals):
        program = cls.Program.create(
            {"name": name, "company_id": cls.company.id, "user_id": cls.manager.id, "delay_days": 0, **vals}
        )
        if start:
            program.action_start()
            program.date_start -= timedelta(days=30)
        return program

    @classmethod
    def _person(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, "email": f"{name.lower()}@customer.example.com", **vals})

    def _deliver(self, *leads):
        for lead in leads or (self.lead,):
            lead.stage_id = self.propose

    def _win(self, lead):
        """Won in this transaction, whose clock stands still."""
        lead.action_set_won()
        lead.date_closed = self.env.cr.now()

    def _collect(self, *programs):
        for program in programs or (self.program,):
            position = (program._get_collect_start(), "")
            while position:
                _count, position = program._collect(position)
        self.env.flush_all()
        return self._invitations()

    def _invitations(self):
        return self.Invitation.search([("company_id", "=", self.company.id)], order="id")

    def _make_due(self, invitations, field="date_planned"):
        for invitation in invitations:
            invitation[field] = self.env.cr.now() - timedelta(hours=1)
        self.env.flush_all()

    def _send(self, reminder=False):
        """Send what is due, as the scheduled action does it without its commits."""
        self.Invitation._withdraw_refused()
        self.Invitation._expire()
        batch = self.Invitation._lock_due(reminder)
        if batch:
            batch._send(reminder)
        self.env.flush_all()
        return batch

    def _invite(self, lead=None):
        """:return: an invitation that was sent"""
        self._deliver(lead or self.lead)
        invitation = self._collect().filtered(lambda one: one.lead_id == (lead or self.lead))
        self._make_due(invitation)
        self._send()
        return invitation

    def _without_commits(self):
        """A scheduled action called by its method, with as much time as it wants."""
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 3600)

    def _call(self, method):
        """:return: the error of a call whose work stays; assertRaises() would roll it back"""
        error = None
        try:
            method()
        except Exception as caught:
            error = caught
        self.env.invalidate_all()
        return error

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("headers", "like", "List-Unsubscribe")], order="id")
