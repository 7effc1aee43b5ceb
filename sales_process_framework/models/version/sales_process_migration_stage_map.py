from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesProcessMigrationStageMap(models.Model):
    """Where leads of a stage go on in the other version."""

    _name = "sales.process.migration.stage.map"
    _description = "Stage Mapping"
    _order = "migration_id, sequence, id"

    migration_id = fields.Many2one("sales.process.migration", required=True, index=True, ondelete="cascade")
    target_process_id = fields.Many2one(related="migration_id.target_process_id")
    process_stage_id = fields.Many2one("sales.process.stage", string="Stage", required=True, ondelete="cascade")
    sequence = fields.Integer(related="process_stage_id.sequence", store=True)
    target_stage_id = fields.Many2one(
        "sales.process.stage",
        string="Goes On In",
        domain="[('process_id', '=', target_process_id)]",
        ondelete="cascade",
    )
    lead_count = fields.Integer(string="Open Leads", readonly=True, copy=False)
    held_count = fields.Integer(string="Would Be Held Back", readonly=True, copy=False)
    moved_count = fields.Integer(
        string="Change Column", readonly=True, copy=False, help="Leads that go to another column of the pipeline."
    )

    _once = models.UniqueIndex("(migration_id, process_stage_id)", "Each stage goes on in one stage.")

    @api.constrains("process_stage_id", "target_stage_id", "migration_id")
    def _check_stages(self):
        for line in self:
            stage, target, migration = line.process_stage_id, line.target_stage_id, line.migration_id
            if stage.process_id != migration.process_id or (
                target and target.process_id != migration.target_process_id
            ):
                raise ValidationError(self.env._("Map stages of %s.", migration.display_name))
            if target and target.is_won != stage.is_won:
                raise ValidationError(
                    self.env._(
                        "%(stage)s cannot go on in %(target)s: a migration neither wins nor reopens deals.",
                        stage=stage.name,
                        target=target.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.migration_id._check_planned()
        return lines

    def write(self, vals):
        if self.env.context.get("sales_process_migration") is not self.env["sales.process.migration"]._keeping_token():
            self.migration_id._check_planned()
            self.migration_id._reset_check()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_planned(self):
        self.migration_id._check_planned()

    def _get_target_column(self, playbook):
        """:return: id of the pipeline stage that leads go to, as ``playbook`` has it"""
        self.ensure_one()
        by_stage = {stage.id: stage.pipeline_stage for stage in playbook.stages}
        return by_stage.get(self.target_stage_id.id) or False
