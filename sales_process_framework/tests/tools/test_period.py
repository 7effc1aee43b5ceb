import unittest
from datetime import date, datetime, timedelta

from ...tools.period import CYCLES, local_day, period_of, periods_between, utc_edges
from .generated import given, st

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
ZONES = st.sampled_from(
    ["UTC", "Asia/Taipei", "America/New_York", "Europe/Brussels", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kolkata"]
)


class TestPeriod(unittest.TestCase):
    @given(DAYS, st.sampled_from([*CYCLES, "day"]))
    def test_a_day_lies_in_exactly_one_period(self, day, cycle):
        period = period_of(day, cycle)
        self.assertIn(day, period)
        for other in (period.start, period.stop):
            self.assertEqual(period_of(other, cycle), period)
        self.assertEqual(period.previous().stop, period.start - timedelta(days=1))
        self.assertEqual(period.next().start, period.stop + timedelta(days=1))
        self.assertEqual(period.next().previous(), period)

    @given(DAYS, DAYS, st.sampled_from(CYCLES))
    def test_periods_follow_each_other(self, one, other, cycle):
        first, last = min(one, other), min(max(one, other), min(one, other) + timedelta(days=800))
        periods = list(periods_between(first, last, cycle))
        self.assertIn(first, periods[0])
        self.assertIn(last, periods[-1])
        for before, after in zip(periods, periods[1:], strict=False):
            self.assertEqual(before.next(), after)
        self.assertEqual(len({period.label() for period in periods}), len(periods))
        self.assertEqual([period.label() for period in periods], sorted(period.label() for period in periods))

    @given(DAYS, st.sampled_from(CYCLES), ZONES)
    def test_edges_are_midnights_of_the_zone(self, day, cycle, zone):
        period = period_of(day, cycle)
        start, stop = utc_edges(period, zone)
        self.assertLess(start, stop)
        self.assertEqual(utc_edges(period.next(), zone)[0], stop, "no moment between two periods, none in both")
        self.assertGreaterEqual(local_day(start, zone), period.start)
        # Samoa skipped a day in 2011: its period before that day ends a day early.
        self.assertLessEqual(local_day(stop - timedelta(microseconds=1), zone), period.stop)

    def test_known_periods(self):
        day = date(2026, 8, 15)
        expected = {
            "day": ("2026-08-15", date(2026, 8, 15), date(2026, 8, 15)),
            "week": ("2026-W33", date(2026, 8, 10), date(2026, 8, 16)),
            "month": ("2026-08", date(2026, 8, 1), date(2026, 8, 31)),
            "quarter": ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
            "half_year": ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
            "year": ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        }
        for cycle, (label, start, stop) in expected.items():
            period = period_of(day, cycle)
            self.assertEqual((period.label(), period.start, period.stop), (label, start, stop))
        self.assertEqual(period_of(date(2024, 2, 29), "month").year_before().label(), "2023-02")
        self.assertEqual(period_of(date(2027, 1, 2), "week").label(), "2026-W53")
        with self.assertRaises(ValueError):
            period_of(day, "decade")

    def test_known_edges(self):
        march = period_of(date(2026, 3, 1), "month")
        self.assertEqual(utc_edges(march, "UTC"), (datetime(2026, 3, 1), datetime(2026, 4, 1)))
        self.assertEqual(utc_edges(march, "Asia/Taipei"), (datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)))
        # Summer time begins on the 8th: the month is an hour shorter.
        self.assertEqual(utc_edges(march, "America/New_York"), (datetime(2026, 3, 1, 5), datetime(2026, 4, 1, 4)))
        self.assertEqual(utc_edges(march, "No/Such_Zone"), utc_edges(march, "UTC"))

    def test_share_passed(self):
        march = period_of(date(2026, 3, 1), "month")
        for day, share in ((date(2026, 2, 28), 0), (date(2026, 3, 31), 1), (date(2026, 5, 1), 1)):
            self.assertEqual(march.share_passed(day), share)
        self.assertAlmostEqual(march.share_passed(date(2026, 3, 10)), 10 / 31)
