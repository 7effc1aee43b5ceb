import unittest

from ...tools import kpi
from .generated import assume, given, st

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


class TestKpi(unittest.TestCase):
    def test_bands_of_t4(self):
        def cycle(days):
            return kpi.band(days, 90, 120, "lower")

        def match(percent):
            return kpi.band(percent, 80, 60, "higher")

        self.assertEqual(
            [cycle(days) for days in (10, 90, 90.01, 120, 120.01)], ["healthy"] * 2 + ["watch"] * 2 + ["alert"]
        )
        self.assertEqual([match(value) for value in (80, 79.9, 60, 59.9)], ["healthy", "watch", "watch", "alert"])
        self.assertEqual(kpi.band(None, 80, 60, "higher"), "none")
        self.assertEqual(kpi.band(float("nan"), 80, 60, "higher"), "none")
        self.assertEqual(kpi.band(0, 80, 60, "higher"), "alert", "zero is a value")

    @given(NUMBERS, NUMBERS, NUMBERS)
    def test_lower_is_better_mirrors_higher(self, value, one, other):
        healthy, alert = max(one, other), min(one, other)
        self.assertEqual(kpi.band(value, healthy, alert, "higher"), kpi.band(-value, -healthy, -alert, "lower"))

    @given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
    def test_better_is_never_a_worse_band(self, one, other, healthy, alert):
        assume(healthy >= alert)
        order = ("alert", "watch", "healthy")
        low, high = min(one, other), max(one, other)
        self.assertLessEqual(
            order.index(kpi.band(low, healthy, alert, "higher")), order.index(kpi.band(high, healthy, alert, "higher"))
        )

    def test_ratio(self):
        self.assertEqual(kpi.ratio(0, 4), 0)
        self.assertEqual(kpi.ratio(1, 4), 0.25)
        for numerator, denominator in ((1, 0), (0, 0), (None, 4), (1, None)):
            self.assertIsNone(kpi.ratio(numerator, denominator))

    def test_trend(self):
        self.assertEqual(kpi.trend(2, 1, "higher"), "better")
        self.assertEqual(kpi.trend(2, 1, "lower"), "worse")
        self.assertEqual(kpi.trend(1.001, 1, "lower"), "same")
        self.assertEqual(kpi.trend(1, 0, "higher"), "better")
        self.assertEqual(kpi.trend(0, 0, "higher"), "same")
        self.assertEqual(kpi.trend(None, 1, "higher"), "none")
        self.assertEqual(kpi.trend(1, None, "higher"), "none")

    def test_attainment(self):
        self.assertEqual(kpi.attainment(50, 100, "higher"), 0.5)
        self.assertEqual(kpi.attainment(120, 90, "lower"), 0.75)
        self.assertEqual(kpi.attainment(60, 90, "lower"), 1)
        self.assertEqual((kpi.attainment(1, 0, "higher"), kpi.attainment(-1, 0, "higher")), (1, 0))
        self.assertEqual((kpi.attainment(0, 0, "lower"), kpi.attainment(1, 0, "lower")), (1, 0))
        self.assertIsNone(kpi.attainment(None, 10, "higher"))
        self.assertIsNone(kpi.attainment(10, None, "higher"))

    @given(st.text(), st.sets(st.text(max_size=3), max_size=3))
    def test_codes(self, name, taken):
        self.assertRegex(kpi.make_code(name, taken), "^[a-z][a-z0-9_]*$")
        self.assertNotIn(kpi.make_code(name, taken), taken)

    def test_known_codes(self):
        self.assertEqual(kpi.make_code("Calls per deal", ()), "calls_per_deal")
        self.assertEqual(kpi.make_code("Calls per deal", {"calls_per_deal"}), "calls_per_deal_2")
        self.assertEqual(kpi.make_code("贏單率", ()), "kpi")
        self.assertEqual(kpi.make_code("30 Tage", ()), "kpi_30_tage")
