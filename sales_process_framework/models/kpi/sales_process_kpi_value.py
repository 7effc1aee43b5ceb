from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import kpi as kpi_tools
from ...tools.period import period_of
from .sales_process_kpi import CYCLE_LABELS
from .sales_process_kpi_engine import SCOPES

#: What the revisions of one value have in common.
KEY = ("kpi_id", "company_id", "cycle", "date_from", "scope", "scope_id")


class SalesProcessKpiValue(models.Model):
    """The number of one indicator for one period and one scope. Written by the computation alone, never edited."""

    _name = "sales.process.kpi.value"
    _description = "Indicator Value"
    _order = "date_from desc, kpi_id, scope, scope_id, revision desc"
    _inherit = ["sales.process.kpi.drill"]
    _rec_name = "kpi_id"
    _log_access = False

    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    cycle = fields.Selection(CYCLE_LABELS, required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    scope = fields.Selection(
        [
            ("company", "Company"),
            ("team", "Team"),
            ("user", "Person"),
            ("process", "Process Version"),
            ("stage", "Stage"),
            ("source", "Source"),
            ("country", "Country"),
            ("tag", "Tag"),
        ],
        required=True,
        readonly=True,
        default="company",
    )
    scope_id = fields.Integer(
        string="Scope Record", required=True, readonly=True, aggregator=None, help="Id of the team, person, …"
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True, index="btree_not_null")
    process_id = fields.Many2one("sales.process", readonly=True, index="btree_not_null", ondelete="set null")
    process_stage_id = fields.Many2one(
        "sales.process.stage", string="Stage", readonly=True, index="btree_not_null", ondelete="set null"
    )
    source_id = fields.Many2one("utm.source", readonly=True, index="btree_not_null", ondelete="set null")
    country_id = fields.Many2one("res.country", readonly=True, index="btree_not_null", ondelete="set null")
    tag_id = fields.Many2one("crm.tag", readonly=True, index="btree_not_null", ondelete="set null")
    numerator = fields.Float(readonly=True, aggregator="sum")
    denominator = fields.Float(readonly=True, aggregator="sum")
    value = fields.Float(readonly=True, aggregator="avg", help="Empty in the facts when no data.")
    has_data = fields.Boolean(readonly=True, help="No data is not zero.")
    sample = fields.Integer(readonly=True, help="Records that the value rests on.")
    band = fields.Selection(
        [("healthy", "Healthy"), ("watch", "Watch"), ("alert", "Alert"), ("none", "None")],
        required=True,
        readonly=True,
        default="none",
    )
    previous_value = fields.Float(string="Before", readonly=True, aggregator=None)
    has_previous = fields.Boolean(readonly=True, help="Whether the period before has a value to compare with.")
    change = fields.Float(readonly=True, aggregator=None, help="Value less the value before.")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    closed = fields.Boolean(readonly=True, help="A closed value never changes; a correction is a new revision.")
    revision = fields.Integer(readonly=True, required=True, default=1, aggregator=None)
    revised_reason = fields.Char(string="Reason of Correction", readonly=True)
    revised_by_id = fields.Many2one("res.users", string="Corrected By", readonly=True, ondelete="set null")
    is_latest = fields.Boolean(string="Latest", readonly=True, required=True, default=True)
    computed = fields.Datetime(string="Computed On", readonly=True)

    _latest_idx = models.UniqueIndex(
        "(kpi_id, cycle, date_from, company_id, scope, scope_id) WHERE is_latest",
        "An indicator has one latest value for a period and scope.",
    )
    _scope_idx = models.Index("(company_id, cycle, scope, scope_id, date_from) WHERE is_latest")
    _open_idx = models.Index("(kpi_id, date_to) WHERE NOT closed")

    period = fields.Char(compute="_compute_period")
    trend = fields.Selection(
        [("better", "Better"), ("same", "Same"), ("worse", "Worse"), ("none", "None")], compute="_compute_trend"
    )
    unit = fields.Selection(related="kpi_id.unit")
    direction = fields.Selection(related="kpi_id.direction")
    basis = fields.Selection(related="kpi_id.basis")
    formula_text = fields.Char(related="kpi_id.formula_text")
    advice = fields.Text(related="kpi_id.advice")
    revision_ids = fields.One2many(
        "sales.process.kpi.value", compute="_compute_revision_ids", string="Revisions", help="Oldest first."
    )
    can_correct = fields.Boolean(compute="_compute_can_correct")

    @api.depends("date_from", "cycle")
    def _compute_period(self):
        for value in self:
            value.period = value.date_from and period_of(value.date_from, value.cycle).label()

    @api.depends("value", "has_data", "previous_value", "has_previous", "kpi_id.direction")
    def _compute_trend(self):
        for value in self:
            value.trend = kpi_tools.trend(
                value.value if value.has_data else None,
                value.previous_value if value.has_previous else None,
                value.kpi_id.direction,
            )

    @api.depends("kpi_id", "scope", "scope_id", "cycle", "date_from")
    def _compute_display_name(self):
        for value in self:
            record = value._get_scope_record()
            name = record.display_name if record else f"{value.scope} {value.scope_id}"
            value.display_name = f"{value.kpi_id.name} – {value.period} – {name}"

    def _get_scope_record(self):
        """:return: the team, person, … of the value; the company for a whole company's; empty once it is deleted"""
        self.ensure_one()
        return self[SCOPES[self.scope]]

    @api.depends("kpi_id", "scope", "scope_id", "cycle", "date_from", "company_id")
    def _compute_revision_ids(self):
        for value in self:
            value.revision_ids = value.revision > 1 and self.search(value._get_revision_domain(), order="revision")

    def _get_revision_domain(self):
        return [(name, "=", self[name].id if name in ("kpi_id", "company_id") else self[name]) for name in KEY]

    @api.depends("closed", "is_latest")
    @api.depends_context("uid")
    def _compute_can_correct(self):
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        for value in self:
            value.can_correct = manager and value.closed and value.is_latest

    def write(self, vals):
        self._check_not_closed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_not_closed()

    def _check_not_closed(self):
        """Nobody is exempt, the superuser neither: what was reported stays what was reported."""
        if any(value.closed for value in self):
            raise UserError(
                self.env._("A closed period's values never change. Correct the period: that makes a visible revision.")
            )
