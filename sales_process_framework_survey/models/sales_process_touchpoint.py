from odoo import fields, models


class SalesProcessTouchpoint(models.Model):
    _inherit = "sales.process.touchpoint"

    match_source = fields.Selection(selection_add=[("survey", "Survey")], ondelete={"survey": "set default"})
