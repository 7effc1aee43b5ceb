import base64
import io
from datetime import date, datetime

import xlsxwriter
from openpyxl import load_workbook

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.period import CYCLES, period_of

#: Rows beyond which a file is no list of goals.
MAX_ROWS = 5000


class SalesProcessTargetSheet(models.AbstractModel):
    """The list of goals and indicators (table T1) as a spreadsheet, out and in again."""

    _name = "sales.process.target.sheet"
    _description = "Goals as a spreadsheet"

    @api.model
    def _get_sheet_columns(self):
        """:return: [(key, heading in the user's language, width)]; the headings of T1, and what names the goal"""
        return [
            ("kind", self.env._("Kind"), 12),
            ("name", self.env._("Indicator"), 30),
            ("code", self.env._("Code"), 22),
            ("target", self.env._("Goal"), 14),
            ("formula", self.env._("Formula"), 40),
            ("department", self.env._("Department"), 18),
            ("cycle", self.env._("Period"), 12),
            ("source", self.env._("Data Source"), 16),
            ("start", self.env._("From"), 12),
            ("team", self.env._("Sales Team"), 22),
            ("person", self.env._("Salesperson"), 26),
            ("objective", self.env._("Objective"), 36),
        ]

    def _render_sheet(self):
        """:return: bytes of an xlsx file: a row of keys that import reads, hidden, the headings, a row a goal"""
        columns = self._get_sheet_columns()
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
            head = workbook.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            # User texts are never formulas.
            workbook.strings_to_formulas = False
            sheet = workbook.add_worksheet(self.env._("Goals")[:31])
            sheet.set_row(0, None, None, {"hidden": True})
            sheet.freeze_panes(2, 2)
            for index, (key, heading, width) in enumerate(columns):
                sheet.set_column(index, index, width)
                sheet.write_string(0, index, key)
                sheet.write_string(1, index, heading, head)
            for number, goal in enumerate(self, 2):
                for index, value in enumerate(goal._prepare_sheet_row()):
                    if isinstance(value, date):
                        sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), day)
                    elif isinstance(value, float):
                        sheet.write_number(number, index, value)
                    else:
                        sheet.write_string(number, index, value or "")
        return output.getvalue()

    def _prepare_sheet_row(self):
        self.ensure_one()
        kpi = self.kpi_id
        kinds = dict(kpi._fields["kind"]._description_selection(self.env))
        return [
            *(kinds[kpi.kind], kpi.name, kpi.code, self.value, kpi.formula_text, kpi.department, self.cycle),
            *(kpi.source, self.date_from, self.team_id.name, self.user_id.login, self.objective),
        ]

    def action_export_sheet(self):
        """Download the goals as a spreadsheet."""
        self.check_access("read")
        file = self.env["ir.attachment"].create(
            {
                "name": self.env._("Goals") + ".xlsx",
                "datas": base64.b64encode(self._render_sheet()),
                "mimetype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            }
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{file.id}?download=true", "target": "self"}

    @api.model
    def _import_sheet(self, content, scenario):
        """Create or change goals by a spreadsheet; everything or nothing.

        :param content: bytes of an xlsx file as :meth:`_render_sheet` makes it
        :param scenario: the scenario that the goals are of, maybe empty
        :return: the goals
        :raise UserError: one sentence for each row that cannot be read
        """
        self.browse().check_access("create")
        rows = self._read_sheet(content)
        problems, wanted = [], []
        for number, row in rows:
            try:
                wanted.append(self._prepare_imported(row, scenario))
            except UserError as error:
                problems.append(self.env._("Row %(number)s: %(problem)s", number=number, problem=error))
        if problems:
            raise UserError("\n".join(problems[:20]))
        goals = self.browse()
        for key, vals in wanted:
            found = self.search(
                [(name, "=", value) for name, value in key.items()] + [("state", "!=", "closed")], limit=1
            )
            if found:
                found.write(vals)
            goals += found or self.create({**key, **vals})
        return goals

    @api.model
    def _read_sheet(self, content):
        """:return: [(number of the row in the file, {key: value})]"""
        try:
            sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
            rows = list(sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 1))
        except Exception as error:
            # Whatever a broken or foreign file makes the library stumble over.
            raise UserError(
                self.env._("This file cannot be read. Export the goals, change that file and import it again.")
            ) from error
        if len(rows) > MAX_ROWS:
            raise UserError(self.env._("A list of goals has at most %s rows.", MAX_ROWS))
        keys = [str(cell or "") for cell in rows[0]] if rows else []
        if not {"code", "target", "cycle", "start"} <= set(keys):
            raise UserError(
                self.env._(
                    "The first row of the file has to name the columns: code, target, cycle, start, team, person."
                )
            )
        named = [(number, dict(zip(keys, row, strict=False))) for number, row in enumerate(rows, 1)]
        return [(number, row) for number, row in named[2:] if row.get("code")]

    @api.model
    def _prepare_imported(self, row, scenario):
        """:return: (what names the goal, what is set)"""
        kpi = self.env["sales.process.kpi"].search([("code", "=", str(row["code"]).strip())])
        if not kpi:
            raise UserError(self.env._("there is no indicator “%s”.", row["code"]))
        cycle = str(row["cycle"] or "").strip()
        if cycle not in CYCLES:
            raise UserError(self.env._("“%(cycle)s” is none of %(known)s.", cycle=cycle, known=", ".join(CYCLES)))
        target = row["target"]
        if isinstance(target, bool) or not isinstance(target, (int, float)) or target < 0:
            raise UserError(self.env._("“%s” is no number that could be a goal.", target))
        team = self._find_named("crm.team", "name", row.get("team"))
        person = self._find_named("res.users", "login", row.get("person"))
        key = {
            "kpi_id": kpi.id,
            "company_id": (scenario.company_id or self.env.company).id,
            "cycle": cycle,
            "date_from": period_of(self._read_day(row["start"]), cycle).start,
            "team_id": team.id,
            "user_id": person.id,
            "scenario_id": scenario.id,
        }
        vals = {"value": float(target)}
        if "objective" in row:  # a sheet without the column says nothing about it
            vals["objective"] = row["objective"] or False
        return key, vals

    def _find_named(self, model, field, text):
        text = str(text or "").strip()
        found = self.env[model].search([(field, "=", text)], limit=1) if text else self.env[model]
        if text and not found:
            raise UserError(self.env._("“%s” was not found.", text))
        return found

    def _read_day(self, value):
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value or "").strip())
        except ValueError as error:
            raise UserError(self.env._("“%s” is no date. Write it as 2026-01-31.", value)) from error
