import doctest
import unittest
from datetime import datetime, timedelta

from ...tools import sla
from ...tools.sla import Clock, Promise, judge, plan, without

#: Two working weeks of 8–12 and 13–17, in UTC.
WORK = [
    (datetime(2026, 3, day, hour), datetime(2026, 3, day, hour + 4))
    for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)
    for hour in (8, 13)
]


def at(day, hour=0, minute=0):
    return datetime(2026, 3, day, hour, minute)


class TestPlan(unittest.TestCase):
    def test_friday_evening_starts_on_monday(self):
        promise = plan(WORK, at(6, 20), 8, share=0.5)
        self.assertEqual(promise, Promise(at(9, 12), at(9, 17)))

    def test_pause_over_lunch_moves_by_its_working_time_alone(self):
        # 11:00–14:00 holds two hours of work and one of lunch
        self.assertEqual(plan(WORK, at(2, 8), 8, [(at(2, 11), at(2, 14))]).deadline, at(3, 10))

    def test_pause_outside_working_time_moves_nothing(self):
        self.assertEqual(plan(WORK, at(6, 8), 16, [(at(6, 18), at(8, 20))]), plan(WORK, at(6, 8), 16))

    def test_pause_over_the_weekend(self):
        self.assertEqual(plan(WORK, at(6, 8), 8, [(at(6, 13), at(9, 13))]).deadline, at(9, 17))

    def test_several_pauses_in_any_order_touching_and_overlapping(self):
        pauses = [(at(3, 9), at(3, 10)), (at(2, 9), at(2, 10)), (at(2, 10), at(2, 11)), (at(2, 10, 30), at(2, 11, 30))]
        # 2.5 hours on the 2nd, 1 hour on the 3rd
        self.assertEqual(plan(WORK, at(2, 8), 12, pauses).deadline, at(3, 16, 30))

    def test_pause_at_the_very_start_and_of_no_length(self):
        self.assertEqual(plan(WORK, at(2, 8), 2, [(at(2, 8), at(2, 9)), (at(2, 10), at(2, 10))]).deadline, at(2, 11))

    def test_share_of_the_time(self):
        self.assertEqual(plan(WORK, at(2, 8), 8, share=0.75).at_risk, at(2, 15))
        self.assertEqual(plan(WORK, at(2, 8), 8, share=1.0).at_risk, at(2, 17))
        self.assertEqual(plan(WORK, at(2, 8), 8, share=7.0).at_risk, at(2, 17))

    def test_intervals_that_end_too_early(self):
        self.assertIsNone(plan(WORK, at(13, 13), 8))
        self.assertIsNone(plan([], at(2), 1))

    def test_without_cuts_and_splits(self):
        self.assertEqual(without(WORK[:1], [(at(2, 9), at(2, 10))]), [(at(2, 8), at(2, 9)), (at(2, 10), at(2, 12))])
        self.assertEqual(without(WORK[:2], [(at(2, 7), at(2, 18))]), [])
        self.assertEqual(without(WORK[:2], []), WORK[:2])

    def test_pauses_move_a_deadline_by_exactly_their_working_time(self):
        plain = plan(WORK, at(2, 8), 10).deadline
        for minutes in range(0, 240, 17):
            pause = (at(2, 8), at(2, 8) + timedelta(minutes=minutes))
            moved = plan(WORK, at(2, 8), 10, [pause]).deadline
            inside = [(max(start, plain), min(stop, moved)) for start, stop in WORK if start < moved and stop > plain]
            self.assertEqual(sum((stop - start for start, stop in inside), timedelta()), timedelta(minutes=minutes))


class TestJudge(unittest.TestCase):
    def judge(self, now, **facts):
        return judge(at(4, 12), at(3, 12), now, **facts)

    def test_running_at_risk_late(self):
        self.assertEqual(self.judge(at(3, 11, 59)), Clock.RUNNING)
        self.assertEqual(self.judge(at(3, 12)), Clock.AT_RISK)
        self.assertEqual(self.judge(at(4, 12)), Clock.AT_RISK)
        self.assertEqual(self.judge(at(4, 12, 1)), Clock.LATE)

    def test_delivered(self):
        self.assertEqual(self.judge(at(20), delivered=at(4, 12)), Clock.KEPT)
        self.assertEqual(self.judge(at(20), delivered=at(4, 13)), Clock.BROKEN)

    def test_pause_stops_the_clock_and_heals_nothing(self):
        self.assertEqual(self.judge(at(20), paused_since=at(3, 13)), Clock.PAUSED)
        self.assertEqual(self.judge(at(20), paused_since=at(5)), Clock.LATE)

    def test_nothing_promised(self):
        self.assertEqual(judge(None, None, at(4)), Clock.NONE)

    def test_days_late(self):
        self.assertEqual(sla.days_late(at(4, 12), at(4, 12)), 0.0)
        self.assertEqual(sla.days_late(at(4, 12), at(6)), 1.5)
        self.assertEqual(sla.days_late(None, at(6)), 0.0)


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(sla))
    return tests
