from odoo import fields, models


class SalesProcessMigrationStageMap(models.Model):
    """Where leads of a stage go on in the other version."""

    _name = "sales.process.migration.stage.map"
    _description = "Stage Mapping"
    _order = "migration_id, sequence, id"

    migration_id = fields.Many2one("sales.process.migration", required=True, index=True, ondelete="cascade")
    process_stage_id = fields.Many2one("sales.process.stage", string="Stage", required=True, ondelete="cascade")
    sequence = fields.Integer(related="process_stage_id.sequence", store=True)
    target_stage_id = fields.Many2one("sales.process.stage", string="Goes On In", ondelete="cascade")

    _once = models.UniqueIndex("(migration_id, process_stage_id)", "Each stage goes on in one stage.")
