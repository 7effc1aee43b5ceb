from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import kpi as kpi_tools
from ...tools.period import period_of

#: What decides which records an indicator reads.
CUSTOM_FIELDS = {
    "computation",
    "model",
    "measure",
    "domain",
    "numerator_domain",
    "date_field",
    "measure_field",
    "date_start_field",
    "date_end_field",
    "user_field",
    "team_field",
    "lead_field",
}
BAND_FIELDS = {"has_bands", "healthy", "alert", "direction"}
CYCLE_LABELS = [
    ("week", "Week"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half_year", "Half-year"),
    ("year", "Year"),
]


class SalesProcessKpi(models.Model):
    """Definition of an indicator: the columns of tables T1 and T4, and how its number comes about.

    The facts of built-in indicators come from the mixins ``sales.process.kpi.facts.*`` composed here, one method
    ``_facts_<builtin>`` each; other addons add theirs by extending this model.
    """

    _name = "sales.process.kpi"
    _description = "Indicator"
    _inherit = [
        "sales.process.scorecard.trigger",
        "sales.process.kpi.series",
        "sales.process.kpi.custom",
        "sales.process.kpi.formula",
        "sales.process.kpi.run",
        "sales.process.kpi.correction",
        "sales.process.kpi.engine",
        "sales.process.kpi.facts",
        "sales.process.kpi.months",
        "sales.process.kpi.compute",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        help="Name in formulas: small letters, digits and underscores.",
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: every company has values of its own.")
    kind = fields.Selection(
        [("process", "Process"), ("result", "Result")],
        required=True,
        default="process",
        help="Process indicators show what the work is like, result indicators what comes of it.",
    )
    dimension = fields.Selection(
        [
            ("growth", "Growth"),
            ("efficiency", "Efficiency"),
            ("quality", "Quality"),
            ("execution", "Execution"),
            ("customer", "Customer"),
        ],
        required=True,
        default="quality",
    )
    formula_text = fields.Char(string="Formula", translate=True, help="In words: what is divided by what.")
    source = fields.Char(string="Data Source", translate=True)
    department = fields.Char(translate=True, help="Who answers for it, in words.")
    department_id = fields.Many2one(
        "sales.process.department", string="Support Department", check_company=True, ondelete="set null"
    )
    cycle = fields.Selection(
        CYCLE_LABELS, string="Review Cycle", required=True, default="month", help="How often it is looked at."
    )
    advice = fields.Text(string="Improvement", translate=True, help="What to do when it is in the alert band.")

    computation = fields.Selection(
        [("builtin", "Built in"), ("custom", "From records"), ("formula", "From other indicators")],
        required=True,
        default="custom",
    )
    builtin = fields.Char(string="Built-in Computation", copy=False, readonly=True)
    basis = fields.Selection(
        [
            ("cohort", "Cohort: what became of those that began in the period"),
            ("flow", "Flow: what happened in the period"),
            ("snapshot", "Snapshot: how it stood at the end of the period"),
        ],
        required=True,
        default="flow",
    )
    aggregation = fields.Selection(
        [("ratio", "Ratio"), ("sum", "Sum"), ("count", "Count"), ("average", "Average"), ("median", "Median")],
        required=True,
        compute="_compute_aggregation",
        store=True,
        readonly=False,
        precompute=True,
    )
    unit = fields.Selection(
        [
            ("percent", "%"),
            ("money", "Money"),
            ("days", "Days"),
            ("hours", "Hours"),
            ("minutes", "Minutes"),
            ("count", "Count"),
            ("score", "Score"),
            ("number", "Number"),
        ],
        required=True,
        default="count",
    )
    direction = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better")], required=True, default="higher"
    )
    rebuildable = fields.Boolean(
        default=True, help="Whether a snapshot of a day in the past can be taken from the facts; else only today's."
    )
    target = fields.Float(help="What table T1 asks for, where no goal says otherwise.")
    has_bands = fields.Boolean(string="Bands", help="Whether a value can be healthy or an alert.")
    healthy = fields.Float(help="At this value or better it is healthy.")
    alert = fields.Float(help="Worse than this value it is an alert; between the two it is watched.")
    availability = fields.Selection(
        [("ok", "Computed"), ("missing", "Source missing")], compute="_compute_availability", search=False
    )
    availability_note = fields.Char(compute="_compute_availability")

    current_value_id = fields.Many2one("sales.process.kpi.value", compute="_compute_current")
    current_value = fields.Char(string="Now", compute="_compute_current", help="Your company's value of this period.")
    current_band = fields.Selection(
        [("healthy", "Healthy"), ("watch", "Watch"), ("alert", "Alert"), ("none", "None")],
        string="Band Now",
        compute="_compute_current",
    )
    current_trend = fields.Selection(
        [("better", "Better"), ("same", "Same"), ("worse", "Worse"), ("none", "None")],
        string="Trend",
        compute="_compute_current",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Another indicator has this code.")
    _code_check = models.Constraint(
        "CHECK(code ~ '^[a-z][a-z0-9_]*$')", "A code begins with a letter and has small letters, digits and _ only."
    )

    @api.depends("name")
    def _compute_code(self):
        """A code from the name, until there is one."""
        taken = None
        for kpi in self.filtered(lambda kpi: not kpi.code and kpi.name):
            if taken is None:
                found = self.sudo().with_context(active_test=False).search_fetch([("code", "!=", False)], ["code"])
                taken = set(found.mapped("code"))
            kpi.code = kpi_tools.make_code(kpi.name, taken)
            taken.add(kpi.code)

    @api.depends_context("company", "uid")
    def _compute_current(self):
        """The company's latest value with data, in the review cycle."""
        Value = self.env["sales.process.kpi.value"]
        found = {}
        for cycle, kpis in self.grouped("cycle").items():
            values = Value.search_fetch(
                [
                    ("kpi_id", "in", kpis.ids),
                    ("cycle", "=", cycle),
                    ("company_id", "=", self.env.company.id),
                    ("scope", "=", "company"),
                    ("is_latest", "=", True),
                    ("date_from", "=", period_of(fields.Date.context_today(self), cycle).start),
                ]
            )
            found |= values.grouped("kpi_id")
        for kpi in self:
            value = found.get(kpi._origin, Value)
            kpi.current_value_id = value
            kpi.current_value = value and kpi._format_value(value.value if value.has_data else None)
            kpi.current_band = value.band
            kpi.current_trend = value.trend

    @api.depends("computation", "builtin", "model", "expression")
    def _compute_availability(self):
        for kpi in self:
            note = kpi._get_missing_source()
            kpi.availability = "missing" if note else "ok"
            kpi.availability_note = note

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sign(vals) for vals in vals_list])

    def write(self, vals):
        if "code" in vals:
            self._check_code_is_free(vals["code"])
        if CUSTOM_FIELDS & vals.keys():
            vals = self._sign(vals)
        elif not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "author_id"}
        result = super().write(vals)
        if BAND_FIELDS & vals.keys():
            self._update_bands()
        return result

    def _sign(self, vals):
        """Whoever defines what is counted answers for it: the records are those that this person may see."""
        return {"author_id": self.env.uid, **vals} if self.env.su else {**vals, "author_id": self.env.uid}

    def _check_code_is_free(self, code):
        """Formulas know an indicator by its code."""
        for kpi in self.filtered(lambda kpi: kpi.code != code):
            if readers := kpi._get_readers():
                raise UserError(
                    self.env._(
                        "%(kpi)s: formulas read it by its code: %(readers)s. Change these first.",
                        kpi=kpi.name,
                        readers=", ".join(readers.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for kpi in self:
            if kpi._get_readers() - self:
                raise UserError(self.env._("%s is read by a formula: archive it, or change the formula.", kpi.name))
        values = self.env["sales.process.kpi.value"].sudo().search([("kpi_id", "in", self.ids)])
        if values.filtered("closed"):
            raise UserError(
                self.env._("An indicator with closed periods cannot be deleted, as they never change: archive it.")
            )
        values.unlink()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        taken = set(self.sudo().with_context(active_test=False).search([("code", "!=", False)]).mapped("code"))
        for kpi, vals in zip(self, vals_list, strict=True):
            if "code" not in vals:
                number = next(number for number in range(2, len(taken) + 3) if f"{kpi.code}_{number}" not in taken)
                vals["code"] = f"{kpi.code}_{number}"
                taken.add(vals["code"])
            vals.setdefault("builtin", kpi.builtin)
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%s (copy)", kpi.name)
        return vals_list

    @api.constrains("has_bands", "healthy", "alert", "direction")
    def _check_bands(self):
        for kpi in self.filtered("has_bands"):
            wrong = kpi.healthy > kpi.alert if kpi.direction == "lower" else kpi.healthy < kpi.alert
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the healthy value has to be better than the alert value.",
                        kpi=kpi.name,
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_values(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_kpi_value_action")
        return action | {
            "domain": [("kpi_id", "in", self.ids)],
            "context": {"search_default_latest": 1, "search_default_company": 1},
        }

    def action_open_current(self):
        """The value of this period, and from there the records behind it."""
        self.ensure_one()
        if not self.current_value_id:
            return self.action_open_values()
        return self.current_value_id.get_formview_action()

    def action_open_backfill(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_kpi_backfill_action"
        ) | {"context": {"default_kpi_ids": self.ids}}
