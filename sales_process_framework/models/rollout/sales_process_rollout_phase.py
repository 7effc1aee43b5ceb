from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import rollout
from .sales_process_rollout_rule import RolloutFacts

#: Settled once the phase is open.
SETTLED_FIELDS = {"rollout_id", "team_ids", "migrate"}


class SalesProcessRolloutPhase(models.Model):
    """Teams that get the version together, and what has to be there before."""

    _name = "sales.process.rollout.phase"
    _description = "Phase of a Rollout"
    _inherit = ["sales.process.kept", "sales.process.rollout.opening", "sales.process.rollout.return"]
    _kept_fields = frozenset(
        {
            *("state", "opened_on", "opened_by_id", "override_reason", "version_state", "told_on", "migration_ids"),
            *("back_on", "back_by_id", "back_reason"),
        }
    )
    _order = "rollout_id, sequence, id"
    _check_company_auto = True

    rollout_id = fields.Many2one("sales.process.rollout", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rollout_id.company_id", store=True, index=True)
    process_id = fields.Many2one(related="rollout_id.process_id")
    rollout_state = fields.Selection(related="rollout_id.state", string="Rollout Status")
    sequence = fields.Integer(default=100)
    name = fields.Char(required=True)
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_rollout_phase_team_rel",
        "phase_id",
        "team_id",
        string="Sales Teams",
        check_company=True,
    )
    date_planned = fields.Date(
        string="Planned For", help="It does not open by itself before this day. Empty: only by hand."
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", help="Is told when the phase may open; empty: who answers for the rollout."
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("open", "Open"), ("back", "Taken Back")],
        required=True,
        default="waiting",
        readonly=True,
        copy=False,
    )
    migrate = fields.Selection(
        [
            ("new", "Open leads finish on the version they follow, only new leads follow this one"),
            ("all", "Open leads of these teams follow this version from then on: what they answered goes with them"),
        ],
        string="Open Leads",
        required=True,
        default="new",
    )
    training_ids = fields.Many2many(
        "sales.process.training",
        "sales_process_rollout_phase_training_rel",
        "phase_id",
        "training_id",
        string="Training Sessions",
        check_company=True,
        copy=False,
        help="Sessions that teach the same key action stand in for each other.",
    )
    condition_ids = fields.One2many(
        "sales.process.rollout.condition",
        "phase_id",
        string="Entry Conditions",
        copy=True,
        default=lambda self: self._get_default_conditions(),
    )
    check_ids = fields.One2many("sales.process.rollout.check", "phase_id", string="Checklist", copy=True)
    former_ids = fields.One2many("sales.process.rollout.former", "phase_id", string="Version Before", readonly=True)
    migration_ids = fields.Many2many("sales.process.migration", string="Migrations", readonly=True, copy=False)
    opened_on = fields.Datetime(readonly=True, copy=False)
    opened_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    override_reason = fields.Text(
        readonly=True, copy=False, help="Why it was opened although a condition did not hold."
    )
    version_state = fields.Char(readonly=True, copy=False, help="Status of the version before the phase was opened.")
    told_on = fields.Date(readonly=True, copy=False, help="The day on which the responsible was told.")
    back_on = fields.Datetime(string="Taken Back On", readonly=True, copy=False)
    back_by_id = fields.Many2one("res.users", string="Taken Back By", readonly=True, copy=False)
    back_reason = fields.Text(readonly=True, copy=False)
    is_next = fields.Boolean(compute="_compute_standing", compute_sudo=True)
    is_ready = fields.Boolean(string="Conditions Hold", compute="_compute_standing", compute_sudo=True)
    met_count = fields.Integer(string="Conditions Met", compute="_compute_standing", compute_sudo=True)
    condition_count = fields.Integer(string="Conditions", compute="_compute_standing", compute_sudo=True)

    @api.model
    def _get_default_conditions(self):
        """What a phase waits for unless somebody says otherwise, where one is added on the screen."""
        if not self.env.context.get("sales_process_rollout_proposal"):
            return []
        return self.env["sales.process.rollout"]._prepare_conditions()

    @api.depends("rollout_id", "name")
    @api.depends_context("sales_process_phase_alone")
    def _compute_display_name(self):
        for phase in self:
            plan = "" if self.env.context.get("sales_process_phase_alone") else phase.rollout_id.name or ""
            phase.display_name = f"{plan} – {phase.name or ''}".strip(" –")

    @api.depends("rollout_id.phase_ids.state", "condition_ids.kind", "check_ids.done", "training_ids", "team_ids")
    def _compute_standing(self):
        standings = self._judge()
        for phase in self:
            mine = [standings.get(condition._origin.id) for condition in phase.condition_ids]
            phase.condition_count = len(mine)
            phase.met_count = sum(bool(standing and standing.holds) for standing in mine)
            phase.is_ready = phase.met_count == phase.condition_count
            phase.is_next = bool(phase.rollout_id) and phase._origin == phase.rollout_id.next_phase_id._origin

    def _judge(self):
        """:return: {condition id: Standing} of all conditions of these phases, judged together"""
        saved = self._origin
        return self.env["sales.process.rollout.rule"]._judge_all(saved.sudo().condition_ids, RolloutFacts(saved))

    def _get_unmet(self):
        """:return: conditions that do not hold now"""
        self.ensure_one()
        standings = self._judge()
        return self.sudo().condition_ids.filtered(lambda condition: not standings[condition.id].holds)

    # -- place among the phases ----------------------------------------------------

    def _get_previous(self):
        """:return: the phase before, empty for the first"""
        self.ensure_one()
        phases = self.rollout_id._get_phases()
        place = phases.ids.index(self.id)
        return phases[place - 1] if place else phases.browse()

    def _get_opened(self):
        """:return: naive UTC; False unless it is open"""
        return self.state == rollout.OPEN and self.opened_on

    def _get_earlier_teams(self):
        """:return: teams of the phases that are open before this one"""
        self.ensure_one()
        phases = self.rollout_id._get_phases()
        earlier = phases[: phases.ids.index(self.id)]
        return earlier.filtered(lambda phase: phase.state == rollout.OPEN).team_ids

    def _get_responsible(self):
        self.ensure_one()
        return self.user_id or self.rollout_id.user_id

    # -- what is settled stays settled -----------------------------------------------

    @api.constrains("sequence", "state", "rollout_id")
    def _check_order(self):
        for plan in self.rollout_id:
            states = plan._get_phases().mapped("state")
            place = rollout.next_place(states)
            if place is not None and rollout.OPEN in states[place:]:
                raise ValidationError(
                    self.env._("Phases open one after the other: an open one comes before the others.")
                )

    @api.constrains("team_ids", "rollout_id")
    def _check_teams(self):
        for plan in self.rollout_id:
            seen = self.env["crm.team"]
            for phase in plan.phase_ids:
                if twice := seen & phase.team_ids:
                    raise ValidationError(
                        self.env._("A team belongs to one phase: %s.", ", ".join(twice.mapped("name")))
                    )
                seen |= phase.team_ids

    @api.model_create_multi
    def create(self, vals_list):
        phases = super().create(vals_list)
        phases.rollout_id.filtered(lambda plan: plan.state == "done")._settle()
        return phases

    def write(self, vals):
        if SETTLED_FIELDS & vals.keys() and not self.env.su:
            for phase in self.filtered(lambda phase: phase.state == rollout.OPEN):
                raise UserError(self.env._("%s is open: its teams are settled.", phase.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_untouched(self):
        for phase in self:
            if phase.opened_on:
                raise UserError(self.env._("%s has been open: it is kept.", phase.name))

    # -- buttons -----------------------------------------------------------------------

    def action_open_opening(self):
        """The dry run, and the reason when a condition does not hold."""
        self.ensure_one()
        self.rollout_id.check_access("write")
        self._check_openable()
        return self._open_wizard("sales.process.rollout.open", self.env._("Open the phase “%s”", self.name))

    def action_open_return(self):
        self.ensure_one()
        self.rollout_id.check_access("write")
        self._check_returnable()
        return self._open_wizard("sales.process.rollout.back", self.env._("Take back the phase “%s”", self.name))

    def _open_wizard(self, model, name):
        wizard = self.env[model].create({"phase_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_edit(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
