from odoo import fields, models


class SalesProcessStageLineage(models.AbstractModel):
    """Which stage of the previous version a stage continues."""

    _name = "sales.process.stage.lineage"
    _description = "Stage Across Versions"

    previous_id = fields.Many2one(
        "sales.process.stage",
        string="Stage in the Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )


class SalesProcessRequirementLineage(models.AbstractModel):
    """Which requirement of the previous version a requirement continues."""

    _name = "sales.process.requirement.lineage"
    _description = "Requirement Across Versions"

    previous_id = fields.Many2one(
        "sales.process.requirement",
        string="Requirement in the Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
