from datetime import datetime, time, timedelta

import pytz

from odoo import api, models, tools

from ..tools import alert, response, sla, worktime

#: How far ahead work intervals are kept ready; a limit beyond that asks the calendar itself.
HORIZON = timedelta(days=120)
#: Windows of HORIZON looked through before a promise is given up as lying too far ahead.
WINDOWS = 12
CLOCK_DAY = 24.0


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _plan_working_minutes(self, start, minutes):
        """The moment when ``minutes`` of working time have passed since ``start``, holidays left out.

        A calendar without working time, or no calendar, counts time on the clock: a limit never disappears.

        :param start: naive UTC datetime
        :param minutes: float
        :return: naive UTC datetime
        """
        by_the_clock = start + timedelta(minutes=minutes)
        if not self:
            return by_the_clock
        self.ensure_one()
        _hours_per_day, intervals = self._get_work_intervals_ahead(self.id, start.date().replace(day=1))
        if not intervals:
            return by_the_clock
        end = worktime.add_working_hours(intervals, start, minutes / 60)
        if end is None:
            domain = self._get_public_holiday_domain()
            planned = self.plan_hours(minutes / 60, pytz.utc.localize(start), compute_leaves=True, domain=domain)
            end = planned.astimezone(pytz.utc).replace(tzinfo=None) if planned else by_the_clock
        return end.replace(microsecond=0)

    def _count_working_seconds(self, start, end):
        """Seconds of working time between two moments; time on the clock where there is no working time.

        :param start: naive UTC datetime
        :param end: naive UTC datetime
        """
        by_the_clock = max(round((end - start).total_seconds()), 0)
        if not self or not by_the_clock:
            return by_the_clock
        self.ensure_one()
        first_day = start.date().replace(day=1)
        _hours_per_day, intervals = self._get_work_intervals_ahead(self.id, first_day)
        if not intervals:
            return by_the_clock
        if end > datetime.combine(first_day, datetime.min.time()) + HORIZON:
            intervals = self._get_work_intervals_between(start, end)
        return response.count_working_seconds(intervals, start, end)

    def _plan_working_days(self, start, days):
        """The moment when ``days`` working days have passed since ``start``, holidays left out.

        A working day is the calendar's average day. A calendar without working time, or no calendar, counts
        calendar days: a limit never disappears.

        :param start: naive UTC datetime
        :param days: float
        :return: naive UTC datetime
        """
        if not self:
            return start + timedelta(days=days)
        self.ensure_one()
        hours_per_day, intervals = self._get_work_intervals_ahead(self.id, start.date().replace(day=1))
        hours = days * hours_per_day
        if not intervals:
            return start + timedelta(days=days)
        end = worktime.add_working_hours(intervals, start, hours)
        if end is None:
            domain = self._get_public_holiday_domain()
            planned = self.plan_hours(hours, pytz.utc.localize(start), compute_leaves=True, domain=domain)
            end = planned.astimezone(pytz.utc).replace(tzinfo=None) if planned else start + timedelta(days=days)
        return end.replace(microsecond=0)

    def _go_back_working_days(self, end, days):
        """The latest moment from which ``days`` working days have passed at ``end``: what began then is due now.

        :param end: naive UTC datetime
        :param days: float
        :return: naive UTC datetime
        """
        by_the_clock = end - timedelta(days=days)
        if not self or not days:
            return by_the_clock
        self.ensure_one()
        # Twice the days and a holiday season; beyond that the window grows until it holds them.
        span = timedelta(days=days * 2 + 21)
        for _window in range(4):
            intervals = self._get_work_intervals_between(end - span, end)
            start = alert.subtract_working_hours(intervals, end, days * (self.hours_per_day or 8.0))
            if start:
                return start
            span *= 2
        return by_the_clock

    def _plan_promise(self, start, days=0.0, hours=0.0, pauses=(), share=1.0):
        """When a promise runs out in this working time, pauses left out.

        As everywhere, no calendar or one without working time counts the clock: a deadline never disappears.

        :param start: naive UTC datetime
        :param days: working days, the calendar's average day each
        :param hours: working hours, added to the days
        :param pauses: ended (start, stop) in naive UTC
        :return: :class:`~..tools.sla.Promise`
        """
        first = start.date().replace(day=1)
        per_day, intervals = self._get_work_intervals_ahead(self.id, first) if self else (CLOCK_DAY, ())
        if not intervals:
            per_day, intervals = CLOCK_DAY, ((datetime.combine(first, time.min), datetime(9999, 1, 1)),)
        wanted = days * per_day + hours
        promise = sla.plan(intervals, start, wanted, pauses, share)
        for _window in range(WINDOWS):
            if promise:
                break
            first += HORIZON
            intervals += self._get_work_intervals_ahead(self.id, first)[1]
            promise = sla.plan(intervals, start, wanted, pauses, share)
        if not promise:
            end = start + timedelta(hours=wanted)
            promise = sla.Promise(end, end)
        return sla.Promise(promise.at_risk.replace(microsecond=0), promise.deadline.replace(microsecond=0))

    @api.model
    @tools.ormcache("calendar_id", "first_day")
    def _get_work_intervals_ahead(self, calendar_id, first_day):
        """:return: (hours of a working day, ((start, stop) naive UTC, …)) from a day on, public holidays left out"""
        calendar = self.sudo().browse(calendar_id)
        start = datetime.combine(first_day, datetime.min.time())
        return calendar.hours_per_day or 8.0, calendar._get_work_intervals_between(start, start + HORIZON)

    def _get_work_intervals_between(self, start, end):
        """:return: ((start, stop) naive UTC, …) of working time, public holidays left out"""
        domain = self._get_public_holiday_domain()
        intervals = self._work_intervals_batch(pytz.utc.localize(start), pytz.utc.localize(end), domain=domain)[False]
        return tuple(
            (begin.astimezone(pytz.utc).replace(tzinfo=None), stop.astimezone(pytz.utc).replace(tzinfo=None))
            for begin, stop, _meta in intervals
        )

    @api.model
    @tools.ormcache("calendar_id")
    def _get_label(self, calendar_id):
        return self.sudo().browse(calendar_id).name

    def _get_public_holiday_domain(self):
        """Holidays of this calendar's company: those without a calendar are everybody's within their company only."""
        return [
            ("time_type", "=", "leave"),
            "|",
            ("calendar_id", "=", self.id),
            ("company_id", "in", [self.company_id.id, False]),
        ]

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._replan()
        return result

    def _replan(self):
        """Clocks and promises still open follow the working time they count in."""
        self.env["sales.process.response"]._replan_later()
        if self and self.env["sales.process.sla.policy"]._is_in_use():
            self.env["sales.process.support.request"].sudo()._replan_calendars(self)
