from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesProcessMigrationStageMap(models.Model):
    """Where leads of a stage go on in the other version."""

    _name = "sales.process.migration.stage.map"
    _description = "Stage Mapping"
    _inherit = ["sales.process.migration.map"]
    _order = "migration_id, sequence, id"

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

    def _get_target_column(self, playbook):
        """:return: id of the pipeline stage that leads go to, as ``playbook`` has it"""
        self.ensure_one()
        by_stage = {stage.id: stage.pipeline_stage for stage in playbook.stages}
        return by_stage.get(self.target_stage_id.id) or False
