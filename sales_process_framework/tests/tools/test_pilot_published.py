"""The statistics of pilots against worked examples that others have published."""

import math
import unittest

from ...tools import pilot_change, pilot_cluster, pilot_compare, pilot_plan, pilot_sequential
from ...tools.pilot_change import Mean
from ...tools.pilot_compare import Times

#: Remission in weeks, Freireich et al., Blood 21, 1963; as in Kleinbaum and Klein, "Survival Analysis", chapter 2.
SIX_MP = Times((6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35))
PLACEBO = Times((1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23), ())
#: Permeability of the chorioamnion, Hollander and Wolfe, "Nonparametric Statistical Methods", example 4.1; also the
#: example of R's wilcox.test.
AT_TERM = (0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46)
EARLY = (1.15, 0.88, 0.90, 0.74, 1.21)


class TestComparisons(unittest.TestCase):
    def test_wilson(self):
        """R. G. Newcombe, Statistics in Medicine 17, 1998, 857–872, table I, method 3: 81 of 263, 15 of 148."""
        for successes, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
            found = pilot_compare.wilson(successes, count)
            self.assertAlmostEqual(found[0], low, places=4)
            self.assertAlmostEqual(found[1], high, places=4)

    def test_newcombe(self):
        """R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890, table II, method 10."""
        examples = (
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (6, 7, 2, 7, 0.0582, 0.8062),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (10, 10, 0, 10, 0.6075, 1.0),
        )
        for successes, count, base_successes, base_count, low, high in examples:
            with self.subTest(successes=successes, count=count):
                found = pilot_compare.newcombe(base_successes, base_count, successes, count)
                self.assertAlmostEqual(found[0], low, places=4)
                self.assertAlmostEqual(found[1], high, places=4)

    def test_hodges_lehmann(self):
        """Hollander and Wolfe, examples 4.1, 4.3 and 4.4: shift 0.305, interval -0.15 to 0.76, and R's W = 35."""
        found = pilot_compare.compare_samples(EARLY, AT_TERM)
        self.assertAlmostEqual(found.effect, 0.305, places=9)
        self.assertAlmostEqual(found.low, -0.15, places=9)
        self.assertAlmostEqual(found.high, 0.76, places=9)
        self.assertAlmostEqual(found.pvalue, 2 * 0.1272, places=3)
        self.assertGreater(found.z, 0)

    def test_hodges_lehmann_is_the_median_of_all_differences(self):
        base, sample = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0], [2.0, 6.0, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0]
        differences = sorted(second - first for first in base for second in sample)
        middle = (differences[23] + differences[24]) / 2
        self.assertAlmostEqual(pilot_compare.hodges_lehmann(base, sample)[0], middle, places=9)

    def test_logrank(self):
        """6-MP against placebo: chi-squared 16.79 in Kleinbaum and Klein; expected 19.25 of 9, variance 6.257."""
        found = pilot_compare.compare_times(SIX_MP, PLACEBO)
        self.assertAlmostEqual(found.z**2, 16.79, places=2)
        self.assertAlmostEqual(pilot_compare.logrank_variance(SIX_MP, PLACEBO), 6.257, places=3)
        # Peto: exp((O - E) / V) with O - E = 10.25
        self.assertAlmostEqual(found.effect, math.exp(10.25 / 6.257), places=2)
        self.assertEqual(found.values, (23.0, 8.0))
        self.assertEqual(found.information, 30)

    def test_logrank_variance_is_the_one_in_scipys_statistic(self):
        base, sample = Times((1.0, 4.0, 5.0, 8.0, 9.0, 12.0), (3.0, 15.0)), Times((2.0, 2.0, 3.0, 4.0, 7.0), (1.0, 6.0))
        found = pilot_compare.compare_times(base, sample)
        variance = pilot_compare.logrank_variance(base, sample)
        ends = sorted({*base.ended, *sample.ended})
        expected = 0.0
        for moment in ends:
            at_risk = [sum(day >= moment for day in times.ended + times.censored) for times in (base, sample)]
            died = sum(times.ended.count(moment) for times in (base, sample))
            expected += died * at_risk[1] / sum(at_risk)
        self.assertAlmostEqual((len(sample.ended) - expected) / math.sqrt(variance), found.z, places=9)

    def test_difference_in_differences(self):
        """Card and Krueger, American Economic Review 84, 1994, table 3: 2.76 more jobs a store, error 1.36.

        Their errors of the changes, as the stores before and after are the same: 0.54 in New Jersey, 1.25 in
        Pennsylvania.
        """
        jersey = Mean(20.44, 0.0, 321), Mean(21.03, 0.54**2, 319)
        pennsylvania = Mean(23.33, 0.0, 77), Mean(21.17, 1.25**2, 77)
        found = pilot_change.difference_in_differences("did_means", jersey, pennsylvania)
        self.assertAlmostEqual(found.effect, 2.76, delta=0.011)
        self.assertAlmostEqual(found.effect / found.z, 1.36, places=2)

    def test_restricted_mean(self):
        """The area under the curve of the placebo arm up to week 12, by hand from its counts."""
        found = pilot_change.restricted_mean(PLACEBO, 12.0)
        self.assertAlmostEqual(found.value, sum(min(days, 12) for days in PLACEBO.ended) / 21, places=9)
        spread = [min(days, 12) for days in PLACEBO.ended]
        mean = sum(spread) / 21
        self.assertAlmostEqual(found.variance, sum((days - mean) ** 2 for days in spread) / 21**2, places=9)

    def test_design_effect(self):
        """Donner and Klar, chapter 1: 1 + (m - 1) ρ; whole families of ten with ρ = 0.05 need 1.45 times as many."""
        self.assertAlmostEqual(pilot_cluster.design_effect(10, 0.05), 1.45)
        alike = pilot_cluster.measure([{1: [0.0] * 5, 2: [1.0] * 5}, {3: [0.0] * 5, 4: [1.0] * 5}])
        self.assertAlmostEqual(alike.correlation, 1.0)
        self.assertAlmostEqual(alike.effect, 5.0)

    def test_too_little_is_no_result(self):
        self.assertEqual(pilot_compare.compare_proportions(2, 4, 3, 90).method, "none")
        self.assertEqual(pilot_compare.compare_samples([1.0] * 4, [1.0] * 50).method, "none")
        self.assertEqual(pilot_compare.compare_times(Times((1.0,), (2.0,) * 30), PLACEBO).tested, True)
        self.assertEqual(pilot_compare.compare_times(Times((), (2.0,) * 30), PLACEBO).tested, False)

    def test_small_expected_counts_are_fishers(self):
        """R. A. Fisher's lady tasting tea as a two-sided test, p = 0.4857 (Agresti, Categorical Data Analysis, 3.5)."""
        method, pvalue, expected = pilot_compare.judge_table(1, 4, 3, 4)
        self.assertEqual((method, expected), ("fisher", 2))
        self.assertAlmostEqual(pvalue, 0.4857, places=4)
        self.assertAlmostEqual(pvalue, 34 / 70, places=9)
        found = pilot_compare.compare_proportions(2, 8, 6, 8)
        self.assertEqual(found.method, "fisher")
        self.assertFalse(found.checks[0].holds)

    def test_two_proportions(self):
        """M. Bland, An Introduction to Medical Statistics, 8.6 and 13.1: cough after bronchitis, 26 of 273 children
        against 44 of 1046. Difference 0.053, z = 3.49, chi-squared 12.2, and so p = 0.0005.
        """
        found = pilot_compare.compare_proportions(44, 1046, 26, 273)
        self.assertEqual(found.method, "proportions")
        self.assertAlmostEqual(found.effect, 0.053, places=3)
        self.assertAlmostEqual(found.z, 3.49, places=2)
        self.assertAlmostEqual(found.z**2, 12.2, places=1)
        self.assertAlmostEqual(found.pvalue, 0.0005, places=4)

    def test_teams_as_one_each(self):
        """Student's test of the teams' changes, with the numbers of his paper (Biometrika 6, 1908, 1–25): hours of
        sleep gained with two drugs. R's t.test of its data set ``sleep`` with equal variances: t = 1.8608 on 18
        degrees of freedom, p = 0.07919, interval -0.2039 to 3.3639 for the second against the first.
        """
        first = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
        second = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
        groups = [[(Mean(8.0, 0.0, 50), Mean(8.0 + gained, 0.0, 50)) for gained in drug] for drug in (second, first)]
        found = pilot_change.compare_teams("did_means", *groups)
        self.assertAlmostEqual(found.effect, 1.58, places=9)
        self.assertAlmostEqual(found.pvalue, 0.07919, places=5)
        self.assertAlmostEqual(found.low, -0.203874, places=4)
        self.assertAlmostEqual(found.high, 3.363874, places=4)
        self.assertAlmostEqual(found.values[1] - found.values[0], 1.58, places=9)
        self.assertFalse(pilot_change.compare_teams("did_means", groups[0][:1], groups[1][:2]).tested, "too few")
        self.assertFalse(pilot_change.compare_teams("did_means", groups[0][:0], groups[1]).tested, "nothing to compare")


class TestPlans(unittest.TestCase):
    def test_proportions(self):
        """R's documentation of power.prop.test: 0.50 against 0.75 at power 0.90 needs 76.7 each."""
        self.assertAlmostEqual(pilot_plan.size_for_proportions(0.50, 0.75, power=0.90), 76.7, places=1)
        # Fleiss, example of table A.3: 0.25 against 0.40, alpha 0.01, power 0.95: 357 with correction for continuity
        plain = pilot_plan.size_for_proportions(0.25, 0.40, alpha=0.01, power=0.95)
        corrected = plain / 4 * (1 + math.sqrt(1 + 4 / (plain * 0.15))) ** 2
        self.assertAlmostEqual(corrected, 357, delta=0.5)
        self.assertLess(plain, corrected - 10, "without correction it is fewer: the table's 357 is not met by chance")

    def test_times(self):
        """Collett, Modelling Survival Data in Medical Research, example 10.1: ψ = 0.57, power 0.90, 133 deaths."""
        self.assertAlmostEqual(pilot_plan.events_for_times(0.57, power=0.90), 133, delta=0.5)

    def test_arms_of_different_size(self):
        """1/n + 1/m = 4/N: 50 beside 200 tell as much as 80 beside 80; and back again."""
        self.assertAlmostEqual(pilot_plan.even_size(200, 50), 160)
        self.assertAlmostEqual(pilot_plan.second_arm(160, 200), 50)
        self.assertEqual(pilot_plan.even_size(0, 50), 0)
        self.assertEqual(pilot_plan.second_arm(160, 40), math.inf)

    def test_no_effect_needs_no_end(self):
        self.assertEqual(pilot_plan.size_for_proportions(0.4, 0.4), math.inf)
        self.assertEqual(pilot_plan.size_for_samples([1.0, 2.0, 3.0], 1.0), math.inf)
        self.assertEqual(pilot_plan.events_for_times(1.0), math.inf)


class TestBounds(unittest.TestCase):
    def test_obrien_fleming_spending(self):
        """Five equal looks at 5 %: Lan and DeMets' bounds as their program and R's gsDesign (sfLDOF) give them."""
        published = (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)
        for found, expected in zip(pilot_sequential.bounds([0.2, 0.4, 0.6, 0.8, 1.0]), published, strict=True):
            self.assertAlmostEqual(found, expected, places=3)

    def test_pocock_spending(self):
        """The same of the Pocock-type spending function (gsDesign's sfLDPocock)."""
        published = (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)
        found = pilot_sequential.bounds([0.2, 0.4, 0.6, 0.8, 1.0], spending="pocock")
        for bound, expected in zip(found, published, strict=True):
            self.assertAlmostEqual(bound, expected, places=2)

    def test_one_look_is_the_plain_test(self):
        self.assertAlmostEqual(pilot_sequential.bounds([1.0])[0], 1.959964, places=5)

    def test_looks_are_a_twentieth_apart(self):
        self.assertFalse(pilot_sequential.is_time_to_look([], 0.04))
        self.assertTrue(pilot_sequential.is_time_to_look([], 0.05))
        self.assertFalse(pilot_sequential.is_time_to_look([0.5], 0.54))
        self.assertTrue(pilot_sequential.is_time_to_look([0.98], 1.0))
        self.assertFalse(pilot_sequential.is_time_to_look([0.5, 1.0], 1.4))

    def test_holm(self):
        """R's documentation of p.adjust; and Holm's rule by hand."""
        self.assertEqual(
            [round(p, 9) for p in pilot_sequential.holm([0.01, 0.02, 0.03, 0.04, 0.05])],
            [0.05, 0.08, 0.09, 0.09, 0.09],
        )
        self.assertEqual([round(p, 9) for p in pilot_sequential.holm([0.04, 0.01])], [0.04, 0.02])
        self.assertEqual(pilot_sequential.holm([]), [])
