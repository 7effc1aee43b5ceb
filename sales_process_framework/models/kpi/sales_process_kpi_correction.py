from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.period import period_of


class SalesProcessKpiCorrection(models.AbstractModel):
    """Closed periods never change: what the facts say today stands beside what was closed, as a revision."""

    _name = "sales.process.kpi.correction"
    _description = "Corrections of Closed Periods"

    def action_correct_period(self, day, cycle, reason, company_id=None):
        """Compute a closed period again from today's facts; where a value differs it gets a revision.

        :param day: any day of the period, as a date or in ISO format
        :param reason: why, for whoever reads the values later
        :param company_id: the company whose period it is; the current one unless said otherwise
        :return: number of values that got a revision
        """
        self._check_manager()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the closed period is corrected."))
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.companies:
            raise UserError(self.env._("Choose a company that you work in."))
        period = period_of(self._fields["backfill_from"].to_date(day), cycle)
        return sum(kpi._correct_period(period, company, reason) for kpi in self.sudo()._in_computing_order())

    def _correct_period(self, period, company, reason):
        self.ensure_one()
        if company in self._get_open_companies(period, company):
            raise UserError(
                self.env._(
                    "%(kpi)s: %(period)s is not closed. It is computed anew every night.",
                    kpi=self.name,
                    period=period.label(),
                )
            )
        if self._is_of_today():
            raise UserError(self.env._("%s is a snapshot: how it stood then cannot be computed today.", self.name))
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('sales_process_kpi'), %s)", [self.id])
        rows = self._get_row_sql(self._get_result_sql(period, self._get_edges(period, company), company.ids), period)
        self.env.cr.execute(self._get_revision_sql(rows, period, company, reason))
        count = self.env.cr.rowcount
        self._promote_revisions(period, company)
        self.env["sales.process.kpi.value"].invalidate_model()
        return count

    def _promote_revisions(self, period, company):
        """The newest revision of a value is the latest one; the old one goes first, as there is but one."""
        for latest in (False, True):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sales_process_kpi_value AS value
                       SET is_latest = %(latest)s
                     WHERE value.kpi_id = %(kpi)s AND value.cycle = %(cycle)s AND value.date_from = %(start)s
                       AND value.company_id = %(company)s AND value.is_latest != %(latest)s
                       AND %(exists)s (
                           SELECT FROM sales_process_kpi_value AS other
                            WHERE other.kpi_id = value.kpi_id AND other.cycle = value.cycle
                              AND other.date_from = value.date_from AND other.company_id = value.company_id
                              AND other.scope = value.scope AND other.scope_id = value.scope_id
                              AND other.revision > value.revision)
                    """,
                    latest=latest,
                    kpi=self.id,
                    cycle=period.cycle,
                    start=period.start,
                    company=company.id,
                    exists=SQL("NOT EXISTS" if latest else "EXISTS"),
                )
            )

    def _get_revision_sql(self, rows, period, company, reason):
        """Values that differ stop being the latest, and their revisions are inserted.

        A revision is inserted as not the latest, and becomes it once the old one is not: both in one statement would
        break the unique index.
        """
        columns = self._get_row_columns()
        # Float sums differ in their last digits from one run to the next, which is no correction.
        compared = ("numerator", "denominator", "value")
        same = SQL(" AND ").join(
            SQL("round(%s::numeric, 6) IS NOT DISTINCT FROM round(%s::numeric, 6)", SQL.identifier("value", name), new)
            for name in compared
            for new in [SQL.identifier("fresh", name)]
        )
        return SQL(
            """
            WITH fresh AS MATERIALIZED (%(rows)s), latest AS (
                SELECT * FROM sales_process_kpi_value AS value
                 WHERE value.kpi_id = %(kpi)s AND value.cycle = %(cycle)s AND value.date_from = %(start)s
                   AND value.company_id = %(company)s AND value.is_latest
            ), revision AS (
                SELECT %(fresh)s, value.revision + 1 AS revision, value.id AS replaces
                  FROM fresh JOIN latest AS value
                    ON value.scope = fresh.scope AND value.scope_id = fresh.scope_id
                 WHERE NOT (%(same)s)
                UNION ALL
                SELECT %(fresh)s, 1, NULL
                  FROM fresh
                 WHERE NOT EXISTS (SELECT FROM latest WHERE latest.scope = fresh.scope
                                                        AND latest.scope_id = fresh.scope_id)
                UNION ALL
                SELECT %(gone)s, value.revision + 1, value.id
                  FROM latest AS value
                 WHERE value.has_data
                   AND NOT EXISTS (SELECT FROM fresh WHERE fresh.scope = value.scope
                                                       AND fresh.scope_id = value.scope_id)
            )
            INSERT INTO sales_process_kpi_value
                   (%(columns)s, revision, closed, is_latest, computed, revised_reason, revised_by_id)
            SELECT %(columns)s, revision, TRUE, FALSE, %(now)s, %(reason)s, %(uid)s FROM revision
            """,
            rows=rows,
            kpi=self.id,
            cycle=period.cycle,
            start=period.start,
            company=company.id,
            fresh=SQL(", ").join(SQL.identifier("fresh", column) for column in columns),
            gone=SQL(", ").join(GONE.get(column) or SQL.identifier("value", column) for column in columns),
            same=same,
            columns=SQL(", ").join(SQL.identifier(column) for column in columns),
            now=self.env.cr.now(),
            reason=reason,
            uid=self.env.uid,
        )


#: What a scope without facts has: no data.
GONE = {
    "numerator": SQL("0.0"),
    "denominator": SQL("0.0"),
    "value": SQL("NULL"),
    "has_data": SQL("FALSE"),
    "sample": SQL("0"),
    "band": SQL("'none'"),
    "change": SQL("NULL"),
}
