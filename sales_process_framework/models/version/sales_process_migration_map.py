from odoo import api, fields, models


class SalesProcessMigrationMap(models.AbstractModel):
    """A line of the plan of a migration: changed while it is planned, and then the plan is checked again."""

    _name = "sales.process.migration.map"
    _description = "Mapping of a Migration"

    migration_id = fields.Many2one("sales.process.migration", required=True, index=True, ondelete="cascade")
    target_process_id = fields.Many2one(related="migration_id.target_process_id")

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
