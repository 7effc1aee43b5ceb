from odoo import fields, models

STATES = [
    ("draft", "Draft"),
    ("checked", "Checked"),
    ("running", "Running"),
    ("done", "Done"),
    ("undoing", "Being Undone"),
    ("undone", "Undone"),
]


class SalesProcessMigration(models.Model):
    """Open leads of one version go on under another; what they answered goes with them."""

    _name = "sales.process.migration"
    _description = "Migration of Leads"
    _inherit = ["mail.thread", "sales.process.migration.run", "sales.process.migration.undo"]
    _order = "id desc"

    process_id = fields.Many2one(
        "sales.process", string="From Version", required=True, index=True, ondelete="restrict", check_company=True
    )
    target_process_id = fields.Many2one(
        "sales.process", string="To Version", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_migration_team_rel",
        "migration_id",
        "team_id",
        string="Sales Teams",
        help="Only open leads of these teams; empty for all.",
    )
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, tracking=True, index=True
    )
    reason = fields.Text()
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, readonly=True)
    stage_map_ids = fields.One2many("sales.process.migration.stage.map", "migration_id", string="Stages", copy=True)
    requirement_map_ids = fields.One2many(
        "sales.process.migration.requirement.map", "migration_id", string="Requirements", copy=True
    )
    date_started = fields.Datetime(readonly=True, copy=False)
    date_done = fields.Datetime(readonly=True, copy=False)
