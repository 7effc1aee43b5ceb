from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessRetirement(models.TransientModel):
    """Take a version out of use, and say what becomes of the leads that follow it."""

    _name = "sales.process.retirement"
    _description = "Retire a Version"

    process_id = fields.Many2one("sales.process", required=True, readonly=True)
    company_id = fields.Many2one(related="process_id.company_id")
    open_count = fields.Integer(string="Open Leads", compute="_compute_counts")
    exception_count = fields.Integer(string="Open Requests to Pass", compute="_compute_counts")
    team_names = fields.Char(compute="_compute_counts")
    leads = fields.Selection(
        [
            ("finish", "They finish on this version; new leads do not follow it"),
            ("migrate", "They migrate to another version: what they answered goes with them"),
            ("release", "They go on as in plain CRM, without gates"),
        ],
        string="Open Leads Then",
        required=True,
        default="finish",
    )
    target_process_id = fields.Many2one(
        "sales.process",
        string="Other Version",
        domain="[('state', 'in', ('pilot', 'active')), ('id', '!=', process_id), "
        "('company_id', 'in', (company_id, False))]",
    )
    migration_id = fields.Many2one("sales.process.migration", readonly=True)
    stage_map_ids = fields.Many2many("sales.process.migration.stage.map", string="Stages")
    held_count = fields.Integer(related="migration_id.held_count")

    @api.depends("process_id")
    def _compute_counts(self):
        Lead, Exception_ = self.env["crm.lead"].sudo(), self.env["sales.process.exception"].sudo()
        for wizard in self:
            process = wizard.process_id
            # Everybody's leads count, whoever retires the version.
            wizard.open_count = Lead.search_count(
                [("sales_process_id", "=", process.id), ("won_status", "=", "pending")]
            )
            wizard.exception_count = Exception_.search_count(
                [("process_id", "=", process.id), ("state", "in", ("requested", "approved"))]
            )
            wizard.team_names = ", ".join(process.team_ids.mapped("name"))

    @api.onchange("leads", "target_process_id")
    def _onchange_target(self):
        self.migration_id = False
        self.stage_map_ids = False

    def action_check(self):
        """Show where the stages go on, and how many leads that concerns."""
        self.ensure_one()
        self.process_id._check_may_retire()
        if not self.target_process_id:
            raise UserError(self.env._("Choose the version that the open leads migrate to."))
        if not self.migration_id or self.migration_id.target_process_id != self.target_process_id:
            self.migration_id = self.process_id._prepare_migration(self.target_process_id)
        self.migration_id._check()
        self.stage_map_ids = self.migration_id.stage_map_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Retire %s", self.process_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_retire(self):
        """:raise UserError: a pilot needs the version, or leads would stand nowhere"""
        self.ensure_one()
        process = self.process_id
        process._check_may_retire()
        if self.leads == "release":
            process.action_retire()
            return process.get_formview_action()
        if self.leads == "migrate":
            if not self.migration_id:
                return self.action_check()
            if self.migration_id.state != "checked":
                self.migration_id._check()
            self.migration_id._refuse_unmapped()
            self.migration_id._start()
        process.state = "retired"
        return process.get_formview_action()
