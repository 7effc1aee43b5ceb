from odoo import models


class SalesProcessMigrationRun(models.AbstractModel):
    """Moves leads to the other version, chunk by chunk."""

    _name = "sales.process.migration.run"
    _description = "Run of a Migration"
