from odoo import fields, models


class SalesProcessActivationLine(models.TransientModel):
    _name = "sales.process.activation.line"
    _description = "Dry Run by Requirement"

    activation_id = fields.Many2one("sales.process.activation", required=True, ondelete="cascade")
    requirement_id = fields.Many2one("sales.process.requirement", readonly=True, ondelete="cascade")
    process_stage_id = fields.Many2one(related="requirement_id.process_stage_id")
    lead_count = fields.Integer(string="Leads Held Back", readonly=True)
    lead_ids = fields.Many2many("crm.lead", "sales_process_activation_line_lead_rel", readonly=True)

    def action_view_leads(self):
        self.ensure_one()
        return self.activation_id._view_leads(self.lead_ids, self.requirement_id.name)
