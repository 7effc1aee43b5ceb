from odoo import api, fields, models


class SalesProcessScorecardLine(models.Model):
    """One figure of a scorecard: the stored value of an indicator, what it was measured by, and what it adds."""

    _name = "sales.process.scorecard.line"
    _description = "Figure of a Scorecard"
    _inherit = ["sales.process.scorecard.mend", "sales.process.scorecard.page.line"]
    _order = "scorecard_id, sequence, id"
    _rec_name = "kpi_id"
    _log_access = False

    scorecard_id = fields.Many2one("sales.process.scorecard", required=True, readonly=True, ondelete="cascade")
    sequence = fields.Integer(readonly=True)
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", required=True, readonly=True, ondelete="restrict")
    unit = fields.Selection(related="kpi_id.unit")
    formula_text = fields.Char(related="kpi_id.formula_text")
    weight = fields.Float(readonly=True, aggregator=None, help="Percent of the scorecard.")
    method = fields.Selection(
        [("share", "Share of the goal"), ("bands", "Bands of the indicator")],
        string="Scored By",
        required=True,
        readonly=True,
        default="share",
    )
    kpi_value_id = fields.Many2one(
        "sales.process.kpi.value",
        string="Stored Value",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Where the figure comes from, and from there the records behind it.",
    )
    value = fields.Float(readonly=True, aggregator="avg")
    has_data = fields.Boolean(readonly=True, help="No data is not zero.")
    numerator = fields.Float(readonly=True, aggregator="sum")
    denominator = fields.Float(readonly=True, aggregator="sum")
    sample = fields.Integer(readonly=True, help="Records that the value rests on.")
    target_id = fields.Many2one(
        "sales.process.target", string="Goal From", readonly=True, index="btree_not_null", ondelete="set null"
    )
    goal = fields.Float(readonly=True, aggregator=None)
    has_goal = fields.Boolean(readonly=True)
    goal_source = fields.Selection(
        [
            ("user", "Own goal"),
            ("scheme", "Scheme"),
            ("team", "Goal of the team"),
            ("company", "Goal of the company"),
            ("kpi", "Indicator"),
            ("bands", "Bands of the indicator"),
            ("none", "None"),
        ],
        required=True,
        readonly=True,
        default="none",
    )
    due = fields.Float(
        string="Due by Now",
        readonly=True,
        aggregator=None,
        help="What the goal asks for by the day of the computation; the whole goal once the period is over.",
    )
    score = fields.Float(readonly=True, aggregator="avg", digits=(16, 1), help="100: as agreed.")
    has_score = fields.Boolean(readonly=True)
    points = fields.Float(readonly=True, aggregator="sum", digits=(16, 1), help="Weight × score.")
    is_corrected = fields.Boolean(
        string="Corrected Since",
        compute="_compute_is_corrected",
        help="The indicator was corrected after the scorecard was frozen.",
    )

    _card_idx = models.UniqueIndex("(scorecard_id, kpi_id)", "An indicator counts once in a scorecard.")

    @api.depends("kpi_value_id.is_latest")
    def _compute_is_corrected(self):
        for line in self:
            # sudo: whether it was corrected says nothing that the figure itself does not say
            value = line.sudo().kpi_value_id
            line.is_corrected = bool(value) and not value.is_latest

    def write(self, vals):
        self.scorecard_id._check_not_frozen()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.scorecard_id._check_not_frozen()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.scorecard_id._check_not_frozen()
