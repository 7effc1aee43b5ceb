from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What decides which records an indicator reads.
CUSTOM_FIELDS = {
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
        "sales.process.kpi.series",
        "sales.process.kpi.custom",
        "sales.process.kpi.formula",
        "sales.process.kpi.run",
        "sales.process.kpi.correction",
        "sales.process.kpi.engine",
        "sales.process.kpi.facts",
        "sales.process.kpi.compute",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Name in formulas: small letters, digits and underscores.")
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

    _code_uniq = models.Constraint("UNIQUE(code)", "Another indicator has this code.")
    _code_check = models.Constraint(
        "CHECK(code ~ '^[a-z][a-z0-9_]*$')", "A code begins with a letter and has small letters, digits and _ only."
    )

    @api.depends("computation", "builtin")
    def _compute_availability(self):
        for kpi in self:
            note = kpi._get_missing_source()
            kpi.availability = "missing" if note else "ok"
            kpi.availability_note = note

    @api.model_create_multi
    def create(self, vals_list):
        kpis = super().create([{"author_id": self.env.uid, **vals} for vals in vals_list])
        return kpis

    def write(self, vals):
        if "code" in vals:
            self._check_code_is_free(vals["code"])
        if CUSTOM_FIELDS & vals.keys():
            # Whoever defines what is counted answers for it: the records are those that this person may see.
            vals = {"author_id": self.env.uid, **vals}
        result = super().write(vals)
        if BAND_FIELDS & vals.keys():
            self._update_bands()
        return result

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
        taken = set(self.sudo().with_context(active_test=False).search([]).mapped("code"))
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
