from odoo import fields, models


class SalesProcessAlertEscalation(models.Model):
    """Who is told next when nobody has acted."""

    _name = "sales.process.alert.escalation"
    _inherit = ["sales.process.alert.audience"]
    _description = "Escalation of an Alert"
    _order = "after_days, id"

    rule_id = fields.Many2one("sales.process.alert.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id")
    after_days = fields.Float(string="After", required=True, default=2, help="Working days without anybody acting.")
    to_owner = fields.Boolean(default=False)
    to_leader = fields.Boolean(default=True)

    _after_positive = models.Constraint("CHECK(after_days > 0)", "An escalation comes later: enter more than 0 days.")
