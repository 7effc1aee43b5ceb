from odoo import fields
from odoo.tests import tagged

from .common import WEEK, SupportCommon


@tagged("post_install", "-at_install")
class TestSupportCalendar(SupportCommon):
    """Deadlines in the department's working time. Brussels is UTC+1 in winter and UTC+2 from 29 March 2026."""

    def _deadline(self, asked, policy=None):
        with self._at(asked):
            request = self._ask(policy=policy)
        return request, fields.Datetime.to_string(request.resolution_deadline)

    def test_within_the_week(self):
        request, deadline = self._deadline("2026-03-02 08:00:00")  # Monday 9:00
        self.assertEqual(deadline, "2026-03-05 08:00:00")
        self.assertEqual(fields.Datetime.to_string(request.response_deadline), "2026-03-02 13:00:00")
        # three quarters of 24 hours: 18 hours of work
        self.assertEqual(fields.Datetime.to_string(request.at_risk_from), "2026-03-04 10:00:00")

    def test_friday_evening(self):
        self.assertEqual(self._deadline("2026-03-06 19:00:00")[1], "2026-03-11 16:00:00")

    def test_over_the_change_to_summer_time(self):
        # Friday 27 March 17:00 local: three days of work end on Wednesday 17:00, an hour earlier in UTC
        self.assertEqual(self._deadline("2026-03-27 16:00:00")[1], "2026-04-01 15:00:00")

    def test_over_the_change_to_winter_time(self):
        self.assertEqual(self._deadline("2026-10-23 15:00:00")[1], "2026-10-28 16:00:00")

    def test_holiday_in_between(self):
        self._holiday("2026-03-03 00:00:00", "2026-03-03 22:59:59")
        self.assertEqual(self._deadline("2026-03-02 08:00:00")[1], "2026-03-06 08:00:00")

    def test_half_day(self):
        half = [hours for hours in WEEK if hours != (4, (13, 17))]
        self.marketing.calendar_id = self._make_calendar("Short Fridays", week=half)
        self.assertAlmostEqual(self.marketing.calendar_id.hours_per_day, 7.2)
        # 21.6 hours from Thursday 8:00: 8 + 4 on Friday + 8 on Monday + 1.6 on Tuesday
        self.assertEqual(self._deadline("2026-03-05 07:00:00")[1], "2026-03-10 08:36:00")

    def test_another_time_zone(self):
        self.marketing.calendar_id = self._make_calendar("Taipei", "Asia/Taipei")
        # Monday 17:00 in Taipei is Monday 9:00 UTC; Thursday 17:00 there
        self.assertEqual(self._deadline("2026-03-02 10:00:00")[1], "2026-03-05 09:00:00")

    def test_empty_calendar_counts_the_clock(self):
        self.marketing.calendar_id = self._make_calendar("Never", week=[])
        self.assertEqual(self._deadline("2026-03-06 19:00:00")[1], "2026-03-09 19:00:00")

    def test_without_a_calendar_the_company_s_counts(self):
        self.marketing.calendar_id = False
        self.company.resource_calendar_id = self._make_calendar("Four days", week=[hours for hours in WEEK if hours[0]])
        self.assertEqual(self._deadline("2026-03-06 07:00:00")[1], "2026-03-11 16:00:00")

    def test_the_company_s_new_working_time_moves_the_promise(self):
        self.marketing.calendar_id = False
        self.company.resource_calendar_id = self.calendar
        request, deadline = self._deadline("2026-03-06 07:00:00")
        with self._at("2026-03-06 07:30:00"):
            self.company.resource_calendar_id = self._make_calendar(
                "Four days", week=[hours for hours in WEEK if hours[0]]
            )
        self.assertNotEqual(fields.Datetime.to_string(request.resolution_deadline), deadline)
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-11 16:00:00")

    def test_a_company_without_working_time_counts_the_clock(self):
        self.marketing.calendar_id = False
        self.company.resource_calendar_id = self.calendar
        request, _deadline = self._deadline("2026-03-06 07:00:00")
        with self._at("2026-03-06 07:30:00"):
            self.company.resource_calendar_id = False
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-09 07:00:00")

    def test_far_promise_goes_beyond_what_is_kept_ready(self):
        self.report.resolution_days = 200
        self.assertEqual(self._deadline("2026-03-02 07:00:00")[1], "2026-12-04 16:00:00")

    # -- pauses

    def test_pause_moves_the_deadline_by_its_working_time(self):
        request, _deadline = self._deadline("2026-03-02 07:00:00")
        with self._at("2026-03-03 15:00:00"):  # Tuesday 16:00, an hour of work is left that day
            request.with_user(self.member)._step_wait("Which market?")
        self.assertEqual(request.resolution_deadline, fields.Datetime.to_datetime("2026-03-04 16:00:00"))
        with self._at("2026-03-05 08:00:00"):  # Thursday 9:00: 1 + 8 + 1 hours
            self.assertEqual(request.clock, "paused")
            self.assertFalse(request.is_late)
            request.with_user(self.rep).action_resume()
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 09:00:00")

    def test_several_pauses_and_the_weekend(self):
        request, _deadline = self._deadline("2026-03-02 07:00:00")
        for start, stop in (
            ("2026-03-02 08:00:00", "2026-03-02 10:00:00"),  # two hours
            ("2026-03-03 11:00:00", "2026-03-03 12:00:00"),  # lunch: nothing
            ("2026-03-04 15:00:00", "2026-03-04 20:00:00"),  # one hour, then the evening
        ):
            with self._at(start):
                request.with_user(self.member)._step_wait("And?")
            with self._at(stop):
                request.with_user(self.member).action_resume()
        self.assertEqual(len(request.pause_ids), 3)
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-05 10:00:00")

    def test_reopening_takes_the_time_it_lay_with_sales(self):
        request, _deadline = self._deadline("2026-03-02 07:00:00")
        with self._at("2026-03-02 16:00:00"):
            self._deliver(request)
        with self._at("2026-03-04 16:00:00"):  # two working days with sales
            request.with_user(self.rep)._step_reopen("The numbers are of last year")
        self.assertEqual(request.state, "in_progress")
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 16:00:00")

    # -- working time that changes

    def test_holiday_declared_later_moves_open_requests(self):
        request, _deadline = self._deadline("2026-03-02 08:00:00")
        done, _deadline = self._deadline("2026-03-02 08:00:00", self.case)
        with self._at("2026-03-02 09:00:00"):
            self._deliver(done)
        before = done.resolution_deadline
        with self._at("2026-03-02 10:00:00"):
            holiday = self._holiday("2026-03-03 00:00:00", "2026-03-03 22:59:59")
            self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 08:00:00")
            holiday.write({"date_to": "2026-03-04 22:59:59"})
            self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-09 08:00:00")
            holiday.unlink()
            self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-05 08:00:00")
        self.assertEqual(done.resolution_deadline, before)

    def test_holiday_of_the_company_and_leave_of_a_person(self):
        request, deadline = self._deadline("2026-03-02 08:00:00")
        person = self.env["resource.resource"].create({"name": "Somebody", "calendar_id": self.calendar.id})
        with self._at("2026-03-02 10:00:00"):
            self._holiday("2026-03-03 00:00:00", "2026-03-03 22:59:59", resource_id=person.id)
            self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), deadline)
            self._holiday("2026-03-04 00:00:00", "2026-03-04 22:59:59", calendar_id=False)
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 08:00:00")

    def test_changed_hours_move_open_requests(self):
        request, _deadline = self._deadline("2026-03-02 08:00:00")
        with self._at("2026-03-02 10:00:00"):
            self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == "1").unlink()  # no more Tuesdays
            self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 08:00:00")
            self.calendar.tz = "America/New_York"
        self.assertNotEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-06 08:00:00")

    def test_another_calendar_of_the_department(self):
        request, _deadline = self._deadline("2026-03-02 10:00:00")
        with self._at("2026-03-02 11:00:00"):
            self.marketing.calendar_id = self._make_calendar("Taipei", "Asia/Taipei")
        self.assertEqual(fields.Datetime.to_string(request.resolution_deadline), "2026-03-05 09:00:00")

    def test_holiday_undoes_a_breach_of_what_is_open(self):
        request, _deadline = self._deadline("2026-03-02 08:00:00")
        with self._at("2026-03-05 09:00:00"):
            request._assign_breaches(self.env.cr.now())
            self.assertTrue(request.resolution_breached)
            self._holiday("2026-03-04 00:00:00", "2026-03-04 22:59:59")
            self.assertFalse(request.resolution_breached)

    def test_replanning_is_flat(self):
        def count(number):
            for _number in range(number):
                self._ask()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["sales.process.support.request"]._replan_calendars(self.calendar)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(1)  # the caches are warm from here on
        one = count(1)
        self.assertLessEqual(count(40), one + 2)
