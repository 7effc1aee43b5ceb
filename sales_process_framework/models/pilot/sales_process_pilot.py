from odoo import fields, models

#: States in which new leads take part.
ENROLLING = ("running", "extended")
ARMS = [("baseline", "Baseline"), ("candidate", "Candidate")]
VERDICTS = [
    ("none", "Not enough data"),
    ("better", "Candidate is better"),
    ("worse", "Candidate is worse"),
    ("no_difference", "No difference shown"),
]
DECISIONS = [("adopted", "Adopt"), ("extended", "Extend"), ("dropped", "Drop")]
#: The question and how it is answered: settled before the first lead, so that nobody bends it to the outcome.
DESIGN_FIELDS = {
    "question",
    "company_id",
    "baseline_kind",
    "baseline_process_id",
    "candidate_process_id",
    "team_ids",
    "control_team_ids",
    "split",
    "tag_ids",
    "kpi_id",
    "guardrail_ids",
    "date_start",
    "effect_wanted",
    "alpha",
    "power",
    "design",
    "history_days",
}
#: Kept by the pilot itself.
KEPT_FIELDS = {
    "state",
    "salt",
    "allocation",
    "baseline_value",
    "planned_size",
    "planned_leads",
    "looks",
    "analysis",
    "verdict",
    "verdict_date",
    "decision",
    "reason",
    "decided_by_id",
    "decided_on",
    "date_closed",
}


class SalesProcessPilot(models.Model):
    """A version of a process tried on some of the work, with the question and the size settled beforehand."""

    _name = "sales.process.pilot"
    _description = "Pilot"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    question = fields.Text(help="What shall be known at the end, in one sentence.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("analysis", "Analysis"),
            ("adopted", "Adopted"),
            ("extended", "Extended"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    baseline_kind = fields.Selection(
        [("version", "The present version, at the same time"), ("history", "The same teams before the start")],
        string="Compared With",
        required=True,
        default="version",
    )
    baseline_process_id = fields.Many2one(
        "sales.process", string="Baseline", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    candidate_process_id = fields.Many2one(
        "sales.process", string="Candidate", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    team_ids = fields.Many2many(
        "crm.team", "sales_process_pilot_team_rel", "pilot_id", "team_id", string="Pilot Teams", check_company=True
    )
    control_team_ids = fields.Many2many(
        "crm.team",
        "sales_process_pilot_control_team_rel",
        "pilot_id",
        "team_id",
        string="Teams Compared With",
        check_company=True,
        help="They go on with the baseline; the change of the pilot teams is compared with theirs.",
    )
    split = fields.Selection(
        [
            ("team", "By team: all leads of the pilot teams follow the candidate"),
            ("user", "By salesperson, at random within each team"),
            ("lead", "By lead, at random within each team"),
        ],
        required=True,
        default="lead",
    )
    tag_ids = fields.Many2many(
        "crm.tag",
        "sales_process_pilot_tag_rel",
        "pilot_id",
        "tag_id",
        string="Industries",
        help="Only leads with one of these tags take part. Empty: all.",
    )
    kpi_id = fields.Many2one("sales.process.kpi", string="Primary Indicator", ondelete="restrict", check_company=True)
    guardrail_ids = fields.Many2many(
        "sales.process.kpi",
        "sales_process_pilot_guardrail_rel",
        "pilot_id",
        "kpi_id",
        string="Guardrails",
        help="Indicators that must not get worse meanwhile.",
    )
    date_start = fields.Datetime(string="Start", default=fields.Datetime.now, copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)
    cycles = fields.Integer(string="Length in Sales Cycles", required=True, default=2)
    effect_wanted = fields.Float(
        string="Effect Wanted (%)",
        default=-20.0,
        help="Relative to the baseline: -20 for a sales cycle shorter by a fifth, 15 for a win rate higher by 15 %.",
    )
    alpha = fields.Float(string="Error Level (%)", required=True, default=5.0)
    power = fields.Float(string="Power (%)", required=True, default=80.0)
    design = fields.Selection(
        [
            ("fixed", "Judged once, at the planned size"),
            ("sequential", "Judged on the way, with bounds that stay valid under peeking"),
        ],
        required=True,
        default="sequential",
    )
    history_days = fields.Integer(string="History for Planning (days)", required=True, default=365)
    salt = fields.Char(readonly=True, copy=False, groups="base.group_system")
    planned_size = fields.Integer(readonly=True, copy=False)
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False, default="none", tracking=True)
    verdict_date = fields.Datetime(readonly=True, copy=False)
    decision = fields.Selection(DECISIONS, readonly=True, copy=False, tracking=True)
    reason = fields.Text(string="Reasons", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    assignment_ids = fields.One2many("sales.process.pilot.assignment", "pilot_id", readonly=True)
    result_ids = fields.One2many("sales.process.pilot.result", "pilot_id", readonly=True)
    decision_ids = fields.One2many("sales.process.pilot.decision", "pilot_id", string="Decisions", readonly=True)
