import math
from dataclasses import asdict

import numpy
from scipy import stats

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import pilot_change, pilot_cluster, pilot_compare, pilot_plan
from .pilot_labels import UNDER_WAY
from .sales_process_pilot_draw import SENIOR_DAYS

#: Where history knows of no end: the length of a sales cycle in days.
DEFAULT_CYCLE = 30
#: Records of history below which nothing is planned by it.
MINIMUM_HISTORY = 20
#: Nobody waits longer.
LONGEST = 3650


class SalesProcessPilotPlanning(models.AbstractModel):
    """How many leads, for how long, and what to mind: from history, before the first lead."""

    _name = "sales.process.pilot.planning"
    _description = "Planning of Pilots"

    def action_plan(self):
        """Settle the number of leads that the effect wanted needs."""
        self.check_access("write")
        for pilot in self:
            if pilot.state != "draft":
                raise UserError(self.env._("“%s” has begun: its plan stands.", pilot.name))
            if not pilot.kpi_id or not pilot.team_ids:
                raise UserError(self.env._("Choose the primary indicator and the pilot teams first."))
            plan = pilot._make_plan()
            # sudo: kept by the pilot itself
            pilot.sudo().write(
                {
                    "plan": plan,
                    "planned_size": plan["size"],
                    "planned_leads": plan["leads"],
                    "expected_days": plan["days"],
                }
            )
        return True

    def _make_plan(self):
        """:return: dict: method, base (value that history shows), size, leads, days, rate (leads a day), cycle (days),
        design_effect, history (records), warnings [(code, values)]; where teams are compared with their past also age
        and step (days), see :class:`~..tools.pilot_follow.FollowUp`
        """
        self.ensure_one()
        start, stop = self._get_window()
        members = self._get_earlier_sql(start, stop)
        rate = self._count(members) / self.history_days
        cycle, curve = self._get_cycle(members, stop)
        follow = self._choose_follow_up(cycle * self.cycles) if self.split == "team" else None
        waiting = 0
        if self._is_time(self.kpi_id):
            outcomes = list(self._read_outcomes(self.kpi_id, members, start, stop).values())
            plan = self._plan_times(outcomes, curve)
        elif follow:
            waiting = follow.days
            outcomes = list(self._read_past(self.kpi_id, follow).values())
            plan = self._plan_values(outcomes, self._count(self._get_past_sql(follow)[0]))
        else:
            outcomes = list(self._read_outcomes(self.kpi_id, members, start, stop).values())
            plan = self._plan_values(outcomes, self._count(members))
        effect = self._get_design_effect(outcomes)
        inflation = effect * (pilot_plan.SEQUENTIAL_INFLATION if self.design == "sequential" else 1)
        if self.size_by_hand and plan["size"] is None:
            size = self.size_by_hand
        elif plan["size"] is None:
            raise UserError(
                self.env._(
                    "History knows of %(count)s records of “%(kpi)s” only: too little to plan by. Take a longer "
                    "history, another indicator, or enter the number of records yourself.",
                    count=plan["history"],
                    kpi=self.kpi_id.name,
                )
            )
        else:
            size = math.ceil(plan["size"] * inflation)
        share = plan.pop("share")
        own = size
        if self.baseline_kind == "history":
            # one arm is there already, only the other has to come
            found = pilot_plan.second_arm(size, plan["history"])
            own = math.ceil(found) if math.isfinite(found) else LONGEST
        leads = math.ceil(own / share) if share else own
        days = self._get_duration(own, share, rate, curve if plan["method"] == "times" else None)
        # the last of them has to be as old as those of the past
        days = min(days + waiting, LONGEST)
        plan |= {"size": size, "leads": leads, "days": days, "rate": rate, "cycle": cycle, "design_effect": effect}
        if follow:
            plan |= asdict(follow)
        if plan["method"] == "times" and days < LONGEST:
            plan["leads"] = max(math.ceil(rate * days), own)
        return plan | {"warnings": self._get_warnings(plan)}

    def _count(self, members):
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) AS member", members))[0][0]

    def _plan_times(self, outcomes, curve):
        factor = 1 + self.effect_wanted / 100
        history = len(curve.ended) + len(curve.censored)
        enough = len(curve.ended) >= MINIMUM_HISTORY / 2
        base = pilot_compare.median_time(*curve.columns()) if enough else math.inf
        size = pilot_plan.events_for_times(1 / factor, self.alpha / 100, self.power / 100)
        if self.split == "team" and self.baseline_kind == "version":
            # the change of one group against that of another: twice the variance
            size *= 2
        return {
            "method": "times",
            "base": None if math.isinf(base) else base,
            "size": size if enough else None,
            "share": len(curve.ended) / history if enough else 0,
            "history": len(curve.ended),
        }

    def _plan_values(self, outcomes, count):
        values = [value for found in outcomes for value in found.values]
        whole = bool(values) and all(found.whole for found in outcomes)
        plan = {"method": "proportions" if whole else "samples", "history": len(values), "base": None, "size": None}
        plan["share"] = min(len(values) / count, 1.0) if count else 0
        if len(values) < MINIMUM_HISTORY:
            return plan
        factor, errors = 1 + self.effect_wanted / 100, (self.alpha / 100, self.power / 100)
        mean = float(numpy.mean(values))
        plan["base"] = mean if whole else float(numpy.median(values))
        if whole and not 0 < mean * factor <= 1:
            raise UserError(
                self.env._(
                    "“%(kpi)s” is at %(base)s %% now: it cannot change by %(effect)s %%.",
                    kpi=self.kpi_id.name,
                    base=round(100 * mean, 1),
                    effect=self.effect_wanted,
                )
            )
        if self.split == "team" and self.baseline_kind == "version":
            variance = mean * (1 - mean) if whole else float(numpy.var(values, ddof=1))
            size = 2 * pilot_plan.size_for_change(variance, mean * (factor - 1), *errors)
        elif whole:
            size = 2 * pilot_plan.size_for_proportions(mean, mean * factor, *errors)
        else:
            size = 2 * pilot_plan.size_for_samples(values, factor, *errors)
        plan["size"] = size if math.isfinite(size) else None
        return plan

    def _get_design_effect(self, outcomes):
        """People drawn as a whole tell less than as many leads; how much less, history says."""
        if self.split != "user" or not outcomes:
            return 1.0
        clusters = {}
        for found in outcomes:
            for key, values in found.clusters.items():
                clusters.setdefault(key, []).extend(values)
        return round(pilot_cluster.measure([clusters]).effect, 3)

    def _get_cycle(self, members, stop):
        """:return: (median days until a deal is won or lost, times until won of all)"""
        won = self._read_outcomes(self.kpi_id, members, None, stop, by_time=True)
        curve = pilot_compare.Times(
            tuple(days for found in won.values() for days in found.ended),
            tuple(days for found in won.values() for days in found.censored),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT percentile_cont(0.5) WITHIN GROUP (
                          ORDER BY EXTRACT(EPOCH FROM lead.date_closed - lead.create_date) / 86400.0)::float8
                     FROM (%s) AS member JOIN crm_lead AS lead ON lead.id = member.lead_id
                    WHERE lead.won_status = 'won'""",
                members,
            )
        )
        return max(round(rows[0][0] or DEFAULT_CYCLE), 1), curve

    def _get_duration(self, size, share, rate, curve):
        """Days until there are so many records, or until so many deals have ended."""
        if not rate or not share:
            return LONGEST
        if curve is None:
            return min(math.ceil(size / share / rate), LONGEST)
        survival = stats.ecdf(curve.sample).sf
        days = numpy.arange(LONGEST)
        ended = 1 - numpy.where(
            days < survival.quantiles[0],
            1.0,
            survival.probabilities[numpy.maximum(numpy.searchsorted(survival.quantiles, days, side="right") - 1, 0)],
        )
        reached = numpy.nonzero(rate * ended.cumsum() >= size)[0]
        return int(reached[0]) if len(reached) else LONGEST

    def _get_length_days(self):
        """:return: days of the pilot: as many sales cycles as were chosen"""
        self.ensure_one()
        return self.cycles * ((self.plan or {}).get("cycle") or DEFAULT_CYCLE)

    # ------------------------------------------------------------------
    # What to mind
    # ------------------------------------------------------------------

    def _get_warnings(self, plan):
        """:return: list of [code, values] for :meth:`_say_warning`"""
        warnings = []
        length = self.cycles * plan["cycle"]
        if plan["days"] > length:
            warnings.append(["too_short", {"days": plan["days"], "length": length, "cycles": self.cycles}])
        if not 1 <= self.cycles <= 3:
            warnings.append(["cycles", {"cycles": self.cycles}])
        if len(self.team_ids) > 2:
            warnings.append(["teams", {"count": len(self.team_ids)}])
        if len(self.tag_ids) > 2:
            warnings.append(["industries", {"count": len(self.tag_ids)}])
        if plan["design_effect"] > 1.5:
            warnings.append(["clusters", {"effect": plan["design_effect"]}])
        if self.baseline_kind == "history":
            warnings.append(["history", {}])
        if self._follows_up(plan["method"]):
            warnings.append(["same_age", {"age": plan["age"], "step": plan["step"]}])
        teams = len(self.team_ids | self._get_control_teams())
        if self.split == "team" and self.baseline_kind == "version" and teams < pilot_change.LEAST_TEAMS:
            warnings.append(["few_teams", {"count": teams}])
        if not self.guardrail_ids:
            warnings.append(["no_guardrail", {}])
        return warnings + self._get_people_warnings() + self._get_overlap_warnings()

    def _get_people_warnings(self):
        people = self._get_people()
        everybody = self.env["res.users"].union(*people.values())
        seniority = self._get_seniority(everybody | self._get_control_teams().sudo().member_ids)
        seniors = [user for user in everybody if seniority[user.id] >= SENIOR_DAYS]
        warnings = []
        if not everybody:
            warnings.append(["no_people", {}])
        elif not seniors or len(seniors) == len(everybody):
            warnings.append(["one_seniority", {"senior": bool(seniors), "count": len(everybody)}])
        if self.split == "user" and len(everybody) < 4:
            warnings.append(["few_people", {"count": len(everybody)}])
        others = self._get_control_teams().sudo().member_ids
        if self.split == "team" and everybody and others:
            share = len(seniors) / len(everybody)
            other = len([user for user in others if seniority[user.id] >= SENIOR_DAYS]) / len(others)
            if abs(share - other) > 0.25:
                warnings.append(["seniority", {"pilot": round(100 * share), "control": round(100 * other)}])
        shared = everybody & others
        if shared:
            warnings.append(["shared_people", {"names": ", ".join(shared.sorted("name").mapped("name"))}])
        return warnings

    def _get_overlap_warnings(self):
        teams = self.team_ids | self._get_control_teams()
        # sudo: pilots of other companies may share a team
        others = self.sudo().search([("state", "in", ("draft", *UNDER_WAY)), ("id", "!=", self.id)])
        return [
            ["overlap", {"pilot": other.name, "teams": ", ".join(shared.mapped("name"))}]
            for other in others
            if (shared := (other.team_ids | other._get_control_teams()) & teams)
        ]
