from odoo import models


class SalesProcessMigrationUndo(models.AbstractModel):
    """Takes a migration back, chunk by chunk."""

    _name = "sales.process.migration.undo"
    _description = "Undoing a Migration"
