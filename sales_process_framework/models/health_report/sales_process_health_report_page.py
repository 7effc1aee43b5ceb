import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_date, format_datetime

from ...tools import kpi as kpi_tools
from ...tools import report_plot
from .sales_process_health_report_snapshot import EMPTY, NODE_CODES, T1_CODES, T4_CODES

BODY = "sales_process_framework.health_report_body"
COMPARISON = "sales_process_framework.health_report_comparison"
BANDS = ("healthy", "watch", "alert")


class SalesProcessHealthReportPage(models.AbstractModel):
    """What a report shows, on screen and on paper: texts in the reader's language, numbers as people write them."""

    _name = "sales.process.health.report.page"
    _description = "Page of a Health Report"

    report_html = fields.Html(string="Report", compute="_compute_report_html", sanitize=False)
    changed_count = fields.Integer(
        string="Corrected Since", compute="_compute_changed_count", help="Figures that have another value by now."
    )

    @api.depends("snapshot")
    @api.depends_context("lang", "tz")
    def _compute_report_html(self):
        for report in self:
            report.report_html = report.snapshot and report._render_part(BODY, report._prepare_page())

    def _render_part(self, template, page):
        self.ensure_one()
        values = {"o": self, "page": page, "on_screen": True}
        return Markup(self.env["ir.qweb"]._render(template, values))

    @api.depends("snapshot")
    def _compute_changed_count(self):
        """The report stays as it was made; how far the stored values have gone on since is said beside it."""
        told = {
            figure["value_id"]: figure["value"]
            for report in self
            for figure in report._get_figures(report.snapshot or EMPTY)
            if figure["value_id"]
        }
        # sudo: whether a figure is another one by now, no value is shown
        Value = self.env["sales.process.kpi.value"].sudo()
        stored = Value.search_fetch([("id", "in", list(told))], ["value", "has_data", "is_latest"])
        now = {row.id: (row.value if row.has_data else None) if row.is_latest else False for row in stored}
        changed = {number for number, value in told.items() if not _is_same(now.get(number, False), value)}
        for report in self:
            numbers = {figure["value_id"] for figure in report._get_figures(report.snapshot or EMPTY)}
            report.changed_count = len(numbers & changed)

    # ------------------------------------------------------------------
    # Contents
    # ------------------------------------------------------------------

    def _prepare_page(self):
        """:return: dict of texts and coordinates that the templates show"""
        self.ensure_one()
        company = self.company_id
        snapshot = self.snapshot or EMPTY
        by_code = {figure["code"]: figure for figure in snapshot["kpis"]}
        tables = {
            name: [self._prepare_row(by_code[code], company) for code in codes if code in by_code]
            for name, codes in (("t1", T1_CODES), ("t4", T4_CODES))
        }
        others = [figure for figure in snapshot["kpis"] if figure["code"] not in T1_CODES + T4_CODES]
        return {
            **self._get_sections(snapshot, company),
            "period": self._prepare_dates(),
            "footer": self._prepare_footer(),
            "tallies": self._prepare_tallies(snapshot),
            **tables,
            "more": [self._prepare_row(figure, company) for figure in others],
            "plots": [row for table in tables.values() for row in table if row["plot"]],
            "processes": self._prepare_processes(snapshot["nodes"], company),
            "departments": [
                self._prepare_row(figure, company) | {"title": self._in_language(figure["department"])}
                for figure in snapshot["departments"]
            ],
        }

    def _prepare_dates(self):
        return self.env._(
            "%(first)s to %(last)s",
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
        )

    def _prepare_footer(self):
        """When the numbers were taken, and what they are compared with."""
        made = format_datetime(self.env, self.create_date or self.env.cr.now(), dt_format="short")
        text = self.env._("The numbers are those of %s, when the report was made; they never change.", made)
        if self.previous_id:
            text += " " + self.env._("“Before” is what “%s” said.", self.previous_id.name)
        return text

    @api.model
    def _prepare_tallies(self, snapshot):
        """:return: how many indicators are in each band, now and before"""
        judged = [figure for figure in snapshot["kpis"] if figure["has_bands"]]
        return [
            {
                "band": band,
                "label": self._get_band_label(band),
                "count": sum(figure["band"] == band for figure in judged),
                "before": sum(figure["band_before"] == band for figure in judged),
            }
            for band in BANDS
        ]

    @api.model
    def _get_band_label(self, band):
        return self._get_labels("sales.process.kpi.value", "band")[band]

    @api.model
    def _get_labels(self, model, name):
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    @api.model
    def _prepare_row(self, figure, company):
        """One figure as the tables and plots show it."""

        def number(value):
            return self._format_number(figure, value, company)

        def label(name):
            return self._get_labels("sales.process.kpi", name)[figure[name]]

        signs = ("≤", ">") if figure["direction"] == "lower" else ("≥", "<")
        trend = kpi_tools.trend(figure["value"], figure["previous"], figure["direction"])
        values = [point["value"] for point in figure["series"]]
        bands = (figure["healthy"], figure["alert"]) if figure["has_bands"] else None
        return {
            "code": figure["code"],
            "name": self._in_language(figure["name"]),
            "kind": label("kind"),
            "dimension": label("dimension"),
            "cycle": label("cycle"),
            "formula": self._in_language(figure["formula"]),
            "department": self._in_language(figure["department_text"]),
            "source": self._in_language(figure["source"]),
            "advice": self._in_language(figure["advice"]),
            "note": self._in_language(figure.get("note") or {}),
            "target": number(figure["target"]) if figure["target"] else "",
            "healthy": f"{signs[0]} {number(figure['healthy'])}" if bands else "",
            "alert": f"{signs[1]} {number(figure['alert'])}" if bands else "",
            "value": number(figure["value"]),
            "has_value": figure["value"] is not None,
            "previous": number(figure["previous"]) if figure["previous"] is not None else "–",
            "counted": self._prepare_counted(figure),
            "band": figure["band"],
            "band_label": self._get_band_label(figure["band"]) if figure["band"] != "none" else "",
            "trend": trend,
            "trend_label": self._get_labels("sales.process.kpi.value", "trend")[trend] if trend != "none" else "",
            "spark": report_plot.spark(values),
            "plot": self._prepare_plot(figure, values, bands),
            **self._get_target(figure),
        }

    @api.model
    def _prepare_counted(self, figure):
        """:return: what was divided by what, such as "12 / 40"; empty where there is nothing to divide"""
        if figure["value"] is None or not figure["denominator"] or figure["unit"] == "money":
            return ""
        return " / ".join(
            self._format_float(value, 0 if value == int(value) else 1)
            for value in (figure["numerator"], figure["denominator"])
        )

    @api.model
    def _get_link(self, entry):
        """:return: attributes of a link to what an entry is about; the web client opens it with the way back"""
        attributes = {"title": entry.get("title") or entry.get("name"), "data-sales-model": entry["model"]}
        if entry["res_id"]:
            path = f"/odoo/{entry['model']}/{entry['res_id']}"
            return attributes | {"href": path, "data-sales-id": str(entry["res_id"])}
        return attributes | {"href": f"/odoo/{entry['model']}", "data-sales-domain": json.dumps(entry["domain"])}

    @api.model
    def _prepare_plot(self, figure, values, bands):
        if figure["code"] not in T1_CODES + T4_CODES:
            return None
        labels = [point["label"] for point in figure["series"]]
        plot = report_plot.plot(values, labels, bands, figure["direction"])
        if plot:
            plot["y_ticks"] = [[y, f"{tick:g}"] for y, tick in plot["y_ticks"]]
        return plot

    @api.model
    def _prepare_processes(self, nodes, company):
        """:return: [{"name", "columns": [name of an indicator], "stages": [{"name", "limit", "cells": [row or None]}]}]
        for each process of which a stage was measured
        """
        tables = {}
        for figure in nodes:
            table = tables.setdefault(
                figure["process_id"], {"name": self._in_language(figure["process"]), "columns": {}, "stages": {}}
            )
            table["columns"][figure["code"]] = self._in_language(figure["name"])
            stage = table["stages"].setdefault(
                figure["stage_id"], {"name": self._in_language(figure["stage"]), "limit": 0, "cells": {}}
            )
            stage["limit"] = stage["limit"] or figure["limit_days"]
            stage["cells"][figure["code"]] = self._prepare_cell(figure, company)
        for table in tables.values():
            codes = [code for code in NODE_CODES if code in table["columns"]]
            table["columns"] = [table["columns"][code] for code in codes]
            table["stages"] = list(table["stages"].values())
            for stage in table["stages"]:
                stage["limit"] = stage["limit"] and f"{stage['limit']:g}"
                stage["cells"] = [stage["cells"].get(code) for code in codes]
        return list(tables.values())

    @api.model
    def _prepare_cell(self, figure, company):
        return {
            "value": self._format_number(figure, figure["value"], company) if figure["value"] is not None else "–",
            "sample": figure["sample"],
            "band": figure["band"],
            "over": bool(figure["limit"] and figure["value"] and figure["value"] > figure["limit"]),
            **self._get_target(figure),
        }

    # ------------------------------------------------------------------
    # Two reports
    # ------------------------------------------------------------------

    def _prepare_comparison(self, other):
        """This report beside an earlier or later one, each with the numbers that it was made with.

        :return: {"this", "other": names, "rows": [{"name", "this", "other", "change", "trend", "trend_label", bands}],
            "new", "gone", "still": findings that ask for something to be done}
        """
        self.ensure_one()
        company = self.company_id
        mine, theirs = (
            {self._get_key(figure): figure for figure in self._get_figures(report.snapshot or EMPTY)}
            for report in (self, other)
        )
        rows = []
        for key in dict.fromkeys((*mine, *theirs)):
            figure, old = mine.get(key), theirs.get(key)
            rows.append(self._prepare_comparison_row(figure, old, company))
        told, before = (
            {
                report._get_key(figure): report._explain(finding, figure, company)
                for finding, figure in report._judge(report.snapshot or EMPTY)
                if finding.severity in ("critical", "warning")
            }
            for report in (self, other.with_env(self.env))
        )
        return {
            "this": self.name,
            "other": other.name,
            "rows": rows,
            "new": [entry for key, entry in told.items() if key not in before],
            "still": [entry for key, entry in told.items() if key in before],
            "gone": [entry for key, entry in before.items() if key not in told],
        }

    @api.model
    def _prepare_comparison_row(self, figure, old, company):
        known = figure or old
        values = [side["value"] if side else None for side in (figure, old)]
        trend = kpi_tools.trend(*values, known["direction"])
        change = values[0] - values[1] if None not in values else None
        text = self._format_number(known, change, company) if change is not None else ""
        return {
            "name": self._get_title(known),
            "is_node": bool(known.get("stage_id") or known.get("department_id")),
            "this": self._format_number(known, values[0], company),
            "other": self._format_number(known, values[1], company),
            "change": f"+{text}" if change and change > 0 else text,
            "trend": trend,
            "trend_label": self._get_labels("sales.process.kpi.value", "trend")[trend] if trend != "none" else "",
            "band": figure["band"] if figure else "none",
            "band_other": old["band"] if old else "none",
            **self._get_target(known),
        }


def _is_same(value, told):
    """:param value: False for a value that is there no more"""
    if value is False or value is None or told is None:
        return value is told
    return abs(value - told) < 1e-6
