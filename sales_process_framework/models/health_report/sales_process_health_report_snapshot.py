from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import findings as rules
from ...tools.dashboard import last_periods
from ...tools.kpi import band as band_of
from ...tools.period import utc_edges

#: Periods of the lines in the plots, and the row of alerts that is counted.
POINTS = 12
#: What tells whether a stage of the process is abnormal.
NODE_CODES = ("stage_conversion", "stage_time", "stalled", "node_pass_rate", "node_completion_rate")
#: Share of support on time, in percent: as of the indicator of all support (R3).
SUPPORT_CODE = "sla_kept"
EMPTY = {"kpis": [], "nodes": [], "departments": []}


class SalesProcessHealthReportSnapshot(models.AbstractModel):
    """The numbers of a report, taken once. Plain JSON: names in every language, so that it is read in any later."""

    _name = "sales.process.health.report.snapshot"
    _description = "Numbers of a Health Report"

    @api.model
    def _take_snapshot(self, company, period):
        """Read the stored values of a company's period; what the caller may see was checked before.

        :return: {"kpis": [figure], "nodes": [figure with "stage_id", "stage", "process", "limit"], "departments":
            [figure with "department_id", "department"]}; a figure is {"kpi_id", "code", "name": {lang: text},
            "advice": {lang: text}, "unit", "direction", "has_bands", "healthy", "alert", "value", "previous",
            "numerator", "denominator", "sample", "band", "band_before", "bad_runs", "value_id",
            "series": [{"label", "value", "band"}]}
        """
        before = self._get_before(company, period)
        kpis = self.env["sales.process.kpi"].sudo().search([("company_id", "in", [False, company.id])])
        periods = last_periods(period, POINTS)
        rows = (
            self.env["sales.process.kpi.value"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("kpi_id", "in", kpis.ids),
                    ("cycle", "=", period.cycle),
                    ("scope", "in", ["company", "stage"]),
                    ("date_from", ">=", periods[0].start),
                    ("date_from", "<=", period.start),
                    ("is_latest", "=", True),
                ],
                order="id",
            )
        )
        found = defaultdict(dict)
        for row in rows:
            key = (row.kpi_id.id, row.process_stage_id.id if row.scope == "stage" else 0)
            found[key][row.date_from] = row
        companies = [
            self._prepare_figure(kpi, periods, found.get((kpi.id, 0), {}), before.get(("kpi", kpi.id))) for kpi in kpis
        ]
        return {
            "kpis": [figure for figure in companies if any(point["value"] is not None for point in figure["series"])],
            "nodes": self._prepare_nodes(kpis, periods, found, before),
            "departments": self._prepare_departments(company, period, kpis, before),
        }

    @api.model
    def _get_before(self, company, period):
        """:return: {key: figure} of the report before, whose numbers stay as they were sent"""
        report = self.env["sales.process.health.report"].sudo()._find(company, period.previous())
        return {self._get_key(figure): figure for figure in self._get_figures(report.snapshot or EMPTY)}

    @api.model
    def _get_figures(self, snapshot):
        return [*snapshot["kpis"], *snapshot["nodes"], *snapshot["departments"]]

    @api.model
    def _get_key(self, figure):
        if figure.get("stage_id"):
            return ("node", figure["kpi_id"], figure["stage_id"])
        if figure.get("department_id"):
            return ("department", figure["department_id"])
        return ("kpi", figure["kpi_id"])

    @api.model
    def _prepare_definition(self, kpi):
        return {
            "kpi_id": kpi.id,
            "code": kpi.code,
            "name": self._get_translations(kpi, "name"),
            "advice": self._get_translations(kpi, "advice"),
            "unit": kpi.unit,
            "direction": kpi.direction,
            "has_bands": kpi.has_bands,
            "healthy": kpi.healthy,
            "alert": kpi.alert,
        }

    @api.model
    def _get_translations(self, record, name):
        """:return: {language: text}"""
        return {
            code: record.with_context(lang=code)[name] or "" for code, _label in self.env["res.lang"].get_installed()
        }

    @api.model
    def _prepare_figure(self, kpi, periods, rows, before):
        """:param rows: {first day of a period: value}; ``before``: figure of the report before, or None"""
        row = rows.get(periods[-1].start, self.env["sales.process.kpi.value"])
        earlier = rows.get(periods[-2].start, row.browse())
        if not before:
            before = {"value": earlier.value if earlier.has_data else None, "band": earlier.band or "none"}
        series = [
            {
                "label": period.label(),
                "value": rows[period.start].value if period.start in rows and rows[period.start].has_data else None,
                "band": rows[period.start].band if period.start in rows else "none",
            }
            for period in periods
        ]
        return {
            **self._prepare_definition(kpi),
            "value_id": row.id,
            "value": row.value if row.has_data else None,
            "previous": before["value"],
            "numerator": row.numerator,
            "denominator": row.denominator,
            "sample": row.sample,
            "band": row.band or "none",
            "band_before": before["band"],
            "bad_runs": rules.bad_runs(point["band"] for point in series),
            "series": series,
        }

    @api.model
    def _prepare_nodes(self, kpis, periods, found, before):
        """The stages that had anything to count in the period, in the order of their processes."""
        kpis = kpis.filtered(lambda kpi: kpi.code in NODE_CODES)
        ids = {stage for kpi, stage in found if stage and periods[-1].start in found[kpi, stage] and kpi in kpis._ids}
        nodes = []
        for stage in self.env["sales.process.stage"].sudo().with_context(active_test=False).browse(ids).sorted():
            for kpi in kpis:
                rows = found.get((kpi.id, stage.id))
                if not rows or periods[-1].start not in rows:
                    continue
                nodes.append(
                    {
                        **self._prepare_figure(kpi, periods, rows, before.get(("node", kpi.id, stage.id))),
                        "stage_id": stage.id,
                        "stage": self._get_translations(stage, "name"),
                        "process_id": stage.process_id.id,
                        "process": self._get_translations(stage.process_id, "display_name"),
                        "limit": stage.time_limit_days if kpi.code == "stage_time" else 0,
                        "is_won": stage.is_won,
                    }
                )
        return nodes

    @api.model
    def _prepare_departments(self, company, period, kpis, before):
        """Support on time by department: the share that the indicator of all support has, of each (S6.3)."""
        kpi = kpis.filtered(lambda kpi: kpi.code == SUPPORT_CODE)
        if not kpi or kpi.availability != "ok":
            return []
        shares = self._count_support(kpi, company, period)
        earlier = self._count_support(kpi, company, period.previous())
        figures = []
        for department in self.env["sales.process.department"].sudo().browse(shares).sorted():
            kept, due = shares[department.id]
            old_kept, old_due = earlier.get(department.id, (0, 0))
            old = before.get(("department", department.id)) or {"value": old_due and 100.0 * old_kept / old_due}
            previous = old["value"] if old_due or "band" in old else None
            value = 100.0 * kept / due
            bands = [
                band_of(number, kpi.healthy, kpi.alert, kpi.direction) if kpi.has_bands else "none"
                for number in (previous, value)
            ]
            figures.append(
                {
                    **self._prepare_definition(kpi),
                    "department_id": department.id,
                    "department": self._get_translations(department, "name"),
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
            )
        return figures

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

    @api.model
    def _judge(self, snapshot):
        """:return: [(:class:`~..tools.findings.Finding`, figure of the snapshot)], gravest first"""
        by_key = {self._get_key(figure): figure for figure in self._get_figures(snapshot)}
        groups = defaultdict(dict)
        for key, figure in by_key.items():
            if key[0] == "node" and figure["value"] is not None and figure["sample"] >= rules.FEW:
                groups[figure["kpi_id"], figure["process_id"]][key] = figure["value"]
        figures = []
        for key, figure in by_key.items():
            others = groups.get((figure["kpi_id"], figure.get("process_id")), {})
            figures.append(self._make_figure(key, figure, rules.usual_of_others(others, key)))
        return [(finding, by_key[finding.figure.key]) for finding in rules.find(figures)]

    @api.model
    def _make_figure(self, key, figure, usual):
        names = ("value", "previous", "direction", "unit", "band", "band_before", "bad_runs", "sample")
        return rules.Figure(
            key=key,
            **{name: figure[name] for name in names},
            alert=figure["alert"] if figure["has_bands"] else None,
            limit=figure.get("limit") or None,
            # Where deals are lost; of other numbers no stage is like another.
            usual=usual if figure["code"] == "stage_conversion" else None,
        )

    @api.model
    def _get_today(self, company):
        return fields.Date.context_today(self.with_context(tz=company._get_sales_timezone()))
