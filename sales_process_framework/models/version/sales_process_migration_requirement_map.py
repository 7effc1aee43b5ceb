from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesProcessMigrationRequirementMap(models.Model):
    """Which requirement of the other version takes over the answers and documents of a requirement."""

    _name = "sales.process.migration.requirement.map"
    _description = "Requirement Mapping"
    _inherit = ["sales.process.migration.map"]
    _order = "migration_id, sequence, id"

    requirement_id = fields.Many2one("sales.process.requirement", required=True, ondelete="cascade")
    process_stage_id = fields.Many2one(related="requirement_id.process_stage_id")
    sequence = fields.Integer()
    target_requirement_id = fields.Many2one(
        "sales.process.requirement",
        string="Taken Over By",
        domain="[('process_id', '=', target_process_id)]",
        ondelete="cascade",
        help="Empty: answers stay with the old version, readable but no longer counted.",
    )
    answer_count = fields.Integer(
        string="Answers", readonly=True, copy=False, help="Answers and documents of the open leads."
    )

    _once = models.UniqueIndex("(migration_id, requirement_id)", "Each requirement is taken over once.")
    _taken_once = models.UniqueIndex(
        "(migration_id, target_requirement_id) WHERE target_requirement_id IS NOT NULL",
        "A requirement can take over the answers of one requirement only.",
    )

    @api.constrains("requirement_id", "target_requirement_id", "migration_id")
    def _check_requirements(self):
        for line in self:
            requirement, target, migration = line.requirement_id, line.target_requirement_id, line.migration_id
            if requirement.process_id != migration.process_id or (
                target and target.process_id != migration.target_process_id
            ):
                raise ValidationError(self.env._("Map requirements of %s.", migration.display_name))
            if target and target.judgement != requirement.judgement:
                raise ValidationError(
                    self.env._(
                        "%(target)s cannot take over from %(requirement)s: they are judged in different ways.",
                        requirement=requirement.name,
                        target=target.name,
                    )
                )
