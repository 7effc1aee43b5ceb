from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import rollout

#: Settled once it has begun.
SETTLED_FIELDS = {"process_id", "company_id", "pilot_id"}
#: What phases wait for unless somebody says otherwise: S6.1, training with an assessment before everybody follows.
DEFAULT_CONDITIONS = (
    {"kind": "trained", "percent": 80.0},
    {"kind": "assessed", "percent": 80.0},
    {"kind": "days", "days": 14},
    {"kind": "alerts"},
)


class SalesProcessRollout(models.Model):
    """A version of a process comes to the teams in phases; each opens when what it waits for is there."""

    _name = "sales.process.rollout"
    _description = "Rollout"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.process.kept",
        "sales.process.rollout.adoption",
        "sales.process.rollout.board",
    ]
    _kept_fields = frozenset({"state", "date_start", "date_done"})
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    process_id = fields.Many2one(
        "sales.process",
        string="Version",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('state', '!=', 'retired')]",
        tracking=True,
    )
    pilot_id = fields.Many2one(
        "sales.process.pilot", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, tracking=True)
    mode = fields.Selection(
        [
            ("manual", "The responsible is told and opens it"),
            ("automatic", "It opens by itself, in the night"),
        ],
        string="When a Phase May Open",
        required=True,
        default="manual",
        tracking=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Under Way"), ("done", "Done"), ("stopped", "Stopped")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    description = fields.Html(help="Why it is rolled out, and what the teams should know.")
    date_start = fields.Datetime(string="Started On", readonly=True, copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    phase_ids = fields.One2many("sales.process.rollout.phase", "rollout_id", string="Rollout Phases", copy=True)
    check_ids = fields.One2many("sales.process.rollout.check", "rollout_id", string="Checklist", readonly=True)
    event_ids = fields.One2many("sales.process.rollout.event", "rollout_id", string="What Happened", readonly=True)
    phase_count = fields.Integer(compute="_compute_progress")
    open_count = fields.Integer(string="Open Phases", compute="_compute_progress")
    progress = fields.Integer(compute="_compute_progress", help="Open phases of all, in percent.")
    next_phase_id = fields.Many2one("sales.process.rollout.phase", compute="_compute_progress")
    last_phase_id = fields.Many2one("sales.process.rollout.phase", compute="_compute_progress")
    color = fields.Integer()

    _running_idx = models.Index("(company_id) WHERE state = 'running'")

    @api.depends("phase_ids.state", "phase_ids.sequence")
    def _compute_progress(self):
        for plan in self:
            phases = plan._get_phases()
            states = phases.mapped("state")
            place, last = rollout.next_place(states), rollout.last_place(states)
            plan.phase_count, plan.open_count = len(phases), states.count(rollout.OPEN)
            plan.progress = round(rollout.share(plan.open_count, plan.phase_count) or 0)
            plan.next_phase_id = phases[place] if place is not None else False
            plan.last_phase_id = phases[last] if last is not None else False

    def _get_phases(self):
        """:return: the phases in the order in which they open"""
        self.ensure_one()
        return self.phase_ids.sorted(lambda phase: (phase.sequence, phase._origin.id or float("inf")))

    @api.onchange("process_id")
    def _onchange_process_id(self):
        if self.process_id and not self.name:
            self.name = self.env._("Rollout of %s", self.process_id.display_name)

    def action_propose(self):
        """Core team first, then all, with what the second phase waits for."""
        self.check_access("write")
        for plan in self.filtered(lambda plan: plan.state == "draft" and not plan.phase_ids):
            plan.phase_ids = [Command.create(vals) for vals in plan._prepare_phases_vals(plan.process_id)]
        return True

    @api.model
    def _create_for(self, process, **vals):
        """:return: a draft of a rollout of the version, with the phases proposed"""
        company = process.company_id or self.env.company
        plan = self.create(
            {
                "name": self.env._("Rollout of %s", process.display_name),
                "company_id": company.id,
                "process_id": process.id,
                **vals,
            }
        )
        plan.action_propose()
        return plan

    @api.model
    def _prepare_phases_vals(self, process, core=None, teams=None):
        """Core team first, then all: a proposal.

        :param core: teams of the first phase; None for those that tried the version, else the first that is to follow
        :param teams: all teams; None for those of the previous version
        """
        company = self.company_id or process.company_id or self.env.company
        follows = process.team_ids if process.state in ("pilot", "active") else process.team_ids.browse()
        if teams is None:
            teams = (process.predecessor_id.team_ids - follows).filtered(
                lambda team: team.company_id in (company, company.browse())
            )
        if core is None:
            core = process.pilot_ids.team_ids & teams
        core = core or teams[:1]
        rest = teams - core
        phases = [
            {
                "name": self.env._("Core team"),
                "sequence": 10,
                "team_ids": [Command.set(core.ids)],
                # Who comes after others waits for the training like everybody.
                "condition_ids": self._prepare_conditions() if follows else [],
            },
            {
                "name": self.env._("Everybody"),
                "sequence": 20,
                "team_ids": [Command.set(rest.ids)],
                "condition_ids": self._prepare_conditions(),
            },
        ]
        return phases if rest or not core else phases[:1]

    @api.model
    def _prepare_conditions(self):
        return [Command.create({"sequence": number * 10, **vals}) for number, vals in enumerate(DEFAULT_CONDITIONS, 1)]

    @api.constrains("process_id", "company_id")
    def _check_process(self):
        for plan in self:
            if plan.process_id.state == "retired" and plan.state == "draft":
                raise ValidationError(
                    self.env._("%s is retired. Roll out a draft or a version in use.", plan.process_id.display_name)
                )

    def write(self, vals):
        if SETTLED_FIELDS & vals.keys() and not self.env.su:
            for plan in self.filtered(lambda plan: plan.state != "draft"):
                raise UserError(self.env._("“%s” has begun: its version is settled.", plan.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(self.env._("“%s” has begun: it is kept, whatever came of it.", plan.name))

    # ------------------------------------------------------------------
    # Course
    # ------------------------------------------------------------------

    def action_start(self):
        """From now on phases open, by hand or by themselves."""
        self.check_access("write")
        for plan in self:
            plan._check_startable()
        self._action_start()
        return True

    def _check_startable(self):
        """:raise UserError: what is missing, in one sentence"""
        self.ensure_one()
        if self.state not in ("draft", "stopped"):
            raise UserError(self.env._("“%s” has begun already.", self.name))
        if not self.process_id.stage_ids:
            raise UserError(self.env._("%s has no stages yet.", self.process_id.display_name))
        if not self.phase_ids:
            raise UserError(self.env._("Add at least one phase to “%s”.", self.name))
        if empty := self.phase_ids.filtered(lambda phase: not phase.team_ids):
            raise UserError(self.env._("Choose the teams of: %s.", ", ".join(empty.mapped("name"))))

    def _action_start(self):
        for plan in self:
            # sudo: kept by the rollout itself
            plan.sudo().write({"state": "running", "date_start": plan.date_start or self.env.cr.now()})
            plan.phase_ids.check_ids._schedule_activities()
            plan._log("started")

    def action_stop(self):
        """No further phase opens; teams that follow the version go on with it."""
        self.check_access("write")
        for plan in self:
            if plan.state != "running":
                raise UserError(self.env._("“%s” is not under way.", plan.name))
            # sudo: kept by the rollout itself
            plan.sudo().state = "stopped"
            plan.activity_ids.unlink()
            plan._log("stopped")
        return True

    def _settle(self):
        """Done when every phase is open; running again when one went back."""
        for plan in self:
            done = bool(plan.phase_ids) and all(phase.state == rollout.OPEN for phase in plan.phase_ids)
            if done != (plan.state == "done"):
                # sudo: kept by the rollout itself
                plan.sudo().write(
                    {"state": "done" if done else "running", "date_done": self.env.cr.now() if done else False}
                )

    def _log(self, kind, phase=None, reason=False, figures=None, text=False):
        """What happened, when, by whom, and how things stood then."""
        self.ensure_one()
        # sudo: kept by the rollout itself, changed by nobody
        return (
            self.env["sales.process.rollout.event"]
            .sudo()
            .create(
                {
                    "rollout_id": self.id,
                    "phase_id": phase.id if phase else False,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "date": self.env.cr.now(),
                    "reason": reason,
                    "figures": figures or {},
                    "text": text,
                }
            )
        )

    def action_view_events(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Happened"),
            "res_model": "sales.process.rollout.event",
            "views": [(False, "list"), (False, "form")],
            "domain": [("rollout_id", "=", self.id)],
        }
