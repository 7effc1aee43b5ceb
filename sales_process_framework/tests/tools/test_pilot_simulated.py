"""The statistics of pilots on thousands of made-up pilots: with no effect, with the planned one, and with peeking."""

import math
import unittest
from datetime import datetime, timedelta

import numpy
from scipy import stats

from ...tools import (
    pilot_assign,
    pilot_change,
    pilot_cluster,
    pilot_compare,
    pilot_follow,
    pilot_plan,
    pilot_sequential,
)
from ...tools.pilot_change import Mean
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

    def test_teams_that_something_befalls(self):
        """What befalls a whole team is no effect. By leads it would often be one; by teams it is not, however many
        there are.
        """
        leads = 40
        for pilots, controls, luck in ((1, 3, 0.3), (2, 2, 0.3), (2, 8, 0.3), (3, 3, 0.0)):
            with self.subTest(pilots=pilots, controls=controls, luck=luck):
                values = self.rng.normal(0, math.hypot(luck, 1 / math.sqrt(leads)), (RUNS, pilots + controls, 2))
                change = values[:, :, 1] - values[:, :, 0]
                groups = change[:, :pilots], change[:, pilots:]
                spread = sum(((group - group.mean(axis=1)[:, None]) ** 2).sum(axis=1) for group in groups)
                effect = groups[0].mean(axis=1) - groups[1].mean(axis=1)
                error = numpy.sqrt(spread / (pilots + controls - 2) * (1 / pilots + 1 / controls))
                pvalues = 2 * stats.t.sf(numpy.abs(effect) / error, pilots + controls - 2)
                self.assertNominal(pvalues)
                by_leads = numpy.abs(effect) / math.sqrt(2 / leads * (1 / pilots + 1 / controls)) >= 1.96
                if luck:
                    self.assertGreater(by_leads.mean(), 0.2, "an effect, it would be said")
                for run in range(20):
                    pairs = [tuple(Mean(float(value), 1 / leads, leads) for value in team) for team in values[run]]
                    found = pilot_change.compare_teams("did_means", pairs[:pilots], pairs[pilots:])
                    self.assertAlmostEqual(found.pvalue, float(pvalues[run]), places=9)

    def test_looks_at_teams_that_something_befalls(self):
        """The same by all looks of a pilot: more leads make the teams' luck no smaller, so looks cost less."""
        shares, teams, leads = [look / 20 for look in range(1, 21)], 6, 60
        bounds = pilot_sequential.bounds(shares)
        luck = self.rng.normal(0, 0.3, (RUNS, teams))
        noise = self.rng.normal(0, 1, (RUNS, teams, leads)).cumsum(axis=2)
        before = self.rng.normal(0, 1 / math.sqrt(300), (RUNS, teams))
        crossed = numpy.zeros(RUNS, bool)
        for share, bound in zip(shares, bounds, strict=True):
            count = round(leads * share)
            change = luck + noise[:, :, count - 1] / count - before
            found = stats.ttest_ind(change[:, :3], change[:, 3:], axis=1)
            crossed |= stats.norm.isf(found.pvalue / 2) >= bound
        pairs = [(Mean(0.0, 0.0, leads), Mean(float(value), 0.0, leads)) for value in change[0]]
        again = pilot_change.compare_teams("did_means", pairs[:3], pairs[3:])
        self.assertAlmostEqual(again.pvalue, float(found.pvalue[0]), places=9)
        self.assertLessEqual(crossed.mean(), NOMINAL[1])
        self.assertGreater(crossed.mean(), 0.03)

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

    def test_guardrails_do_not_wait_for_a_slow_indicator(self):
        """Looked at by the calendar while the primary indicator has next to nothing: the level holds all the same."""
        for pace in (1.0, 3.0, 12.0):
            days, planned = range(2, 121, 2), 120
            shares = [min((day / planned) ** pace, 1.0) for day in days]
            amounts = [4.0 * day for day in days]
            scores = self.rng.normal(size=(20000, len(days))) * math.sqrt(8.0)
            scores = scores.cumsum(axis=1) / numpy.sqrt(amounts)
            clocks, looks, alarms, first = [], [], numpy.zeros(20000, bool), None
            for place, (share, amount) in enumerate(zip(shares, amounts, strict=True)):
                now = pilot_sequential.clock(share, days[place], planned)
                if not pilot_sequential.is_time_to_look(clocks, now):
                    continue
                clocks.append(now)
                looks, bound = pilot_sequential.watch(looks, now, amount)
                first = first or days[place]
                alarms |= scores[:, place] <= -bound
            self.assertEqual(first, 6, "the first look after a twentieth of the time")
            self.assertEqual(clocks[-1], 1.0)
            self.assertLessEqual(alarms.mean(), 0.029, pace)
            self.assertGreaterEqual(alarms.mean(), 0.021, pace)

    def test_clock(self):
        clock = pilot_sequential.clock
        self.assertEqual(clock(0.3, 10, 100), 0.3)
        self.assertEqual(clock(0.02, 30, 100), 0.3)
        self.assertEqual(clock(0.0, 900, 100), 0.5, "the calendar alone spends half")
        self.assertAlmostEqual(clock(0.4, 900, 100), 0.7)
        self.assertEqual(clock(1.2, 10, 100), 1.0)
        self.assertEqual(clock(0.2, 10, 0), 0.2)

    def test_nightly_looks_at_deal_sizes_hold_the_level(self):
        """Skewed amounts, looked at every night by the very test of a pilot until the plan is reached."""
        won = self.rng.lognormal(9, 0.8, (2, RUNS, 120))
        looks, alarms = [], numpy.zeros(RUNS, bool)
        for night in range(1, 61):
            if not pilot_sequential.is_time_to_look([share for share, _count in looks], night / 60):
                continue
            base, sample = won[:, :, : 2 * night]
            looks, bound = pilot_sequential.watch(looks, night / 60, 4 * night)
            found = stats.mannwhitneyu(sample, base, axis=1)
            worse = found.statistic < (2 * night) ** 2 / 2
            alarms |= worse & (stats.norm.isf(found.pvalue / 2) >= bound)
        self.assertEqual(len(looks), 20)
        # 2.5 % agreed; ranks of few deals are discrete, which keeps below it
        self.assertLessEqual(alarms.mean(), 0.0325)
        self.assertGreaterEqual(alarms.mean(), 0.0175)

    def test_the_default_design_holds_the_level(self):
        """The log-rank test at each of its looks: deals come in one by one, many are lost, and open ones are censored
        at the age that they have at the look.
        """
        rate = self._look_at_times(1.0)
        self.assertGreaterEqual(rate, NOMINAL[0])
        self.assertLessEqual(rate, NOMINAL[1])

    def test_the_default_design_finds_what_it_was_planned_for(self):
        self.assertAlmostEqual(self._look_at_times(0.7), 0.80, delta=0.05)

    def _look_at_times(self, factor):
        """:param factor: by which the candidate shortens all times
        :return: share of the pilots with a verdict
        """
        planned = math.ceil(pilot_plan.events_for_times(1 / 0.7) * pilot_plan.SEQUENTIAL_INFLATION)
        leads = round(planned * 2.6)
        own = numpy.arange(leads) % 2 == 1
        came = numpy.sort(self.rng.uniform(0, 150, (RUNS, leads)), axis=1)
        until_won = self.rng.exponential(60, (RUNS, leads)) * numpy.where(own, factor, 1.0)
        until_lost = self.rng.exponential(60, (RUNS, leads))
        decided, is_won = numpy.minimum(until_won, until_lost), until_won <= until_lost
        wins = numpy.sort(numpy.where(is_won, came + decided, numpy.inf), axis=1)
        shares = [round(look / 20, 6) for look in range(1, 21)]
        crossed = numpy.zeros(RUNS, bool)
        for share, bound in zip(shares, pilot_sequential.bounds(shares), strict=True):
            now = wins[:, math.ceil(share * planned) - 1][:, None]
            self.assertTrue(numpy.isfinite(now).all())
            age = numpy.minimum(decided, now - came)
            z = self._logrank(numpy.where(now > came, age, -1.0), is_won & (came + decided <= now), own)
            crossed |= numpy.abs(z) >= bound
        # the vectorised form is the one of the comparison
        there = now[0] > came[0]
        ended = is_won[0] & (came[0] + decided[0] <= now[0])
        arms = [Times(tuple(age[0][there & ended & arm]), tuple(age[0][there & ~ended & arm])) for arm in (~own, own)]
        self.assertAlmostEqual(pilot_compare.hazard_ratio(*arms)[4], float(z[0]), places=6)
        return crossed.mean()

    @staticmethod
    def _logrank(days, ended, own):
        """z of many log-rank tests without ties, one a row; days below 0 are of leads that are not there yet."""
        order = numpy.argsort(days, axis=1)
        ended = numpy.take_along_axis(ended, order, axis=1)
        ours = own[order]
        at_risk = numpy.arange(days.shape[1], 0, -1)
        share = ours[:, ::-1].cumsum(axis=1)[:, ::-1] / at_risk
        variance = (ended * share * (1 - share)).sum(axis=1)
        return (ended * (ours - share)).sum(axis=1) / numpy.sqrt(variance)

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


class TestComparedWithThePast(PilotSimulation):
    """Losses take ten days, wins sixty: a pilot that has just begun has decided only what is lost."""

    DAY = datetime(2026, 3, 1)
    HISTORY = 365
    LENGTH = 160
    LEADS_A_DAY = 2

    def _deals(self, days, shift=0.0, share=0.4):
        """:return: (day it came, days until it was decided, whether it was won) of the leads of so many days"""
        size = (RUNS, days * self.LEADS_A_DAY)
        won = self.rng.random(size) < share
        length = numpy.where(won, self.rng.lognormal(math.log(60), 0.3, size), self.rng.gamma(4, 2.5, size))
        return self.rng.uniform(0, days, size) + shift, length, won

    def _count(self, deals, first, step, until):
        """:return: (decided, won) of the leads that came in a batch, up to a day"""
        born, length, won = deals
        inside = (born >= first) & (born < first + step) & (born + length < until)
        return inside.sum(axis=1), (inside & won).sum(axis=1)

    def _scores(self, base, base_won, own, own_won):
        """z of the plain test of two shares, as :func:`pilot_compare.compare_proportions` has it."""
        pooled = (base_won + own_won) / numpy.maximum(base + own, 1)
        spread = numpy.sqrt(pooled * (1 - pooled) * (1 / numpy.maximum(base, 1) + 1 / numpy.maximum(own, 1)))
        return (own_won / numpy.maximum(own, 1) - base_won / numpy.maximum(base, 1)) / numpy.maximum(spread, 1e-9)

    def test_slow_wins_hold_the_level_through_all_looks(self):
        past, now = self._deals(self.HISTORY + 100, -self.HISTORY - 100), self._deals(self.LENGTH)
        decided = float(numpy.quantile(past[1], pilot_follow.DECIDED_SHARE))
        follow = pilot_follow.FollowUp.choose(decided, self.LENGTH, self.HISTORY)
        self.assertGreater(follow.age, 50)
        start = self.DAY
        origin, count = follow.before(start, self.HISTORY)
        first = (origin - start).days
        base = [
            self._count(past, first + follow.step * k, follow.step, first + follow.step * k + follow.days)
            for k in range(count)
        ]
        base = numpy.sum(base, axis=0)
        total = follow.since(start, start + timedelta(days=self.LENGTH))[1]
        own = numpy.cumsum(
            [self._count(now, follow.step * k, follow.step, follow.step * k + follow.days) for k in range(total)],
            axis=0,
        )
        planned = pilot_plan.even_size(base[0].mean(), own[-1][0].mean())
        shares = [min(pilot_plan.even_size(base[0].mean(), each[0].mean()) / planned, 1.0) for each in own]
        looks = [k for k in range(total) if k == total - 1 or shares[k] - (shares[k - 1] if k else 0) >= 0.05]
        bounds = pilot_sequential.bounds([shares[k] for k in looks])
        scores = numpy.array([self._scores(*base, *own[k]) for k in looks])
        rate = (numpy.abs(scores) >= numpy.array(bounds)[:, None]).any(axis=0).mean()
        self.assertGreaterEqual(len(looks), 5)
        self.assertGreaterEqual(rate, NOMINAL[0])
        self.assertLessEqual(rate, NOMINAL[1])
        found = pilot_compare.compare_proportions(
            *(int(each[0]) for each in (base[1], base[0], own[-1][1], own[-1][0]))
        )
        self.assertAlmostEqual(abs(found.z), abs(float(scores[-1][0])), places=6)
        # everything that is decided by the fortieth day against everything that was decided before the start
        plain = self._scores(*self._count(past, -self.HISTORY, self.HISTORY, 0), *self._count(now, 0, 40, 40))
        self.assertGreater((plain <= -pilot_sequential.bounds([0.4])[0]).mean(), 0.9, "worse, it would be said")

    def test_teams_that_win_differently_change_alike(self):
        """Half of the deals here, a quarter there: of young ones both have won next to nothing, which is a larger
        change for those that win more. Followed equally long nothing has changed.
        """
        follow, days, age = pilot_follow.FollowUp(70, 9), 120, 40
        followed, plain = [], []
        for share in (0.25, 0.5):
            past, now = self._deals(self.HISTORY, -self.HISTORY, share), self._deals(days, share=share)
            origin, count = follow.before(self.DAY, self.HISTORY - follow.days)
            batches = [(origin - self.DAY).days + follow.step * k for k in range(count)]
            later = [follow.step * k for k in range(follow.since(self.DAY, self.DAY + timedelta(days=days))[1])]
            for deals, firsts in ((past, batches), (now, later)):
                followed.append(sum(numpy.array(self._count(deals, k, follow.step, k + follow.days)) for k in firsts))
            plain += [self._count(past, -self.HISTORY, self.HISTORY, 0), self._count(now, 0, age, age)]
        self.assertNominal(2 * stats.norm.sf(numpy.abs(self._change(followed))))
        self.assertGreater((numpy.abs(self._change(plain)) >= 1.96).mean(), 0.9, "an effect, it would be said")
        means = [pilot_change.share_mean(int(won[0]), int(decided[0])) for decided, won in followed]
        found = pilot_change.difference_in_differences("did_proportions", tuple(means[:2]), tuple(means[2:]))
        self.assertAlmostEqual(found.z, float(self._change(followed)[0]), places=9)

    def _change(self, groups):
        """z of the difference in differences of four groups of shares."""
        shares = [won / decided for decided, won in groups]
        smooth = [((won + 1) / (decided + 2), decided + 2) for decided, won in groups]
        error = numpy.sqrt(sum(share * (1 - share) / count for share, count in smooth))
        return (shares[1] - shares[0] - shares[3] + shares[2]) / error

    def test_age(self):
        choose = pilot_follow.FollowUp.choose
        self.assertEqual(choose(60.2, 200, 365), pilot_follow.FollowUp(61, 8))
        self.assertEqual(choose(60.2, 90, 365).age, 45, "half of the pilot at most")
        self.assertEqual(choose(None, 200, 365).age, pilot_follow.DEFAULT_AGE)
        self.assertEqual(choose(1.0, 200, 365), pilot_follow.FollowUp(7, 4))
        self.assertEqual(
            choose(30.0, 200, 1825).step, 15, "a long history in larger batches, no longer than half the age"
        )

    def test_batches(self):
        follow, start = pilot_follow.FollowUp(60, 8), self.DAY
        origin, count = follow.before(start, 365)
        self.assertEqual(count, 45)
        last = origin + timedelta(days=8 * (count - 1))
        self.assertEqual(last + timedelta(days=follow.days), start, "the last batch has the age when the pilot begins")
        for days, batches in ((0, 0), (67, 0), (68, 1), (75, 1), (76, 2)):
            self.assertEqual(follow.since(start, start + timedelta(days=days)), (start, batches))
