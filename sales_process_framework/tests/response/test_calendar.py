"""Deadlines and lengths in working time, whatever the calendar."""

from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from .common import ResponseCommon


@tagged("post_install", "-at_install")
class TestWorkingMinutes(ResponseCommon):
    def plan(self, start, minutes, calendar=None):
        calendar = self.calendar if calendar is None else calendar
        return calendar._plan_working_minutes(datetime.fromisoformat(start), minutes).isoformat(" ", "minutes")

    def count(self, start, end, calendar=None):
        calendar = self.calendar if calendar is None else calendar
        return calendar._count_working_seconds(datetime.fromisoformat(start), datetime.fromisoformat(end))

    def holiday(self, start, end, company=None, **vals):
        company = company or self.company
        values = {"name": "Holiday", "calendar_id": self.calendar.id, "date_from": start, "date_to": end, **vals}
        leave = self.env["resource.calendar.leaves"].with_company(company).create(values)
        # Its company is that of whoever enters it, computed in his name.
        leave.flush_recordset()
        return leave

    def test_during_work(self):
        # Winter time: Brussels is an hour ahead of UTC.
        self.assertEqual(self.plan("2026-03-02 09:00", 3), "2026-03-02 09:03")
        self.assertEqual(self.count("2026-03-02 09:00", "2026-03-02 09:03"), 180)
        self.assertEqual(self.plan("2026-03-02 10:59", 3), "2026-03-02 12:02", "over lunch")
        self.assertEqual(self.count("2026-03-02 10:59", "2026-03-02 12:02"), 180)

    def test_friday_evening(self):
        self.assertEqual(self.plan("2026-03-06 20:00", 3), "2026-03-09 07:03")
        self.assertEqual(self.plan("2026-03-06 15:58", 3), "2026-03-09 07:01")
        self.assertEqual(self.count("2026-03-06 20:00", "2026-03-09 07:03"), 180)

    def test_holiday_in_between(self):
        self.holiday("2026-03-09 00:00:00", "2026-03-09 22:59:59")
        self.assertEqual(self.plan("2026-03-06 15:58", 3), "2026-03-10 07:01")
        self.assertEqual(self.count("2026-03-06 15:58", "2026-03-10 07:01"), 180)

    def test_holiday_of_everybody_in_the_company_only(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.holiday("2026-03-09 00:00:00", "2026-03-09 22:59:59", calendar_id=False, company=other)
        self.assertEqual(self.plan("2026-03-06 15:58", 3), "2026-03-09 07:01", "another company's holiday")
        self.holiday("2026-03-09 00:00:00", "2026-03-09 22:59:59", calendar_id=False)
        self.assertEqual(self.plan("2026-03-06 15:58", 3), "2026-03-10 07:01")

    def test_half_day(self):
        # The afternoon of Monday is off.
        self.holiday("2026-03-09 11:30:00", "2026-03-09 22:59:59")
        self.assertEqual(self.plan("2026-03-09 10:58", 3), "2026-03-10 07:01")
        self.assertEqual(self.count("2026-03-09 10:58", "2026-03-10 07:01"), 180)

    def test_daylight_saving(self):
        # On 29 March 2026 Brussels goes to summer time: eight o'clock is 06:00 UTC from then on.
        self.assertEqual(self.plan("2026-03-27 15:58", 3), "2026-03-30 06:01")
        self.assertEqual(self.count("2026-03-27 15:58", "2026-03-30 06:01"), 180)
        # And back on 25 October.
        self.assertEqual(self.plan("2026-10-23 14:58", 3), "2026-10-26 07:01")
        self.assertEqual(self.count("2026-10-23 14:58", "2026-10-26 07:01"), 180)

    def test_night_shift_over_the_hour_that_is_missing(self):
        night = self._new_calendar(
            attendance_ids=[
                Command.create(
                    {"name": "Night", "dayofweek": "6", "hour_from": 1, "hour_to": 5, "day_period": "morning"}
                )
            ]
        )
        # From one to five the clock shows four hours, of which three take place.
        self.assertEqual(self.count("2026-03-29 00:00", "2026-03-29 03:00", night), 3 * 3600)
        self.assertEqual(self.plan("2026-03-29 00:30", 120, night), "2026-03-29 02:30")

    def test_time_zones(self):
        taipei = self._new_calendar(tz="Asia/Taipei")
        self.assertEqual(self.plan("2026-03-06 08:59", 3, taipei), "2026-03-09 00:02")
        new_york = self._new_calendar(tz="America/New_York")
        self.assertEqual(self.plan("2026-03-06 21:59", 3, new_york), "2026-03-09 12:02", "summer time since Sunday")

    def test_no_working_time_is_clock_time(self):
        empty = self._new_calendar(attendance_ids=[Command.clear()])
        none = self.env["resource.calendar"]
        for calendar in (empty, none):
            self.assertEqual(self.plan("2026-03-06 23:00", 90, calendar), "2026-03-07 00:30")
            self.assertEqual(self.count("2026-03-06 23:00", "2026-03-07 00:30", calendar), 5400)

    def test_further_than_what_is_kept_ready(self):
        """Beyond the horizon the calendar itself is asked, with the same result."""
        days = 130
        end = self.calendar._plan_working_minutes(datetime(2026, 3, 2, 7), days * 8 * 60)
        self.assertEqual(end, datetime(2026, 8, 28, 15))
        self.assertEqual(self.calendar._count_working_seconds(datetime(2026, 3, 2, 7), end), days * 8 * 3600)

    def test_end_before_start(self):
        self.assertEqual(self.count("2026-03-02 09:00", "2026-03-02 08:00"), 0)

    # -- calendars change while clocks run ------------------------------------------------

    def _replan(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_calendar_changed_while_running(self):
        with self._at("2026-03-06 15:58:00"):
            lead = self._web_lead()
            clock = self._clocks(lead)
            self.assertEqual(clock.deadline, datetime(2026, 3, 9, 7, 1))
            self.holiday("2026-03-09 00:00:00", "2026-03-09 22:59:59")
            self._replan()
            self.assertEqual(clock.deadline, datetime(2026, 3, 10, 7, 1))
            self.assertEqual(lead.sales_response_deadline, datetime(2026, 3, 10, 7, 1))
            self.calendar.attendance_ids.filtered(lambda line: line.hour_from == 8).hour_from = 9
            self._replan()
            self.assertEqual(clock.deadline, datetime(2026, 3, 10, 8, 1))
            self.company.resource_calendar_id = self._new_calendar(tz="Asia/Taipei")
            self._replan()
            self.assertEqual(clock.deadline, datetime(2026, 3, 9, 0, 3))

    def test_only_running_clocks_are_planned_again(self):
        with self._at("2026-03-06 15:58:00"):
            answered, late = self._web_lead(), self._web_lead()
            self._reply(answered)
        with self._at("2026-03-09 07:30:00"):
            self.holiday("2026-03-09 00:00:00", "2026-03-09 22:59:59")
            self._replan()
        self.assertEqual(self._clocks(answered).deadline, datetime(2026, 3, 9, 7, 1))
        self.assertEqual(self._clocks(answered).state, "kept")
        self.assertEqual(self._clocks(late).deadline, datetime(2026, 3, 9, 7, 1))
        self.assertEqual(self._clocks(late).state, "breached_open", "late before the calendar changed stays late")

    def test_calendar_change_is_planned_once(self):
        with self._at("2026-03-06 15:58:00"):
            self._web_lead()
            self.calendar.attendance_ids.write({"hour_to": 18})
            self.calendar.name = "Longer"
            self.assertTrue(self.env.cr.precommit.data.get("sales_process_replan"))
            self._replan()
            self.assertFalse(self.env.cr.precommit.data.get("sales_process_replan"))
