from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.period import period_of, utc_edges
from .sales_process_health_report_snapshot import EMPTY

#: What a report is made of; taken once.
FROZEN = {"company_id", "cycle", "date_from", "date_to", "snapshot", "previous_id", "alert_count", "finding_count"}
#: What the product alone notes about it.
NOTED = {"schedule_id", "receiver_ids"}


class SalesProcessHealthReport(models.Model):
    """How healthy the sales process was in a week, month or quarter (S6.2, T4). Its numbers never change."""

    _name = "sales.process.health.report"
    _description = "Health Report"
    # Before mail.thread: the delivery decides which way a report goes.
    _inherit = [
        "sales.process.health.report.support",
        "sales.process.health.report.snapshot",
        "sales.process.health.report.texts",
        "sales.process.health.report.page",
        "sales.process.health.report.sheet",
        "sales.process.health.report.delivery",
        "mail.thread",
    ]
    _order = "date_from desc, cycle, company_id, id desc"
    # Whoever reads a report may talk about it; nobody may change it.
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    active = fields.Boolean(default=True)
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
    # Large: read when a report is opened, not with every list.
    snapshot = fields.Json(
        readonly=True, copy=False, prefetch=False, help="The numbers as they were when the report was made."
    )
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
        """:return: the report of a company's period, archived or not, maybe none"""
        return self.with_context(active_test=False).search(
            [("company_id", "=", company.id), ("cycle", "=", period.cycle), ("date_from", "=", period.start)]
        )

    @api.model_create_multi
    def create(self, vals_list):
        # One after the other, the earliest first: each is compared with the one before it.
        prepared = [self._prepare_period_vals(vals) for vals in vals_list]
        made = {}
        for number, vals in sorted(enumerate(prepared), key=lambda entry: entry[1]["date_from"]):
            made[number] = super().create([vals | self._prepare_contents(vals)])
        return self.browse(made[number].id for number in range(len(prepared)))

    @api.model
    def _prepare_period_vals(self, vals):
        """The period that a day lies in; nothing else is up to whoever makes a report."""
        vals = {**self.default_get(["company_id", "cycle", "date_from"]), **vals}
        company = self.env["res.company"].browse(vals["company_id"])
        company.check_access("read")
        period = period_of(fields.Date.to_date(vals["date_from"]), vals["cycle"])
        if period.start > self._get_today(company):
            raise UserError(self.env._("This period has not begun yet."))
        return {
            "company_id": company.id,
            "cycle": period.cycle,
            "date_from": period.start,
            "date_to": period.stop,
            "schedule_id": vals.get("schedule_id"),
        }

    @api.model
    def _prepare_contents(self, vals):
        """The numbers of the period, whatever is said about them."""
        company = self.env["res.company"].browse(vals["company_id"])
        period = period_of(vals["date_from"], vals["cycle"])
        self._compute_missing(company, period)
        snapshot = self._take_snapshot(company, period)
        return {
            "previous_id": self.sudo()._find(company, period.previous()).id,
            "snapshot": snapshot,
            "alert_count": sum(figure["band"] == "alert" for figure in snapshot["kpis"]),
            "finding_count": sum(
                finding.severity in ("critical", "warning") for finding, _figure in self._judge(snapshot)
            ),
        }

    @api.model
    def _compute_missing(self, company, period):
        """Have the indicators computed that have no value of the period yet, or none since it was over.

        As the nightly run does it: an indicator that fails is noted and has no value in the report.
        """
        kpis = self.env["sales.process.kpi"].sudo().search([("company_id", "in", [False, company.id])])
        stop = utc_edges(period, company._get_sales_timezone())[1]
        is_over = stop <= self.env.cr.now()
        for one in (period.previous(), period):
            rows = self.env["sales.process.kpi.value"].sudo()
            stored = rows.search_fetch(
                [
                    ("kpi_id", "in", kpis.ids),
                    ("company_id", "=", company.id),
                    ("cycle", "=", one.cycle),
                    ("date_from", "=", one.start),
                    ("scope", "=", "company"),
                    ("is_latest", "=", True),
                ],
                ["kpi_id", "closed"],
            )
            known = {row.kpi_id.id: row.closed for row in stored}

            def is_wanted(kpi, known=known, one=one):
                if kpi.id not in known:
                    return True
                early = not kpi.last_run or kpi.last_run < stop
                return one == period and is_over and early and not known[kpi.id]

            for kpi in kpis.filtered(is_wanted)._in_computing_order():
                kpi._backfill_unit(one, kpi._get_edges(one, company), company.ids)
        self.env["sales.process.kpi.value"].invalidate_model()

    def write(self, vals):
        if FROZEN & vals.keys() or (NOTED & vals.keys() and not self.env.su):
            raise UserError(self.env._("A report stays as it was sent. Delete it and make a new one."))
        return super().write(vals)

    def _get_period(self):
        self.ensure_one()
        return period_of(self.date_from, self.cycle)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_print(self):
        self.check_access("read")
        return self.env.ref("sales_process_framework.sales_process_health_report_pdf").report_action(self)

    def action_compare(self):
        """This report beside the one before it, or another one."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_health_report_compare_action"
        )
        return action | {"context": {"default_report_id": self.id}}

    def action_open_previous(self):
        self.ensure_one()
        return self._get_before_report().get_formview_action()

    def _get_before_report(self):
        """:return: the report of the period before: the one compared with, or one that was made later"""
        self.ensure_one()
        self.check_access("read")
        return self.previous_id or self._find(self.company_id, self._get_period().previous())

    def action_open_corrected(self):
        """The values of this report that are others by now."""
        self.ensure_one()
        self.check_access("read")
        ids = [figure["value_id"] for figure in self._get_figures(self.snapshot or EMPTY) if figure["value_id"]]
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_kpi_value_action")
        return action | {"domain": [("id", "in", ids)], "context": {}}

    def action_open_receivers(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sent To"),
            "res_model": "res.users",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.receiver_ids.ids)],
        }
