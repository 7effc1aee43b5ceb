import unittest
from datetime import datetime, timedelta

from ...tools.health import LeadFacts, band, part_scores, score

NOW = datetime(2026, 3, 10, 12)


class TestHealth(unittest.TestCase):
    def parts(self, **facts):
        return part_scores(LeadFacts(**facts), NOW)

    def test_time(self):
        for days_ago, days_left, expected in ((7, 3, 100), (8.5, 1.5, 75), (10, 0, 50), (15, -5, 25), (30, -20, 0)):
            entered, deadline = NOW - timedelta(days=days_ago), NOW + timedelta(days=days_left)
            self.assertAlmostEqual(self.parts(entered=entered, deadline=deadline)["time"], expected, msg=days_ago)
        self.assertIsNone(self.parts(entered=NOW)["time"])
        self.assertEqual(self.parts(entered=NOW, deadline=NOW)["time"], 0)

    def test_contact(self):
        for days, expected in ((0, 100), (7, 100), (14, 50), (21, 0), (90, 0)):
            self.assertAlmostEqual(self.parts(last_contact=NOW - timedelta(days=days))["contact"], expected)
        # a meeting ahead is no contact yet, but no harm either
        self.assertEqual(self.parts(last_contact=NOW + timedelta(days=1))["contact"], 100)

    def test_closing(self):
        today = NOW.date()
        self.assertEqual(self.parts()["closing"], 50)
        self.assertEqual(self.parts(closing=today)["closing"], 100)
        self.assertEqual(self.parts(closing=today - timedelta(days=1))["closing"], 0)
        self.assertEqual([self.parts(closing=today, pushes=n)["closing"] for n in (1, 2, 4, 9)], [75, 50, 0, 0])

    def test_buyers(self):
        self.assertEqual(self.parts()["buyers"], 0)
        self.assertEqual(self.parts(buyers=2, decider=True, champion=True)["buyers"], 100)
        self.assertEqual(self.parts(buyers=2, decider=True, unknown=1)["buyers"], 50)

    def test_parts_about_which_nothing_can_be_said_are_left_out(self):
        parts = self.parts(asked=False, last_contact=NOW, closing=NOW.date(), buyers=1, decider=True, champion=True)
        self.assertIsNone(parts["gate"])
        self.assertEqual(score(parts), 100)
        self.assertEqual(score(dict.fromkeys(parts)), 0)

    def test_weights(self):
        parts = self.parts(progress=60, last_contact=NOW - timedelta(days=14), closing=NOW.date(), pushes=1)
        # (25 × 60 + 20 × 50 + 15 × 75 + 10 × 0) / 70
        self.assertEqual(score(parts), 52)

    def test_bands(self):
        self.assertEqual(
            [band(value) for value in (100, 70, 69, 40, 39, 0)], ["good"] * 2 + ["watch"] * 2 + ["poor"] * 2
        )
