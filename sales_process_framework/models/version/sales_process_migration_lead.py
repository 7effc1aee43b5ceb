from odoo import fields, models


class SalesProcessMigrationLead(models.Model):
    """What a migration did to one lead: the trail, and what undoing it needs."""

    _name = "sales.process.migration.lead"
    _description = "Migrated Lead"
    _order = "id desc"
    _rec_name = "lead_id"
    _log_access = False

    migration_id = fields.Many2one("sales.process.migration", required=True, ondelete="cascade", readonly=True)
    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade", readonly=True)
    state = fields.Selection(
        [("migrated", "Migrated"), ("undone", "Taken back"), ("kept", "Went on since")],
        required=True,
        default="migrated",
        readonly=True,
    )
    date = fields.Datetime(readonly=True)
    stage_id = fields.Many2one("crm.stage", string="From Column", ondelete="set null", readonly=True)
    target_stage_id = fields.Many2one("crm.stage", string="To Column", ondelete="set null", readonly=True)
    process_stage_id = fields.Many2one("sales.process.stage", string="From", ondelete="set null", readonly=True)
    target_process_stage_id = fields.Many2one("sales.process.stage", string="To", ondelete="set null", readonly=True)
    # Ids only: what happened to the visits since is looked up when somebody undoes.
    visit = fields.Integer(readonly=True)
    new_visit = fields.Integer(readonly=True)
    last_stage_update = fields.Datetime(readonly=True)
    #: {id of an exception that became void: the state that it had}
    void_exceptions = fields.Json(readonly=True)

    _once = models.UniqueIndex("(migration_id, lead_id)", "A migration takes each lead once.")
