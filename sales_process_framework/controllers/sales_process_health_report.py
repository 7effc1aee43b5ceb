from odoo import http
from odoo.http import content_disposition, request

from ..models.journey.sales_process_journey_sheet import XLSX


class SalesProcessHealthReportController(http.Controller):
    @http.route("/sales_process/health_report/<int:report_id>.xlsx", auth="user", readonly=True)
    def download(self, report_id):
        """A report as a spreadsheet, for whoever may read it."""
        report = request.env["sales.process.health.report"].browse(report_id).exists()
        if not report:
            raise request.not_found()
        report.check_access("read")
        content = report._render_sheet()
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{report._get_file_name()}.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
