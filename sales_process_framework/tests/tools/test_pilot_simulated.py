"""The statistics of pilots on thousands of made-up pilots: with no effect, with the planned one, and with peeking."""

import math
import unittest

import numpy
from scipy import stats

from ...tools import pilot_assign, pilot_change, pilot_cluster, pilot_compare, pilot_plan, pilot_sequential
from ...tools.pilot_compare import Times

RUNS = 2000
#: What counts as 5 % in 2,000 runs.
NOMINAL = (0.035, 0.065)


class PilotSimulation(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.rng = numpy.random.default_rng(20260119)

    def assertNominal(self, pvalues):
        rate = float(numpy.mean(numpy.asarray(pvalues) < 0.05))
        self.assertGreaterEqual(len(pvalues), 2000)
        self.assertGreaterEqual(rate, NOMINAL[0])
        self.assertLessEqual(rate, NOMINAL[1])

    def assertPower(self, pvalues, planned=0.8, delta=0.05):
        self.assertAlmostEqual(float(numpy.mean(numpy.asarray(pvalues) < 0.05)), planned, delta=delta)

    def _times(self, days, follow_up):
        return Times(tuple(days[days <= follow_up]), tuple(numpy.minimum(days, follow_up)[days > follow_up]))


class TestFalsePositives(PilotSimulation):
    def test_proportions(self):
        won = self.rng.binomial(120, 0.4, (RUNS, 2))
        found = [pilot_compare.compare_proportions(base, 120, share, 120) for base, share in won]
        self.assertNominal([comparison.pvalue for comparison in found])
        covered = numpy.mean([comparison.low <= 0 <= comparison.high for comparison in found])
        self.assertAlmostEqual(covered, 0.95, delta=0.015)

    def test_mann_whitney(self):
        days = self.rng.lognormal(3, 0.6, (RUNS, 2, 60))
        found = [pilot_compare.compare_samples(base, sample) for base, sample in days]
        self.assertNominal([comparison.pvalue for comparison in found])
        covered = numpy.mean([comparison.low <= 0 <= comparison.high for comparison in found])
        self.assertAlmostEqual(covered, 0.95, delta=0.015)

    def test_logrank_with_open_deals(self):
        pvalues = []
        for _run in range(RUNS):
            days = self.rng.weibull(1.4, (2, 60)) * 60
            follow_up = self.rng.uniform(10, 120, (2, 60))
            base, sample = (self._times(*pair) for pair in zip(days, follow_up, strict=True))
            pvalues.append(pilot_compare.hazard_ratio(base, sample)[3])
        self.assertNominal(pvalues)

    def test_difference_in_differences(self):
        """The teams differ, and both drift: that is no effect."""
        pvalues = []
        for _run in range(RUNS):
            groups = [pilot_change.sample_mean(self.rng.gamma(2, 10, 60) + shift) for shift in (0.0, 5.0, 20.0, 25.0)]
            pvalues.append(
                pilot_change.difference_in_differences("did_means", tuple(groups[:2]), tuple(groups[2:])).pvalue
            )
        self.assertNominal(pvalues)

    def test_difference_in_differences_of_open_deals(self):
        """Everybody got faster by the same, and follow-ups differ: that is no effect."""
        pvalues = []
        for _run in range(RUNS):
            groups = []
            for scale, follow_up in ((60, 90), (50, 60), (60, 80), (50, 45)):
                days = self.rng.weibull(1.3, 80) * scale
                groups.append(pilot_change.restricted_mean(self._times(days, self.rng.uniform(30, follow_up, 80)), 30))
            pvalues.append(
                pilot_change.difference_in_differences("did_survival", tuple(groups[:2]), tuple(groups[2:])).pvalue
            )
        self.assertNominal(pvalues)

    def test_people_drawn_as_a_whole(self):
        """Leads of a person are alike: a test that forgets it finds effects everywhere, ours does not."""
        naive, honest = [], []
        for _run in range(RUNS):
            level = self.rng.normal(0, 0.5, 16).repeat(20)
            values = (level + self.rng.normal(0, 1, 320)).reshape(16, 20)
            base, sample = values[:8].ravel(), values[8:].ravel()
            comparison = self._compare_quickly(base, sample)
            clusters = pilot_cluster.measure(
                [dict(enumerate(values[:8])), dict(enumerate(values[8:], 8))],
            )
            naive.append(comparison.pvalue < 0.05)
            honest.append(pilot_cluster.widen(comparison, clusters).pvalue < 0.05)
        self.assertGreater(numpy.mean(naive), 0.2)
        self.assertLessEqual(numpy.mean(honest), NOMINAL[1])
        self.assertGreaterEqual(numpy.mean(honest), NOMINAL[0])

    @staticmethod
    def _compare_quickly(base, sample):
        """The test of :func:`pilot_compare.compare_samples` without the bisections of its interval."""
        found = stats.mannwhitneyu(sample, base)
        z = math.copysign(stats.norm.isf(found.pvalue / 2), found.statistic - len(base) * len(sample) / 2)
        counts = len(base), len(sample)
        return pilot_compare.Comparison("mann_whitney", counts, (0, 0), 0.0, -1.0, 1.0, None, found.pvalue, z)

    def test_several_indicators_are_corrected(self):
        """Five indicators without any effect: Holm's rule keeps the chance of one false alarm at 5 %."""
        pvalues = self.rng.uniform(size=(RUNS, 5))
        alarms = numpy.mean([min(pilot_sequential.holm(row)) < 0.05 for row in pvalues])
        self.assertLessEqual(alarms, 0.065)
        self.assertGreaterEqual(alarms, 0.035)


class TestPower(PilotSimulation):
    def test_proportions(self):
        size = round(pilot_plan.size_for_proportions(0.40, 0.55))
        base, share = self.rng.binomial(size, 0.40, RUNS), self.rng.binomial(size, 0.55, RUNS)
        self.assertPower(
            [pilot_compare.compare_proportions(b, size, s, size).pvalue for b, s in zip(base, share, strict=True)]
        )

    def test_medians(self):
        """A time shorter by a fifth, planned from history and found as often as planned."""
        history = self.rng.lognormal(3, 0.6, 4000)
        size = round(pilot_plan.size_for_samples(history, 0.8))
        base = self.rng.lognormal(3, 0.6, (RUNS, size))
        sample = self.rng.lognormal(3, 0.6, (RUNS, size)) * 0.8
        self.assertPower(stats.mannwhitneyu(sample, base, axis=1, method="asymptotic").pvalue)

    def test_times_with_open_deals(self):
        """Schoenfeld's number of ends; deals go on until there are as many."""
        events = round(pilot_plan.events_for_times(1 / 0.7))
        pvalues = []
        for _run in range(RUNS):
            days = self.rng.exponential(60, (2, events)) * numpy.array([[1.0], [0.7]])
            until = float(numpy.sort(days.ravel())[events])
            base, sample = (self._times(arm, until) for arm in days)
            pvalues.append(pilot_compare.hazard_ratio(base, sample)[3])
        self.assertPower(pvalues)

    def test_change(self):
        size = round(pilot_plan.size_for_change(400.0, 6.0))
        groups = self.rng.normal(0, 20, (RUNS, 4, size)) + numpy.array([0.0, 6.0, 10.0, 10.0])[None, :, None]
        pvalues = []
        for run in groups:
            before, since, other_before, other_since = (pilot_change.sample_mean(group) for group in run)
            pvalues.append(
                pilot_change.difference_in_differences("did_means", (before, since), (other_before, other_since)).pvalue
            )
        self.assertPower(pvalues)


class TestPeeking(PilotSimulation):
    SHARES = tuple(look / 20 for look in range(1, 21))

    def _scores(self, drift, runs=20000):
        """z at each look of pilots whose data come in evenly."""
        steps = self.rng.normal(drift / 20, (1 / 20) ** 0.5, (runs, 20)).cumsum(axis=1)
        return steps / numpy.sqrt(self.SHARES)

    def test_twenty_looks_hold_the_level(self):
        scores = numpy.abs(self._scores(0.0))
        for spending in ("obrien_fleming", "pocock"):
            crossed = (scores >= pilot_sequential.bounds(self.SHARES, spending=spending)).any(axis=1).mean()
            self.assertGreaterEqual(crossed, 0.044, spending)
            self.assertLessEqual(crossed, 0.056, spending)
        # the same looks with the plain test
        self.assertGreater((scores >= 1.96).any(axis=1).mean(), 0.2)

    def test_guardrails_hold_the_level_whenever_their_data_come_in(self):
        """Revenue lags behind conversion, first contacts run ahead of it: no more false alarms than agreed."""
        for pace in (0.5, 1.0, 2.0, 3.0):
            amounts = [round(400 * share**pace, 3) for share in self.SHARES]
            steps = numpy.sqrt(numpy.diff([0.0, *amounts]))
            scores = (self.rng.normal(size=(20000, 20)) * steps).cumsum(axis=1) / numpy.sqrt(amounts)
            looks, found = [], []
            for share, amount in zip(self.SHARES, amounts, strict=True):
                looks, bound = pilot_sequential.watch(looks, share, amount)
                found.append(bound)
            # only what is worse is a breach
            alarms = (scores <= -numpy.array(found)).any(axis=1).mean()
            self.assertLessEqual(alarms, 0.029, pace)
            self.assertGreaterEqual(alarms, 0.021, pace)
            if pace > 1:
                naive = numpy.array(pilot_sequential.bounds(self.SHARES, spending="pocock"))
                self.assertGreater((scores <= -naive).any(axis=1).mean(), 0.031, "bounds of the primary indicator")

    def test_nightly_looks_at_deal_sizes_hold_the_level(self):
        """Skewed amounts, looked at every night by the very test of a pilot until the plan is reached."""
        alarms, runs = 0, 200
        for _run in range(runs):
            won = self.rng.lognormal(9, 0.8, (2, 120))
            looks = []
            for night in range(1, 61):
                if not pilot_sequential.is_time_to_look([share for share, _count in looks], night / 60):
                    continue
                base, sample = won[:, : 2 * night]
                if min(len(base), len(sample)) < pilot_compare.MINIMUM:
                    continue
                looks, bound = pilot_sequential.watch(looks, night / 60, 4 * night)
                found = stats.mannwhitneyu(sample, base)
                worse = found.statistic < len(base) * len(sample) / 2
                if worse and stats.norm.isf(found.pvalue / 2) >= bound:
                    alarms += 1
                    break
        self.assertLessEqual(alarms / runs, 0.05, "2.5 % agreed, and what chance adds in so few runs")

    def test_nothing_new_is_no_look(self):
        looks, first = pilot_sequential.watch([], 0.1, 20)
        self.assertEqual(looks, [[0.1, 20]])
        self.assertIsNone(pilot_sequential.watch(looks, 0.2, 20), "no new record of the guardrail")
        self.assertIsNone(pilot_sequential.watch(looks, 0.1, 30), "no error left to spend")
        later, bound = pilot_sequential.watch(looks, 0.2, 30)
        self.assertEqual(later, [[0.1, 20], [0.2, 30]])
        self.assertEqual(looks, [[0.1, 20]], "the looks given stay as they are")
        self.assertAlmostEqual(first, pilot_sequential.bounds([0.1], spending="pocock")[0])
        self.assertGreater(bound, 2)

    def test_peeking_costs_little_power(self):
        drift = (1.959964 + 0.841621) * pilot_plan.SEQUENTIAL_INFLATION**0.5
        crossed = (numpy.abs(self._scores(drift)) >= pilot_sequential.bounds(self.SHARES)).any(axis=1).mean()
        self.assertAlmostEqual(crossed, 0.80, delta=0.02)

    def test_real_looks_at_deals_hold_the_level(self):
        """Win rates looked at whenever another twentieth is there, by the very test of a pilot."""
        size, looks = 400, range(20, 401, 20)
        bounds = pilot_sequential.bounds([look / size for look in looks])
        won = self.rng.random((RUNS, 2, size)) < 0.4
        totals = won.cumsum(axis=2)
        crossed = numpy.zeros(RUNS, bool)
        for look, bound in zip(looks, bounds, strict=True):
            base, share = totals[:, 0, look - 1], totals[:, 1, look - 1]
            pooled = (base + share) / (2 * look)
            z = (share - base) / numpy.sqrt(numpy.maximum(pooled * (1 - pooled), 1e-9) * 2 * look)
            crossed |= numpy.abs(z) >= bound
        rate = crossed.mean()
        self.assertGreaterEqual(rate, NOMINAL[0])
        self.assertLessEqual(rate, NOMINAL[1])
        # the z of the vectorised form is the one of the comparison
        found = pilot_compare.compare_proportions(int(totals[0, 0, -1]), size, int(totals[0, 1, -1]), size)
        self.assertAlmostEqual(abs(found.z), abs(float(z[0])), places=6)


class TestAssignment(PilotSimulation):
    def test_the_same_for_ever_and_another_in_another_pilot(self):
        keys = [(number, f"team {number % 3}") for number in range(300)]
        first = pilot_assign.assign("salt", keys, {})
        self.assertEqual(first, pilot_assign.assign("salt", keys, {}))
        other = pilot_assign.assign("pepper", keys, {})
        same = numpy.mean([first[key] == other[key] for key, _stratum in keys])
        self.assertAlmostEqual(same, 0.5, delta=0.12)

    def test_strata_stay_in_balance(self):
        counts = {}
        pilot_assign.assign("salt", [(number, f"rep {number % 40}") for number in range(2000)], counts)
        self.assertEqual(len(counts), 40)
        self.assertLessEqual(max(abs(base - candidate) for base, candidate in counts.values()), 10)
        self.assertLess(abs(sum(base - candidate for base, candidate in counts.values())), 60)

    def test_each_has_the_same_chance(self):
        arms = [pilot_assign.assign(f"pilot {run}", [(7, "s")], {})[7] for run in range(RUNS)]
        self.assertAlmostEqual(arms.count("candidate") / RUNS, 0.5, delta=0.035)

    def test_the_next_arm_cannot_be_foretold(self):
        """Whoever bets on the arm that is behind is right in two of three cases at most."""
        hits = []
        for run in range(200):
            counts = {}
            for number in range(40):
                base, candidate = counts.get("s", (0, 0))
                arm = pilot_assign.assign(f"pilot {run}", [(number, "s")], counts)[number]
                if base != candidate:
                    hits.append(arm == ("candidate" if candidate < base else "baseline"))
        self.assertLess(numpy.mean(hits), 0.70)

    def test_people_are_drawn_by_halves(self):
        arms = pilot_assign.draw_clusters("salt", {"north": range(6), "south": range(10, 15), "west": range(20, 25)})
        self.assertEqual(sum(arms[person] == "candidate" for person in range(6)), 3)
        self.assertEqual(sum(arm == "candidate" for arm in arms.values()), 8)
        self.assertEqual(
            arms,
            pilot_assign.draw_clusters(
                "salt", {"south": [14, 13, 12, 11, 10], "north": range(6), "west": range(20, 25)}
            ),
        )

    def test_a_skewed_draw_is_noticed(self):
        self.assertTrue(pilot_compare.check_ratio(500, 520).holds)
        self.assertFalse(pilot_compare.check_ratio(400, 600).holds)
