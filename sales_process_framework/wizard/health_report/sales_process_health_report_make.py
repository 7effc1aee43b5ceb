from odoo import api, fields, models

from ...tools.period import period_of


class SalesProcessHealthReportMake(models.TransientModel):
    """A report at once: of the last whole period, of the running one, or of any other."""

    _name = "sales.process.health.report.make"
    _description = "Make a Health Report"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    cycle = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")], string="Period", required=True, default="month"
    )
    which = fields.Selection(
        [("last", "The last whole one"), ("running", "The running one, so far"), ("other", "Another one")],
        string="Which One",
        required=True,
        default="last",
    )
    date = fields.Date(
        string="A Day of It", default=lambda self: fields.Date.context_today(self), help="Any day of the period."
    )
    period = fields.Char(string="Report Of", compute="_compute_period")
    report_id = fields.Many2one("sales.process.health.report", compute="_compute_period", string="Made Already")

    @api.depends("company_id", "cycle", "which", "date")
    def _compute_period(self):
        Report = self.env["sales.process.health.report"]
        for wizard in self:
            period = wizard._get_period()
            wizard.period = period and period.label()
            wizard.report_id = period and Report._find(wizard.company_id, period)

    def _get_period(self):
        self.ensure_one()
        if not (self.company_id and self.cycle and (self.date or self.which != "other")):
            return None
        today = self.env["sales.process.health.report"]._get_today(self.company_id)
        period = period_of(self.date if self.which == "other" else today, self.cycle)
        return period.previous() if self.which == "last" else period

    def action_make(self):
        """Make the report, or open the one that is there: its numbers never change."""
        self.ensure_one()
        report = self.report_id or self.env["sales.process.health.report"].create(
            {"company_id": self.company_id.id, "cycle": self.cycle, "date_from": self._get_period().start}
        )
        return report.get_formview_action()
