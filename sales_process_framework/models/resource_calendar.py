from datetime import datetime, timedelta

import pytz

from odoo import api, models, tools

from ..tools import worktime

#: How far ahead work intervals are kept ready; a limit beyond that asks the calendar itself.
HORIZON = timedelta(days=120)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

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

    @api.model
    @tools.ormcache("calendar_id", "first_day")
    def _get_work_intervals_ahead(self, calendar_id, first_day):
        """:return: (hours of a working day, ((start, stop) naive UTC, …)) from a day on, public holidays left out"""
        calendar = self.sudo().browse(calendar_id)
        start = pytz.utc.localize(datetime.combine(first_day, datetime.min.time()))
        domain = calendar._get_public_holiday_domain()
        intervals = calendar._work_intervals_batch(start, start + HORIZON, domain=domain)[False]
        return calendar.hours_per_day or 8.0, tuple(
            (begin.astimezone(pytz.utc).replace(tzinfo=None), end.astimezone(pytz.utc).replace(tzinfo=None))
            for begin, end, _meta in intervals
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
        return result
