import logging
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools.period import ONE_DAY, local_day, period_of

_logger = logging.getLogger(__name__)

#: A report of a day is sent when it is morning there: the hour of the company's day.
SEND_HOUR = 6
#: Missed periods that are made up for; only the last of them is sent.
CATCH_UP = 12


class SalesProcessHealthReportSchedule(models.Model):
    """Who gets which company's report, and when."""

    _name = "sales.process.health.report.schedule"
    _description = "Schedule of Health Reports"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    cycle = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")], string="Every", required=True, default="month"
    )
    delay_days = fields.Integer(
        string="Days After the Period", required=True, default=1, help="Late facts still come in on the first days."
    )
    subscriber_ids = fields.Many2many(
        "res.users",
        "sales_process_health_report_subscriber_rel",
        string="Subscribers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    reported_to = fields.Date(
        compute="_compute_reported_to",
        store=True,
        precompute=True,
        copy=False,
        help="Last day of the last period that is done with.",
    )
    next_date = fields.Date(string="Next Report On", compute="_compute_next_date")
    is_subscribed = fields.Boolean(compute="_compute_is_subscribed")
    unable_names = fields.Char(compute="_compute_unable_names", help="Subscribers who may not read these reports.")
    report_ids = fields.One2many("sales.process.health.report", "schedule_id", readonly=True)
    last_error = fields.Text(readonly=True, copy=False, help="Why the last report could not be made or sent.")

    _delay_check = models.Constraint("CHECK(delay_days BETWEEN 0 AND 60)", "A report is sent 0 to 60 days after.")

    @api.depends("cycle", "company_id")
    def _compute_name(self):
        for schedule in self.filtered(lambda schedule: not schedule.name):
            schedule.name = {
                "week": self.env._("Weekly health report"),
                "month": self.env._("Monthly health report"),
                "quarter": self.env._("Quarterly health report"),
            }.get(schedule.cycle)

    @api.depends("cycle", "company_id")
    def _compute_reported_to(self):
        """A new schedule begins with the next report that falls due: nobody gets the past all at once."""
        for schedule in self:
            period = period_of(schedule._get_today(), schedule.cycle or "month").previous()
            if schedule._get_due_day(period) >= schedule._get_today():
                period = period.previous()
            schedule.reported_to = period.stop

    @api.depends("reported_to", "delay_days", "cycle")
    def _compute_next_date(self):
        for schedule in self:
            known = schedule.reported_to and schedule.cycle
            period = known and period_of(schedule.reported_to + ONE_DAY, schedule.cycle)
            schedule.next_date = period and schedule._get_due_day(period)

    @api.depends("subscriber_ids")
    @api.depends_context("uid")
    def _compute_is_subscribed(self):
        for schedule in self:
            schedule.is_subscribed = self.env.user in schedule.subscriber_ids

    @api.depends("subscriber_ids", "company_id")
    def _compute_unable_names(self):
        for schedule in self:
            unable = schedule.subscriber_ids.filtered(lambda user, schedule=schedule: not schedule._may_read(user))
            schedule.unable_names = ", ".join(unable.mapped("name"))

    def _may_read(self, user):
        Report = self.env["sales.process.health.report"].with_user(user)
        return user.active and self.company_id._origin in user.sudo().company_ids and Report.has_access("read")

    def _get_today(self):
        """The company's day, which begins for reports when people come to work."""
        company = self.company_id or self.env.company
        return local_day(self.env.cr.now() - timedelta(hours=SEND_HOUR), company._get_sales_timezone())

    def _get_due_day(self, period):
        return period.stop + timedelta(days=1 + (self.delay_days or 0))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_subscribe(self):
        self.check_access("write")
        self._subscribe(self.env.user)

    def action_unsubscribe(self):
        self.check_access("write")
        self._unsubscribe(self.env.user)

    def _subscribe(self, user):
        self.write({"subscriber_ids": [Command.link(user.id)]})

    def _unsubscribe(self, user):
        self.write({"subscriber_ids": [Command.unlink(user.id)]})

    def action_send_now(self):
        """Send the last whole period's report at once, whether it is due or not."""
        self.ensure_one()
        self.check_access("write")
        if not self.subscriber_ids:
            raise UserError(self.env._("Nobody subscribes to these reports yet. Add subscribers to their schedule."))
        period = period_of(self._get_today(), self.cycle).previous()
        return self._make_report(period).with_env(self.env).action_send_now()

    def action_open_reports(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_health_report_action"
        )
        return action | {"domain": [("company_id", "=", self.company_id.id), ("cycle", "=", self.cycle)], "context": {}}

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Make and send what has fallen due. Interrupted or run twice, nobody gets a report twice.

        A schedule that fails is noted on it and tried again with the next run; the others go on.
        """
        commit = self.env["ir.cron"]._commit_progress
        due = self.search([("company_id.active", "=", True)]).filtered(lambda schedule: schedule._get_due_periods())
        commit(remaining=len(due))
        for schedule in due:
            try:
                finished = schedule._send_due(commit)
                error = False
            except Exception as problem:
                _logger.exception("Schedule %s of health reports failed", schedule.id)
                finished, error = True, str(problem).strip() or type(problem).__name__
            if error != (schedule.last_error or False):
                schedule.last_error = error
            if not commit(1) or not finished:
                return

    def _get_due_periods(self):
        """:return: the periods whose reports are due and not done with, oldest first"""
        self.ensure_one()
        today = self._get_today()
        period = period_of(self.reported_to + ONE_DAY, self.cycle)
        periods = []
        while self._get_due_day(period) <= today:
            periods.append(period)
            period = period.next()
        return periods[-CATCH_UP:]

    def _send_due(self, commit):
        """Make the reports that are due, and send the last one: nobody reads three months at once.

        :param commit: called after each piece of work; says how many seconds there are left
        :return: whether there was time for all of it
        :raise Exception: the last one, after everybody else was served
        """
        problem = None
        for period in (periods := self._get_due_periods()):
            with self.env.cr.savepoint():
                report = self._make_report(period)
            if not commit():
                return False
            for user in report._get_waiting(self.subscriber_ids) if period == periods[-1] else ():
                try:
                    with self.env.cr.savepoint():
                        report._send_to(user)
                except Exception as caught:
                    _logger.exception("Health report %s cannot be sent to user %s", report.id, user.id)
                    problem = caught
                if not commit():
                    return False
            if not problem:
                self.reported_to = period.stop
        if problem:
            raise problem
        return True

    def _make_report(self, period):
        """:return: the report of the period, made now unless there is one"""
        Report = self.env["sales.process.health.report"].sudo()
        vals = {
            "company_id": self.company_id.id,
            "cycle": period.cycle,
            "date_from": period.start,
            "schedule_id": self.id,
        }
        return Report._find(self.company_id, period) or Report.create(vals)
