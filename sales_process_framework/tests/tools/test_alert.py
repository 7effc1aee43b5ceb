from datetime import datetime

from odoo.tests import BaseCase, tagged

from ...tools.alert import ToldBefore, leave_quiet_hours, next_summary, subtract_working_hours
from ...tools.worktime import add_working_hours

#: Monday to Friday of two weeks, 8 to 16.
DAYS = [(datetime(2026, 3, day, 8), datetime(2026, 3, day, 16)) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]


@tagged("post_install", "-at_install")
class TestAlertTools(BaseCase):
    def test_back_is_the_way_there(self):
        for day, hour, hours in ((10, 9, 24), (9, 8, 8), (8, 12, 16), (13, 20, 1.5)):
            now = datetime(2026, 3, day, hour)
            cutoff = subtract_working_hours(DAYS, now, hours)
            self.assertLessEqual(add_working_hours(DAYS, cutoff, hours), now)
            later = cutoff.replace(minute=cutoff.minute + 1)
            self.assertGreater(add_working_hours(DAYS, later, hours) or datetime.max, now, "a minute later it is not")

    def test_over_a_weekend(self):
        self.assertEqual(subtract_working_hours(DAYS, datetime(2026, 3, 9, 12), 8), datetime(2026, 3, 6, 12))
        self.assertEqual(subtract_working_hours(DAYS, datetime(2026, 3, 9, 12), 0), datetime(2026, 3, 9, 12))
        self.assertIsNone(subtract_working_hours(DAYS, datetime(2026, 3, 2, 12), 8))

    def test_quiet_night(self):
        def told(hour, minute=0, **kwargs):
            return leave_quiet_hours(datetime(2026, 3, 4, hour, minute), "Europe/Brussels", 20, 8, **kwargs)

        self.assertEqual(told(10), datetime(2026, 3, 4, 10), "eleven in Brussels: at once")
        self.assertEqual(told(19), datetime(2026, 3, 5, 7), "exactly eight in the evening is quiet")
        self.assertEqual(told(18, 59), datetime(2026, 3, 4, 18, 59))
        self.assertEqual(told(3), datetime(2026, 3, 4, 7))
        self.assertEqual(told(7), datetime(2026, 3, 4, 7), "exactly eight in the morning is told")

    def test_quiet_weekend_and_summer_time(self):
        friday = datetime(2026, 3, 27, 21)
        self.assertEqual(
            leave_quiet_hours(friday, "Europe/Brussels", 20, 8, quiet_weekend=True),
            datetime(2026, 3, 30, 6),
            "Monday eight o'clock, summer time by then",
        )
        self.assertEqual(leave_quiet_hours(friday, "Asia/Taipei", 0, 0, True), datetime(2026, 3, 29, 16))
        self.assertEqual(leave_quiet_hours(friday, "UTC", 0, 0), friday)

    def test_next_summary(self):
        nine, noon = datetime(2026, 3, 4, 9), datetime(2026, 3, 4, 12)
        self.assertEqual(next_summary(noon, None, 4), noon, "the first one")
        self.assertEqual(next_summary(noon, nine, 4), datetime(2026, 3, 4, 13))
        self.assertEqual(next_summary(noon, nine, 3), noon, "exactly when its time has come")
        self.assertEqual(next_summary(noon, nine, 0), noon)
        self.assertIsNone(ToldBefore().latest)
        self.assertEqual(ToldBefore(nine, None).latest, nine)
        self.assertEqual(ToldBefore(nine, noon, 1).latest, noon)
