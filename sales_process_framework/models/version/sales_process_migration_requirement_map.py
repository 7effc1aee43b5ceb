from odoo import fields, models


class SalesProcessMigrationRequirementMap(models.Model):
    """Which requirement of the other version takes over the answers and documents of a requirement."""

    _name = "sales.process.migration.requirement.map"
    _description = "Requirement Mapping"
    _order = "migration_id, sequence, id"

    migration_id = fields.Many2one("sales.process.migration", required=True, index=True, ondelete="cascade")
    requirement_id = fields.Many2one("sales.process.requirement", required=True, ondelete="cascade")
    sequence = fields.Integer()
    target_requirement_id = fields.Many2one("sales.process.requirement", string="Taken Over By", ondelete="cascade")

    _once = models.UniqueIndex("(migration_id, requirement_id)", "Each requirement is taken over once.")
    _taken_once = models.UniqueIndex(
        "(migration_id, target_requirement_id) WHERE target_requirement_id IS NOT NULL",
        "A requirement can take over the answers of one requirement only.",
    )
