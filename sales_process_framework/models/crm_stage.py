from odoo import fields, models
from odoo.exceptions import UserError


class CrmStage(models.Model):
    _inherit = "crm.stage"

    sales_process_stage_ids = fields.One2many("sales.process.stage", "stage_id", string="Gates")

    def action_add_to_process(self):
        """Choose the process in which this column becomes a stage with gates."""
        self.ensure_one()
        drafts = self.env["sales.process"].search([("state", "=", "draft")])
        if not drafts:
            raise UserError(
                self.env._(
                    "There is no draft process this stage could join. Create one under CRM ▸ Configuration ▸ Sales "
                    "Processes, or make a new version of a process in use."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Gates"),
            "res_model": "sales.process.stage",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_stage_id": self.id,
                "default_name": self.name,
                "default_is_won": self.is_won,
                "default_process_id": drafts[0].id if len(drafts) == 1 else False,
            },
        }
