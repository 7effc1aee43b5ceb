from dataclasses import dataclass

from odoo import api, models

from ...tools.period import MONTHS

#: Indicators whose goals add up over time and people.
ADDITIVE = ("sum", "count")


@dataclass(frozen=True, slots=True)
class Goal:
    """What one figure is measured by."""

    value: float = 0.0
    source: str = "none"
    target_id: int | None = None


class SalesProcessScorecardGoals(models.AbstractModel):
    """Which goal counts for whom."""

    _name = "sales.process.scorecard.goals"
    _description = "Goals of Scorecards"

    @api.model
    def _fetch_targets(self, company, period, kpis, user_ids, team_ids):
        """:return: {(kpi id, scope, id of the person, team or company): goal that holds the whole period}

        Of several the one whose period is closest counts, an active one before a closed one.
        """
        targets = self.env["sales.process.target"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("kpi_id", "in", kpis.ids),
                ("state", "in", ("active", "closed")),
                ("date_from", "<=", period.start),
                ("date_to", ">=", period.stop),
                "|",
                "|",
                ("user_id", "in", user_ids),
                "&",
                ("user_id", "=", False),
                ("team_id", "in", team_ids),
                ("scope", "=", "company"),
            ],
            ["kpi_id", "scope", "user_id", "team_id", "cycle", "value", "state"],
        )
        found = {}
        for target in targets.sorted(
            lambda target: (-MONTHS.get(target.cycle, 0), target.state == "active", target.id)
        ):
            scope_id = {"user": target.user_id, "team": target.team_id, "company": company}[target.scope].id
            found[target.kpi_id.id, target.scope, scope_id] = target
        return found

    @api.model
    def _choose_goal(self, weight, period, targets, user_id, team_ids, company):
        """One's own goal, else that of the scheme, else what the team, the company or the indicator aims at.

        What others aim at together says nothing about one person where amounts add up.
        """
        kpi = weight.kpi_id
        if weight.method == "bands":
            return Goal(kpi.healthy, "bands")
        if own := targets.get((kpi.id, "user", user_id)):
            return self._prepare_goal(own, "user", period)
        if weight.goal:
            return Goal(weight.goal, "scheme")
        if kpi.aggregation not in ADDITIVE:
            shared = [("team", team_id) for team_id in team_ids] + [("company", company.id)]
            for scope, scope_id in shared:
                if target := targets.get((kpi.id, scope, scope_id)):
                    return self._prepare_goal(target, scope, period)
        return Goal(kpi.target, "kpi") if kpi.target else Goal()

    @api.model
    def _prepare_goal(self, target, source, period):
        """The share of a longer goal that falls to the period, by months; rates stay what they are."""
        share = 1.0
        if target.kpi_id.aggregation in ADDITIVE:
            share = MONTHS[period.cycle] / MONTHS[target.cycle]
        return Goal(target.value * share, source, target.id)
