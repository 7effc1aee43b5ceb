from dataclasses import asdict, replace

from odoo import fields, models

from ...tools import pilot_change, pilot_cluster, pilot_compare, pilot_plan
from ...tools.pilot_compare import Check, Comparison
from .sales_process_pilot_facts import Outcomes

#: The mean time of a difference in differences is taken up to this share of the time since the start.
HORIZON = 0.75
ARMS = ("baseline", "candidate")


class SalesProcessPilotAnalysis(models.AbstractModel):
    """The comparison of the two arms, by the test that the plan has chosen."""

    _name = "sales.process.pilot.analysis"
    _description = "Analysis of Pilots"

    def _compare(self, kpi, method, alpha):
        """:param method: proportions, samples or times
        :param alpha: error level of the interval
        :return: :class:`~..tools.pilot_compare.Comparison` of the candidate with the baseline
        """
        self.ensure_one()
        found = self._read_arms(kpi, method)
        if self.split == "team" and self.baseline_kind == "version":
            return self._compare_changes(kpi, method, alpha, found)
        arms = [found[arm] for arm in ARMS]
        comparison = self._count_information(self._test(method, alpha, *arms), arms)
        if self.baseline_kind == "history":
            return comparison.adding(*self._check_age(method), Check("history", None))
        if self.split == "user":
            return pilot_cluster.widen(comparison, pilot_cluster.measure([arm.clusters for arm in arms]), alpha)
        return comparison

    def _test(self, method, alpha, base, sample):
        if method == "times":
            return pilot_compare.compare_times(base.times, sample.times, alpha)
        if method == "proportions" and base.whole and sample.whole:
            return pilot_compare.compare_proportions(
                sum(base.values), len(base.values), sum(sample.values), len(sample.values), alpha
            )
        return pilot_compare.compare_samples(base.values, sample.values, alpha)

    def _count_information(self, comparison, arms):
        """What the plan counts: records, or ended deals, of both arms.

        Where the arms are not drawn to be of the same size, as many as two equal arms would need to tell as much.
        """
        if self.split == "lead":
            return comparison
        sizes = [len(arm.ended) for arm in arms] if comparison.method == "logrank" else comparison.counts
        return replace(comparison, information=round(pilot_plan.even_size(*sizes)))

    def _compare_changes(self, kpi, method, alpha, since):
        """Did the pilot teams change more than the others?"""
        start, stop = self._get_window()
        before = self._read_before(kpi, method)
        horizon = max((self._now() - self.date_start).total_seconds() / 86400 * HORIZON, 1.0)
        age = self._check_age(method)
        if method == "proportions" and not all(found.whole for part in (before, since) for found in part.values()):
            method = "samples"
        comparison = self._change(method, (before, since), horizon, alpha)
        comparison = self._count_information(comparison, [])
        middle = start + (stop - start) / 2
        halves = [
            self._read_outcomes(kpi, self._get_earlier_sql(*edges), *edges, method == "times")
            for edges in ((start, middle), (middle, stop))
        ]
        return replace(
            comparison,
            checks=(pilot_change.check_trends(self._change(method, halves, horizon)), *comparison.checks, *age),
        )

    def _check_age(self, method):
        return [Check("same_age", True, asdict(self._get_follow_up()))] if self._follows_up(method) else []

    def _change(self, method, parts, horizon, alpha=0.05):
        """Compare changes: each team as one; with too few of them all leads together, only to be described.

        :param parts: outcomes by arm before and since
        """
        name = {"proportions": "did_proportions", "samples": "did_means", "times": "did_survival"}[method]
        teams = {arm: self._get_team_means(method, [part[arm] for part in parts], horizon) for arm in ARMS}
        compared = sum(None not in pair for pairs in teams.values() for pair in pairs)
        comparison = pilot_change.compare_teams(name, teams["candidate"], teams["baseline"], alpha)
        if comparison.tested:
            return comparison.adding(Check("few_teams", True, {"count": compared}))
        pilot, control = (
            tuple(self._get_mean(method, part[arm], horizon) for part in parts) for arm in ("candidate", "baseline")
        )
        comparison = pilot_change.difference_in_differences(name, pilot, control, alpha)
        return replace(comparison, descriptive=True).adding(Check("few_teams", False, {"count": compared}))

    def _get_team_means(self, method, parts, horizon):
        """:return: list of (before, since) of each team"""
        names = sorted(set().union(*(part.teams for part in parts)))
        return [
            tuple(self._get_mean(method, part.teams.get(name, Outcomes()), horizon, of_team=True) for part in parts)
            for name in names
        ]

    def _get_mean(self, method, outcomes, horizon, of_team=False):
        if method == "times":
            return pilot_change.restricted_mean(outcomes.times, horizon, of_team)
        if method == "proportions":
            return pilot_change.share_mean(round(sum(outcomes.values)), len(outcomes.values))
        return pilot_change.sample_mean(outcomes.values)

    def _get_method(self, kpi):
        """How an indicator other than the primary one is compared; values that are not all 0 or 1 go by ranks."""
        return "times" if self._is_time(kpi) else "proportions"

    def _is_good(self, kpi, comparison):
        """:return: whether the effect lies on the side that is wanted; None where there is none"""
        if not comparison.z:
            return None
        if comparison.method == "logrank":
            # the sign is that of the hazard: above 0 the end comes sooner, which is wanted of a time
            return comparison.z > 0
        return (comparison.z > 0) == (kpi.direction != "lower")

    # ------------------------------------------------------------------
    # How it is kept
    # ------------------------------------------------------------------

    def _pack(self, kpi, comparison, alpha):
        """:return: JSON of a comparison"""
        vals = asdict(comparison)
        checks = [
            [check["code"], None if check["holds"] is None else bool(check["holds"]), check["values"]]
            for check in vals.pop("checks")
        ]
        return {
            **{name: _plain(value) for name, value in vals.items()},
            "kpi_id": kpi.id,
            "alpha": alpha,
            "good": self._is_good(kpi, comparison),
            "checks": checks,
            "date": fields.Datetime.to_string(self._now()),
        }

    def _get_checks(self):
        """:return: list of :class:`Check` of the pilot as a whole: the draw, and the baseline it is compared with"""
        self.ensure_one()
        checks = []
        if self.split == "lead":
            counts = self._get_arm_counts()
            checks.append(pilot_compare.check_ratio(*counts))
        if self.baseline_kind == "version":
            running = self.sudo().baseline_process_id.state in ("pilot", "active")
            checks.append(Check("baseline_stable", running))
        moved = self._get_crossed_count()
        checks.append(Check("no_crossing", not moved, {"count": moved}))
        return checks

    def _get_arm_counts(self):
        counts = dict(
            self.env["sales.process.pilot.assignment"]
            .sudo()
            ._read_group([("pilot_id", "=", self.id)], ["arm"], ["__count"])
        )
        return tuple(counts.get(arm, 0) for arm in ARMS)

    def _get_crossed_count(self):
        """:return: leads that left the version of their arm: handed to other teams, or migrated by hand"""
        Assignment = self.env["sales.process.pilot.assignment"].sudo()
        candidate, baseline = self.sudo().candidate_process_id, self.sudo().baseline_process_id
        mine = [("pilot_id", "=", self.id)]
        left = ("lead_id.sales_process_id", "=", candidate.id)
        if self.baseline_kind == "version":
            left = ("lead_id.sales_process_id", "!=", baseline.id)
        return Assignment.search_count(
            [
                *mine,
                "|",
                *("&", ("arm", "=", "candidate"), ("lead_id.sales_process_id", "!=", candidate.id)),
                *("&", ("arm", "=", "baseline"), left),
            ]
        )


def _plain(value):
    """Numbers that JSON knows: no infinity, nothing of NumPy."""
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, Comparison) or value is None or isinstance(value, (str, bool)):
        return value
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
