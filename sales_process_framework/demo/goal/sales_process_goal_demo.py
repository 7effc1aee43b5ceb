from random import Random

from odoo import api, models

from ...tools.period import MONTHS, period_of
from ..sales_process_demo import SEED

#: What a goal is, by what came of it: most people come near theirs, few beyond; the second company aims too high.
STRETCH = {"company": (0.82, 1.22), "other": (1.05, 1.45)}
#: What somebody is asked for of whom nothing was counted, as a share of what the others are asked for.
BEGINNER = 0.6
#: Before so much of a quarter has passed it says nothing about itself: the one before does.
EARLY = 0.3
#: What a quarter that is yet to come is asked for more than the one before it.
GROWTH = 1.05
#: Goals that every company has for its year, besides revenue.
RATES = {"win_rate": 40.0, "sales_cycle": 90.0, "first_response_kept": 90.0}
FALLBACK = 1_000_000.0


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
            rng = Random(f"{SEED} goals {number}")
            for period in (year.year_before(), year):
                quarters = self._plan_quarters(rng, company, own, period, STRETCH["other" if number else "company"])
                if quarters:
                    self._build_year(company, period, quarters).action_activate()
        self._build_scenarios(teams[0].company_id, year.next())
        # Past goals stay as they were.
        self.env["sales.process.target"].search([("date_to", "<", today), ("state", "=", "active")]).action_close()
        self.env["sales.process.demo.kpi"]._demo_compute_kpi_of_goals()

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    def _plan_quarters(self, rng, company, teams, year, stretch):
        """Each quarter from the people up, by what they sold in it or are on the way to.

        :return: [(quarter, {team: {person: value}}, value of the whole)]; of quarters to come the whole alone, none
            of quarters before the company sold anything
        """
        today, planned = self.env.cr.now().date(), []
        quarter = period_of(year.start, "quarter")
        while quarter.start <= year.stop:
            if quarter.stop < today and not any(self._search_values(company, quarter, "user").mapped("value")):
                quarter = quarter.next()
                continue
            if quarter.start <= today:
                basis = quarter if quarter.share_passed(today) >= EARLY else quarter.previous()
                people = self._plan_people(rng, company, teams, basis, stretch)
                whole = sum(sum(members.values()) for members in people.values())
            else:
                people, whole = {}, round(planned[-1][2] * GROWTH, -4)
            planned.append((quarter, people, whole))
            quarter = quarter.next()
        return planned

    def _plan_people(self, rng, company, teams, quarter, stretch):
        passed = quarter.share_passed(self.env.cr.now().date())
        sold = {row.scope_id: row.value / passed for row in self._search_values(company, quarter, "user") if row.value}
        usual = sum(sold.values()) / len(sold) if sold else FALLBACK / 4
        return {
            team: {
                person: round(sold.get(person.id, BEGINNER * usual) * rng.uniform(*stretch), -4) or 10_000.0
                for person in team.member_ids.sorted("login")
            }
            for team in teams
        }

    def _search_values(self, company, period, scope):
        return self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id.code", "=", "revenue"),
                ("company_id", "=", company.id),
                ("cycle", "=", period.cycle),
                ("date_from", "=", period.start),
                ("scope", "=", scope),
                ("is_latest", "=", True),
            ]
        )

    # ------------------------------------------------------------------
    # Records
    # ------------------------------------------------------------------

    def _build_year(self, company, period, quarters):
        texts = {
            "objective": self.env._("Grow with customers whose industry we know"),
            "reason": self.env._("Two more references in each industry make more visits to them possible."),
        }
        year = self._create(company, period, sum(whole for _quarter, _people, whole in quarters), **texts)
        for quarter, people, whole in quarters:
            goal = self._create(company, quarter, whole, parent_id=year.id)
            for team, members in people.items():
                part = self._create(company, quarter, sum(members.values()), parent_id=goal.id, team_id=team.id)
                for person, value in members.items():
                    own = {"parent_id": part.id, "team_id": team.id, "user_id": person.id}
                    self._create(company, quarter, value, **own)
        for code, rate in RATES.items():
            self._create(
                company,
                period,
                rate,
                kpi_id=self._get_kpi(code).id,
                description=self.env._("By the needs diagnosis as the process asks for it."),
                state="active",
            )
        return year

    def _create(self, company, period, value, **vals):
        return self.env["sales.process.target"].create(
            {
                "kpi_id": self._get_kpi("revenue").id,
                "company_id": company.id,
                "cycle": period.cycle,
                "date_from": period.start,
                "value": value,
                **vals,
            }
        )

    def _get_kpi(self, code):
        return self.env.ref(f"sales_process_framework.kpi_{code}")

    def _build_scenarios(self, company, period):
        quarter = period_of(self.env.cr.now().date(), "quarter")
        row = self._search_values(company, quarter.previous(), "company")
        base = row.value * MONTHS["year"] / MONTHS["quarter"] or 4 * FALLBACK
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
