from odoo import api, models
from odoo.tools import SQL

from ...tools import findings as rules
from ...tools.kpi import band as band_of
from ...tools.period import utc_edges

#: Share of support on time, in percent: as of the indicator of all support (R3).
SUPPORT_CODE = "sla_kept"


class SalesProcessHealthReportSupport(models.AbstractModel):
    """What each department kept of its promises: no value is stored of it, so it is counted when a report is made."""

    _name = "sales.process.health.report.support"
    _description = "Departments in a Health Report"

    @api.model
    def _prepare_departments(self, definitions, company, period, before):
        """Support on time by department: the share that the indicator of all support has, of each (S6.3)."""
        kpi = next((kpi for kpi in definitions if kpi.code == SUPPORT_CODE), None)
        if not kpi or kpi.availability != "ok":
            return []
        shares = self._count_support(kpi, company, period)
        earlier = self._count_support(kpi, company, period.previous())
        return [
            {
                **definitions[kpi],
                "department_id": department.id,
                "department": self._get_translations(department, "name"),
                **self._prepare_share(
                    kpi, shares[department.id], earlier.get(department.id), before.get(("department", department.id))
                ),
            }
            for department in self.env["sales.process.department"].sudo().browse(shares).sorted()
        ]

    @api.model
    def _prepare_share(self, kpi, share, earlier, before):
        """:param share: (kept, due); ``earlier``: of the period before, or None; ``before``: figure of its report"""
        kept, due = share
        value = 100.0 * kept / due
        previous = before["value"] if before else earlier and 100.0 * earlier[0] / earlier[1]
        bands = [
            band_of(number, kpi.healthy, kpi.alert, kpi.direction) if kpi.has_bands else "none"
            for number in (previous, value)
        ]
        return {
            "value_id": False,
            "value": value,
            "previous": previous,
            "numerator": kept,
            "denominator": due,
            "sample": due,
            "band": bands[1],
            "band_before": bands[0],
            "bad_runs": rules.bad_runs(bands),
            "series": [],
        }

    @api.model
    def _count_support(self, kpi, company, period):
        """:return: {department id: (kept, due)} by the facts of the indicator"""
        start, stop = utc_edges(period, company._get_sales_timezone())
        stop = min(stop, self.env.cr.now())
        if start >= stop:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT request.department_id, SUM(fact.num)::int, SUM(fact.den)::int FROM (%s) AS fact
                     JOIN sales_process_support_request AS request ON request.id = fact.record_id
                    WHERE request.department_id IS NOT NULL
                    GROUP BY request.department_id HAVING SUM(fact.den) > 0""",
                kpi._get_facts_sql(start, stop, company.ids),
            )
        )
        return {department: (kept, due) for department, kept, due in rows}
