from odoo import fields, models


class SalesProcessHealthReportSchedule(models.Model):
    """Who gets which company's report, and when."""

    _name = "sales.process.health.report.schedule"
    _description = "Schedule of Health Reports"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    cycle = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")], string="Every", required=True, default="month"
    )
    delay_days = fields.Integer(
        string="Days After the Period", required=True, default=1, help="Late facts still come in on the first days."
    )
    subscriber_ids = fields.Many2many("res.users", "sales_process_health_report_subscriber_rel", string="Subscribers")

    _delay_check = models.Constraint("CHECK(delay_days BETWEEN 0 AND 60)", "A report is sent 0 to 60 days after.")
