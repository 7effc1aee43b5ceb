from markupsafe import Markup

from odoo import SUPERUSER_ID, models

from odoo.addons.sales_process_framework.tools.period import local_day


class SalesProcessSurveyFollowup(models.AbstractModel):
    """What an answer sets off inside the company: a note, and a call to who gave six or less."""

    _name = "sales.process.survey.followup"
    _description = "Follow-up of Survey Answers"

    def _follow_up(self, previous):
        """Tell the lead of an answer, once for each mark; open a follow-up for a detractor, once.

        A slip of the finger that is corrected takes the follow-up along, unless somebody has dealt with it.

        :param previous: the band before; None for a first answer
        """
        self.ensure_one()
        # Who answers is a visitor: what the company does about it is not done by him.
        invitation = self.with_user(SUPERUSER_ID)
        rep = invitation._get_followup_user()
        invitation = invitation.with_context(lang=rep.lang)
        invitation._post_answer()
        if self.band == "detractor":
            if previous != "detractor":
                invitation._open_followup(rep)
        elif previous == "detractor" and invitation.followup_activity_id:
            invitation.followup_activity_id.unlink()

    def _post_answer(self):
        bands = dict(self._fields["band"]._description_selection(self.env))
        body = self.env._(
            "Would recommend us: %(mark)s of 10 (%(band)s)", mark=self.mark, band=bands[self.band].lower()
        )
        if self.comment:
            body = Markup("%s<br/>“%s”") % (body, self.comment)
        author = self.partner_id.id or self.env.ref("base.partner_root").id
        self.lead_id.message_post(body=body, author_id=author, subtype_xmlid="mail.mt_note")

    def _get_followup_user(self):
        """:return: the lead's salesperson, else the leader of the team, else the program's responsible"""
        people = self.lead_id.user_id + self.lead_id.team_id.user_id + self.program_id.user_id
        return people.filtered("active")[:1] or self.env.ref("base.user_admin")

    def _open_followup(self, user):
        company, now = self.company_id, self.env.cr.now()
        deadline = company.resource_calendar_id._plan_working_days(now, self.program_id.followup_days)
        person = self.partner_id.name or self.email
        self.followup_activity_id = self.lead_id.activity_schedule(
            "mail.mail_activity_data_call",
            local_day(deadline, user.tz or company._get_sales_timezone()),
            summary=self.env._("Call %(person)s, who gave %(mark)s of 10", person=person, mark=self.mark),
            note=Markup("<p>%s</p>") % self.comment if self.comment else False,
            user_id=user.id,
        )

    def _log_feedback(self):
        """What a customer wrote is feedback on the process; each answer once."""
        if self.comment:
            Feedback = self.env["sales.process.feedback"].with_user(SUPERUSER_ID)
            Feedback._log_customer(self.partner_id, self.comment, lead=self.lead_id, score=self.mark)
