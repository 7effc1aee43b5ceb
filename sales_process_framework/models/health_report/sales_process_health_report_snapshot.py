from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ...tools import findings as rules
from ...tools.dashboard import last_periods
from ...tools.period import local_day

#: Periods of the lines in the plots, and the row of alerts that is counted.
POINTS = 12
#: What tells whether a stage of the process is abnormal.
NODE_CODES = ("stage_conversion", "stage_time", "stalled", "node_pass_rate", "node_completion_rate")
#: The rows of the two tables that a report always shows, in their order (FRAMEWORK T1 and T4).
T1_CODES = ("revenue_attainment", "lead_conversion", "win_rate", "repurchase_rate")
T4_CODES = ("sales_cycle", "needs_match", "node_completion_rate", "nps")
VALUE_FIELDS = (
    *("kpi_id", "scope", "process_stage_id", "date_from", "value", "has_data"),
    *("numerator", "denominator", "sample", "band"),
)
EMPTY = {"kpis": [], "nodes": [], "departments": []}


class SalesProcessHealthReportSnapshot(models.AbstractModel):
    """The numbers of a report, taken once. Plain JSON: names in every language, so that it is read in any later."""

    _name = "sales.process.health.report.snapshot"
    _description = "Numbers of a Health Report"

    @api.model
    def _take_snapshot(self, company, period):
        """Read the stored values of a company's period; what the caller may see was checked before.

        :return: {"kpis": [figure], "nodes": [figure with "stage_id", "stage", "process_id", "process", "is_won",
            "limit": calendar days or 0, "limit_days": working days], "departments": [figure with "department_id",
            "department"]}; a figure is {"kpi_id", "code", "unit", "direction", "has_bands", "healthy", "alert",
            "target", "kind", "dimension", "cycle", "currency_id", "name", "advice", "formula", "source",
            "department_text", "note" (why there is no value): {lang: text}, "value", "previous", "numerator",
            "denominator", "sample", "band", "band_before", "bad_runs", "value_id",
            "series": [{"label", "value", "band"}]}
        """
        before = self._get_before(company, period)
        kpis = self.env["sales.process.kpi"].sudo().search([("company_id", "in", [False, company.id])])
        kpis = kpis.with_company(company)
        periods = last_periods(period, POINTS)
        found = self._get_rows(kpis, company, periods)
        definitions = {kpi: self._prepare_definition(kpi, company) for kpi in kpis}
        figures = []
        for kpi in kpis:
            figure = self._prepare_figure(periods, found.get((kpi.id, 0), {}), before.get(("kpi", kpi.id)))
            figures.append(definitions[kpi] | figure | {"note": self._prepare_note(kpi, figure)})
        return {
            "kpis": [figure for figure in figures if self._is_worth_a_row(figure)],
            "nodes": self._prepare_nodes(definitions, company, periods, found, before),
            "departments": self._prepare_departments(definitions, company, period, before),
        }

    @api.model
    def _is_worth_a_row(self, figure):
        """What never had a value is left out, but for the rows of the two tables: these say why there is none."""
        known = any(point["value"] is not None for point in figure["series"])
        return known or figure["code"] in T1_CODES + T4_CODES

    @api.model
    def _get_rows(self, kpis, company, periods):
        """:return: {(indicator's id, stage's id or 0 for the company): {first day of a period: latest value}}"""
        stored = [
            ("company_id", "=", company.id),
            ("cycle", "=", periods[-1].cycle),
            ("date_from", ">=", periods[0].start),
            ("date_from", "<=", periods[-1].start),
            ("is_latest", "=", True),
        ]
        nodes = kpis.filtered(lambda kpi: kpi.code in NODE_CODES)
        scopes = [("company", kpis), ("stage", nodes)]
        rows = (
            self.env["sales.process.kpi.value"]
            .sudo()
            .search_fetch(
                Domain.OR(Domain(stored) & Domain([("scope", "=", s), ("kpi_id", "in", k.ids)]) for s, k in scopes),
                VALUE_FIELDS,
                order="id",
            )
        )
        found = defaultdict(dict)
        for row in rows:
            key = (row.kpi_id.id, row.process_stage_id.id if row.scope == "stage" else 0)
            found[key][row.date_from] = row
        return found

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
    def _prepare_definition(self, kpi, company):
        """The columns of T1 and T4."""
        return {
            "kpi_id": kpi.id,
            **{name: kpi[name] for name in ("code", "unit", "direction", "has_bands", "healthy", "alert")},
            **{name: kpi[name] for name in ("target", "kind", "dimension", "cycle")},
            "currency_id": company.currency_id.id,
            "name": self._get_translations(kpi, "name"),
            "advice": self._get_translations(kpi, "advice"),
            "formula": self._get_translations(kpi, "formula_text"),
            "source": self._get_translations(kpi, "source"),
            "department_text": self._get_translations(kpi, "department"),
        }

    @api.model
    def _prepare_note(self, kpi, figure):
        """Why a row of the tables has no value where that is not for want of deals."""
        if figure["value"] is not None or kpi.code not in T1_CODES + T4_CODES:
            return {}
        return {
            code: kpi.with_context(lang=code)._get_missing_source() or ""
            for code, _label in self.env["res.lang"].get_installed()
        }

    @api.model
    def _get_translations(self, record, name):
        """:return: {language: text}"""
        return {
            code: record.with_context(lang=code)[name] or "" for code, _label in self.env["res.lang"].get_installed()
        }

    @api.model
    def _prepare_figure(self, periods, rows, before):
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
    def _prepare_nodes(self, definitions, company, periods, found, before):
        """The stages that had anything to count in the period, in the order of their processes."""
        kpis = [kpi for kpi in definitions if kpi.code in NODE_CODES]
        last = periods[-1].start
        ids = {stage for (_kpi, stage), rows in found.items() if stage and last in rows}
        stages = self.env["sales.process.stage"].sudo().with_context(active_test=False).with_company(company)
        stages = stages.browse(ids).sorted()
        calendars = self.env["resource.calendar"].sudo().union(*(each._get_calendar() for each in stages.process_id))
        weeks = {calendar: calendar._get_days_per_week() or 7 for calendar in calendars}
        nodes = []
        for stage in stages:
            place = self._prepare_place(stage, weeks.get(stage.process_id._get_calendar(), 7))
            for kpi in kpis:
                rows = found.get((kpi.id, stage.id), {})
                if last in rows:
                    figure = self._prepare_figure(periods, rows, before.get(("node", kpi.id, stage.id)))
                    nodes.append(definitions[kpi] | figure | place | self._get_limits(kpi, place))
        return nodes

    @api.model
    def _get_limits(self, kpi, place):
        """What a stage may take itself goes before the bands, which are for all stages together."""
        if kpi.code != "stage_time":
            return {"limit": 0, "limit_days": 0}
        return {"has_bands": False, "band": "none", "band_before": "none", "bad_runs": 0} if place["limit"] else {}

    @api.model
    def _prepare_place(self, stage, week):
        """What a stage is called and may take. Limits are in working days, stays are measured in calendar days.

        :param week: working days of a week
        """
        return {
            "stage_id": stage.id,
            "stage": self._get_translations(stage, "name"),
            "process_id": stage.process_id.id,
            "process": self._get_translations(stage.process_id, "display_name"),
            "is_won": stage.is_won,
            "limit_days": stage.time_limit_days,
            "limit": round(stage.time_limit_days * 7 / week, 1),
        }

    @api.model
    def _judge(self, snapshot):
        """:return: [(:class:`~..tools.findings.Finding`, figure of the snapshot)], gravest first"""
        by_key = {self._get_key(figure): figure for figure in self._get_figures(snapshot)}
        groups = defaultdict(dict)
        for key, figure in by_key.items():
            if key[0] == "node" and figure["value"] is not None and self._is_comparable(figure):
                groups[figure["kpi_id"], figure["process_id"]][key] = figure["value"]
        figures = []
        for key, figure in by_key.items():
            others = groups.get((figure["kpi_id"], figure.get("process_id")), {})
            usual = rules.usual_of_others(others, key) if key in others else None
            figures.append(self._make_figure(key, figure, usual))
        return [(finding, by_key[finding.figure.key]) for finding in rules.find(figures)]

    @api.model
    def _make_figure(self, key, figure, usual):
        names = ("value", "previous", "direction", "unit", "band", "band_before", "bad_runs", "sample")
        return rules.Figure(
            key=key,
            **{name: figure[name] for name in names},
            alert=figure["alert"] if figure["has_bands"] else None,
            limit=figure.get("limit") or None,
            usual=usual,
        )

    @api.model
    def _is_comparable(self, figure):
        """Where deals are lost: stages before the sale are like one another in this, and in nothing else."""
        return figure["code"] == "stage_conversion" and not figure["is_won"] and figure["sample"] >= rules.FEW

    @api.model
    def _get_today(self, company):
        return local_day(self.env.cr.now(), company._get_sales_timezone())
