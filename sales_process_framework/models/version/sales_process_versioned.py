from odoo import fields, models


class SalesProcessVersioned(models.AbstractModel):
    """A process as one of several versions: what changed and why, and where its leads go."""

    _name = "sales.process.versioned"
    _description = "Version of a Process"

    change_ids = fields.One2many("sales.process.change", "process_id", string="Change Log")
