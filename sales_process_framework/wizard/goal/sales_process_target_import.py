import base64

from odoo import fields, models
from odoo.exceptions import UserError


class SalesProcessTargetImport(models.TransientModel):
    _name = "sales.process.target.import"
    _description = "Import Goals"

    file = fields.Binary(required=True)
    filename = fields.Char()
    scenario_id = fields.Many2one("sales.process.target.scenario")

    def action_import(self):
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the file first."))
        goals = self.env["sales.process.target"]._import_sheet(base64.b64decode(self.file), self.scenario_id)
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_target_action")
        return {**action, "domain": [("id", "in", goals.ids)], "context": {}}
