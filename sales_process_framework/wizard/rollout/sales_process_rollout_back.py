from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime


class SalesProcessRolloutBack(models.TransientModel):
    """Put the teams of a phase back on the version they had before, after a look at what becomes of their leads."""

    _name = "sales.process.rollout.back"
    _description = "Take a Phase Back"
    _inherit = ["sales.process.rollout.step"]

    teams = fields.Text(string="Teams and Their Versions", compute="_compute_dry_run")
    undo_count = fields.Integer(string="Taken Back by the Undo", compute="_compute_dry_run")
    undo_until = fields.Char(compute="_compute_dry_run")
    expired_count = fields.Integer(string="Migrated Longer Than a Day Ago", compute="_compute_dry_run")
    fresh_count = fields.Integer(string="Came Since", compute="_compute_dry_run")
    gone_count = fields.Integer(string="Went On Since", compute="_compute_dry_run")
    late_count = fields.Integer(compute="_compute_dry_run")
    late = fields.Selection(
        [
            ("finish", "They finish on this version"),
            (
                "return",
                "They migrate back by the mapping of stages; without a version before, they go on without gates",
            ),
        ],
        string="The Other Open Leads",
        required=True,
        default="finish",
    )
    migration_ids = fields.Many2many(
        "sales.process.migration", "sales_process_rollout_back_migration_rel", readonly=True
    )
    stage_map_ids = fields.Many2many(
        "sales.process.migration.stage.map", "sales_process_rollout_back_stage_rel", string="Stages on the Way Back"
    )

    @api.depends("phase_id")
    def _compute_dry_run(self):
        for wizard in self:
            phase = wizard.phase_id
            counts = phase._count_return()
            wizard.teams = "\n".join(wizard._say_teams(phase))
            wizard.undo_count, wizard.expired_count = counts["undo"], counts["expired"]
            wizard.fresh_count, wizard.gone_count = counts["fresh"], counts["gone"]
            wizard.late_count = counts["expired"] + counts["fresh"]
            until = min(phase._get_undoable().mapped("undo_until"), default=False)
            wizard.undo_until = format_datetime(self.env, until) if until else False

    def _say_teams(self, phase):
        leaving = phase._get_leaving()
        running, _teams = self.env["sales.process"]._get_running_teams()
        for row in phase.sudo().former_ids.filtered(lambda row: not row.restored):
            if row in leaving:
                yield self.env._(
                    "%(team)s: back to %(version)s",
                    team=row.team_id.name,
                    version=row.process_id.display_name or self.env._("plain CRM, no version"),
                )
            else:
                present = self.env["sales.process"].sudo().browse(running.get(row.team_id.id))
                yield self.env._(
                    "%(team)s: stays, it went on to %(version)s since",
                    team=row.team_id.name,
                    version=present.display_name or self.env._("plain CRM, no version"),
                )

    @api.onchange("late")
    def _onchange_late(self):
        self._forget_plans()

    def action_check(self):
        """Show the mapping back; nothing is moved."""
        self.ensure_one()
        self.phase_id._check_returnable()
        return self._show_plans(self.phase_id._plan_return())

    def _get_title(self):
        return self.env._("Take back the phase “%s”", self.phase_id.name)

    def action_go_back(self):
        self.ensure_one()
        self.phase_id.rollout_id.check_access("write")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the phase goes back: those who come later will want to know."))
        if self.late == "return" and self.late_count and not self.is_checked:
            return self.action_check()
        self.phase_id._take_back(self.reason, late=self.late)
        return {"type": "ir.actions.act_window_close"}
