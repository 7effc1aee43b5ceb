from odoo import api, fields, models

#: Bookkeeping that is no change of what leads are judged by.
UNNOTED = {"previous_id", "changed_by_id", "changed_on", "sequence"}


class SalesProcessLineage(models.AbstractModel):
    """Part of a version: who worked on it last. (``write_uid`` also names whoever set off a recompute.)"""

    _name = "sales.process.lineage"
    _description = "Part of a Version"

    changed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    changed_on = fields.Datetime(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**self._note_change(), **vals} for vals in vals_list])

    def write(self, vals):
        return super().write(vals if vals.keys() <= UNNOTED else {**vals, **self._note_change()})

    def _note_change(self):
        return {"changed_by_id": self.env.uid, "changed_on": self.env.cr.now()}


class SalesProcessStageLineage(models.AbstractModel):
    """Which stage of the previous version a stage continues."""

    _name = "sales.process.stage.lineage"
    _inherit = "sales.process.lineage"
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
    _inherit = "sales.process.lineage"
    _description = "Requirement Across Versions"

    previous_id = fields.Many2one(
        "sales.process.requirement",
        string="Requirement in the Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
