from datetime import datetime, time, timedelta

from odoo import models

from ....tools import sla
from ...resource_calendar import HORIZON

#: Windows of HORIZON looked through before a promise is given up as lying too far ahead.
WINDOWS = 12
CLOCK_DAY = 24.0


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

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

    def write(self, vals):
        result = super().write(vals)
        self._replan_support()
        return result

    def _replan_support(self):
        """Promises still open follow the working time they count in."""
        if self and self.env["sales.process.sla.policy"]._is_in_use():
            self.env["sales.process.support.request"].sudo()._replan_calendars(self)
