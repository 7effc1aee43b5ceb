import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.period import get_zone, period_of
from .sales_process_review import REVIEW_CYCLES

_logger = logging.getLogger(__name__)

#: After a longer standstill the latest periods are enough: nobody meets twelve times.
CATCH_UP = 3
#: Days looked ahead for a working day.
AHEAD = 30


class SalesProcessReviewSchedule(models.Model):
    """Which reviews a company holds, when, and who takes part. Each period gets one review, once."""

    _name = "sales.process.review.schedule"
    _description = "Schedule of Reviews"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    cycle = fields.Selection(REVIEW_CYCLES, string="Every", required=True, default="month")
    date_start = fields.Date(
        string="First Meeting From",
        required=True,
        default=fields.Date.context_today,
        help="Periods whose meeting would have been earlier get none.",
    )
    delay_days = fields.Integer(
        string="Days After the Period", required=True, default=7, help="The next working day, when it is none."
    )
    prepare_days = fields.Integer(
        string="Prepared Days Ahead",
        required=True,
        default=5,
        help="The agenda is filled then, and brought up to date every night until the meeting.",
    )
    hour = fields.Float(string="At", required=True, default=10.0, help="By the clocks of the company.")
    duration = fields.Float(string="Hours", required=True, default=1.5)
    user_id = fields.Many2one(
        "res.users",
        string="Led By",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    attendee_ids = fields.Many2many(
        "res.users",
        "sales_process_review_schedule_attendee_rel",
        "schedule_id",
        "user_id",
        string="Attendees",
        domain=[("share", "=", False)],
    )
    with_meeting = fields.Boolean(string="Invite by Calendar", default=True)
    last_date_from = fields.Date(readonly=True, copy=False, help="Beginning of the last period that got its review.")
    review_ids = fields.One2many("sales.process.review", "schedule_id", string="Reviews", readonly=True)
    review_count = fields.Integer(compute="_compute_review_count")
    next_date = fields.Datetime(string="Next Meeting", compute="_compute_next_date")

    _delay_check = models.Constraint(
        "CHECK(delay_days BETWEEN 0 AND 60 AND prepare_days BETWEEN 0 AND 60)", "Choose 0 to 60 days."
    )
    _hour_check = models.Constraint(
        "CHECK(hour >= 0 AND hour < 24 AND duration > 0 AND duration <= 24)",
        "Choose a time of day and up to 24 hours.",
    )

    @api.depends("review_ids")
    def _compute_review_count(self):
        counts = dict(
            self.env["sales.process.review"]._read_group(
                [("schedule_id", "in", self.ids)], ["schedule_id"], ["__count"]
            )
        )
        for schedule in self:
            schedule.review_count = counts.get(schedule._origin, 0)

    @api.depends("cycle", "delay_days", "hour", "date_start", "last_date_from", "company_id", "active")
    def _compute_next_date(self):
        for schedule in self:
            schedule.next_date = (
                schedule.active
                and schedule.cycle
                and schedule.date_start
                and schedule._get_moment(schedule._get_meeting_day(schedule._get_next_period()))
            )

    @api.constrains("user_id", "attendee_ids")
    def _check_people(self):
        if any((schedule.user_id | schedule.attendee_ids).filtered("share") for schedule in self.sudo()):
            raise ValidationError(self.env._("Only employees take part in a review."))

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _get_next_period(self):
        """:return: the first period that has no review yet and whose meeting is not before the schedule began"""
        self.ensure_one()
        if self.last_date_from:
            return period_of(self.last_date_from, self.cycle).next()
        period = period_of(self.date_start - timedelta(days=self.delay_days), self.cycle).previous()
        while period.stop + timedelta(days=self.delay_days) < self.date_start:
            period = period.next()
        return period

    def _get_meeting_day(self, period, earliest=None):
        """:return: the first working day of the company on or after the day it should be"""
        self.ensure_one()
        day = period.stop + timedelta(days=self.delay_days)
        day = max(day, earliest) if earliest else day
        calendar = self.company_id.resource_calendar_id
        if not calendar:
            return day
        stop = day + timedelta(days=AHEAD)
        unusual = calendar.sudo()._get_unusual_days(
            datetime.combine(day, time.min), datetime.combine(stop, time.max), self.company_id
        )
        days = [day + timedelta(days=ahead) for ahead in range(AHEAD)]
        return next((found for found in days if not unusual.get(found.isoformat())), day)

    def _get_moment(self, day):
        """:return: naive UTC of the time of day in the company's zone"""
        zone = get_zone(self.company_id._get_sales_timezone())
        minutes = round(self.hour * 60)
        local = zone.normalize(zone.localize(datetime.combine(day, time(minutes // 60 % 24, minutes % 60))))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_due_periods(self):
        """:return: periods that want a review by now, oldest first"""
        self.ensure_one()
        today = self.company_id._get_sales_today()
        due = []
        period = self._get_next_period()
        while period.stop + timedelta(days=self.delay_days - self.prepare_days) <= today and period.start <= today:
            due.append(period)
            period = period.next()
        return due[-CATCH_UP:]

    # ------------------------------------------------------------------
    # What is made
    # ------------------------------------------------------------------

    @api.model
    def _cron_prepare_reviews(self):
        """Scheduled action, nightly: make the reviews that are due, and bring the agendas of those ahead up to date."""
        schedules = self.search([("active", "=", True)], order="id")
        ahead = self.env["sales.process.review"].search(
            [("state", "=", "look_back"), ("date", ">", self.env.cr.now())], order="id"
        )
        progress = self.env["ir.cron"]._commit_progress
        if not progress(remaining=len(schedules) + len(ahead)):
            return
        error = None
        work = [(schedule, "_prepare_reviews") for schedule in schedules]
        work += [(review, "_fill_agenda") for review in ahead]
        for record, method in work:
            try:
                with self.env.cr.savepoint():
                    getattr(record, method)()
            except Exception as problem:
                _logger.exception("%s cannot be prepared", record)
                error = problem
            if not progress(1):
                break
        if error:
            raise error

    def action_prepare_now(self):
        """Make the review of the next period at once, so that one sees what it will be like."""
        self.check_access("write")
        self.ensure_one()
        periods = self._get_due_periods() or [self._get_next_period()]
        today = self.company_id._get_sales_today()
        reviews = self._make_reviews([period for period in periods if period.start <= today])
        return (reviews[-1:] or self.review_ids[:1]).get_formview_action()

    def _prepare_reviews(self):
        for schedule in self:
            schedule._make_reviews(schedule._get_due_periods())

    def _make_reviews(self, periods):
        """One review a period; a period that has its review, or had one that was deleted, gets no other."""
        self.ensure_one()
        # One at a time: a second run waits here, and then sees what this one has made.
        self.env.cr.execute("SELECT id FROM sales_process_review_schedule WHERE id = %s FOR UPDATE", [self.id])
        self.invalidate_recordset(["last_date_from"])
        periods = [period for period in periods if not self.last_date_from or period.start > self.last_date_from]
        if not periods:
            return self.env["sales.process.review"]
        # sudo: schedules are the company's, whoever looks at them
        reviews = self.env["sales.process.review"].sudo().create([self._prepare_review_vals(row) for row in periods])
        self.sudo().last_date_from = periods[-1].start
        reviews._fill_agenda()
        if self.with_meeting:
            reviews._plan_meeting()
        reviews._tell_leader()
        return reviews.sudo(False)

    def _prepare_review_vals(self, period):
        self.ensure_one()
        day = self._get_meeting_day(period, earliest=self.company_id._get_sales_today())
        moment = self._get_moment(day)
        if moment <= self.env.cr.now():
            moment = self._get_moment(self._get_meeting_day(period, earliest=day + timedelta(days=1)))
        return {
            "schedule_id": self.id,
            "company_id": self.company_id.id,
            "cycle": self.cycle,
            "date_from": period.start,
            "date": moment,
            "duration": self.duration,
            "user_id": self.user_id.id,
            "attendee_ids": [fields.Command.set(self.attendee_ids.ids)],
        }

    def action_view_reviews(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_review_action")
        return action | {"domain": [("schedule_id", "=", self.id)], "context": {}}
