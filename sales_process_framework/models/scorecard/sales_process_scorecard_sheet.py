import io

import xlsxwriter

from odoo import models
from odoo.exceptions import AccessError

HR_GROUP = "sales_process_framework.group_scorecard_hr"


class SalesProcessScorecardSheet(models.AbstractModel):
    """Scorecards as a spreadsheet, for human resources alone."""

    _name = "sales.process.scorecard.sheet"
    _description = "Scorecards as a spreadsheet"

    def action_export_sheet(self):
        """Download the scorecards; nothing of them is kept on the server."""
        self._check_may_export()
        ids = ",".join(map(str, self.ids))
        return {"type": "ir.actions.act_url", "url": f"/sales_process/scorecards.xlsx?ids={ids}", "target": "self"}

    def _check_may_export(self):
        self.check_access("read")
        if not self.env.user.has_group(HR_GROUP):
            raise AccessError(self.env._("Only human resources take scorecards out of the system."))

    def _render_sheet(self):
        """:return: bytes of an xlsx file: a row a person and period, and a sheet with every figure behind them"""
        self._check_may_export()
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as workbook:
            head = workbook.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
            number = workbook.add_format({"num_format": "0.0"})
            for title, rows in (
                (self.env._("Scorecards"), self._prepare_summary_rows()),
                (self.env._("Figures"), self._prepare_figure_rows()),
            ):
                sheet = workbook.add_worksheet(title[:31])
                sheet.freeze_panes(1, 2)
                sheet.set_column(0, 1, 24)
                sheet.set_column(2, len(rows[0]), 16)
                for row_number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        self._write_cell(sheet, row_number, column, cell, head if not row_number else number)
        return output.getvalue()

    def _write_cell(self, sheet, row, column, cell, style):
        if cell is None or cell is False:
            sheet.write_blank(row, column, None)
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
            sheet.write_number(row, column, cell, style)
        else:
            # User texts are never formulas.
            sheet.write_string(row, column, str(cell), style)

    def _prepare_summary_rows(self):
        """:return: headings, and a row a scorecard with the score of each indicator"""
        # sudo: names of indicators, people and teams; who may read a scorecard may read whose and of what it is
        cards = self.sudo()
        kpis = cards.line_ids.kpi_id.sorted("sequence")
        rows = [
            [
                *(self.env._("Person"), self.env._("Sales Team"), self.env._("Company"), self.env._("Period")),
                *(self.env._("Scheme"), self.env._("Frozen"), self.env._("Score"), self.env._("Coverage %")),
                *kpis.mapped("name"),
            ]
        ]
        for card in cards:
            scores = {line.kpi_id: line.score if line.has_score else None for line in card.line_ids}
            rows.append(
                [
                    *(card.user_id.name, ", ".join(card.team_ids.mapped("name")), card.company_id.name, card.period),
                    *(card.scheme_id.name, self.env._("yes") if card.frozen else self.env._("no")),
                    *(card.score if card.has_score else None, card.coverage),
                    *(scores.get(kpi) for kpi in kpis),
                ]
            )
        return rows

    def _prepare_figure_rows(self):
        """:return: headings, and a row a figure with what it comes from"""
        lines = self.sudo().line_ids
        sources = dict(lines._fields["goal_source"]._description_selection(self.env))
        units = dict(lines.kpi_id._fields["unit"]._description_selection(self.env))
        rows = [
            [
                *(self.env._("Person"), self.env._("Indicator"), self.env._("Period"), self.env._("Formula")),
                *(self.env._("Counted"), self.env._("Out of"), self.env._("Value"), self.env._("Unit")),
                *(self.env._("Goal"), self.env._("Goal From"), self.env._("Due by Now"), self.env._("Score")),
                *(self.env._("Weight %"), self.env._("Points"), self.env._("Records")),
            ]
        ]
        for card in self.sudo():
            for line in card.line_ids:
                known, aimed, scored = line.has_data, line.has_goal, line.has_score
                rows.append(
                    [
                        *(card.user_id.name, line.kpi_id.name, card.period, line.kpi_id.formula_text),
                        *((line.numerator, line.denominator, line.value) if known else (None, None, None)),
                        units[line.kpi_id.unit],
                        *(line.goal if aimed else None, sources[line.goal_source], line.due if aimed else None),
                        *(line.score if scored else None, line.weight, line.points if scored else None, line.sample),
                    ]
                )
        return rows
