from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import forecast
from ...tools import kpi as kpi_tools
from ...tools.period import local_day, period_of

#: Periods of the past that a goal is compared with.
PAST_PERIODS = 8
#: The indicator that the open deals of the pipeline will add to.
FROM_PIPELINE = "revenue"


class SalesProcessTargetProgress(models.AbstractModel):
    """How a goal stands: what is reached, where it should be by now, where it will end."""

    _name = "sales.process.target.progress"
    _description = "Progress of goals"

    actual = fields.Float(string="Reached", compute="_compute_progress")
    has_actual = fields.Boolean(compute="_compute_progress", help="No data is not zero.")
    attainment = fields.Float(compute="_compute_progress", help="Reached / goal, in percent.")
    pace = fields.Float(compute="_compute_progress", help="Where it should be by today, in working time.")
    pace_state = fields.Selection(
        [("ahead", "On pace"), ("behind", "Behind"), ("none", "No data")], compute="_compute_progress"
    )
    forecast = fields.Float(
        compute="_compute_progress",
        help="Where the period will end: what is reached, plus the open deals that are due in it by their probability, "
        "plus deals that nobody knows of yet: what the last periods brought, for the part of the period that lies "
        "beyond one average sales cycle from today. Where there are no such deals, what the rest of a period "
        "usually brings; a rate or an average stays where it is.",
    )
    forecast_basis = fields.Selection(
        [
            ("reached", "What is reached: the period is over"),
            ("pipeline", "Open deals"),
            ("history", "What the last periods brought"),
            ("both", "Open deals, and the last periods beyond one sales cycle"),
            ("level", "Where it stands"),
        ],
        string="Forecast From",
        compute="_compute_progress",
    )
    forecast_low = fields.Float(compute="_compute_progress", help="Four in five outcomes lie between these two.")
    forecast_high = fields.Float(compute="_compute_progress")
    has_forecast = fields.Boolean(compute="_compute_progress")
    gap = fields.Float(compute="_compute_progress", help="What is missing at the end of the period by the forecast.")
    gap_deals = fields.Integer(
        string="Deals Missing", compute="_compute_progress", help="The gap in average deals of the last periods."
    )

    @api.depends("kpi_id", "company_id", "team_id", "user_id", "date_from", "cycle", "value")
    def _compute_progress(self):
        goals = self.filtered(lambda goal: goal.kpi_id and goal.date_from and goal.cycle)
        self._clear_progress()
        rows = goals._fetch_rows()
        deals = goals._fetch_pipeline()
        averages = goals._fetch_average_deals()
        cycles = goals._fetch_sales_cycles()
        for goal in goals:
            company = goal.company_id.id
            goal._assign_progress(
                rows.get(goal, {}), deals.get(goal, ()), averages.get(company, 0.0), cycles.get(company)
            )

    def _clear_progress(self):
        for goal in self:
            goal.update(
                {
                    **dict.fromkeys(("actual", "attainment", "pace", "forecast", "forecast_low", "forecast_high"), 0.0),
                    "gap": 0.0,
                    "gap_deals": 0,
                    "has_actual": False,
                    "has_forecast": False,
                    "forecast_basis": False,
                    "pace_state": "none",
                }
            )

    def _assign_progress(self, rows, deals, average_deal, sales_cycle):
        period = period_of(self.date_from, self.cycle)
        row = rows.get(period.start)
        self.has_actual = bool(row and row.has_data)
        self.actual = row.value if self.has_actual else 0.0
        lower = self.kpi_id.direction == "lower"
        if self.has_actual:
            self.attainment = 100 * kpi_tools.attainment(self.actual, self.value, self.kpi_id.direction)
        passed = self._get_share_passed(period)
        additive = self.kpi_id.aggregation in ("sum", "count")
        self.pace = self.value * passed if additive else self.value
        if self.has_actual:
            on_pace = self.actual <= self.pace if lower else self.actual >= self.pace
            self.pace_state = "ahead" if on_pace else "behind"
        basis, found = self._get_forecast(rows, deals, period, passed, additive, sales_cycle)
        if not found:
            return
        self.has_forecast, self.forecast_basis = True, basis
        self.forecast, self.forecast_low, self.forecast_high = found.value, found.low, found.high
        self.gap = max(found.value - self.value if lower else self.value - found.value, 0.0)
        if average_deal > 0 and self.kpi_id.code in self._get_revenue_codes():
            self.gap_deals = -int(-self.gap // average_deal)

    @api.model
    def _get_revenue_codes(self):
        """:return: codes of the indicators that a deal adds its amount to; of no other money is a gap one of deals"""
        return {"revenue"}

    def _get_forecast(self, rows, deals, period, passed, additive, sales_cycle):
        """:return: (what it rests on, :class:`~..tools.forecast.Forecast`, or None where nothing can be said)"""
        past = [row.value for start, row in rows.items() if start < period.start and row.has_data]
        if not additive:
            return "level", forecast.of_level(past, self.actual if self.has_actual else None)
        reached = self.actual
        if passed >= 1:
            return "reached", forecast.Forecast(reached, reached, reached) if self.has_actual else None
        if not deals:
            return "history", forecast.from_history(reached, past, 1 - passed)
        today = local_day(self.env.cr.now(), self.company_id.sudo()._get_sales_timezone())
        beyond = forecast.share_beyond(period, today, sales_cycle)
        basis = "both" if beyond and len(past) >= forecast.MINIMUM_HISTORY else "pipeline"
        return basis, forecast.from_both(reached, deals, past, beyond)

    def _get_share_passed(self, period):
        """Share of the period's working time that has passed; of its days where the company has no working time."""
        company = self.company_id.sudo()
        zone = company._get_sales_timezone()
        now = self.env.cr.now()
        today = local_day(now, zone)
        if today < period.start:
            return 0.0
        if today > period.stop:
            return 1.0
        start, stop = (
            pytz.timezone(zone).localize(datetime.combine(day, at)).astimezone(pytz.utc).replace(tzinfo=None)
            for day, at in ((period.start, time.min), (period.stop, time.max))
        )
        calendar = company.resource_calendar_id
        whole = calendar._count_working_seconds(start, stop)
        return min(calendar._count_working_seconds(start, now) / whole, 1.0) if whole else period.share_passed(today)

    # ------------------------------------------------------------------
    # Facts, for all goals at once
    # ------------------------------------------------------------------

    def _get_scope_id(self):
        return (self.user_id or self.team_id or self.company_id).id

    def _get_value_row(self):
        """:return: the stored value of the goal's own period, maybe empty"""
        self.ensure_one()
        return self._fetch_rows().get(self, {}).get(self.date_from, self.env["sales.process.kpi.value"])

    def _fetch_rows(self):
        """:return: {goal: {first day: value of the goal's period and of those before}}"""
        wanted = {}
        for goal in self:
            period = period_of(goal.date_from, goal.cycle)
            for _number in range(PAST_PERIODS + 1):
                key = (goal.kpi_id.id, goal.company_id.id, goal.cycle, goal.scope, goal._get_scope_id(), period.start)
                wanted.setdefault(key, []).append(goal)
                period = period.previous()
        if not wanted:
            return {}
        kpis, companies, cycles, scopes, scope_ids, starts = (set(column) for column in zip(*wanted, strict=True))
        # sudo: whoever may read a goal may read how it stands
        values = (
            self.env["sales.process.kpi.value"]
            .sudo()
            .search_fetch(
                [
                    ("kpi_id", "in", list(kpis)),
                    ("company_id", "in", list(companies)),
                    ("cycle", "in", list(cycles)),
                    ("scope", "in", list(scopes)),
                    ("scope_id", "in", list(scope_ids)),
                    ("date_from", "in", list(starts)),
                    ("is_latest", "=", True),
                ]
            )
        )
        rows = {}
        for row in values:
            key = (row.kpi_id.id, row.company_id.id, row.cycle, row.scope, row.scope_id, row.date_from)
            for goal in wanted.get(key, ()):
                rows.setdefault(goal, {})[row.date_from] = row
        return rows

    def _fetch_pipeline(self):
        """:return: {goal: [(amount, chance)]} of open deals of its scope that are due in its period"""
        goals = self.filtered(lambda goal: goal.kpi_id.code == FROM_PIPELINE and isinstance(goal.id, int))
        if not goals:
            return {}
        self.env["crm.lead"].flush_model(
            ["date_deadline", "probability", "expected_revenue", "team_id", "user_id", "company_id", "won_status"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT goal.id, lead.expected_revenue, lead.probability / 100
                  FROM sales_process_target AS goal
                  JOIN crm_lead AS lead ON lead.date_deadline BETWEEN goal.date_from AND goal.date_to
                   AND %(company)s = goal.company_id
                   AND (goal.team_id IS NULL OR goal.user_id IS NOT NULL OR lead.team_id = goal.team_id)
                   AND (goal.user_id IS NULL OR lead.user_id = goal.user_id)
                 WHERE goal.id = ANY(%(goals)s) AND lead.active AND lead.type = 'opportunity'
                   AND lead.won_status = 'pending'
                """,
                # As revenue counts them: a deal without a company is the main company's, and nobody else's.
                company=self.env["sales.process.kpi"]._sql_company(SQL("lead.company_id")),
                goals=goals.ids,
            )
        )
        by_id = {goal.id: goal for goal in goals}
        found = {}
        for goal_id, amount, chance in rows:
            found.setdefault(by_id[goal_id], []).append((float(amount or 0), float(chance or 0)))
        return found

    def _fetch_average_deals(self):
        """:return: {company id: amount of an average deal, the latest one known}"""
        self.env["sales.process.kpi.value"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (value.company_id) value.company_id, value.value
                  FROM sales_process_kpi_value AS value
                  JOIN sales_process_kpi AS kpi ON kpi.id = value.kpi_id AND kpi.code = 'average_deal'
                 WHERE value.company_id = ANY(%s) AND value.scope = 'company' AND value.cycle = 'month'
                   AND value.has_data AND value.is_latest
                 ORDER BY value.company_id, value.date_from DESC
                """,
                self.company_id.ids,
            )
        )
        return dict(rows)

    def _fetch_sales_cycles(self):
        """:return: {company id: days from creation to winning, on average over the deals of the last months}"""
        companies = self.filtered(lambda goal: goal.kpi_id.code == FROM_PIPELINE).company_id
        if not companies:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, SUM(numerator) / NULLIF(SUM(denominator), 0)
                  FROM (SELECT value.company_id, value.numerator, value.denominator,
                               ROW_NUMBER() OVER (PARTITION BY value.company_id ORDER BY value.date_from DESC) AS age
                          FROM sales_process_kpi_value AS value
                          JOIN sales_process_kpi AS kpi ON kpi.id = value.kpi_id AND kpi.code = 'sales_cycle'
                         WHERE value.company_id = ANY(%s) AND value.scope = 'company' AND value.cycle = 'month'
                           AND value.has_data AND value.is_latest) AS month
                 WHERE age <= %s
                 GROUP BY company_id
                """,
                companies.ids,
                PAST_PERIODS,
            )
        )
        return {company: days for company, days in rows if days}

    @api.readonly
    def get_replay(self):
        """The past beside the goal: the same indicator and scope, period by period, and what the goal asks for.

        :return: {"points": [{"period", "value" or None}] oldest first, "goal", "year_before" or None, "growth" in
            percent of the year before or None, "season": share of the year that the period made last year or None}
        """
        self.ensure_one()
        self.check_access("read")
        rows = self._fetch_rows().get(self, {})
        period = period_of(self.date_from, self.cycle)
        points, walk = [], period
        for _number in range(PAST_PERIODS):
            walk = walk.previous()
            row = rows.get(walk.start)
            points.insert(0, {"period": walk.label(), "value": row.value if row and row.has_data else None})
        before = self._get_value_of(period.year_before())
        year = self._get_value_of(period_of(period.year_before().start, "year"))
        additive = self.kpi_id.aggregation in ("sum", "count")
        return {
            "points": points,
            "goal": self.value,
            "year_before": before,
            "growth": 100 * (self.value - before) / before if before else None,
            "season": 100 * before / year if additive and before is not None and year else None,
        }

    def _get_value_of(self, period):
        row = (
            self.env["sales.process.kpi.value"]
            .sudo()
            .search(
                [
                    ("kpi_id", "=", self.kpi_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("cycle", "=", period.cycle),
                    ("scope", "=", self.scope),
                    ("scope_id", "=", self._get_scope_id()),
                    ("date_from", "=", period.start),
                    ("is_latest", "=", True),
                ],
                limit=1,
            )
        )
        return row.value if row.has_data else None
