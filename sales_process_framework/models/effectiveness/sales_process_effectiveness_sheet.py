import io

import xlsxwriter

from odoo import api, models


class SalesProcessEffectivenessSheet(models.AbstractModel):
    """The figures as a spreadsheet."""

    _name = "sales.process.effectiveness.sheet"
    _description = "Effectiveness as a Spreadsheet"

    @api.model
    def _render_sheet(self, filters):
        """:param filters: as :meth:`get_effectiveness` takes them
        :return: bytes of an xlsx file
        """
        page = self.get_effectiveness(filters)
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as workbook:
            head = workbook.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
            number = workbook.add_format({"num_format": "0.0"})
            sheet = workbook.add_worksheet(self.env._("Gates")[:31])
            sheet.set_column(0, 1, 28)
            sheet.set_column(2, 25, 13)
            asked = page["filters"]
            sheet.write_string(0, 0, page["process"])
            sheet.write_string(0, 1, f"{asked['date_from']} – {asked['date_to']}")
            sheet.write_string(1, 0, page["warning"])
            sheet.freeze_panes(3, 2)
            for row_number, row in enumerate(self._prepare_sheet_rows(page), 2):
                for column, cell in enumerate(row):
                    style = head if row_number == 2 else number
                    if cell is None or cell is False:
                        sheet.write_blank(row_number, column, None)
                    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
                        sheet.write_number(row_number, column, cell, style if isinstance(cell, float) else None)
                    else:
                        # User texts are never formulas.
                        sheet.write_string(row_number, column, str(cell), head if row_number == 2 else None)
        return output.getvalue()

    @api.model
    def _prepare_sheet_rows(self, page):
        """:return: headings, and a row a requirement"""
        gates = dict(self.env["sales.process.requirement"]._fields["gate"]._description_selection(self.env))
        columns = {
            "stage": self.env._("Stage"),
            "name": self.env._("Requirement"),
            "gate": self.env._("Gate"),
            "asked": self.env._("Asked"),
            "met": self.env._("Met"),
            "na": self.env._("Not Applicable"),
            "refused": self.env._("Refused"),
            "refusals": self.env._("Refusals"),
            "overridden": self.env._("Let Pass"),
            "held": self.env._("Held Back"),
            "unmet": self.env._("Passed Without It"),
            "delayed": self.env._("Held Up"),
            "days": self.env._("Days Added (Median)"),
            "with": self.env._("Closed, Met"),
            "rate_with": self.env._("Win Rate With %"),
            "without": self.env._("Closed, Not Met"),
            "rate_without": self.env._("Win Rate Without %"),
            "difference": self.env._("Difference (Points)"),
            "low": self.env._("From (95 %)"),
            "high": self.env._("To (95 %)"),
            "pvalue": self.env._("P-Value"),
        }
        names = {
            "only_costs": self.env._("only costs time"),
            "stops_nobody": self.env._("stops nobody"),
            "overridden": self.env._("mostly let pass"),
            "helps": self.env._("goes with a better win rate"),
        }
        yield [*columns.values(), self.env._("Verdict")]
        for row in page["rows"]:
            row = {**row, "gate": gates[row["gate"]]}
            verdict = ", ".join(names[flag] for flag in row["flags"])
            if not verdict and row["verdict"] == "unknown":
                verdict = self.env._("not enough data")
            yield [*(row[name] for name in columns), verdict]
