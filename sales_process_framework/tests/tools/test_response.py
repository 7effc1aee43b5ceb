import unittest
from dataclasses import replace
from datetime import datetime

from ...tools.response import Standard, applies, count_working_seconds, outcome

WEEK = [
    (datetime(2026, 3, day, hour), datetime(2026, 3, day, hour + 4)) for day in (2, 3, 4, 5, 6, 9) for hour in (8, 13)
]
WEB = Standard(touchpoint=1, journey=1, clock="lead_created", time=3, unit="minutes", source="web_form")


class TestResponse(unittest.TestCase):
    def count(self, start, end):
        return count_working_seconds(WEEK, start, end)

    def test_working_seconds(self):
        self.assertEqual(self.count(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9, 3)), 180)
        self.assertEqual(self.count(datetime(2026, 3, 2, 11, 59), datetime(2026, 3, 2, 13, 1)), 120, "lunch")
        self.assertEqual(self.count(datetime(2026, 3, 6, 16, 58), datetime(2026, 3, 9, 8, 1)), 180, "weekend")
        self.assertEqual(self.count(datetime(2026, 3, 7, 9), datetime(2026, 3, 8, 9)), 0, "on a weekend")
        self.assertEqual(self.count(datetime(2026, 3, 2), datetime(2026, 3, 7)), 5 * 8 * 3600)
        self.assertEqual(self.count(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 8)), 0, "end before start")
        self.assertEqual(count_working_seconds([], datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10)), 0)

    def test_outcome(self):
        noon, later = datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 12, 0, 1)
        self.assertEqual(outcome(noon, None, noon), "running")
        self.assertEqual(outcome(noon, None, later), "breached_open")
        self.assertEqual(outcome(noon, noon, later), "kept")
        self.assertEqual(outcome(noon, later, later), "breached_answered")

    def test_what_starts_a_clock(self):
        def starts(standard, source, journey=1, text=""):
            return applies(standard, source=source, journey=journey, text=text)

        anyone = replace(WEB, source="none")
        self.assertTrue(starts(WEB, "web_form"))
        self.assertFalse(starts(WEB, "email_in"))
        self.assertFalse(starts(WEB, "manual"))
        self.assertTrue(starts(anyone, "email_in"))
        self.assertTrue(starts(anyone, "manual"))
        self.assertFalse(starts(anyone, "own"), "whoever types his own lead has the contact already")
        self.assertFalse(starts(replace(WEB, clock="incoming"), "web_form"))
        self.assertFalse(starts(WEB, "web_form", journey=2))
        self.assertFalse(starts(replace(WEB, text="demo"), "web_form", text="Offer"))
        self.assertTrue(starts(replace(WEB, text="demo"), "web_form", text="Demo wanted"))
