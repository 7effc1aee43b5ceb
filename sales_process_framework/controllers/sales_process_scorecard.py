from odoo import http
from odoo.http import content_disposition, request

from ..models.journey.sales_process_journey_sheet import XLSX


class SalesProcessScorecardController(http.Controller):
    @http.route("/sales_process/scorecards.xlsx", auth="user", readonly=True)
    def download(self, ids=""):
        """Scorecards as a file, for human resources; made for the moment and kept nowhere.

        :param ids: numbers of scorecards with commas between them
        """
        try:
            wanted = [int(number) for number in ids.split(",") if number]
        except ValueError:
            raise request.not_found() from None
        cards = request.env["sales.process.scorecard"].search([("id", "in", wanted)])
        if not cards:
            raise request.not_found()
        content = cards._render_sheet()
        name = request.env._("Scorecards")
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
