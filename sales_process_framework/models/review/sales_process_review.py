from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_datetime

from ...tools.period import local_day, period_of

REVIEW_CYCLES = [("month", "Month"), ("quarter", "Quarter"), ("half_year", "Half-year")]
STATES = [
    ("look_back", "Look Back"),
    ("assess", "Assess"),
    ("conclude", "Conclude"),
    ("actions", "Actions"),
    ("closed", "Closed"),
]
#: The minutes: settled once the review is closed.
MINUTES = {
    "name",
    "company_id",
    "cycle",
    "date_from",
    "date",
    "duration",
    "user_id",
    "attendee_ids",
    "previous_id",
    "summary",
    "topic_ids",
}


class SalesProcessReview(models.Model):
    """A periodic look at the process (S6.3, S6.4): look back, assess, conclude, agree on actions."""

    _name = "sales.process.review"
    _description = "Process Review"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.process.kept",
        "sales.process.review.steps",
        "sales.process.review.agenda",
        "sales.process.review.gates",
        "sales.process.review.minutes",
    ]
    _kept_fields = frozenset({"state", "date_closed", "closed_by_id", "look_back", "agenda_on", "schedule_id"})
    _order = "date desc, id desc"
    # Whoever takes part may talk about it.
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    schedule_id = fields.Many2one(
        "sales.process.review.schedule", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    cycle = fields.Selection(REVIEW_CYCLES, string="Period", required=True, default="month", tracking=True)
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: period_of(fields.Date.context_today(self), "month").previous().start,
        help="Any day of the period that is looked back on.",
    )
    date_to = fields.Date(string="To", compute="_compute_date_to", store=True)
    date = fields.Datetime(
        string="Meeting", required=True, default=lambda self: self._get_default_date(), index=True, tracking=True
    )
    duration = fields.Float(string="Hours", required=True, default=1.5)
    user_id = fields.Many2one(
        "res.users",
        string="Led By",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    attendee_ids = fields.Many2many(
        "res.users",
        "sales_process_review_attendee_rel",
        "review_id",
        "user_id",
        string="Attendees",
        domain=[("share", "=", False)],
    )
    event_id = fields.Many2one(
        "calendar.event",
        string="Calendar Meeting",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="look_back",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    previous_id = fields.Many2one(
        "sales.process.review",
        string="Review Before",
        compute="_compute_previous_id",
        store=True,
        ondelete="set null",
        help="Its actions are looked at first.",
    )
    topic_ids = fields.One2many("sales.process.review.topic", "review_id", string="Agenda", copy=False)
    action_ids = fields.One2many("sales.process.review.action", "review_id", string="Actions", copy=False)
    earlier_action_ids = fields.Many2many(
        "sales.process.review.action",
        compute="_compute_earlier_actions",
        string="Earlier Actions",
        help="Actions of the review before, and whatever is still open from earlier ones.",
    )
    earlier_text = fields.Char(compute="_compute_earlier_actions", help="How many of them are done.")
    improvement_ids = fields.One2many("sales.process.improvement", "review_id", string="Improvements", copy=False)
    summary = fields.Html(help="What everybody should remember of this review.")
    agenda_on = fields.Datetime(string="Agenda As Of", readonly=True, copy=False)
    look_back = fields.Json(readonly=True, copy=False, help="How the earlier actions stood when it was closed.")
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    critical_count = fields.Integer(string="Critical", compute="_compute_counts")
    unsettled_count = fields.Integer(string="Without Conclusion", compute="_compute_counts")
    open_action_count = fields.Integer(string="Open Actions", compute="_compute_counts")
    improvement_count = fields.Integer(compute="_compute_counts")

    _once = models.UniqueIndex(
        "(schedule_id, date_from) WHERE schedule_id IS NOT NULL", "The schedule has a review of this period already."
    )
    _duration_check = models.Constraint("CHECK(duration > 0 AND duration <= 24)", "A review takes up to 24 hours.")

    @api.model
    def _get_default_date(self):
        """Tomorrow at the same full hour."""
        return self.env.cr.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)

    @api.depends("cycle", "date_from", "user_id")
    def _compute_name(self):
        """In the language of whoever leads it; it can be written over."""
        for review in self:
            translated = review.with_context(lang=review.user_id.lang or self.env.lang).env
            label = period_of(review.date_from, review.cycle).label() if review.date_from and review.cycle else ""
            review.name = {
                "month": translated._("Monthly review %s", label),
                "quarter": translated._("Quarterly review %s", label),
                "half_year": translated._("Half-year review %s", label),
            }.get(review.cycle, label)

    @api.depends("cycle", "date_from")
    def _compute_date_to(self):
        for review in self:
            review.date_to = review.date_from and review.cycle and period_of(review.date_from, review.cycle).stop

    @api.depends("date", "company_id", "schedule_id", "cycle")
    def _compute_previous_id(self):
        """The last one of the same schedule, else of the same kind in the company."""
        for review in self:
            if review.state == "closed":
                continue
            domain = [
                ("company_id", "=", review.company_id.id),
                ("cycle", "=", review.cycle),
                ("date", "<", review.date),
                ("id", "!=", review._origin.id),
            ]
            found = self.browse()
            if review.schedule_id:
                found = self.search([*domain, ("schedule_id", "=", review.schedule_id.id)], limit=1)
            review.previous_id = found or self.search(domain, limit=1)

    @api.depends("previous_id.action_ids.state", "date", "company_id")
    def _compute_earlier_actions(self):
        Action = self.env["sales.process.review.action"]
        for review in self:
            actions = review.previous_id.action_ids
            if review.date:
                actions |= Action.search(
                    [
                        ("company_id", "=", review.company_id.id),
                        ("state", "=", "open"),
                        ("review_id.date", "<", review.date),
                        ("review_id", "!=", review._origin.id),
                    ]
                )
            review.earlier_action_ids = actions
            done = actions.filtered(lambda action: action.state == "done")
            late = actions.filtered("is_late")
            review.earlier_text = actions and self.env._(
                "%(done)s of %(count)s done, %(late)s late", done=len(done), count=len(actions), late=len(late)
            )

    @api.depends("topic_ids.severity", "topic_ids.is_settled", "action_ids.state")
    def _compute_counts(self):
        improvements = dict(
            self.env["sales.process.improvement"]._read_group(
                [("review_id", "in", self.ids)], ["review_id"], ["__count"]
            )
        )
        for review in self:
            critical = review.topic_ids.filtered(lambda topic: topic.severity == "critical")
            review.critical_count = len(critical)
            review.unsettled_count = len(critical.filtered(lambda topic: not topic.is_settled))
            review.open_action_count = len(review.action_ids.filtered(lambda action: action.state == "open"))
            review.improvement_count = improvements.get(review._origin, 0)

    @api.constrains("date_from", "cycle", "company_id")
    def _check_period(self):
        for review in self:
            if period_of(review.date_from, review.cycle).start > review._get_today():
                raise ValidationError(self.env._("This period has not begun yet: there is nothing to look back on."))

    @api.constrains("user_id", "attendee_ids")
    def _check_people(self):
        if any((review.user_id | review.attendee_ids).filtered("share") for review in self.sudo()):
            raise ValidationError(self.env._("Only employees take part in a review."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("date_from"):
                day = fields.Date.to_date(vals["date_from"])
                vals["date_from"] = period_of(day, vals.get("cycle") or "month").start
        reviews = super().create(vals_list)
        reviews._subscribe()
        return reviews

    def write(self, vals):
        if MINUTES & vals.keys():
            self._check_open()
        result = super().write(vals)
        if {"cycle", "date_from"} & vals.keys():
            for review in self:
                start = period_of(review.date_from, review.cycle).start
                if review.date_from != start:
                    super(SalesProcessReview, review).write({"date_from": start})
        if {"user_id", "attendee_ids"} & vals.keys():
            self._subscribe()
        if {"date", "duration", "name", "user_id", "attendee_ids"} & vals.keys():
            self._update_meeting()
        return result

    def _check_open(self):
        """:raise UserError: its minutes are settled; nobody is exempt"""
        for review in self:
            if review.state == "closed":
                raise UserError(
                    self.env._("“%s” is closed: its minutes stay as they are. Go on in the next review.", review.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        self._check_open()

    def _subscribe(self):
        for review in self:
            review.message_subscribe((review.user_id | review.attendee_ids).partner_id.ids)

    def _get_period(self):
        self.ensure_one()
        return period_of(self.date_from, self.cycle)

    def _get_today(self):
        self.ensure_one()
        return self.company_id._get_sales_today()

    @api.depends("name", "date")
    @api.depends_context("tz", "lang", "sales_review_with_date")
    def _compute_display_name(self):
        if not self.env.context.get("sales_review_with_date"):
            return super()._compute_display_name()
        for review in self:
            review.display_name = f"{review.name} · {format_datetime(self.env, review.date, dt_format='short')}"
        return None

    # ------------------------------------------------------------------
    # The meeting
    # ------------------------------------------------------------------

    def action_plan_meeting(self):
        """Invite leader and attendees by the calendar."""
        self.check_access("write")
        self._check_open()
        self._plan_meeting()
        return True

    def _plan_meeting(self):
        pending = self.filtered(lambda review: not review.event_id)
        # sudo: the invitation is sent in the name of whoever leads the review
        events = self.env["calendar.event"].sudo().create([review._prepare_event_vals() for review in pending])
        for review, event in zip(pending, events, strict=True):
            review.sudo().event_id = event

    def _prepare_event_vals(self):
        self.ensure_one()
        return {
            "name": self.name,
            "start": self.date,
            "stop": self.date + timedelta(hours=self.duration),
            "user_id": self.user_id.id,
            "partner_ids": [fields.Command.set((self.user_id | self.attendee_ids).partner_id.ids)],
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _tell_leader(self):
        """The leader finds the prepared review among the activities, until it is closed."""
        for review in self:
            leader = review.user_id
            # sudo: reviews are made by the schedule
            told = review.sudo().with_context(lang=leader.lang or self.env.lang)
            told.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=max(local_day(review.date, review.company_id._get_sales_timezone()), review._get_today()),
                summary=told.env._("The agenda is filled: look through it before the meeting"),
                user_id=leader.id,
            )

    def _update_meeting(self):
        if self.env.context.get("sales_review_from_calendar"):
            return
        for review in self.filtered("event_id"):
            vals = review._prepare_event_vals()
            review.event_id.sudo().write(
                {name: vals[name] for name in ("name", "start", "stop", "user_id", "partner_ids")}
            )

    def action_open_meeting(self):
        self.ensure_one()
        return self.event_id.get_formview_action()
