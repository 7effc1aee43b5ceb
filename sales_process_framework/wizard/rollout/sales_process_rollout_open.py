from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessRolloutOpen(models.TransientModel):
    """Open a phase, after a look at what it does to open leads; with a reason when a condition does not hold."""

    _name = "sales.process.rollout.open"
    _description = "Open a Phase"
    _inherit = ["sales.process.rollout.step"]

    team_names = fields.Char(string="Sales Teams", compute="_compute_team_names")
    migrate = fields.Selection(related="phase_id.migrate", readonly=False)
    unmet = fields.Text(string="Does Not Hold Yet", compute="_compute_unmet")
    lead_count = fields.Integer(string="Open Leads Now", compute="_compute_lead_count")
    held_count = fields.Integer(string="Would Be Held Back", readonly=True)
    migration_ids = fields.Many2many(
        "sales.process.migration", "sales_process_rollout_open_migration_rel", readonly=True
    )
    stage_map_ids = fields.Many2many(
        "sales.process.migration.stage.map",
        "sales_process_rollout_open_stage_rel",
        string="Stages of the Present Version",
    )

    @api.depends("phase_id")
    def _compute_team_names(self):
        for wizard in self:
            wizard.team_names = ", ".join(wizard.phase_id.team_ids.mapped("name"))

    @api.depends("phase_id")
    def _compute_unmet(self):
        for wizard in self:
            unmet = wizard.phase_id._get_unmet() if wizard.phase_id else ()
            wizard.unmet = "\n".join(f"{condition.display_name}: {condition.standing}" for condition in unmet)

    @api.depends("phase_id")
    def _compute_lead_count(self):
        for wizard in self:
            # sudo: everybody's leads count, whoever opens the phase
            wizard.lead_count = (
                self.env["crm.lead"]
                .sudo()
                .search_count(
                    [
                        ("team_id", "in", wizard.phase_id._get_newcomers().ids),
                        ("type", "=", "opportunity"),
                        ("won_status", "=", "pending"),
                    ]
                )
            )

    @api.onchange("migrate")
    def _onchange_migrate(self):
        self._forget_plans()

    def action_check(self):
        """Where leads go on and whom the gates would hold back; nothing is moved."""
        self.ensure_one()
        phase = self.phase_id
        phase._check_openable()
        activation = phase._prepare_activation()
        activation._plan_migrations(activation._get_planned_playbook())
        plans = activation.migration_ids
        return self._show_plans(plans, held_count=sum(plans.mapped("held_count")))

    def _get_title(self):
        return self.env._("Open the phase “%s”", self.phase_id.name)

    def action_open(self):
        self.ensure_one()
        self.phase_id.rollout_id.check_access("write")
        if self.unmet and not (self.reason or "").strip():
            raise UserError(self.env._("A condition does not hold. Say why the phase is opened nevertheless, or wait."))
        if self.migrate == "all" and not self.is_checked:
            return self.action_check()
        self.phase_id._open(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
