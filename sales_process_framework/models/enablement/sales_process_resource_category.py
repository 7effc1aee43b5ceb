from odoo import fields, models


class SalesProcessResourceCategory(models.Model):
    _name = "sales.process.resource.category"
    _description = "Category of Sales Resources"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True)
    key = fields.Char(help="Names the category in exported files.", copy=False)
