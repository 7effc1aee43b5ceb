from odoo import fields, models


class SalesProcessTouch(models.Model):
    _inherit = "sales.process.touch"

    source = fields.Selection(selection_add=[("survey", "Survey")], ondelete={"survey": "cascade"})
