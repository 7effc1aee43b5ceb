import io

import xlsxwriter

from odoo import models

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (14, 30, 30, 34, 40, 24, 30, 16, 22, 28)


class SalesProcessJourneySheet(models.AbstractModel):
    """The map as a spreadsheet: one sheet with a line a phase, one with a line a touchpoint."""

    _name = "sales.process.journey.sheet"
    _description = "Journey as a spreadsheet"

    def _render_sheet(self):
        """:return: bytes of the spreadsheet, texts in the user's language"""
        self.ensure_one()
        phases = self.get_journey_map()["phases"]
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
            title = workbook.add_format({"bold": True, "font_size": 14})
            head = workbook.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E9ECEF"})
            cell = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
            for name, rows in (
                (self.env._("Journey map"), [self._prepare_sheet_phase(phase) for phase in phases]),
                (self.env._("Touchpoints"), [row for phase in phases for row in self._prepare_sheet_lines(phase)]),
            ):
                sheet = workbook.add_worksheet(name[:31])
                sheet.set_landscape()
                sheet.set_paper(9)  # A4
                sheet.fit_to_pages(1, 0)
                sheet.repeat_rows(2)
                sheet.freeze_panes(3, 1)
                sheet.write_string(0, 0, self.display_name, title)
                for column, (label, width) in enumerate(zip(self._get_sheet_columns(), WIDTHS, strict=True)):
                    sheet.set_column(column, column, width)
                    sheet.write_string(2, column, label, head)
                for line, row in enumerate(rows, 3):
                    for column, text in enumerate(row):
                        # As text, whatever it begins with.
                        sheet.write_string(line, column, text, cell)
        return output.getvalue()

    def _get_sheet_columns(self):
        return [
            self.env._("Phase"),
            self.env._("Core need"),
            self.env._("Pain"),
            self.env._("Touchpoints"),
            self.env._("Sales action"),
            self.env._("Owner"),
            self.env._("Deliverable"),
            self.env._("Response time"),
            self.env._("Channel"),
            self.env._("Quadrant"),
        ]

    def _prepare_sheet_lines(self, phase):
        return [
            [phase["name"], phase["need"], phase["pain"], *self._prepare_sheet_touchpoint(touchpoint)]
            for touchpoint in phase["touchpoints"]
        ]

    def _prepare_sheet_phase(self, phase):
        """All touchpoints of a phase in one line; what is the same for several of them is said once."""
        lines = [self._prepare_sheet_touchpoint(touchpoint) for touchpoint in phase["touchpoints"]]
        columns = zip(*lines, strict=True) if lines else [()] * 7
        return [
            phase["name"],
            phase["need"],
            phase["pain"],
            *("\n".join(dict.fromkeys(filter(None, column))) for column in columns),
        ]

    def _prepare_sheet_touchpoint(self, touchpoint):
        kinds = dict(self.env["sales.process.touchpoint"]._fields["channel_kind"]._description_selection(self.env))
        return [
            touchpoint["name"],
            touchpoint["action"],
            touchpoint["role"],
            touchpoint["deliverable"],
            touchpoint["response"],
            " · ".join(filter(None, (kinds[touchpoint["channel_kind"]], touchpoint["channel"]))),
            self._get_quadrant_labels()[touchpoint["quadrant"]],
        ]
