from odoo import api, fields, models
from odoo.exceptions import UserError

CHANGE_KINDS = [("added", "Added"), ("removed", "Removed"), ("changed", "Changed"), ("moved", "Moved")]


class SalesProcessChange(models.Model):
    """One thing that is different from the previous version, and why."""

    _name = "sales.process.change"
    _description = "Change of a Process Version"
    _order = "process_id, sequence, id"
    _rec_name = "element"

    process_id = fields.Many2one(
        "sales.process", string="Version", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(CHANGE_KINDS, required=True, default="changed")
    element = fields.Char(required=True, help="The stage, requirement or setting that is different.")
    element_key = fields.Char(readonly=True, index=True, help="Names the element to the comparison of versions.")
    detail = fields.Text(readonly=True)
    reason = fields.Text(help="Why: what was learned, and from where.")
    pilot_ids = fields.Many2many(
        "sales.process.pilot",
        "sales_process_change_pilot_rel",
        "change_id",
        "pilot_id",
        string="Pilots",
        help="What the change was tried in.",
    )
    feedback_ids = fields.Many2many(
        "sales.process.feedback",
        "sales_process_change_feedback_rel",
        "change_id",
        "feedback_id",
        help="What people said that led to it.",
    )
    improvement_ids = fields.Many2many(
        "sales.process.improvement",
        "sales_process_change_improvement_rel",
        "change_id",
        "improvement_id",
        string="Improvements",
        help="What the change was made for.",
    )
    review_ids = fields.Many2many(
        "sales.process.review",
        "sales_process_change_review_rel",
        "change_id",
        "review_id",
        string="Reviews",
        help="Where it was concluded.",
    )
    topic_ids = fields.Many2many(
        "sales.process.review.topic",
        "sales_process_change_topic_rel",
        "change_id",
        "topic_id",
        string="Findings",
        help="What a review found, or a health report or the effectiveness of a gate that it discussed.",
    )
    user_id = fields.Many2one("res.users", string="Changed By", default=lambda self: self.env.user, readonly=True)
    date = fields.Datetime(default=lambda self: self.env.cr.now(), readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_in_draft(self):
        if settled := self.process_id.filtered(lambda process: process.state != "draft"):
            raise UserError(
                self.env._("%s is in use, its changes are settled.", ", ".join(settled.mapped("display_name")))
            )
