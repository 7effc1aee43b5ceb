from odoo import models
from odoo.tools import SQL

#: The indicator whose goals revenue is measured against.
REVENUE = "revenue"


class SalesProcessKpiFactsGoals(models.AbstractModel):
    """What was reached of what was aimed at."""

    _name = "sales.process.kpi.facts.goals"
    _description = "Facts about goals"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        goals = "sales.process.target" if "sales.process.target" in self.env else "crm.lead"
        return {**super()._get_fact_models(), "revenue_attainment": ("crm.lead", goals)}

    def _facts_revenue_attainment(self, start, stop, company_ids):
        """T1: revenue of the deals won in the period / goal for revenue of the period, in percent. Flow.

        Numerator: rows of deals, see ``_facts_revenue``. Denominator: rows of goals (``sales.process.target`` for the
        indicator "revenue", active or closed, not those of a scenario that was not chosen), whose ``record_id`` is
        the goal's. A goal covers the period exactly; else the shortest longer one counts by its share of days; else
        those inside the period add up. The whole goal counts, also while the period is not over.

        A goal of the company is made of those of its teams, a team's of those of its people: a level with a goal of
        its own adds only what it wants beyond the level below, so that every scope adds up to its own goal and
        nothing counts twice. A level without a goal of its own has the sum of the one below. Slices that no goal
        is set for (source, country, …) have no data.
        """
        deals = self._facts_revenue(start, stop, company_ids)
        achieved = SQL(
            """
            SELECT record_id, lead_id, company_id, team_id, user_id, process_id, process_stage_id, source_id,
                   country_id, num, 0::numeric AS den
              FROM (%s) AS deal
            """,
            deals,
        )
        if "sales.process.target" not in self.env:
            return achieved
        return SQL("%s UNION ALL %s", achieved, self._select_goals(start, stop, company_ids))

    def _select_goals(self, start, stop, company_ids):
        period = self._get_facts_period(start, stop, company_ids)
        return SQL(
            """
            SELECT share.record_id, NULL::integer, share.company_id, share.team_id, share.user_id, NULL::integer,
                   NULL::integer, NULL::integer, NULL::integer, 0::numeric, share.amount
              FROM (WITH goal AS (%(goals)s),
                         person AS (SELECT * FROM goal WHERE user_id IS NOT NULL),
                         team AS (SELECT COALESCE(own.company_id, people.company_id) AS company_id,
                                         COALESCE(own.team_id, people.team_id) AS team_id, own.record_id, own.amount,
                                         COALESCE(people.amount, 0) AS below
                                    FROM (SELECT * FROM goal WHERE team_id IS NOT NULL AND user_id IS NULL) AS own
                                    FULL JOIN (SELECT company_id, team_id, SUM(amount) AS amount
                                                 FROM person WHERE team_id IS NOT NULL GROUP BY 1, 2) AS people
                                      ON people.company_id = own.company_id AND people.team_id = own.team_id),
                         below AS (SELECT company_id, SUM(amount) AS amount
                                     FROM (SELECT company_id, COALESCE(amount, below) AS amount FROM team
                                            UNION ALL
                                           SELECT company_id, amount FROM person WHERE team_id IS NULL) AS part
                                    GROUP BY 1)
                    SELECT record_id, company_id, team_id, user_id, amount FROM person
                     UNION ALL
                    SELECT record_id, company_id, team_id, NULL, amount - below FROM team WHERE amount IS NOT NULL
                     UNION ALL
                    SELECT goal.record_id, goal.company_id, NULL, NULL, goal.amount - COALESCE(below.amount, 0)
                      FROM goal LEFT JOIN below ON below.company_id = goal.company_id
                     WHERE goal.team_id IS NULL AND goal.user_id IS NULL) AS share
             WHERE share.amount <> 0
            """,
            goals=self._select_goals_of_period(period, company_ids),
        )

    def _select_goals_of_period(self, period, company_ids):
        """One row for each scope that has a goal for the period: record_id, company_id, team_id, user_id, amount."""
        return SQL(
            """
            SELECT DISTINCT ON (company_id, team_id, user_id) record_id, company_id, team_id, user_id, amount
              FROM (SELECT MAX(id) AS record_id, company_id, team_id, user_id, fit, MAX(days) AS days,
                           SUM(amount) AS amount
                      FROM (SELECT DISTINCT ON (target.company_id, target.team_id, target.user_id, target.date_from,
                                                target.date_to)
                                   target.id, target.company_id, target.user_id, target.cycle,
                                   COALESCE(target.team_id, person.sale_team_id) AS team_id,
                                   target.date_to - target.date_from + 1 AS days,
                                   CASE WHEN target.date_from = %(first)s AND target.date_to = %(last)s THEN 'same'
                                        WHEN target.date_from <= %(first)s AND target.date_to >= %(last)s THEN 'longer'
                                        ELSE 'parts' END AS fit,
                                   target.value::numeric
                                     * (LEAST(target.date_to, %(last)s) - GREATEST(target.date_from, %(first)s) + 1)
                                     / (target.date_to - target.date_from + 1) AS amount
                              FROM sales_process_target AS target
                              JOIN sales_process_kpi AS kpi ON kpi.id = target.kpi_id AND kpi.code = %(code)s
                              LEFT JOIN sales_process_target_scenario AS scenario ON scenario.id = target.scenario_id
                              LEFT JOIN res_users AS person ON person.id = target.user_id
                             WHERE target.company_id = ANY(%(companies)s) AND target.state IN ('active', 'closed')
                               AND (scenario.id IS NULL OR scenario.state = 'chosen')
                               AND ((target.date_from <= %(first)s AND target.date_to >= %(last)s)
                                    OR (target.date_from >= %(first)s AND target.date_to <= %(last)s))
                             ORDER BY target.company_id, target.team_id, target.user_id, target.date_from,
                                      target.date_to, target.id DESC) AS single
                     GROUP BY company_id, team_id, user_id, fit, cycle) AS candidate
             ORDER BY company_id, team_id, user_id, CASE fit WHEN 'same' THEN 1 WHEN 'longer' THEN 2 ELSE 3 END,
                      CASE fit WHEN 'longer' THEN days ELSE -days END
            """,
            first=period.start,
            last=period.stop,
            code=REVENUE,
            companies=list(company_ids),
        )
