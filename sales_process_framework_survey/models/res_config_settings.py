from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sales_survey_rest_days = fields.Integer(related="company_id.sales_survey_rest_days", readonly=False)
    sales_nps_minimum = fields.Integer(related="company_id.sales_nps_minimum", readonly=False)
