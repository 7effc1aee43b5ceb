from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import pilot_assign
from .pilot_labels import DECISIONS, LEADERS, UNDER_WAY, VERDICTS

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
    "cycles",
    "size_by_hand",
}


class SalesProcessPilot(models.Model):
    """A version of a process tried on some of the work, with the question and the size settled beforehand."""

    _name = "sales.process.pilot"
    _description = "Pilot"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.process.kept",
        "sales.process.pilot.rollout",
        "sales.process.pilot.report",
        "sales.process.pilot.words",
        "sales.process.pilot.daily",
        "sales.process.pilot.verdict",
        "sales.process.pilot.analysis",
        "sales.process.pilot.planning",
        "sales.process.pilot.follow",
        "sales.process.pilot.facts",
        "sales.process.pilot.draw",
    ]
    #: Whoever could write them could write the verdict.
    _kept_fields = frozenset(
        {
            "state",
            "salt",
            "allocation",
            "plan",
            "planned_size",
            "planned_leads",
            "expected_days",
            "date_end",
            "looks",
            "analysis",
            "analysed_on",
            "breaches",
            "verdict",
            "verdict_date",
            "decision",
            "reason",
            "decided_by_id",
            "decided_on",
            "date_closed",
        }
    )
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    question = fields.Text(help="What shall be known at the end, in one sentence.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Under Way"),
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
        "sales.process",
        string="Candidate",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('state', '=', 'draft')]",
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
    kpi_id = fields.Many2one(
        "sales.process.kpi",
        string="Primary Indicator",
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env.ref("sales_process_framework.kpi_sales_cycle", raise_if_not_found=False),
    )
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
    allocation = fields.Json(readonly=True, copy=False, groups="base.group_system", help="People and their arms.")
    size_by_hand = fields.Integer(
        string="Size Without History",
        help="Records (of time until an end: ended deals) of both arms, where there is too little history to plan by.",
    )
    plan = fields.Json(string="Plan Figures", readonly=True, copy=False)
    planned_size = fields.Integer(
        readonly=True, copy=False, help="Records of both arms that the verdict waits for; of a time until an end: ends."
    )
    planned_leads = fields.Integer(string="Leads Needed", readonly=True, copy=False)
    expected_days = fields.Integer(string="Expected Duration (days)", readonly=True, copy=False)
    date_end = fields.Datetime(string="Planned End", readonly=True, copy=False)
    lead_count = fields.Integer(string="Leads", compute="_compute_lead_count")
    looks = fields.Json(readonly=True, copy=False, groups=LEADERS)
    analysis = fields.Json(readonly=True, copy=False, groups=LEADERS)
    analysed_on = fields.Datetime(readonly=True, copy=False)
    breaches = fields.Json(readonly=True, copy=False, help="Guardrails that were broken, and when.")
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False, default="none", tracking=True)
    verdict_date = fields.Datetime(readonly=True, copy=False)
    decision = fields.Selection(DECISIONS, readonly=True, copy=False, tracking=True)
    reason = fields.Text(string="Reasons", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    assignment_ids = fields.One2many("sales.process.pilot.assignment", "pilot_id", readonly=True)
    result_ids = fields.One2many("sales.process.pilot.result", "pilot_id", string="Daily Figures", readonly=True)
    decision_ids = fields.One2many("sales.process.pilot.decision", "pilot_id", string="Decisions", readonly=True)

    _state_idx = models.Index("(company_id) WHERE state NOT IN ('draft', 'adopted', 'dropped')")

    # ------------------------------------------------------------------
    # What is settled stays settled
    # ------------------------------------------------------------------

    @api.depends("assignment_ids")
    def _compute_lead_count(self):
        # sudo: how many there are, not which
        counts = dict(
            self.env["sales.process.pilot.assignment"]
            .sudo()
            ._read_group([("pilot_id", "in", self.ids)], ["pilot_id"], ["__count"])
        )
        for pilot in self:
            pilot.lead_count = counts.get(pilot._origin, 0)

    @api.onchange("candidate_process_id")
    def _onchange_candidate_process_id(self):
        """A version is compared with the one it came from, in the teams that follow that one."""
        baseline = self.candidate_process_id.predecessor_id
        if baseline and not self.baseline_process_id:
            self.baseline_process_id = baseline
        if not self.team_ids and len(self.baseline_process_id.team_ids) <= 2:
            self.team_ids = self.baseline_process_id.team_ids

    @api.onchange("split", "baseline_kind")
    def _onchange_split(self):
        """Teams that are compared with belong to a split by team: they would stay behind unseen."""
        self.control_team_ids = self._get_control_teams()

    @api.constrains("baseline_process_id", "candidate_process_id", "baseline_kind", "split", "control_team_ids")
    def _check_arms(self):
        for pilot in self:
            if pilot.candidate_process_id and pilot.candidate_process_id == pilot.baseline_process_id:
                raise ValidationError(self.env._("The candidate is another version than the baseline."))
            if pilot.control_team_ids & pilot.team_ids:
                raise ValidationError(self.env._("A team is either a pilot team or one that is compared with."))
            if pilot.baseline_kind == "history" and pilot.split != "team":
                raise ValidationError(
                    self.env._("Compared with their own past, whole teams follow the candidate: split by team.")
                )
            if pilot.control_team_ids != pilot._get_control_teams():
                raise ValidationError(
                    self.env._(
                        "Only a split by team compares with other teams at the same time: take out the teams compared "
                        "with, or split by team."
                    )
                )

    @api.constrains("alpha", "power", "cycles", "history_days", "effect_wanted", "size_by_hand")
    def _check_numbers(self):
        for pilot in self:
            if not 0.1 <= pilot.alpha <= 20 or not 50 <= pilot.power <= 99:
                raise ValidationError(
                    self.env._("Choose an error level between 0.1 and 20 % and a power between 50 and 99 %.")
                )
            if not 1 <= pilot.cycles <= 12 or not 30 <= pilot.history_days <= 1825 or pilot.size_by_hand < 0:
                raise ValidationError(
                    self.env._("Choose 1 to 12 sales cycles, 30 to 1825 days of history and no negative size.")
                )
            if not pilot.effect_wanted or not -95 <= pilot.effect_wanted <= 900:
                raise ValidationError(
                    self.env._("Say which effect the pilot shall be able to show, in percent: not 0, -95 to 900.")
                )

    @api.constrains("kpi_id", "guardrail_ids")
    def _check_indicators(self):
        for pilot in self:
            if pilot.kpi_id & pilot.guardrail_ids:
                raise ValidationError(self.env._("The primary indicator is no guardrail of itself."))
            for kpi in pilot.kpi_id | pilot.guardrail_ids:
                if not pilot._counts_leads(kpi):
                    raise ValidationError(
                        self.env._(
                            "%s does not count records of leads, so it cannot be told apart by arm. Choose another.",
                            kpi.name,
                        )
                    )

    def write(self, vals):
        if DESIGN_FIELDS & vals.keys():
            for pilot in self.filtered(lambda pilot: pilot.state != "draft"):
                if not self.env.su:
                    raise UserError(
                        self.env._(
                            "“%s” has begun: its question and design are settled, so that nobody bends them to the "
                            "outcome. Close it and set up another one.",
                            pilot.name,
                        )
                    )
            if "state" not in vals:
                # sudo: kept by the pilot itself; another design needs another plan
                self.filtered(lambda pilot: pilot.state == "draft" and pilot.plan).sudo().write(
                    {"plan": False, "planned_size": 0, "planned_leads": 0, "expected_days": 0}
                )
        result = super().write(vals)
        if {"state", "team_ids", "control_team_ids", "tag_ids"} & vals.keys():
            self._clear_enrolment()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for pilot in self:
            if pilot.state != "draft":
                raise UserError(self.env._("“%s” has begun: it is kept, whatever came of it.", pilot.name))

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def action_start(self):
        """Put the candidate to work for the leads that are drawn for it, from the start date on."""
        self.check_access("write")
        for pilot in self:
            pilot._check_ready()
            pilot._start()
        return True

    def _check_ready(self):
        """:raise UserError: what is missing, in one sentence"""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(self.env._("“%s” has begun already.", self.name))
        if not (self.question or "").strip() or not self.kpi_id or not self.candidate_process_id or not self.team_ids:
            raise UserError(
                self.env._("A pilot needs a question, a primary indicator, a candidate and at least one pilot team.")
            )
        if not self.plan or not self.planned_size:
            raise UserError(self.env._("Plan the pilot first: the number of leads is settled before the first one."))
        if self.candidate_process_id.state not in ("draft", "pilot") or not self.candidate_process_id.stage_ids:
            raise UserError(
                self.env._("The candidate is a draft with stages: make it with “New Version” from the baseline.")
            )
        if self.baseline_kind == "version":
            self._check_baseline()
        self._check_overlap()

    def _check_baseline(self):
        if not self.baseline_process_id:
            raise UserError(self.env._("Choose the version that the candidate is compared with."))
        running, _teams = self.env["sales.process"]._get_running_teams()
        for team in self.team_ids | self._get_control_teams():
            if running.get(team.id) != self.baseline_process_id.id:
                raise UserError(
                    self.env._(
                        "%(team)s does not follow %(process)s, so it cannot be compared with it.",
                        team=team.name,
                        process=self.baseline_process_id.display_name,
                    )
                )
        if self.split == "team" and not self._get_control_teams():
            raise UserError(
                self.env._("Split by team: choose teams that go on with the baseline, or compare with the past.")
            )

    def _check_overlap(self):
        """:raise UserError: another pilot has these teams: until it is decided about, its leads are worked for it"""
        # sudo: pilots of other companies may share a team
        teams = self.team_ids | self._get_control_teams()
        for other in self.sudo().search([("state", "in", UNDER_WAY), ("id", "!=", self.id)]):
            shared = (other.team_ids | other._get_control_teams()) & teams
            apart = self.tag_ids and other.tag_ids and not self.tag_ids & other.tag_ids
            if shared and not apart:
                raise UserError(
                    self.env._(
                        "%(teams)s take part in “%(pilot)s”, and a lead takes part in one pilot at a time. "
                        "Wait for it, or choose other teams or industries.",
                        teams=", ".join(shared.mapped("name")),
                        pilot=other.name,
                    )
                )

    def _start(self):
        self.ensure_one()
        candidate = self.candidate_process_id
        start = max(self.date_start or self.env.cr.now(), self.env.cr.now())
        if candidate.state == "draft":
            activation = self.env["sales.process.activation"].create(
                {"process_id": candidate.id, "team_ids": [Command.set(self.team_ids.ids)]}
            )
            activation._create_pipeline_stages()
            candidate.predecessor_id = candidate.predecessor_id or self.baseline_process_id
            candidate._log_changes()
            candidate.state = "pilot"
        # sudo: kept by the pilot itself
        self.sudo().write(
            {
                "state": "running",
                "date_start": start,
                "date_end": fields.Datetime.add(start, days=self._get_length_days()),
                "salt": pilot_assign.new_salt(),
                "looks": {},
                "breaches": {},
            }
        )
        if self.split == "user":
            self.sudo().allocation = self._draw_people()
        self.env["sales.process"]._clear_playbooks()
        self._clear_enrolment()

    def action_view_leads(self):
        self.ensure_one()
        self.check_access("read")
        # sudo: which leads take part; the user's own rules say which of them show
        leads = self.sudo().assignment_ids.lead_id
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_opportunities")
        return action | {"domain": [("id", "in", leads.ids)], "context": {"active_test": False}}

    def action_open_decision(self):
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_pilot_decide_action"
        )
        return action | {"context": {"default_pilot_id": self.id}}

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    def _close(self):
        """Nobody is drawn any more; who was drawn for what is kept."""
        for pilot in self:
            # sudo: kept by the pilot itself
            pilot.sudo().assignment_ids.write({"is_running": False})
            pilot.sudo().write({"date_closed": self.env.cr.now()})
        self._clear_enrolment()

    def _extend(self, cycles):
        self.ensure_one()
        days = cycles * ((self.plan or {}).get("cycle") or 30)
        # sudo: kept by the pilot itself
        self.sudo().write(
            {
                "cycles": self.cycles + cycles,
                "date_end": fields.Datetime.add(max(self.date_end, self.env.cr.now()), days=days),
            }
        )

    def _record_decision(self, decision, reason):
        self.ensure_one()
        now = self.env.cr.now()
        pilot = self.sudo()
        # sudo: kept by the pilot itself
        pilot.write(
            {
                "state": decision,
                "decision": decision,
                "reason": reason,
                "decided_by_id": self.env.uid,
                "decided_on": now,
            }
        )
        self.env["sales.process.pilot.decision"].sudo().create(
            {
                "pilot_id": pilot.id,
                "company_id": pilot.company_id.id,
                "decision": decision,
                "reason": reason,
                "user_id": self.env.uid,
                "date": now,
                "verdict": pilot.verdict,
                "analysis": pilot.analysis,
            }
        )
        pilot.activity_feedback(["mail.mail_activity_data_todo"], feedback=reason)
