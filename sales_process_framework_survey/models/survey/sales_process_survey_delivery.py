import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, formataddr

from odoo.addons.sales_process_framework.tools.touch import TouchEvent

_logger = logging.getLogger(__name__)

#: Mails written between two commits.
BATCH = 100
MAIL_FIELDS = ("subject", "body_html", "email_from", "reply_to", "mail_server_id")


class SalesProcessSurveyDelivery(models.AbstractModel):
    """Invitations and reminders as mails, each once; the mail itself goes out with Odoo's mail queue."""

    _name = "sales.process.survey.delivery"
    _description = "Delivery of Survey Invitations"

    @api.model
    def _cron_send(self):
        """Send what is due, remind who has not answered, let go what is too old."""
        self._withdraw_refused()
        self._expire()
        errors = []
        if self._send_all(False, errors):
            self._send_all(True, errors)
        if errors:
            raise errors[-1]

    @api.model
    def _send_all(self, reminder, errors):
        """:param errors: list that the errors of invitations are added to
        :return: whether there is time left
        """
        failed = []
        while batch := self._lock_due(reminder, failed):
            try:
                with self.env.cr.savepoint():
                    batch._send(reminder)
            except Exception:
                # One of them fails: the others are sent one by one.
                for invitation in batch:
                    try:
                        with self.env.cr.savepoint():
                            invitation._send(reminder)
                    except Exception as error:
                        _logger.exception("Survey invitation %s", invitation.id)
                        errors.append(error)
                        failed.append(invitation.id)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=len(batch) // BATCH):
                return False
        return True

    @api.model
    def _lock_due(self, reminder, skipped=(), limit=BATCH):
        """:return: invitations that are due, under sudo; nobody else sends them meanwhile"""
        self.env.flush_all()
        due = (
            SQL("invitation.state = 'sent' AND invitation.date_next <= %s", self.env.cr.now())
            if reminder
            else SQL("invitation.state = 'to_send' AND invitation.date_planned <= %s", self.env.cr.now())
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT invitation.id
                  FROM sales_process_survey_invitation AS invitation
                  JOIN sales_process_survey_program AS program ON program.id = invitation.program_id
                 WHERE %(due)s AND program.active AND program.state = 'running' AND invitation.id <> ALL(%(skipped)s)
                 ORDER BY %(order)s, invitation.id
                 LIMIT %(limit)s
                   FOR UPDATE OF invitation SKIP LOCKED
                """,
                due=due,
                skipped=list(skipped),
                order=SQL("invitation.date_next" if reminder else "invitation.date_planned"),
                limit=limit,
            )
        )
        return self.sudo().browse(number for (number,) in rows)

    def _send(self, reminder):
        """Write the mails and note that they were; the same queries for any number of invitations of a program."""
        now = self.env.cr.now().replace(microsecond=0)
        mails_vals = []
        for program, invitations in self.grouped("program_id").items():
            if not reminder and program.kind == "questionnaire":
                invitations._create_participations()
            mails_vals += invitations._prepare_mail_vals(program._get_template(reminder))
            for count, same in invitations.grouped("reminders_sent").items():
                sent = count + 1 if reminder else 0
                vals = {"reminders_sent": sent, "date_next": program._plan_reminder(now, sent)}
                if not reminder:
                    expires = now + timedelta(days=program.expiry_days)
                    vals |= {"state": "sent", "date_sent": now, "date_expires": expires}
                same.write(vals)
        self.env["mail.mail"].sudo().create(mails_vals)
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        self._record_survey_touches("remind" if reminder else "invite")

    def _prepare_mail_vals(self, template):
        """Mails of their own, tied to no document: who may read the lead must not find the customer's link there."""
        rendered = template.sudo()._generate_template(self.ids, MAIL_FIELDS)
        result = []
        for invitation in self:
            vals = {name: value for name, value in rendered[invitation.id].items() if name in MAIL_FIELDS and value}
            name = invitation.partner_id.name or invitation.lead_id.contact_name or ""
            stop = invitation._get_link("unsubscribe")
            headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
            vals |= {
                "body": vals.get("body_html"),
                "email_to": formataddr((name, invitation.email)),
                "auto_delete": True,
                "headers": repr(headers),
            }
            result.append(vals)
        return result

    def _create_participations(self):
        """A questionnaire is filled in on Odoo's own page, which needs the participation beforehand."""
        langs = {lang.code: lang.id for lang in self.env["res.lang"].sudo().search([])}
        inputs = (
            self.env["survey.user_input"]
            .sudo()
            .create([invitation._prepare_participation_vals(langs) for invitation in self])
        )
        for invitation, user_input in zip(self, inputs, strict=True):
            invitation.user_input_id = user_input

    def _prepare_participation_vals(self, langs):
        self.ensure_one()
        return {
            "survey_id": self.program_id.survey_id.id,
            "partner_id": self.partner_id.id,
            "email": self.email,
            "nickname": self.partner_id.name,
            "lang_id": langs.get(self.lang, False),
        }

    @api.model
    def _expire(self):
        """What was not answered in time; and what was never sent, because its lead was archived or its program paused
        for longer than a link is valid."""
        self.env.flush_all()
        now = self.env.cr.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sales_process_survey_invitation AS invitation
                   SET state = 'expired', date_next = NULL
                  FROM sales_process_survey_program AS program, crm_lead AS lead
                 WHERE program.id = invitation.program_id AND lead.id = invitation.lead_id
                   AND ((invitation.state = 'sent' AND invitation.date_expires < %(now)s)
                        OR (invitation.state = 'to_send' AND invitation.date_planned <= %(now)s
                            AND (lead.active IS NOT TRUE
                                 OR invitation.date_planned + program.expiry_days * INTERVAL '1 day' < %(now)s)))
                """,
                now=now,
            )
        )
        self.invalidate_model()

    def _record_survey_touches(self, what):
        """Being asked, and answering, are contacts with the customer; each is recorded once.

        :param what: "invite", "remind" or "answer"
        """
        Touch = self.env["sales.process.touch"].sudo()
        if not Touch._is_recording():
            return
        answer = what == "answer"
        Touch._record(
            [
                TouchEvent(
                    lead_id=invitation.lead_id.id,
                    source="survey",
                    direction="in" if answer else "out",
                    date=self.env.cr.now(),
                    human=answer,
                    partner_id=invitation.partner_id.id,
                    activity_key=invitation._get_touch_key(what),
                    text=invitation.program_id.name,
                    summary=invitation._get_touch_summary(answer),
                )
                for invitation in self
            ]
        )

    def _get_touch_key(self, what):
        return f"survey:{self.id}:{what}:{self.reminders_sent if what == 'remind' else 0}"

    def _get_touch_summary(self, answer):
        if answer and self.band:
            return f"{self.program_id.name}: {self.mark}"
        return self.program_id.name
