from odoo import api, models

from ...tools.period import period_of

#: Revenue aimed at is what the year comes to, times this; the second company aims higher than it gets.
GROWTH = {"company": 1.05, "other": 1.5}
#: Goals that every company has for its year, besides revenue.
RATES = {"win_rate": 40.0, "sales_cycle": 90.0, "first_response_kept": 90.0}
FALLBACK = 4_000_000.0


class SalesProcessGoalDemo(models.AbstractModel):
    _name = "sales.process.demo.goal"
    _inherit = "sales.process.demo"
    _description = "Demo company: goals"

    @api.model
    def _demo_build_goals(self):
        """Last year's and this year's goals of both companies, down to quarters, teams and people."""
        teams = self._search_ours("crm.team", "team_%")
        today = self.env.cr.now().date()
        year = period_of(today, "year")
        for number, (company, own) in enumerate(teams.grouped("company_id").items()):
            for period in (year.year_before(), year):
                goal = self._build_year(company, period, GROWTH["other" if number else "company"])
                for quarter in self._break_down(goal, "period", cycle="quarter"):
                    if quarter.date_from <= today and period == year:
                        self._build_people(quarter, own)
                goal.action_activate()
        self._build_scenarios(teams[0].company_id, year.next())
        # Past goals stay as they were.
        self.env["sales.process.target"].search([("date_to", "<", today), ("state", "=", "active")]).action_close()
        self.env["sales.process.kpi"].search([("code", "=", "revenue_attainment")])._compute_history(year.start)

    def _build_year(self, company, period, growth):
        kpi = self._get_kpi("revenue")
        value = self._get_yearly_revenue(company, period) * growth
        goal = self.env["sales.process.target"].create(
            {
                "kpi_id": kpi.id,
                "company_id": company.id,
                "cycle": "year",
                "date_from": period.start,
                "value": round(value, -5),
                "objective": self.env._("Grow with customers whose industry we know"),
                "reason": self.env._("Two more references in each industry make more visits to them possible."),
            }
        )
        for code, rate in RATES.items():
            self.env["sales.process.target"].create(
                {
                    "kpi_id": self._get_kpi(code).id,
                    "company_id": company.id,
                    "cycle": "year",
                    "date_from": period.start,
                    "value": rate,
                    "description": self.env._("By the needs diagnosis as the process asks for it."),
                    "state": "active",
                }
            )
        return goal

    def _get_kpi(self, code):
        return self.env.ref(f"sales_process_framework.kpi_{code}")

    def _get_yearly_revenue(self, company, period):
        """What a year brought or, while it runs, comes to at the present speed."""
        row = self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id.code", "=", "revenue"),
                ("company_id", "=", company.id),
                ("cycle", "=", "year"),
                ("date_from", "=", period.start),
                ("scope", "=", "company"),
                ("is_latest", "=", True),
            ]
        )
        return row.value / period.share_passed(self.env.cr.now().date()) if row.value else FALLBACK

    def _break_down(self, goal, by, **vals):
        self.env["sales.process.breakdown"].create({"target_id": goal.id, "by": by, **vals}).action_apply()
        return goal.child_ids

    def _build_people(self, quarter, teams):
        """Of teams that sell by a process; others have no goal."""
        wizard = self.env["sales.process.breakdown"].create({"target_id": quarter.id, "by": "team", "method": "share"})
        wizard.line_ids.filtered(lambda line: line.team_id not in teams).unlink()
        wizard.action_redistribute()
        wizard.action_apply()
        for goal in quarter.child_ids:
            self._break_down(goal, "user")

    def _build_scenarios(self, company, period):
        base = self._get_yearly_revenue(company, period.previous())
        for sequence, (name, growth) in enumerate(
            ((self.env._("Careful"), 1.05), (self.env._("Expected"), 1.2), (self.env._("Ambitious"), 1.5))
        ):
            scenario = self.env["sales.process.target.scenario"].create(
                {"name": name, "sequence": sequence, "company_id": company.id, "year": period.start.year}
            )
            self.env["sales.process.target"].create(
                {
                    "kpi_id": self._get_kpi("revenue").id,
                    "company_id": company.id,
                    "scenario_id": scenario.id,
                    "cycle": "year",
                    "date_from": period.start,
                    "value": round(base * growth, -5),
                }
            )
