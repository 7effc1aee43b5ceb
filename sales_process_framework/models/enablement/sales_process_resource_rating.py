from odoo import fields, models


class SalesProcessResourceRating(models.Model):
    """How well one tool does one function; no row means that nobody has looked at it yet."""

    _name = "sales.process.resource.rating"
    _description = "Rating of a Sales Tool"
    _order = "resource_id, function_id"
    _rec_name = "function_id"

    resource_id = fields.Many2one("sales.process.resource", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="resource_id.company_id", store=True, index=True)
    function_id = fields.Many2one("sales.process.resource.function", required=True, index=True, ondelete="cascade")
    rating = fields.Integer(required=True, aggregator="avg", help="0: does not do it, 1: poorly … 5: very well.")
    note = fields.Char(translate=True)

    _once = models.UniqueIndex("(resource_id, function_id)", "A tool is rated once for each function.")
    _rating_in_range = models.Constraint("CHECK(rating BETWEEN 0 AND 5)", "A rating is a number from 0 to 5.")
