from odoo import api, models
from odoo.tools import SQL

from ...tools.period import MONTHS, local_day, periods_between
from .sales_process_kpi_engine import KEYS


class SalesProcessKpiMonths(models.AbstractModel):
    """A quarter, half or year from its months, so that the nightly run does not read again what is long over.

    A snapshot of a quarter is that of its last month: both are taken at the same moment. What happened in a quarter
    is what happened in its months, if the facts are events: a stay that ended, a date that was moved. Those keep
    their moment and whom they count for. The sum then reads closed months as they were reported, corrections included.
    All others are read whole: a deal that was won in March and again in May is one deal of the half-year, a median
    of medians is none, and a cohort of March goes on in May.
    """

    _name = "sales.process.kpi.months"
    _description = "Periods Made of Months"

    @api.model
    def _get_event_builtins(self):
        """:return: set of the built-in computations whose facts are events; facts mixins extend it"""
        return set()

    def _compute_after_months(self, period, edges, company_ids):
        """Write the values of a period once those of its months are up to date."""
        complete = self._get_companies_with_months(period, company_ids)
        for group, from_months in ((complete, True), (set(company_ids) - complete, False)):
            if group:
                self._compute_group(period, edges, sorted(group), from_months)

    def _get_needed_months(self, period, company_ids):
        """:return: the months whose values make up those of a period; none where the facts have to be read"""
        self.ensure_one()
        if period.cycle == "month" or period.cycle not in MONTHS or self.computation == "formula":
            return []
        is_event = self.computation == "builtin" and self.builtin in self._get_event_builtins()
        if self.basis != "snapshot" and not (is_event and self.aggregation != "median"):
            return []
        # Companies that are computed together share their time zone.
        company = self.env["res.company"].sudo().browse(list(company_ids)[:1])
        today = local_day(self.env.cr.now(), company._get_sales_timezone())
        months = list(periods_between(period.start, min(period.stop, today), "month"))
        return months[-1:] if self.basis == "snapshot" else months

    def _get_companies_with_months(self, period, company_ids):
        """:return: ids of companies that have values of all months that are needed, in their currency of today"""
        months = self._get_needed_months(period, company_ids)
        if not months:
            return set()
        self.env.cr.execute(
            SQL(
                """
                SELECT value.company_id FROM sales_process_kpi_value AS value
                  JOIN res_company AS company ON company.id = value.company_id
                 WHERE value.kpi_id = %(kpi)s AND value.cycle = 'month' AND value.date_from = ANY(%(starts)s)
                   AND value.company_id = ANY(%(companies)s) AND value.scope = 'company' AND value.is_latest
                   AND (value.currency_id IS NULL OR value.currency_id = company.currency_id)
                 GROUP BY value.company_id HAVING COUNT(*) = %(count)s
                """,
                kpi=self.id,
                starts=[month.start for month in months],
                companies=list(company_ids),
                count=len(months),
            )
        )
        return {number for (number,) in self.env.cr.fetchall()}

    def _get_months_totals_sql(self, period, company_ids):
        """The aggregates of all scopes, as :meth:`_get_totals_sql` gives them, from the values of months."""
        months = self._get_needed_months(period, company_ids)
        return SQL(
            """
            SELECT company_id, scope, scope_id, %(keys)s, numerator, denominator, %(value)s AS value, sample
              FROM (SELECT value.company_id, value.scope, value.scope_id, %(maxima)s,
                           SUM(value.numerator::numeric)::float8 AS numerator,
                           SUM(value.denominator::numeric)::float8 AS denominator,
                           MAX(value.value) AS kept, SUM(value.sample)::integer AS sample
                      FROM sales_process_kpi_value AS value
                     WHERE value.kpi_id = %(kpi)s AND value.cycle = 'month' AND value.date_from = ANY(%(starts)s)
                       AND value.company_id = ANY(%(companies)s) AND value.is_latest
                       -- what a correction found to have no facts
                       AND NOT (value.revision > 1 AND value.sample = 0 AND NOT value.has_data)
                     GROUP BY value.company_id, value.scope, value.scope_id) AS aggregate
            """,
            keys=SQL(", ").join(SQL.identifier(key) for key in KEYS),
            maxima=SQL(", ").join(
                SQL("MAX(%s) AS %s", SQL.identifier("value", key), SQL.identifier(key)) for key in KEYS
            ),
            # A snapshot has one month: its value stands as it is, also where it is a median.
            value=SQL("kept") if self.basis == "snapshot" else self._get_value_sql(),
            kpi=self.id,
            starts=[month.start for month in months],
            companies=list(company_ids),
        )
