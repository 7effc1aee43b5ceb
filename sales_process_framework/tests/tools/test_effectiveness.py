import unittest

from scipy import stats

from ...tools import effectiveness
from ...tools.effectiveness import Figures


class TestJudge(unittest.TestCase):
    def test_only_costs_time(self):
        effect = effectiveness.judge(
            Figures(asked=100, met=80, held=20, refused=40, won=20, closed=50, won_without=18, closed_without=45)
        )
        self.assertEqual((effect.verdict, effect.flags), ("no_sign", ("only_costs",)))
        self.assertLess(effect.comparison.low, 0)
        self.assertGreater(effect.comparison.high, 0)

    def test_a_difference_that_may_be_chance_accuses_no_gate(self):
        """60 % against 40 % of ten deals each: no sign that it helps, and none that it only costs."""
        few = Figures(asked=40, met=20, refused=20, won=6, closed=10, won_without=4, closed_without=10)
        effect = effectiveness.judge(few)
        self.assertEqual((effect.verdict, effect.flags), ("no_sign", ()))
        self.assertLess(effect.comparison.low, 0)

    def test_time_is_a_cost_as_well(self):
        figures = {"asked": 200, "met": 190, "won": 20, "closed": 50, "won_without": 18, "closed_without": 45}
        self.assertFalse(effectiveness.judge(Figures(**figures, delayed=30, days=0.5, held=1)).flags)
        self.assertEqual(effectiveness.judge(Figures(**figures, delayed=30, days=1.0)).flags[0], "only_costs")
        self.assertFalse(effectiveness.judge(Figures(**figures, delayed=4, days=9.0, held=1)).flags, "too few")

    def test_worse_is_no_better(self):
        effect = effectiveness.judge(
            Figures(asked=200, met=100, refused=100, won=10, closed=90, won_without=60, closed_without=90)
        )
        self.assertEqual((effect.verdict, effect.flags), ("hurts", ("only_costs",)))

    def test_helps(self):
        effect = effectiveness.judge(
            Figures(asked=200, met=100, refused=100, won=60, closed=90, won_without=10, closed_without=90)
        )
        self.assertEqual((effect.verdict, effect.flags), ("helps", ("helps",)))

    def test_not_enough_data_names_nobody(self):
        for closed in ((9, 100), (100, 9)):
            effect = effectiveness.judge(
                Figures(asked=200, met=100, refused=100, closed=closed[0], closed_without=closed[1])
            )
            self.assertEqual((effect.verdict, effect.flags, effect.comparison.method), ("unknown", (), "none"))

    def test_stops_nobody(self):
        self.assertEqual(effectiveness.judge(Figures(asked=20, met=20)).flags, ("stops_nobody",))
        self.assertFalse(effectiveness.judge(Figures(asked=19, met=19)).flags)
        for stopped in ({"refused": 1}, {"overridden": 1}, {"held": 1}, {"known": False}):
            self.assertNotIn("stops_nobody", effectiveness.judge(Figures(asked=50, met=49, **stopped)).flags, stopped)

    def test_mostly_overridden(self):
        self.assertEqual(effectiveness.judge(Figures(asked=50, overridden=5, refused=10)).flags, ("overridden",))
        self.assertFalse(effectiveness.judge(Figures(asked=50, overridden=5, refused=11)).flags)
        self.assertFalse(effectiveness.judge(Figures(asked=50, overridden=4, refused=4)).flags)

    def test_the_test_is_scipys(self):
        comparison = effectiveness.compare(Figures(won=60, closed=90, won_without=10, closed_without=90))
        expected = stats.chi2_contingency([[10, 80], [60, 30]], correction=False).pvalue
        self.assertAlmostEqual(comparison.pvalue, expected)
        self.assertAlmostEqual(comparison.effect, 50 / 90)

    def test_unknown_requirements_are_not_compared(self):
        figures = Figures(won=60, closed=90, won_without=10, closed_without=90, known=False)
        self.assertFalse(effectiveness.compare(figures).tested)
