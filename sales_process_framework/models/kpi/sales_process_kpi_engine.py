from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.period import CYCLES, local_day, period_of, periods_between, utc_edges

#: Scopes that the facts have a column for; GROUPING() of these columns, in this order, names the scope.
FACT_SCOPES = {
    "team": "team_id",
    "user": "user_id",
    "process": "process_id",
    "stage": "process_stage_id",
    "source": "source_id",
    "country": "country_id",
}
#: What values are cut by: {scope: field of the value that holds the record}; the tag comes through the lead.
SCOPES = {"company": "company_id", **FACT_SCOPES, "tag": "tag_id"}
KEYS = (*FACT_SCOPES.values(), "tag_id")
#: What a recomputation may change in a value of an open period.
RESULTS = (
    "numerator",
    "denominator",
    "value",
    "has_data",
    "sample",
    "band",
    "previous_value",
    "has_previous",
    "change",
    "currency_id",
    "date_to",
)
#: Cycles that every indicator is computed for, beside the review cycles of all indicators.
BASE_CYCLES = ("month", "quarter", "year")


class SalesProcessKpiEngine(models.AbstractModel):
    """Facts to values: one statement an indicator, period and time zone, and nothing of it passes through Python."""

    _name = "sales.process.kpi.engine"
    _description = "Engine of Indicators"

    def _compute_values(self, period, companies):
        """Compute the values of a period that is not closed, of every scope; closed ones stay as they are.

        :param period: :class:`~..tools.period.Period`
        :param companies: res.company whose values are wanted; an indicator of one company skips the others
        """
        self.env.flush_all()
        for kpi in self._in_computing_order():
            wanted = kpi._get_open_companies(period, companies)
            for edges, group in wanted.grouped(lambda company: self._get_edges(period, company)).items():
                kpi._compute_group(period, edges, group.ids)
        self.env["sales.process.kpi.value"].invalidate_model()

    def _in_computing_order(self):
        """:return: those of self that can be computed, each formula after what it reads"""
        able = self.filtered(lambda kpi: kpi.availability == "ok")
        return able.filtered(lambda kpi: kpi.computation != "formula") + able._get_formulas_in_order()

    def _get_companies(self, companies):
        self.ensure_one()
        return companies & self.sudo().company_id if self.sudo().company_id else companies

    def _get_open_companies(self, period, companies):
        """:return: companies of this indicator whose period is not closed"""
        companies = self._get_companies(companies)
        closed = (
            self.env["sales.process.kpi.value"]
            .sudo()
            ._search(
                [
                    ("kpi_id", "=", self.id),
                    ("cycle", "=", period.cycle),
                    ("date_from", "=", period.start),
                    ("company_id", "in", companies.ids),
                    ("scope", "=", "company"),
                    ("closed", "=", True),
                ]
            )
        )
        self.env.cr.execute(closed.select(SQL("company_id")))
        return companies - companies.browse(number for (number,) in self.env.cr.fetchall())

    @api.model
    def _get_edges(self, period, company):
        """:return: (start, stop) naive UTC of the period in the company's zone; what is yet to come is left out"""
        start, stop = utc_edges(period, company._get_sales_timezone())
        # A moment is stored in whole seconds or finer: what is written in this transaction has happened.
        return start, min(stop, max(self.env.cr.now() + timedelta(seconds=1), start))

    def _compute_group(self, period, edges, company_ids, from_months=False):
        """Write the values of companies in which the period has the same edges."""
        self.ensure_one()
        # Two computations of the same indicator wait for each other, and nobody else waits for them.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('sales_process_kpi'), %s)", [self.id])
        result = self._get_result_sql(period, edges, company_ids, from_months)
        self.env.cr.execute(self._get_upsert_sql(result, period, company_ids))

    # ------------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------------

    def _get_result_sql(self, period, edges, company_ids, from_months=False):
        """:return: SELECT of one row a company and scope: company_id, scope, scope_id, the ids of the scope, numerator,
        denominator, value (NULL: no data), sample. A company always has a row of its own."""
        self.ensure_one()
        if self.computation == "formula":
            totals = self._get_formula_totals_sql(period, company_ids)
        elif from_months:
            totals = self._get_months_totals_sql(period, company_ids)
        else:
            totals = self._get_totals_sql(self._get_period_facts_sql(period, edges, company_ids), company_ids)
        zero = SQL("0.0" if self.aggregation in ("sum", "count") and self.computation != "formula" else "NULL::float8")
        return SQL(
            """
            WITH total AS (%(totals)s)
            SELECT * FROM total
            UNION ALL
            SELECT company.id, 'company', company.id, %(nulls)s, 0.0, 0.0, %(zero)s, 0
              FROM unnest(%(companies)s) AS company(id)
             WHERE NOT EXISTS (SELECT FROM total WHERE total.scope = 'company' AND total.company_id = company.id)
            """,
            totals=totals,
            nulls=SQL(", ").join([SQL("NULL::integer")] * len(KEYS)),
            zero=zero,
            companies=list(company_ids),
        )

    def _get_period_facts_sql(self, period, edges, company_ids):
        """The facts between the edges of a period, with the period itself for those that look beyond its edges."""
        return self.with_context(sales_kpi_period=period)._get_facts_sql(*edges, company_ids)

    def _get_totals_sql(self, facts, company_ids):
        """The aggregates of facts for all scopes: the facts are read once, and once more for tags if there are any."""
        columns = SQL(", ").join(SQL.identifier("fact", column) for column in FACT_SCOPES.values())
        company = self._sql_company(SQL("fact.company_id"))
        scope = SQL(" ").join(
            SQL("WHEN %s THEN %s", _get_grouping(column), name) for name, column in FACT_SCOPES.items()
        )
        sets = SQL(", ").join(SQL("(%s, %s)", company, SQL.identifier("fact", c)) for c in FACT_SCOPES.values())
        measures = self._get_measures_sql()
        return SQL(
            """
            WITH fact AS (%(facts)s), aggregate AS (
                SELECT %(company)s AS company_id,
                       CASE GROUPING(%(columns)s) %(scope)s ELSE 'company' END AS scope,
                       %(columns)s, NULL::integer AS tag_id, %(measures)s
                  FROM fact
                 GROUP BY GROUPING SETS ((%(company)s), %(sets)s)
                %(tags)s
            )
            SELECT company_id, scope,
                   CASE scope WHEN 'company' THEN company_id ELSE COALESCE(%(keys)s) END AS scope_id,
                   %(keys)s, numerator, denominator, %(value)s AS value, sample::integer
              FROM aggregate
             WHERE company_id = ANY(%(companies)s) AND (scope = 'company' OR COALESCE(%(keys)s) IS NOT NULL)
            """,
            facts=facts,
            company=company,
            columns=columns,
            scope=scope,
            sets=sets,
            measures=measures,
            tags=self._get_tag_totals_sql(company, measures),
            keys=SQL(", ").join(SQL.identifier(key) for key in KEYS),
            value=self._get_value_sql(),
            companies=list(company_ids),
        )

    def _get_tag_totals_sql(self, company, measures):
        self.env.cr.execute("SELECT EXISTS (SELECT FROM crm_tag_rel)")
        if not self.env.cr.fetchone()[0]:
            return SQL()
        return SQL(
            """UNION ALL
                SELECT %(company)s, 'tag', %(nulls)s, tagged.tag_id, %(measures)s
                  FROM fact JOIN crm_tag_rel AS tagged ON tagged.lead_id = fact.lead_id
                 GROUP BY %(company)s, tagged.tag_id""",
            company=company,
            nulls=SQL(", ").join([SQL("NULL::integer")] * len(FACT_SCOPES)),
            measures=measures,
        )

    def _get_measures_sql(self):
        counted = SQL("fact.num <> 0" if self.aggregation in ("sum", "count") else "fact.den <> 0")
        middle = SQL("NULL::float8")
        if self.aggregation == "median":
            middle = SQL(
                """percentile_cont(0.5) WITHIN GROUP (ORDER BY fact.num::float8) FILTER (WHERE fact.den <> 0)"""
            )
        return SQL(
            """COALESCE(SUM(fact.num), 0)::float8 AS numerator, COALESCE(SUM(fact.den), 0)::float8 AS denominator,
               COUNT(*) FILTER (WHERE %s) AS sample, %s AS middle""",
            counted,
            middle,
        )

    def _get_value_sql(self):
        if self.aggregation in ("sum", "count"):
            return SQL("numerator")
        if self.aggregation == "median":
            return SQL("middle")
        percent = self.aggregation == "ratio" and self.unit == "percent"
        return SQL("%s * numerator / NULLIF(denominator, 0)", SQL("100.0" if percent else "1.0"))

    def _get_band_sql(self, value):
        """The band of a value, as :func:`~..tools.kpi.band` has it."""
        if not self.has_bands:
            return SQL("'none'")
        better, worse = (SQL("<="), SQL(">")) if self.direction == "lower" else (SQL(">="), SQL("<"))
        return SQL(
            """CASE WHEN %(value)s IS NULL THEN 'none' WHEN %(value)s %(better)s %(healthy)s THEN 'healthy'
                    WHEN %(value)s %(worse)s %(alert)s THEN 'alert' ELSE 'watch' END""",
            value=value,
            better=better,
            worse=worse,
            healthy=SQL("%s::float8", self.healthy),
            alert=SQL("%s::float8", self.alert),
        )

    def _get_row_sql(self, result, period):
        """:return: SELECT of whole rows of values, in the order of :meth:`_get_row_columns`"""
        return SQL(
            """
            SELECT %(kpi)s AS kpi_id, result.company_id, %(cycle)s AS cycle, %(start)s::date AS date_from,
                   result.scope, result.scope_id, %(keys)s,
                   result.numerator, result.denominator, result.value, result.value IS NOT NULL AS has_data,
                   result.sample, %(band)s AS band, before.value AS previous_value,
                   before.id IS NOT NULL AS has_previous, result.value - before.value AS change,
                   %(currency)s AS currency_id, %(stop)s::date AS date_to
              FROM (%(result)s) AS result
              LEFT JOIN sales_process_kpi_value AS before
                     ON before.kpi_id = %(kpi)s AND before.cycle = %(cycle)s AND before.date_from = %(before)s
                    AND before.company_id = result.company_id AND before.scope = result.scope
                    AND before.scope_id = result.scope_id AND before.is_latest AND before.has_data
              JOIN res_company AS company ON company.id = result.company_id
            """,
            kpi=self.id,
            cycle=period.cycle,
            start=period.start,
            stop=period.stop,
            before=period.previous().start,
            keys=SQL(", ").join(SQL.identifier("result", key) for key in KEYS),
            band=self._get_band_sql(SQL("result.value")),
            currency=SQL("company.currency_id" if self.unit == "money" else "NULL::integer"),
            result=result,
        )

    @api.model
    def _get_row_columns(self):
        return ("kpi_id", "company_id", "cycle", "date_from", "scope", "scope_id", *KEYS, *RESULTS)

    def _get_upsert_sql(self, result, period, company_ids):
        """Insert what is new, change what has changed, delete what has no facts any more."""
        columns = self._get_row_columns()
        return SQL(
            """
            WITH fresh AS MATERIALIZED (%(rows)s), written AS (
                INSERT INTO sales_process_kpi_value AS value
                       (%(columns)s, closed, revision, is_latest, computed)
                SELECT %(columns)s, FALSE, 1, TRUE, %(now)s FROM fresh
                    ON CONFLICT (kpi_id, cycle, date_from, company_id, scope, scope_id) WHERE is_latest
                    DO UPDATE SET %(assignments)s, computed = %(now)s
                 WHERE NOT value.closed AND (%(old)s) IS DISTINCT FROM (%(new)s)
            )
            DELETE FROM sales_process_kpi_value AS value
             WHERE value.kpi_id = %(kpi)s AND value.cycle = %(cycle)s AND value.date_from = %(start)s
               AND value.company_id = ANY(%(companies)s) AND value.is_latest AND NOT value.closed
               AND NOT EXISTS (SELECT FROM fresh
                                WHERE fresh.company_id = value.company_id AND fresh.scope = value.scope
                                  AND fresh.scope_id = value.scope_id)
            """,
            rows=self._get_row_sql(result, period),
            columns=SQL(", ").join(SQL.identifier(column) for column in columns),
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(column), SQL.identifier("excluded", column)) for column in RESULTS
            ),
            old=SQL(", ").join(SQL.identifier("value", column) for column in RESULTS),
            new=SQL(", ").join(SQL.identifier("excluded", column) for column in RESULTS),
            now=self.env.cr.now(),
            kpi=self.id,
            cycle=period.cycle,
            start=period.start,
            companies=list(company_ids),
        )

    # ------------------------------------------------------------------
    # Which periods
    # ------------------------------------------------------------------

    @api.model
    def _get_cycles(self):
        """:return: cycles that every indicator has values for, so that formulas find them"""
        used = self.env["sales.process.kpi"].sudo()._read_group([], ["cycle"])
        return tuple(dict.fromkeys((*BASE_CYCLES, *(cycle for (cycle,) in used))))

    def _plan(self, companies, first=None):
        """What there is to compute today: open periods up to now, so a missed night is made up for.

        :param first: day from which on periods without values are wanted too
        :return: [(period, edges, [company id])], short cycles before those that are made of them, oldest first
        """
        self.ensure_one()
        known = self._get_known_periods()
        plan = defaultdict(list)
        for company in self._get_companies(companies):
            today = local_day(self.env.cr.now(), company._get_sales_timezone())
            for cycle in self._get_cycles():
                starts, open_from, closed_to = known.get((company.id, cycle), (set(), None, None))
                if self._is_of_today():
                    period = period_of(today, cycle)
                    plan[period, self._get_edges(period, company)].append(company.id)
                    continue
                begin = open_from or (closed_to and closed_to + timedelta(days=1)) or period_of(today, cycle).start
                for period in periods_between(min(first or begin, begin), today, cycle):
                    # What lies before the first open one is history: computed once, and not where it is known.
                    if period.start >= begin or period.start not in starts:
                        plan[period, self._get_edges(period, company)].append(company.id)
        return [(period, edges, ids) for (period, edges), ids in sorted(plan.items(), key=_get_turn)]

    def _is_of_today(self):
        """:return: whether this is a snapshot of which the facts remember nothing: only today's can be taken"""
        return self.basis == "snapshot" and (self.computation == "custom" or not self.rebuildable)

    def _update_bands(self):
        """New thresholds count at once for what is open; a closed value keeps the band it had."""
        for kpi in self:
            self.env.cr.execute(
                SQL(
                    "UPDATE sales_process_kpi_value SET band = %s WHERE kpi_id = %s AND NOT closed",
                    kpi._get_band_sql(SQL("value")),
                    kpi.id,
                )
            )
        self.env["sales.process.kpi.value"].invalidate_model(["band"])

    def _get_known_periods(self):
        """:return: {(company id, cycle): (first days of computed periods, first open day, last closed day)}"""
        self.env.cr.execute(
            SQL(
                """SELECT company_id, cycle, array_agg(date_from), MIN(date_from) FILTER (WHERE NOT closed),
                          MAX(date_to) FILTER (WHERE closed)
                     FROM sales_process_kpi_value
                    WHERE kpi_id = %s AND scope = 'company' AND is_latest
                    GROUP BY company_id, cycle""",
                self.id,
            )
        )
        return {
            (company, cycle): (set(starts), open_from, closed_to)
            for company, cycle, starts, open_from, closed_to in self.env.cr.fetchall()
        }

    def _close_periods(self, companies=None, period=None):
        """Close the values of periods that ended more than the company's closing days ago.

        :param period: this one only; else all of them
        :return: number of values closed
        """
        companies = companies or self.env["res.company"].sudo().search([("active", "=", True)])
        count = 0
        for company in companies:
            today = local_day(self.env.cr.now(), company._get_sales_timezone())
            self.env.cr.execute(
                SQL(
                    """UPDATE sales_process_kpi_value SET closed = TRUE
                        WHERE NOT closed AND kpi_id = ANY(%s) AND company_id = %s AND date_to < %s AND %s""",
                    self.ids,
                    company.id,
                    today - timedelta(days=max(company.sales_kpi_closing_days, 0)),
                    SQL("cycle = %s AND date_from = %s", period.cycle, period.start) if period else SQL("TRUE"),
                )
            )
            count += self.env.cr.rowcount
        self.env["sales.process.kpi.value"].invalidate_model(["closed"])
        return count


def _get_turn(unit):
    """Months come before quarters and years, and each period after the one that it is compared with."""
    (period, edges), _company_ids = unit
    return CYCLES.index(period.cycle), period, edges


def _get_grouping(column):
    """The number that GROUPING() gives when only this column is grouped by: a 1 for each column that is not."""
    columns = list(FACT_SCOPES.values())
    everything = (1 << len(columns)) - 1
    return everything - (1 << (len(columns) - 1 - columns.index(column)))
