from odoo import api, fields, models
from odoo.exceptions import UserError

MANAGER = "sales_team.group_sale_manager"
TOPIC_KINDS = [
    ("measure", "Overdue action"),
    ("node", "Abnormal node"),
    ("bottleneck", "Bottleneck"),
    ("sla", "Late support"),
    ("indicator", "Indicator"),
    ("feedback", "Feedback"),
    ("goal", "Goals"),
    ("market", "Market"),
    ("strategy", "Strategy"),
    ("journey", "Customer journey"),
    ("other", "Other"),
]
SEVERITIES = [("critical", "Critical"), ("warning", "Warning"), ("info", "Info")]
#: Found by the agenda; people write beside it.
FOUND = {"key", "kind", "severity", "target", "gone", "feedback_id"}
#: What people wrote: a topic with any of it is theirs.
WRITTEN = ("user_id", "assessment", "conclusion", "postponed", "postponed_reason", "action_ids", "improvement_ids")


class SalesProcessReviewTopic(models.Model):
    """One line of a review's agenda: what was found, what it is assessed as, what is concluded."""

    _name = "sales.process.review.topic"
    _description = "Topic of a Review"
    _order = "review_id, sequence, id"
    _check_company_auto = True

    review_id = fields.Many2one("sales.process.review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=500)
    kind = fields.Selection(TOPIC_KINDS, required=True, default="other")
    severity = fields.Selection(SEVERITIES, required=True, default="info")
    name = fields.Char(string="Topic", required=True)
    text = fields.Text(string="What Was Found")
    value = fields.Char(readonly=True, help="The number that it is about.")
    key = fields.Char(readonly=True, copy=False, help="Names what was found, so that it is found again.")
    gone = fields.Boolean(
        string="No Longer Found", readonly=True, copy=False, help="It was on the agenda, and is in order by now."
    )
    target = fields.Json(readonly=True, copy=False, help="The records that it is about.")
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", readonly=True, ondelete="set null")
    process_id = fields.Many2one("sales.process", readonly=True, ondelete="set null")
    stage_id = fields.Many2one("sales.process.stage", readonly=True, ondelete="set null")
    requirement_id = fields.Many2one("sales.process.requirement", readonly=True, ondelete="set null")
    feedback_id = fields.Many2one("sales.process.feedback", readonly=True, ondelete="set null", groups=MANAGER)
    user_id = fields.Many2one("res.users", string="Presented By", domain=[("share", "=", False)])
    assessment = fields.Text(help="Why it is so, and how bad it is.")
    conclusion = fields.Text(help="What follows from it.")
    postponed = fields.Boolean(help="Nothing is concluded this time.")
    postponed_reason = fields.Char(string="Why Postponed")
    action_ids = fields.One2many("sales.process.review.action", "topic_id", string="Actions")
    improvement_ids = fields.One2many("sales.process.improvement", "topic_id", string="Improvements")
    is_settled = fields.Boolean(
        compute="_compute_is_settled", store=True, help="It has a conclusion, or was postponed with a reason."
    )
    state = fields.Selection(related="review_id.state", string="Step of the Review")

    _key_uniq = models.UniqueIndex("(review_id, key) WHERE key IS NOT NULL", "This is on the agenda already.")

    @api.depends("conclusion", "postponed", "postponed_reason")
    def _compute_is_settled(self):
        for topic in self:
            reason = topic.postponed and (topic.postponed_reason or "").strip()
            topic.is_settled = bool((topic.conclusion or "").strip() or reason)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            found = FOUND - {"kind", "severity"}
            vals_list = [{name: value for name, value in vals.items() if name not in found} for vals in vals_list]
        topics = super().create(vals_list)
        topics.review_id._check_open()
        return topics

    def write(self, vals):
        self.review_id._check_open()
        if not self.env.su and FOUND & vals.keys() and (found := self.filtered("key")):
            raise UserError(
                self.env._(
                    "“%s” was found by the agenda: write your assessment and conclusion beside it.", found[0].name
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_open_reviews(self):
        self.review_id._check_open()

    def _is_untouched(self):
        """:return: whether nobody wrote anything to it"""
        self.ensure_one()
        return not any(self[name] for name in WRITTEN)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_target(self):
        """The records that it is about, as far as the user may see them."""
        self.ensure_one()
        self.check_access("read")
        target = self.target or {}
        if target.get("model") not in self.env:
            raise UserError(self.env._("There is no record behind “%s”.", self.name))
        action = {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": target["model"],
            "context": {"create": False, **(target.get("context") or {})},
        }
        if target.get("res_id"):
            record = self.env[target["model"]].browse(target["res_id"]).exists()
            if not record:
                raise UserError(self.env._("The record behind “%s” is not there any more.", self.name))
            return action | {"res_id": record.id, "views": [(False, "form")]}
        return action | {"domain": target.get("domain") or [], "views": [(False, "list"), (False, "form")]}

    def action_open(self):
        """The topic in a dialog, with its actions."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("sales_process_framework.sales_process_review_topic_view_form").id, "form")],
            "target": "new",
        }

    def action_make_improvement(self):
        """An idea for the process out of the topic; open what was made of it already."""
        self.ensure_one()
        self.check_access("write")
        if not self.improvement_ids:
            self.review_id._check_open()
            self._make_improvement()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.process.improvement",
            "res_id": self.improvement_ids[:1].id,
            "views": [(False, "form")],
        }

    def _make_improvement(self):
        """:return: the improvement; feedback that has one already keeps it, and its giver stays its author"""
        feedback = self.feedback_id
        if not feedback:
            return self.env["sales.process.improvement"].create(self._prepare_improvement_vals())
        feedback.action_open_improvement()
        feedback.improvement_id.write(
            {
                "topic_id": self.id,
                "review_id": self.review_id.id,
                "user_id": (feedback.improvement_id.user_id or self.user_id).id,
            }
        )
        return feedback.improvement_id

    def _prepare_improvement_vals(self):
        self.ensure_one()
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "process_id": self.process_id.id,
            "stage_id": self.stage_id.id if self.stage_id.process_id == self.process_id else False,
            "kpi_id": self.kpi_id.id,
            "review_id": self.review_id.id,
            "topic_id": self.id,
            "user_id": self.user_id.id,
            "expected_effect": self.conclusion,
        }
