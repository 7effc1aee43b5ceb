from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sales_process_health_report_snapshot import EMPTY

PDF = "sales_process_framework.report_health_report"
MAIL = "sales_process_framework.health_report_mail"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: States in which PDF files can be printed.
PRINTERS = ("ok", "workers")


class SalesProcessHealthReportDelivery(models.AbstractModel):
    """Who gets a report, and how: once, in the reader's language, and only who may read it."""

    _name = "sales.process.health.report.delivery"
    _description = "Delivery of Health Reports"

    is_subscribed = fields.Boolean(compute="_compute_is_subscribed")
    receiver_count = fields.Integer(compute="_compute_receiver_count")

    @api.depends("receiver_ids")
    def _compute_receiver_count(self):
        for report in self:
            # sudo: how many people, not who
            report.receiver_count = len(report.sudo().receiver_ids)

    @api.depends("company_id", "cycle")
    @api.depends_context("uid")
    def _compute_is_subscribed(self):
        # sudo: the reader's own subscriptions
        mine = self.env["sales.process.health.report.schedule"].sudo().search([("subscriber_ids", "in", self.env.uid)])
        found = {(schedule.company_id.id, schedule.cycle) for schedule in mine}
        for report in self:
            report.is_subscribed = (report.company_id.id, report.cycle) in found

    def _get_schedules(self):
        self.ensure_one()
        # sudo: whoever reads a report may be among those who get it; schedules are for managers
        return (
            self.env["sales.process.health.report.schedule"]
            .sudo()
            .search([("company_id", "=", self.company_id.id), ("cycle", "=", self.cycle)])
        )

    def action_subscribe(self):
        """Get the reports like this one from now on."""
        self.ensure_one()
        self.check_access("read")
        schedule = self._get_schedules()[:1]
        if not schedule:
            Schedule = self.env["sales.process.health.report.schedule"]
            schedule = Schedule.create({"company_id": self.company_id.id, "cycle": self.cycle})
        schedule.sudo()._subscribe(self.env.user)
        self.invalidate_recordset(["is_subscribed"])
        return self._tell_reader(self.env._("You get these reports from now on."))

    def action_unsubscribe(self):
        self.ensure_one()
        self.check_access("read")
        self._get_schedules()._unsubscribe(self.env.user)
        self.invalidate_recordset(["is_subscribed"])
        return self._tell_reader(self.env._("You do not get these reports any more."))

    def action_send_now(self):
        """Send the report at once to the subscribers who have not had it yet."""
        self.ensure_one()
        self._check_may_send()
        subscribers = self._get_schedules().subscriber_ids
        if not subscribers:
            raise UserError(self.env._("Nobody subscribes to these reports yet. Add subscribers to their schedule."))
        report = self.sudo()
        waiting = report._get_waiting(subscribers)
        sent = sum(report._send_to(user) for user in waiting)
        if not sent:
            return self._tell_reader(self.env._("Everybody who subscribes and may read it has it already."), "info")
        return self._tell_reader(self.env._("Sent to %s subscribers.", sent))

    def _check_may_send(self):
        self.check_access("read")
        self.env["sales.process.health.report.schedule"].check_access("write")

    @api.model
    def _tell_reader(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _get_waiting(self, users):
        """:return: those of the users who may read the report and have not had it"""
        self.ensure_one()
        return (users - self.receiver_ids).filtered(self._is_for)

    def _is_for(self, user):
        # Not the companies that the sender has chosen: all of the receiver's.
        return user.active and self.with_user(user).with_context(allowed_company_ids=None).has_access("read")

    def _send_to(self, user):
        """Mail the report to one user, or put it into the inbox of one without an address.

        :return: whether it was sent now; a report goes to a person once, whoever asks at the same time
        """
        self.ensure_one()
        self.env.flush_all()
        # Whoever notes it first sends it.
        self.env.cr.execute(
            SQL(
                """INSERT INTO sales_process_health_report_receiver_rel (sales_process_health_report_id, res_users_id)
                   VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING res_users_id""",
                self.id,
                user.id,
            )
        )
        claimed = self.env.cr.fetchone()
        self.invalidate_recordset(["receiver_ids", "receiver_count"])
        if not claimed:
            return False
        report = self.with_context(**self._get_reader_context(user.lang), sales_report_delivery=True)
        company = report.company_id
        report.message_notify(
            partner_ids=user.partner_id.ids,
            subject=report._get_mail_subject(),
            body=report._render_mail(),
            author_id=self.env.ref("base.partner_root").id,
            email_from=company.email_formatted or self.env.ref("base.partner_root").email_formatted,
            attachment_ids=report._get_files().ids,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )
        return True

    def _get_reader_context(self, lang):
        """The language of the reader, the days of the company."""
        return {
            "lang": lang or self.env.lang or "en_US",
            "tz": self.company_id._get_sales_timezone(),
            "allowed_company_ids": self.company_id.ids,
        }

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """A report is mailed whatever else its reader has chosen; without an address it waits in the inbox."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if self.env.context.get("sales_report_delivery"):
            for recipient in recipients:
                recipient["notif"] = "email" if recipient["email_normalized"] else "inbox"
        return recipients

    def _get_mail_subject(self):
        return self.env._("%(report)s – %(company)s", report=self.name, company=self.company_id.name)

    def _render_mail(self):
        sections = self._get_sections(self.snapshot or EMPTY, self.company_id)
        link = f"{self.get_base_url()}/odoo/health-reports/{self.id}"
        values = {"o": self, "sections": sections, "link": link}
        return self.env["ir.qweb"]._render(MAIL, values)

    def _get_files(self):
        """The report as PDF and as a spreadsheet in the language of the context; made once for a language.

        :return: attachments of the report
        """
        self.ensure_one()
        lang = self.env.lang
        Attachment = self.env["ir.attachment"].sudo()
        found = Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("description", "=", self._get_file_mark(lang)),
            ],
            order="id",
        )
        return found or Attachment.create(self._prepare_files(lang))

    @api.model
    def _get_file_mark(self, lang):
        return f"sales_process_health_report {lang}"

    def _prepare_files(self, lang):
        name = self._get_file_name()
        files = [(f"{name}.xlsx", XLSX, self._render_sheet())]
        # Where nothing prints, the mail says what there is to say and has the spreadsheet.
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in PRINTERS:
            content, kind = self.env["ir.actions.report"]._render_qweb_pdf(PDF, self.ids)
            if kind == "pdf":
                files.insert(0, (f"{name}.pdf", "application/pdf", content))
        return [
            {
                "name": file_name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
                "description": self._get_file_mark(lang),
            }
            for file_name, mimetype, content in files
        ]

    def _get_file_name(self):
        return f"{self.name} - {self.company_id.name}".replace("/", "-")
