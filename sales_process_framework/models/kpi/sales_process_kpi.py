from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
    _inherit = ["sales.process.kpi.facts", "sales.process.kpi.compute"]
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
        default="count",
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
