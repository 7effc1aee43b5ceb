import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

from ..models.journey.sales_process_journey_sheet import XLSX


class SalesProcessEffectivenessController(http.Controller):
    @http.route("/sales_process/effectiveness.xlsx", auth="user", readonly=True)
    def download(self, filters="{}"):
        """What the gates bring and cost, as a file; made for the moment and kept nowhere.

        :param filters: JSON, as ``sales.process.effectiveness.get_effectiveness`` takes them
        """
        try:
            asked = json.loads(filters)
            if not isinstance(asked, dict):
                raise ValueError(filters)
            content = request.env["sales.process.effectiveness"]._render_sheet(asked)
        except (ValueError, AccessError, UserError):
            raise request.not_found() from None
        name = request.env._("Gate Effectiveness")
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
