from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.period import period_of

#: What a report is made of; taken once.
FROZEN = {"company_id", "cycle", "date_from", "date_to", "snapshot", "previous_id"}


class SalesProcessHealthReport(models.Model):
    """How healthy the sales process was in a week, month or quarter (S6.2, T4). Its numbers never change."""

    _name = "sales.process.health.report"
    _description = "Health Report"
    _inherit = ["mail.thread", "sales.process.health.report.snapshot", "sales.process.health.report.texts"]
    _order = "date_from desc, cycle, company_id, id desc"
    # Whoever reads a report may talk about it; nobody may change it.
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    cycle = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")], string="Period", required=True, default="month"
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date(), help="Any day of the period."
    )
    date_to = fields.Date(string="To", readonly=True)
    previous_id = fields.Many2one(
        "sales.process.health.report", string="Compared With", readonly=True, copy=False, ondelete="set null"
    )
    schedule_id = fields.Many2one(
        "sales.process.health.report.schedule", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    snapshot = fields.Json(readonly=True, copy=False, help="The numbers as they were when the report was made.")
    alert_count = fields.Integer(string="In Alert", readonly=True, copy=False, aggregator="max")
    finding_count = fields.Integer(string="To Look At", readonly=True, copy=False, aggregator="max")
    receiver_ids = fields.Many2many(
        "res.users", "sales_process_health_report_receiver_rel", string="Sent To", readonly=True, copy=False
    )

    _period_uniq = models.Constraint(
        "UNIQUE(company_id, cycle, date_from)", "There is a report of this period. Open it, or delete it first."
    )

    @api.model
    def _default_date(self):
        return period_of(self._get_today(self.env.company), "month").previous().start

    @api.depends("cycle", "date_from")
    @api.depends_context("lang")
    def _compute_name(self):
        for report in self:
            label = report.date_from and report.cycle and period_of(report.date_from, report.cycle).label()
            report.name = self.env._("Health report %s", label or "")

    @api.model
    def _find(self, company, period):
        """:return: the report of a company's period, maybe none"""
        return self.search(
            [("company_id", "=", company.id), ("cycle", "=", period.cycle), ("date_from", "=", period.start)]
        )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_vals(vals) for vals in vals_list])

    @api.model
    def _prepare_vals(self, vals):
        """The numbers of the period, whatever is said about them."""
        vals = {**self.default_get(["company_id", "cycle", "date_from"]), **vals}
        company = self.env["res.company"].browse(vals["company_id"])
        company.check_access("read")
        period = period_of(fields.Date.to_date(vals["date_from"]), vals["cycle"])
        if period.start > self._get_today(company):
            raise UserError(self.env._("This period has not begun yet."))
        snapshot = self._take_snapshot(company, period)
        return {
            "company_id": company.id,
            "cycle": period.cycle,
            "date_from": period.start,
            "date_to": period.stop,
            "schedule_id": vals.get("schedule_id"),
            "previous_id": self.sudo()._find(company, period.previous()).id,
            "snapshot": snapshot,
            "alert_count": sum(figure["band"] == "alert" for figure in snapshot["kpis"]),
            "finding_count": sum(
                finding.severity in ("critical", "warning") for finding, _figure in self._judge(snapshot)
            ),
        }

    def write(self, vals):
        if FROZEN & vals.keys():
            raise UserError(self.env._("A report stays as it was sent. Delete it and make a new one."))
        return super().write(vals)

    def _get_period(self):
        self.ensure_one()
        return period_of(self.date_from, self.cycle)
