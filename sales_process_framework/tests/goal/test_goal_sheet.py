import base64
import io
from datetime import date

from openpyxl import Workbook, load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import GoalCommon


@tagged("post_install", "-at_install")
class TestGoalSheet(GoalCommon):
    def _import(self, rows, **vals):
        workbook = Workbook()
        for row in rows:
            workbook.active.append(row)
        output = io.BytesIO()
        workbook.save(output)
        return self._import_bytes(output.getvalue(), **vals)

    def _import_bytes(self, content, **vals):
        wizard = self.env["sales.process.target.import"].create({"file": base64.b64encode(content), **vals})
        return self.Target.browse(wizard.action_import()["domain"][0][2])

    def test_round_trip(self):
        person = self._goal(user_id=self.rep.id, team_id=self.team.id, objective="=1+1", value=1234.5)
        goals = self.year | person
        content = goals._render_sheet()
        sheet = load_workbook(io.BytesIO(content)).active
        self.assertEqual(sheet["B2"].value, "Indicator")
        self.assertEqual(sheet["B3"].value, self.revenue.name)
        self.assertEqual(sheet["L4"].data_type, "s", "texts are no formulas")
        before = goals.read(["value", "objective", "cycle", "date_from", "user_id", "team_id"])
        self.assertEqual(self._import_bytes(content), goals, "nothing is made twice")
        self.assertEqual(goals.read(["value", "objective", "cycle", "date_from", "user_id", "team_id"]), before)
        goals.unlink()
        made = self._import_bytes(content)
        self.assertEqual(sorted(made.mapped("value")), [1234.5, 1_000_000])
        self.assertEqual(made.filtered("user_id").user_id, self.rep)

    def test_import_into_a_scenario_changes_no_other_goal(self):
        scenario = self.env["sales.process.target.scenario"].create({"name": "Bold", "year": 2031})
        made = self._import(
            [
                ["code", "target", "cycle", "start"],
                ["Code", "Goal", "Period", "From"],
                ["revenue", 2, "year", "2031-05-01"],
            ],
            scenario_id=scenario.id,
        )
        self.assertEqual((made.value, made.scenario_id, made.date_from), (2, scenario, date(2031, 1, 1)))
        self.assertEqual(self.year.value, 1_000_000)

    def test_a_sheet_without_objectives_keeps_them(self):
        self.year.objective = "Grow in the north"
        heads = [["code", "target", "cycle", "start"], ["Code", "Goal", "Period", "From"]]
        self._import([*heads, ["revenue", 5, "year", "2031-01-01"]])
        self.assertEqual((self.year.value, self.year.objective), (5, "Grow in the north"))
        heads = [[*row, "objective"] for row in heads]
        self._import([*heads, ["revenue", 5, "year", "2031-01-01", None]])
        self.assertFalse(self.year.objective, "an empty cell is an answer")

    def test_bad_rows_are_all_named_and_nothing_changes(self):
        count = self.Target.search_count([])
        heads = [["code", "target", "cycle", "start", "team", "person"], ["…"] * 6]
        with self.assertRaises(UserError) as caught:
            self._import(
                [
                    *heads,
                    ["revenue", 5, "month", "2031-03-01", None, None],
                    ["unknown", 5, "month", "2031-03-01", None, None],
                    ["revenue", "much", "month", "2031-03-01", None, None],
                    ["revenue", 5, "fortnight", "2031-03-01", None, None],
                    ["revenue", 5, "month", "soon", None, None],
                    ["revenue", 5, "month", "2031-03-01", "No Such Team", None],
                ]
            )
        message = str(caught.exception)
        for number in range(4, 9):
            self.assertIn(f"Row {number}:", message)
        self.assertNotIn("Row 3:", message)
        self.assertEqual(self.Target.search_count([]), count)

    def test_no_spreadsheet_at_all(self):
        for content in (b"hello", b"PK\x03\x04broken"):
            with self.assertRaisesRegex(UserError, "cannot be read"):
                self._import_bytes(content)
        with self.assertRaisesRegex(UserError, "first row"):
            self._import([["a", "b"]])
