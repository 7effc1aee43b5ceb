"""The map on paper and as a spreadsheet."""

import io
import json

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import JourneyCommon
from .test_journey_exchange import TemplateCommon

COLUMNS = [
    *("Phase", "Core need", "Pain", "Touchpoints", "Sales action"),
    *("Owner", "Deliverable", "Response time", "Channel", "Quadrant"),
]


@tagged("post_install", "-at_install")
class TestFiles(TemplateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map = cls._install()

    def _open(self, journey, lang="en_US"):
        return load_workbook(io.BytesIO(journey.with_user(self.rep).with_context(lang=lang)._render_sheet()))

    def test_sheet_has_t2(self):
        book = self._open(self.map)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][0], self.map.display_name)
        self.assertEqual(list(rows[2]), COLUMNS)
        self.assertEqual([row[0] for row in rows[3:]], self.map.phase_ids.mapped("name"))
        decision = dict(zip(COLUMNS, rows[6], strict=True))
        self.assertEqual(decision["Core need"], "Compare quotes and service")
        self.assertEqual(decision["Pain"], "After-sales support that answers slowly")
        self.assertIn("Contract talks", decision["Touchpoints"].split("\n"))
        self.assertEqual(decision["Owner"].split("\n"), ["Sales director", "Legal"])
        self.assertIn("3 years of free maintenance", decision["Sales action"])
        self.assertIn("Contract review form", decision["Deliverable"].split("\n"))
        awareness = dict(zip(COLUMNS, rows[3], strict=True))
        self.assertIn("3 min", awareness["Response time"])

    def test_sheet_has_a_line_per_touchpoint(self):
        rows = list(self._open(self.map).worksheets[1].iter_rows(values_only=True))[3:]
        self.assertEqual([row[3] for row in rows], self.map.phase_ids.touchpoint_ids.mapped("name"))
        lead = dict(zip(COLUMNS, rows[0], strict=True))
        self.assertEqual(lead["Channel"], "Online · Website form")
        self.assertEqual(lead["Quadrant"], "Do first: important and urgent")

    def test_sheet_in_chinese(self):
        sheet = self._open(self.map, "zh_TW").worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[3][0], "認知")
        self.assertIn("白皮書", rows[3][3])

    def test_sheet_takes_texts_as_texts(self):
        self.first.action = "=1+1"
        sheet = self._open(self.journey).worksheets[0]
        cell = sheet.cell(4, 5)
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def test_sheet_of_an_empty_journey(self):
        self._open(self._journey(phase_ids=False))

    def _report(self, journey, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.rep).with_context(lang=lang)
        return reports._render_qweb_html("sales_process_framework.report_sales_process_journey", journey.ids)[
            0
        ].decode()

    def test_printed_map(self):
        html = self._report(self.map)
        for text in ("Awareness", "Churn", "White paper", "Sales director", "3 min", "Core need", "Lead acquisition"):
            self.assertIn(text, html)
        self.assertIn("認知", self._report(self.map, "zh_TW"))
        self.assertIn("has no phase yet", self._report(self._journey(phase_ids=False)))

    def test_printed_map_escapes(self):
        self.first.action = "<script>alert(1)</script>"
        self.assertNotIn("<script>alert(1)", self._report(self.journey))

    def test_pdf(self):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        if reports.get_wkhtmltopdf_state() == "install":
            self.skipTest("no wkhtmltopdf")
        name = "sales_process_framework.report_sales_process_journey"
        content, kind = reports._render_qweb_pdf(name, self.map.ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))


@tagged("post_install", "-at_install")
class TestDownload(JourneyCommon, HttpCase):
    def _get(self, login, extension, journey=None):
        self.authenticate(login, login)
        return self.url_open(f"/sales_process/journey/{(journey or self.journey).id}/{extension}")

    def test_rep_downloads(self):
        answer = self._get("spf_rep", "xlsx")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Journey.xlsx", answer.headers["Content-Disposition"])
        self.assertEqual(load_workbook(io.BytesIO(answer.content)).worksheets[1].cell(4, 4).value, "Web lead")
        data = json.loads(self._get("spf_rep", "json").content)
        self.assertEqual(data, json.loads(json.dumps(self.journey._export_data())))

    def test_others_do_not(self):
        for login, groups in (("spf_plain", "base.group_user"), ("spf_portal", "base.group_portal")):
            self.env["res.users"].create(
                {
                    "name": login,
                    "login": login,
                    "password": login,
                    "group_ids": [(6, 0, self.env.ref(groups).ids)],
                }
            )
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_model"):
                self.assertEqual(self._get(login, "xlsx").status_code, 403)
        missing = self.env["sales.process.journey"].browse(0)
        missing = self._journey(name="Gone")
        path = f"/sales_process/journey/{missing.id}/json"
        missing.unlink()
        self.authenticate("spf_rep", "spf_rep")
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_buttons_lead_there(self):
        for extension in ("xlsx", "json"):
            action = getattr(self.journey.with_user(self.rep), f"action_export_{extension}")()
            self.assertEqual(action["url"], f"/sales_process/journey/{self.journey.id}/{extension}")
