import unittest
from datetime import datetime

from ...tools.worktime import add_working_hours

MONDAY_TO_FRIDAY = [
    (datetime(2026, 3, day, hour), datetime(2026, 3, day, hour + 4))
    for day in (2, 3, 4, 5, 6, 9, 10)
    for hour in (8, 13)
]


class TestWorktime(unittest.TestCase):
    def plan(self, start, hours):
        return add_working_hours(MONDAY_TO_FRIDAY, start, hours)

    def test_within_a_day_and_over_lunch(self):
        self.assertEqual(self.plan(datetime(2026, 3, 2, 9), 2), datetime(2026, 3, 2, 11))
        self.assertEqual(self.plan(datetime(2026, 3, 2, 11), 2), datetime(2026, 3, 2, 14))

    def test_friday_evening_goes_on_monday(self):
        self.assertEqual(self.plan(datetime(2026, 3, 6, 20), 1), datetime(2026, 3, 9, 9))
        self.assertEqual(self.plan(datetime(2026, 3, 6, 16), 8), datetime(2026, 3, 9, 16))

    def test_exactly_to_the_end_of_an_interval(self):
        self.assertEqual(self.plan(datetime(2026, 3, 2, 8), 4), datetime(2026, 3, 2, 12))

    def test_nothing_left(self):
        self.assertIsNone(self.plan(datetime(2026, 3, 10, 16), 8))
        self.assertIsNone(add_working_hours([], datetime(2026, 3, 2), 1))
