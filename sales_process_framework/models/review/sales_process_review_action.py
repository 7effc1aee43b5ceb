from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: What was agreed; settled with the minutes.
AGREED = {"review_id", "topic_id", "name"}


class SalesProcessReviewAction(models.Model):
    """What a review agreed on: who does what by when. Followed as an activity of the review, and by the next one."""

    _name = "sales.process.review.action"
    _description = "Action of a Review"
    _inherit = ["sales.process.kept"]
    _kept_fields = frozenset({"state", "date_done", "done_by_id", "date_agreed", "owner_agreed_id", "activity_id"})
    _order = "date_deadline, id"
    _check_company_auto = True

    review_id = fields.Many2one("sales.process.review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    topic_id = fields.Many2one(
        "sales.process.review.topic",
        domain="[('review_id', '=', review_id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(string="Action", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date_deadline = fields.Date(string="Due", required=True, index=True)
    owner_agreed_id = fields.Many2one(
        "res.users", string="Owner as Agreed", readonly=True, copy=False, help="As the minutes have it."
    )
    date_agreed = fields.Date(string="Due as Agreed", readonly=True, copy=False, help="As the minutes have it.")
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        index=True,
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    outcome = fields.Text(copy=False, help="What came of it.")
    date_done = fields.Date(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    may_settle = fields.Boolean(compute="_compute_may_settle")

    _open_idx = models.Index("(company_id, date_deadline) WHERE state = 'open'")

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        days = {company: company._get_sales_today() for company in self.company_id}
        for action in self:
            today = days.get(action.company_id)
            action.is_late = bool(
                today and action.state == "open" and action.date_deadline and action.date_deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the day depends on the company alone, whose actions are found depends on the rules
        [(companies,)] = self.sudo()._read_group([("state", "=", "open")], aggregates=["company_id:recordset"])
        late = Domain.OR(
            [
                Domain("company_id", "in", group.ids) & Domain("date_deadline", "<", day)
                for day, group in companies.grouped(lambda company: company._get_sales_today()).items()
            ]
        ) & Domain("state", "=", "open")
        return Domain.OR([late if choice else ~late for choice in set(value)])

    @api.depends("user_id", "state")
    @api.depends_context("uid")
    def _compute_may_settle(self):
        writes = self.has_access("write")
        for action in self:
            action.may_settle = action.state == "open" and (writes or action.user_id == self.env.user)

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        for action in self.sudo():
            user = action.user_id
            if not user.has_group("sales_team.group_sale_salesman") or action.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%s cannot open reviews: choose an owner who works in the CRM of this company.", user.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.review_id._check_open()
        actions._plan_activities()
        return actions

    def write(self, vals):
        if AGREED & vals.keys():
            self.review_id._check_open()
        result = super().write(vals)
        if not self.env.context.get("sales_review_action") and {"user_id", "date_deadline", "name"} & vals.keys():
            self._update_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_open_reviews(self):
        self.review_id._check_open()

    def unlink(self):
        activities = self.sudo().activity_id.filtered("active")
        result = super().unlink()
        activities.unlink()
        return result

    # ------------------------------------------------------------------
    # The activity
    # ------------------------------------------------------------------

    def _plan_activities(self):
        """One activity on the review for each action."""
        # sudo: whoever may write the action may give it to its owner
        for action in self.sudo().with_context(sales_review_action=True):
            action.activity_id = action.review_id.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.date_deadline,
                summary=action.name,
                user_id=action.user_id.id,
            )

    def _update_activities(self):
        # sudo: as _plan_activities
        for action in self.sudo().with_context(sales_review_action=True):
            if action.state != "open":
                continue
            if not action.activity_id:
                action._plan_activities()
                continue
            action.activity_id.write(
                {"user_id": action.user_id.id, "date_deadline": action.date_deadline, "summary": action.name}
            )

    def _follow_activities(self):
        """Take over what was changed on the activities; what was agreed keeps its words."""
        for action in self.with_context(sales_review_action=True):
            activity = action.activity_id
            vals = {"user_id": activity.user_id.id, "date_deadline": activity.date_deadline}
            action.write({name: value for name, value in vals.items() if value})

    def _on_activities_done(self, feedback):
        for action in self.filtered(lambda action: action.state == "open"):
            action._settle("done", feedback)

    def _settle(self, state, outcome=False):
        self.ensure_one()
        # sudo: kept by the action itself
        self.sudo().write(
            {
                "state": state,
                "outcome": outcome or self.outcome,
                "date_done": self.company_id._get_sales_today(),
                "done_by_id": self.env.uid,
            }
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_done(self):
        """Done, by its owner or by whoever may write the review."""
        for action in self:
            action._check_may_settle()
            if action.activity_id.sudo().active:
                # sudo: the owner need not be who the activity was given to in the meantime
                action.activity_id.sudo()._action_done(feedback=action.outcome)
            if action.state == "open":
                action._settle("done")
        return True

    def action_cancel(self):
        """It will not be done; why stands in its outcome."""
        for action in self:
            action._check_may_settle()
            if not (action.outcome or "").strip():
                raise UserError(self.env._("“%s”: say in its outcome why it will not be done.", action.name))
            activity = action.activity_id.sudo()
            action._settle("cancelled")
            activity.unlink()
        return True

    def action_reopen(self):
        self.check_access("write")
        for action in self.filtered(lambda action: action.state != "open"):
            # sudo: kept by the action itself
            action.sudo().write({"state": "open", "date_done": False, "done_by_id": False, "activity_id": False})
            action._plan_activities()
        return True

    def _check_may_settle(self):
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            self.check_access("write")
        if self.state != "open":
            raise UserError(self.env._("“%s” is not open any more.", self.name))

    def action_open_review(self):
        self.ensure_one()
        return self.review_id.get_formview_action()
