from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_process_enforcement = fields.Selection(related="company_id.sales_process_enforcement", readonly=False)
    sales_process_ceiling = fields.Selection(related="company_id.sales_process_ceiling", readonly=False)
    sales_kpi_closing_days = fields.Integer(related="company_id.sales_kpi_closing_days", readonly=False)
    sales_process_mandatory = fields.Boolean(related="company_id.sales_process_mandatory", readonly=False)
    sales_process_calendar_id = fields.Many2one(
        related="company_id.resource_calendar_id",
        readonly=False,
        string="Working Time for Limits",
    )

    def action_open_sales_processes(self):
        return self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_action")
