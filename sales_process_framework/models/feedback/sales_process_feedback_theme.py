from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessFeedbackTheme(models.Model):
    """What pieces of feedback have in common."""

    _name = "sales.process.feedback.theme"
    _description = "Feedback Theme"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(string="Colour")
    description = fields.Char(translate=True, help="What belongs here, so that everybody chooses alike.")
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
    feedback_count = fields.Integer(string="Feedback", compute="_compute_feedback_count")

    def _compute_feedback_count(self):
        Feedback = self.env["sales.process.feedback"]
        counts = dict(
            Feedback._read_group(
                [("theme_id", "in", self.ids), ("merged_into_id", "=", False)], ["theme_id"], ["__count"]
            )
        )
        for theme in self:
            theme.feedback_count = counts.get(theme, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        # sudo: feedback of other companies counts as well
        if used := self.sudo().env["sales.process.feedback"].search([("theme_id", "in", self.ids)], limit=1).theme_id:
            raise UserError(self.env._("Feedback belongs to “%s”: archive the theme instead.", used.name))
