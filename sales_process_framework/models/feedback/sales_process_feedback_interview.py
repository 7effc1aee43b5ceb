from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessFeedbackInterview(models.Model):
    """A talk with somebody who works by the process, or with a customer; each point of it is a piece of feedback."""

    _name = "sales.process.feedback.interview"
    _description = "Feedback Interview"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users",
        string="Interviewer",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
    )
    spoken_with_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Hears what becomes of each point.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", check_company=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    process_id = fields.Many2one("sales.process", check_company=True, index="btree_not_null", ondelete="set null")
    lead_id = fields.Many2one("crm.lead", check_company=True, index="btree_not_null", ondelete="set null")
    notes = fields.Html(help="How it went, for your own memory; what follows from it belongs into the points.")
    feedback_ids = fields.One2many("sales.process.feedback", "interview_id", string="Points")
    feedback_count = fields.Integer(string="Number of Points", compute="_compute_feedback_count")

    _somebody = models.Constraint(
        "CHECK(spoken_with_id IS NOT NULL OR partner_id IS NOT NULL)",
        "Say whom you talked with: a colleague or a customer.",
    )

    @api.depends("spoken_with_id", "partner_id")
    def _compute_name(self):
        for interview in self:
            names = filter(None, (interview.spoken_with_id.name, interview.partner_id.display_name))
            interview.name = " · ".join(names)

    @api.depends("name", "date")
    def _compute_display_name(self):
        for interview in self:
            interview.display_name = " – ".join(filter(None, (interview.name, fields.Date.to_string(interview.date))))

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        for interview in self:
            interview.feedback_count = len(interview.feedback_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_answered(self):
        for interview in self:
            if interview.feedback_ids.filtered(lambda point: point.state != "new"):
                raise UserError(
                    self.env._("Points of the interview with %s are being worked on: it stays.", interview.name)
                )

    def unlink(self):
        self.feedback_ids.unlink()
        return super().unlink()

    def _prepare_point_vals(self):
        """:return: what each point of the interview has from it"""
        self.ensure_one()
        return {
            "source": "interview",
            "author_id": self.spoken_with_id.id,
            "partner_id": self.partner_id.id,
            "lead_id": self.lead_id.id,
            "company_id": self.company_id.id,
            "given_on": self.date,
        }
