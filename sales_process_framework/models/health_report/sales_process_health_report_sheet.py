import io

import xlsxwriter

from odoo import models

from .sales_process_health_report_snapshot import EMPTY

SEVERITIES = ("critical", "warning", "info", "good")


class SalesProcessHealthReportSheet(models.AbstractModel):
    """A report as a spreadsheet: its numbers as numbers, and what it says about them."""

    _name = "sales.process.health.report.sheet"
    _description = "Health Report as a spreadsheet"

    def action_export_sheet(self):
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/sales_process/health_report/{self.id}.xlsx", "target": "self"}

    def _render_sheet(self):
        """:return: bytes of an xlsx file: indicators, stages, departments and findings, in the user's language"""
        self.ensure_one()
        self.check_access("read")
        snapshot = self.snapshot or EMPTY
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as workbook:
            styles = {
                "title": workbook.add_format({"bold": True, "font_size": 14}),
                "head": workbook.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E9ECEF"}),
                "text": workbook.add_format({"text_wrap": True, "valign": "top", "border": 1}),
                "number": workbook.add_format({"num_format": "#,##0.0#", "valign": "top", "border": 1}),
            }
            for name, rows in (
                (self.env._("Indicators"), self._prepare_indicator_rows(snapshot)),
                (self.env._("Stages"), self._prepare_node_rows(snapshot)),
                (self.env._("Departments"), self._prepare_department_rows(snapshot)),
                (self.env._("Findings"), self._prepare_finding_rows(snapshot)),
            ):
                self._write_sheet(workbook.add_worksheet(name[:31]), rows, styles)
        return output.getvalue()

    def _write_sheet(self, sheet, rows, styles):
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(rows[0]) - 1, 16)
        sheet.write_string(0, 0, f"{self.name} – {self.company_id.name}", styles["title"])
        sheet.write_string(1, 0, self._prepare_dates())
        for line, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                if line == 2:
                    sheet.write_string(line, column, cell, styles["head"])
                elif cell is None or cell is False:
                    sheet.write_blank(line, column, None, styles["text"])
                elif isinstance(cell, (int, float)):
                    sheet.write_number(line, column, cell, styles["number"])
                else:
                    # Texts of people are never formulas.
                    sheet.write_string(line, column, str(cell), styles["text"])

    def _prepare_figure_cells(self, figure):
        """The columns that every number of a report has."""
        row = self._prepare_row(figure, self.company_id)
        known, bands = figure["value"] is not None, figure["has_bands"]
        units = self._get_labels("sales.process.kpi", "unit")
        return [
            *(figure["value"], figure["previous"], units[figure["unit"]]),
            *(figure["numerator"] if known else None, figure["denominator"] if known else None, figure["sample"]),
            *(figure["healthy"] if bands else None, figure["alert"] if bands else None),
            *(row["band_label"], row["trend_label"]),
        ]

    def _get_figure_headings(self):
        return [
            *(self.env._("Value"), self.env._("Before"), self.env._("Unit")),
            *(self.env._("Numerator"), self.env._("Denominator"), self.env._("Records")),
            *(self.env._("Healthy From"), self.env._("Alert Beyond"), self.env._("Band"), self.env._("Trend")),
        ]

    def _prepare_indicator_rows(self, snapshot):
        """The columns of T1 and T4, and a column for each of the last periods."""
        series = next((figure["series"] for figure in snapshot["kpis"]), [])
        periods = [point["label"] for point in series]
        rows = [
            [
                *(self.env._("Indicator"), self.env._("Kind"), self.env._("Dimension")),
                *self._get_figure_headings(),
                *(self.env._("Target"), self.env._("Formula"), self.env._("Department"), self.env._("Review Cycle")),
                *(self.env._("Data Source"), self.env._("Improvement"), self.env._("Note")),
                *periods,
            ]
        ]
        for figure in snapshot["kpis"]:
            row = self._prepare_row(figure, self.company_id)
            rows.append(
                [
                    *(row["name"], row["kind"], row["dimension"]),
                    *self._prepare_figure_cells(figure),
                    *(figure["target"] or None, row["formula"], row["department"], row["cycle"]),
                    *(row["source"], row["advice"], row["note"]),
                    *(point["value"] for point in figure["series"]),
                ]
            )
        return rows

    def _prepare_node_rows(self, snapshot):
        rows = [
            [
                *(self.env._("Process"), self.env._("Stage"), self.env._("Indicator")),
                *self._get_figure_headings(),
                *(self.env._("Time Limit in Working Days"), self.env._("Improvement")),
            ]
        ]
        for figure in snapshot["nodes"]:
            rows.append(
                [
                    self._in_language(figure["process"]),
                    self._in_language(figure["stage"]),
                    self._in_language(figure["name"]),
                    *self._prepare_figure_cells(figure),
                    *(figure["limit_days"] or None, self._in_language(figure["advice"])),
                ]
            )
        return rows

    def _prepare_department_rows(self, snapshot):
        rows = [[self.env._("Department"), self.env._("Indicator"), *self._get_figure_headings()]]
        for figure in snapshot["departments"]:
            rows.append(
                [
                    self._in_language(figure["department"]),
                    self._in_language(figure["name"]),
                    *self._prepare_figure_cells(figure),
                ]
            )
        return rows

    def _prepare_finding_rows(self, snapshot):
        labels = self._get_severity_labels()
        rows = [
            [
                *(self.env._("About"), self.env._("Severity"), self.env._("What It Says")),
                *(self.env._("What to Do"), self.env._("Value"), self.env._("Before")),
            ]
        ]
        for entry in self._explain_all(snapshot, self.company_id):
            rows.append(
                [
                    *(entry["title"], labels[entry["severity"]], entry["text"]),
                    *(entry["advice"], entry["value"], entry["previous"]),
                ]
            )
        return rows

    def _get_severity_labels(self):
        texts = (self.env._("Critical"), self.env._("Warning"), self.env._("To know"), self.env._("Good"))
        return dict(zip(SEVERITIES, texts, strict=True))
