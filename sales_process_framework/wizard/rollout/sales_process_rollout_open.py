from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessRolloutOpen(models.TransientModel):
    """Open a phase, after a look at what it does to open leads; with a reason when a condition does not hold."""

    _name = "sales.process.rollout.open"
    _description = "Open a Phase"

    phase_id = fields.Many2one("sales.process.rollout.phase", required=True, readonly=True, ondelete="cascade")
    process_id = fields.Many2one(related="phase_id.process_id")
    company_id = fields.Many2one(related="phase_id.company_id")
    team_names = fields.Char(string="Sales Teams", compute="_compute_team_names")
    migrate = fields.Selection(related="phase_id.migrate", readonly=False)
    unmet = fields.Text(string="Does Not Hold Yet", compute="_compute_unmet")
    reason = fields.Text(help="Kept with the phase.")
    lead_count = fields.Integer(string="Open Leads Now", compute="_compute_lead_count")
    is_checked = fields.Boolean(readonly=True)
    held_count = fields.Integer(string="Would Be Held Back", readonly=True)
    migration_ids = fields.Many2many(
        "sales.process.migration", "sales_process_rollout_open_migration_rel", readonly=True
    )
    stage_map_ids = fields.Many2many(
        "sales.process.migration.stage.map",
        "sales_process_rollout_open_stage_rel",
        string="Stages of the Present Version",
    )
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")

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

    @api.depends("stage_map_ids.target_stage_id")
    def _compute_unmapped_count(self):
        for wizard in self:
            missing = wizard.stage_map_ids.filtered(lambda line: line.lead_count and not line.target_stage_id)
            wizard.unmapped_count = sum(missing.mapped("lead_count"))

    @api.onchange("migrate")
    def _onchange_migrate(self):
        self.is_checked = False
        self.stage_map_ids = False

    def action_check(self):
        """Where leads go on and whom the gates would hold back; nothing is moved."""
        self.ensure_one()
        phase = self.phase_id
        phase._check_openable()
        activation = phase._prepare_activation()
        activation._plan_migrations(activation._get_planned_playbook())
        self.write(
            {
                "is_checked": True,
                "migration_ids": [fields.Command.set(activation.migration_ids.ids)],
                "stage_map_ids": [fields.Command.set(activation.stage_map_ids.ids)],
                "held_count": sum(activation.migration_ids.mapped("held_count")),
            }
        )
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open the phase “%s”", self.phase_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open(self):
        self.ensure_one()
        self.phase_id.rollout_id.check_access("write")
        if self.unmet and not (self.reason or "").strip():
            raise UserError(self.env._("A condition does not hold. Say why the phase is opened nevertheless, or wait."))
        if self.migrate == "all" and not self.is_checked:
            return self.action_check()
        self.phase_id._open(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
