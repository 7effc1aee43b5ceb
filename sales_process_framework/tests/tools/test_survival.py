import unittest

from ...tools import survival

#: Remission in weeks of the 6-MP arm of Freireich et al. (Blood 21, 1963), as in Cox and Oakes, "Analysis of
#: Survival Data" (1984), and Kleinbaum and Klein, "Survival Analysis", table of chapter 2.
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
STILL_IN_REMISSION = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


class TestSurvival(unittest.TestCase):
    def test_published_example(self):
        found = survival.estimate(RELAPSED, STILL_IN_REMISSION, minimum=5)
        self.assertEqual((found.count, found.ended, found.median), (21, 9, 23.0))
        curve = {days: share for days, share, _low, _high in found.curve}
        for week, share in PUBLISHED.items():
            self.assertAlmostEqual(curve[week], share, places=4)

    def test_published_example_without_censoring(self):
        found = survival.estimate(PLACEBO, ())
        self.assertEqual((found.median, found.ended), (8.0, 21))
        # the interval that R's survfit gives with conf.type = "log-log"
        self.assertEqual((found.low, found.high), (4.0, 11.0))

    def test_open_deals_are_not_left_out(self):
        ended = [10.0] * 12
        self.assertEqual(survival.estimate(ended, ()).median, 10.0)
        self.assertIsNone(survival.estimate(ended, [50.0] * 40).median, "most of them are open still")

    def test_a_handful_says_nothing(self):
        found = survival.estimate([5.0] * (survival.MINIMUM_ENDED - 1), [7.0] * 100)
        self.assertFalse(found.enough)
        self.assertEqual((found.count, found.median, found.curve), (109, None, ()))

    def test_a_long_curve_is_thinned_out_and_keeps_its_end(self):
        found = survival.estimate([float(day) for day in range(1, 2001)], ())
        self.assertLessEqual(len(found.curve), survival.CURVE_STEPS + 30)
        self.assertEqual(found.curve[-1][:2], (2000.0, 0.0))

    def test_limit(self):
        self.assertIsNone(survival.suggest_limit([3.0] * (survival.MINIMUM_STAYS - 1)))
        self.assertEqual(survival.suggest_limit([3.0] * survival.MINIMUM_STAYS), 3.0)
        self.assertEqual(survival.suggest_limit([float(n) for n in range(1, 101)]), 80.5)
        self.assertEqual(survival.suggest_limit([0.0] * 50), 0.5)
