from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ReviewCommon


@tagged("post_install", "-at_install")
class TestReviewSchedule(ReviewCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Forty hours", "tz": "Europe/Brussels", "company_id": cls.company.id}
        )
        cls.schedule = cls._schedule()

    @classmethod
    def _schedule(cls, **vals):
        return cls.Schedule.with_user(cls.manager).create(
            {
                "name": "Monthly",
                "company_id": cls.company.id,
                "cycle": "month",
                "date_start": date(2025, 6, 1),
                "delay_days": 7,
                "prepare_days": 5,
                "hour": 9.5,
                "user_id": cls.manager.id,
                "attendee_ids": [Command.set(cls.leader.ids)],
                **vals,
            }
        )

    def _run(self, moment, schedules=None):
        """The nightly run at a moment (naive UTC)."""
        with (
            patch.object(self.env.cr, "now", lambda: moment),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60),
        ):
            self.Schedule.with_context(lang="en_US")._cron_prepare_reviews()
        return (schedules or self.schedule).review_ids.sorted("date_from")

    def test_once_however_often_it_runs(self):
        self.assertFalse(self._run(datetime(2025, 6, 1, 4)))
        reviews = self._run(datetime(2025, 6, 2, 4))
        self.assertEqual(reviews.mapped("date_from"), [date(2025, 5, 1)])
        for day in (2, 3, 8, 30):
            self.assertEqual(self._run(datetime(2025, 6, day, 5)), reviews)
        self.assertEqual(reviews.user_id, self.manager)
        self.assertEqual(reviews.attendee_ids, self.leader)
        self.assertEqual(reviews.name, "Monthly review 2025-05")
        self.assertTrue(reviews.agenda_on)
        self.assertEqual(reviews.activity_ids.user_id, self.manager)
        self.assertEqual(self._run(datetime(2025, 7, 2, 4)).mapped("date_from"), [date(2025, 5, 1), date(2025, 6, 1)])

    def test_the_meeting_is_on_a_working_day_by_the_clocks_of_the_company(self):
        """7 June 2025 is a Saturday; half past nine in Brussels is 07:30 UTC in summer, 08:30 in winter."""
        self.assertEqual(self._run(datetime(2025, 6, 2, 4)).date, datetime(2025, 6, 9, 7, 30))
        self.assertEqual(self.schedule.next_date, datetime(2025, 7, 7, 7, 30))
        self.schedule.sudo().last_date_from = date(2025, 9, 1)
        self.assertEqual(self.schedule.next_date, datetime(2025, 11, 7, 8, 30))

    def test_a_holiday_is_no_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Whit Monday",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2025, 6, 8, 22),
                "date_to": datetime(2025, 6, 9, 22),
            }
        )
        self.assertEqual(self._run(datetime(2025, 6, 2, 4)).date, datetime(2025, 6, 10, 7, 30))

    def test_the_day_begins_in_the_zone_of_the_company(self):
        """At 22:30 UTC on the 1st it is the 2nd in Brussels."""
        self.assertFalse(self._run(datetime(2025, 6, 1, 21, 30)))
        self.assertTrue(self._run(datetime(2025, 6, 1, 22, 30)))

    def test_missed_days_are_made_up(self):
        """The run of the due day and the meeting were missed: it is held on the next working day."""
        review = self._run(datetime(2025, 6, 20, 12))
        self.assertEqual(review.date_from, date(2025, 5, 1))
        self.assertEqual(review.date, datetime(2025, 6, 23, 7, 30))

    def test_missed_periods_get_theirs_and_no_more_than_three(self):
        reviews = self._run(datetime(2025, 12, 20, 12))
        self.assertEqual(reviews.mapped("date_from"), [date(2025, month, 1) for month in (9, 10, 11)])
        self.assertEqual(self._run(datetime(2025, 12, 21, 12)), reviews)

    def test_a_review_that_was_deleted_does_not_come_again(self):
        self._run(datetime(2025, 6, 2, 4)).unlink()
        self.assertFalse(self._run(datetime(2025, 6, 3, 4)))

    def test_nothing_before_the_schedule_began(self):
        schedule = self._schedule(date_start=date(2025, 6, 8))
        self._run(datetime(2025, 6, 9, 4), schedule)
        self.assertFalse(schedule.review_ids)

    def test_quarters_and_halves(self):
        quarterly = self._schedule(cycle="quarter", date_start=date(2025, 7, 1))
        half = self._schedule(cycle="half_year", date_start=date(2025, 7, 1))
        self._run(datetime(2025, 7, 3, 4))
        self.assertEqual(quarterly.review_ids.date_from, date(2025, 4, 1))
        self.assertEqual(half.review_ids.date_from, date(2025, 1, 1))
        self.assertEqual(half.review_ids.name, "Half-year review 2025-H1")
        kinds = set(half.review_ids.topic_ids.mapped("kind"))
        self.assertLessEqual({"goal", "market", "strategy"}, kinds)
        self.assertFalse({"market", "strategy"} & set(quarterly.review_ids.topic_ids.mapped("kind")))

    def test_archived_schedules_rest(self):
        self.schedule.active = False
        self.assertFalse(self._run(datetime(2025, 6, 2, 4)))

    def test_invited_by_the_calendar_unless_not_wanted(self):
        silent = self._schedule(name="Silent", with_meeting=False)
        review = self._run(datetime(2025, 6, 2, 4))
        self.assertEqual(review.event_id.start, review.date)
        self.assertEqual(review.event_id.partner_ids, (self.manager | self.leader).partner_id)
        self.assertTrue(silent.review_ids)
        self.assertFalse(silent.review_ids.event_id)

    def test_one_that_fails_holds_up_no_other(self):
        other = self._schedule(name="Other")
        make = type(self.Schedule)._make_reviews

        def fail(schedule, periods):
            if schedule == self.schedule:
                raise ValueError("broken")
            return make(schedule, periods)

        with (
            patch.object(type(self.Schedule), "_make_reviews", fail),
            self.assertLogs("odoo.addons.sales_process_framework.models.review", "ERROR"),
            self.assertRaisesRegex(ValueError, "broken"),
        ):
            self._run(datetime(2025, 6, 2, 4))
        self.assertTrue(other.review_ids)

    def test_the_scheduled_action_runs(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_prepare_reviews").method_direct_trigger()
        self.assertTrue(self.schedule.review_ids)

    def test_agendas_ahead_are_brought_up_to_date(self):
        review = self._run(datetime(2025, 6, 2, 4))
        self._run(datetime(2025, 6, 5, 4))
        self.assertEqual(review.agenda_on, datetime(2025, 6, 5, 4))
        review.with_user(self.manager).action_next()
        self._run(datetime(2025, 6, 6, 4))
        self.assertEqual(review.agenda_on, datetime(2025, 6, 5, 4))

    def test_each_company_by_its_own_schedule(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        schedule = self.Schedule.create(
            {"name": "There", "company_id": other.id, "date_start": date(2025, 6, 1), "user_id": self.env.uid}
        )
        self._run(datetime(2025, 6, 5, 4))
        self.assertEqual(schedule.review_ids.company_id, other)
        self.assertNotIn(schedule, self.Schedule.with_user(self.manager).search([]))

    def test_prepared_at_once_on_request(self):
        action = self.schedule.action_prepare_now()
        review = self.Review.browse(action["res_id"])
        self.assertEqual(review.schedule_id, self.schedule)
        self.assertEqual(review.state, "look_back")
        with self.assertRaises(AccessError):
            self.schedule.with_user(self.leader).action_prepare_now()

    def test_guests_are_no_attendees(self):
        portal = self.env["res.users"].create(
            {"name": "Guest", "login": "spf_guest", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        with self.assertRaisesRegex(ValidationError, "Only employees"):
            self.schedule.attendee_ids = portal

    def test_no_meeting_begins_in_the_past(self):
        """Prepared at noon for half past nine of the same day: tomorrow."""
        self.schedule.write({"delay_days": 2, "prepare_days": 0})
        self.assertEqual(self._run(datetime(2025, 6, 2, 12)).date, datetime(2025, 6, 3, 7, 30))

    def test_queries_do_not_grow_with_periods_that_have_theirs(self):
        self._run(datetime(2025, 6, 2, 4))
        self.env.flush_all()
        with patch.object(self.env.cr, "now", lambda: datetime(2025, 6, 2, 5)):
            due = self.schedule._get_due_periods()
        self.assertFalse(due)
        self.assertLess(self.schedule.last_date_from, date(2025, 6, 1) + timedelta(days=1))
