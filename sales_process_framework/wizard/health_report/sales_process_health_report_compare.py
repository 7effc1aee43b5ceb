from odoo import api, fields, models

from ...models.health_report.sales_process_health_report_page import COMPARISON


class SalesProcessHealthReportCompare(models.TransientModel):
    """Two reports side by side, each with the numbers that it was made with."""

    _name = "sales.process.health.report.compare"
    _description = "Compare Health Reports"

    report_id = fields.Many2one("sales.process.health.report", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="report_id.company_id")
    cycle = fields.Selection(related="report_id.cycle")
    other_id = fields.Many2one(
        "sales.process.health.report",
        string="Compared With",
        compute="_compute_other_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('cycle', '=', cycle), ('id', '!=', report_id)]",
        context={"active_test": False},
    )
    comparison_html = fields.Html(compute="_compute_comparison_html", sanitize=False)

    @api.depends("report_id")
    def _compute_other_id(self):
        for wizard in self:
            wizard.other_id = wizard.report_id and wizard.report_id._get_before_report()

    @api.depends("report_id", "other_id")
    @api.depends_context("lang")
    def _compute_comparison_html(self):
        for wizard in self:
            report, other = wizard.report_id, wizard.other_id
            (report | other).check_access("read")
            if report and other:
                wizard.comparison_html = report._render_part(COMPARISON, report._prepare_comparison(other))
            else:
                wizard.comparison_html = False
