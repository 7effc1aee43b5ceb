import json

from odoo import http
from odoo.http import content_disposition, request

from ..models.journey.sales_process_journey_sheet import XLSX


class SalesProcessJourneyController(http.Controller):
    @http.route("/sales_process/journey/<int:journey_id>/<any(json, xlsx):extension>", auth="user", readonly=True)
    def download(self, journey_id, extension):
        """A journey as a file, for whoever may read it."""
        journey = request.env["sales.process.journey"].browse(journey_id).exists()
        if not journey:
            raise request.not_found()
        journey.check_access("read")
        if extension == "xlsx":
            content, mimetype = journey._render_sheet(), XLSX
        else:
            content = json.dumps(journey._export_data(), ensure_ascii=False, indent=2).encode()
            mimetype = "application/json"
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{journey.display_name}.{extension}")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
