from odoo import fields, models


class SalesProcessResourceFunction(models.Model):
    """Something that a tool can do: a column of the comparison."""

    _name = "sales.process.resource.function"
    _description = "Function of Sales Tools"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="What counts as having this function.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    key = fields.Char(help="Names the function in exported files.", copy=False)
