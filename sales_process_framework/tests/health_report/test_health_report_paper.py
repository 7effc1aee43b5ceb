import io

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from ...models.health_report.sales_process_health_report_delivery import PDF
from .common import FEBRUARY, HealthReportCommon


class PaperCommon(HealthReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give("win_rate", 45.0, FEBRUARY)
        cls._give("win_rate", 20.0)
        cls._give("sales_cycle", 131.25)
        cls._give("node_pass_rate", 10.0, stage=cls.p_diagnose)


@tagged("post_install", "-at_install")
class TestHealthReportPaper(PaperCommon):
    def _render_html(self, report, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.leader).with_context(lang=lang)
        return reports._render_qweb_html(PDF, report.ids)[0].decode()

    def test_printed_report(self):
        html = self._render_html(self._report())
        for text in (
            "Health report 2026-03",
            "Taipei",
            "What to look at first",
            "20.0 %, beyond the alert value of 25.0 %. It was 45.0 % before, so it is getting worse.",
            "131.3 days",
            "≤ 90.0 days",
            "Shorten the solution presentation",
            "stage “Diagnose”: Node pass rate",
            "No support was due in this period.",
        ):
            self.assertIn(text, html)
        self.assertEqual(html.count('o_sales_process_health_report_plot"'), 2, "plots of the two that have values")
        self.assertNotIn("data-sales-model", html, "no links on paper")

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        self._kpi("win_rate").with_context(lang="zh_TW").name = "商機贏單率"
        self.assertIn("商機贏單率", self._render_html(self._report(), "zh_TW"))

    def test_pdf(self):
        reports = self.env["ir.actions.report"].with_user(self.leader).with_context(force_report_rendering=True)
        if reports.get_wkhtmltopdf_state() not in ("ok", "workers"):
            self.skipTest("no wkhtmltopdf")
        content, kind = reports._render_qweb_pdf(PDF, self._report().ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
        pages = PdfReader(io.BytesIO(content)).pages
        self.assertGreaterEqual(len(pages), 2)
        width, height = (float(side) for side in pages[0].mediabox[2:])
        self.assertAlmostEqual(width, 595.3, delta=2, msg="A4")
        self.assertAlmostEqual(height, 841.9, delta=2, msg="upright")
        text = " ".join(page.extract_text() for page in pages)
        for wanted in ("Health report 2026-03", "20.0 %", "131.3 days"):
            self.assertIn(wanted, text)

    def test_spreadsheet(self):
        self._kpi("win_rate").formula_text = "=1+1"
        department = self.env["sales.process.department"].create({"name": "Legal", "company_id": self.taipei.id})
        report = self._report()
        book = load_workbook(io.BytesIO(report.with_user(self.leader)._render_sheet()))
        self.assertEqual(book.sheetnames, ["Indicators", "Stages", "Departments", "Findings"])
        sheet = book["Indicators"]
        self.assertEqual(sheet["A1"].value, "Health report 2026-03 – Taipei")
        head = [cell.value for cell in sheet[3]]
        rows = {row[0].value: dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=4)}
        row = rows["Win rate"]
        wanted = {
            "Value": 20.0,
            "Before": 45.0,
            "Numerator": 4,
            "Denominator": 20,
            "Healthy From": 40,
            "Alert Beyond": 25,
            "Band": "Alert",
            "Trend": "Worse",
            "Target": 40,
            "2026-02": 45.0,
            "2026-03": 20.0,
            "2026-01": None,
        }
        self.assertEqual({name: row[name].value for name in wanted}, wanted)
        self.assertEqual((row["Formula"].value, row["Formula"].data_type), ("=1+1", "s"), "a text, no formula")
        self.assertIn("Install Surveys", rows["Net promoter score"]["Note"].value or "Install Surveys")
        self.assertIsNone(rows["Needs match"]["Value"].value, "no data is no zero")
        stages = [[cell.value for cell in row][:4] for row in book["Stages"].iter_rows(min_row=4)]
        self.assertEqual(stages, [[self.process.display_name, "Diagnose", "Node pass rate", 10.0]])
        self.assertEqual(book["Departments"].max_row, 3, "headings alone")
        texts = [row[2].value for row in book["Findings"].iter_rows(min_row=4)]
        self.assertEqual(len(texts), len(report._get_findings(self.taipei, report._get_period())))
        self.assertTrue(department)


@tagged("post_install", "-at_install")
class TestHealthReportDownload(PaperCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_download(self):
        report = self._report()
        url = f"/sales_process/health_report/{report.id}.xlsx"
        self.assertEqual(report.with_user(self.leader).action_export_sheet()["url"], url)
        for login, status in (("spf_leader", 200), ("spf_manager", 200), ("spf_rep", 403)):
            self.authenticate(login, login)
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, status, login)
            if status == 200:
                self.assertIn("Health%20report%202026-03", answer.headers["Content-Disposition"])
                self.assertIn("Indicators", load_workbook(io.BytesIO(answer.content)).sheetnames)
        self.assertEqual(self.url_open("/sales_process/health_report/0.xlsx").status_code, 404)
