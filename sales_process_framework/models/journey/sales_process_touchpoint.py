from odoo import api, fields, models

from ...tools import journey as rules
from .sales_process_channel import CHANNEL_KINDS

#: What a touch is recognized by; a touch made by hand has the source "manual" besides these.
MATCH_SOURCES = [
    ("none", "By hand only"),
    ("email_in", "Incoming email"),
    ("email_out", "Outgoing email"),
    ("call", "Call"),
    ("activity", "Done activity"),
    ("meeting", "Meeting"),
    ("web_form", "Website form"),
    ("livechat", "Live chat"),
    ("note", "Note marked as contact"),
]


class SalesProcessTouchpoint(models.Model):
    _name = "sales.process.touchpoint"
    _description = "Touchpoint"
    # The phases' own order, so that the map and the list agree.
    _order = "phase_id, sequence, id"
    _check_company_auto = True

    phase_id = fields.Many2one(
        "sales.process.journey.phase",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('journey_id', '=?', journey_id)]",
    )
    journey_id = fields.Many2one(related="phase_id.journey_id", store=True, index=True)
    company_id = fields.Many2one(related="journey_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    channel_id = fields.Many2one("sales.process.channel", index=True, ondelete="restrict")
    channel_kind = fields.Selection(
        CHANNEL_KINDS,
        string="Kind of Channel",
        required=True,
        compute="_compute_channel_kind",
        store=True,
        readonly=False,
        precompute=True,
    )
    importance = fields.Integer(default=3, aggregator="avg", help="1 to 5; more than 3 is important.")
    urgency = fields.Integer(default=3, aggregator="avg", help="1 to 5; more than 3 is urgent.")
    quadrant = fields.Selection(
        [
            ("do_first", "Do first: important and urgent"),
            ("plan", "Plan: important, not urgent"),
            ("quick", "Handle quickly: urgent, less important"),
            ("routine", "Routine: neither"),
        ],
        compute="_compute_quadrant",
        store=True,
        index=True,
    )
    need = fields.Text(translate=True)
    pain = fields.Text(translate=True)
    action = fields.Text(string="Sales Action", translate=True, help="What is done at this touchpoint, as a standard.")
    script = fields.Html(translate=True, help="Words a rep can use, one click away.")
    role_id = fields.Many2one("sales.process.role", string="Owner", ondelete="restrict", check_company=True)
    deliverable = fields.Char(translate=True, help="What the customer holds in the hand afterwards.")
    requirement_ids = fields.Many2many(
        "sales.process.requirement",
        "sales_process_touchpoint_requirement_rel",
        "touchpoint_id",
        "requirement_id",
        string="Requirements",
        check_company=True,
        help="Requirements of the process that this touchpoint serves.",
    )
    response_time = fields.Float(help="In working time; 0 for no standard.")
    response_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Working days")], required=True, default="hours"
    )
    clock_start = fields.Selection(
        [("none", "No clock"), ("lead_created", "The lead is created"), ("incoming", "The customer writes or calls")],
        string="Clock Starts When",
        required=True,
        default="none",
    )
    direction = fields.Selection(
        [("customer", "The customer comes to us"), ("us", "We go to the customer")],
        required=True,
        default="us",
    )
    match_source = fields.Selection(MATCH_SOURCES, string="Recognized By", required=True, default="none")
    match_activity_type_id = fields.Many2one(
        "mail.activity.type", string="Activity Type", ondelete="set null", help="Empty: any type."
    )
    match_text = fields.Char(string="Text Contains", help="Only when the subject or title contains this; empty: any.")
    key = fields.Char(help="Names the touchpoint in exported files.", copy=True)

    _rated_one_to_five = models.Constraint(
        f"CHECK(importance BETWEEN {rules.LOWEST} AND {rules.HIGHEST}"
        f" AND urgency BETWEEN {rules.LOWEST} AND {rules.HIGHEST})",
        "Rate importance and urgency from 1 to 5.",
    )
    _response_not_negative = models.Constraint(
        "CHECK(response_time >= 0)", "A response time cannot be negative. Use 0 for no standard."
    )

    @api.depends("channel_id")
    def _compute_channel_kind(self):
        for touchpoint in self:
            touchpoint.channel_kind = touchpoint.channel_id.kind or touchpoint.channel_kind or "online"

    @api.depends("importance", "urgency")
    def _compute_quadrant(self):
        for touchpoint in self:
            touchpoint.quadrant = rules.quadrant(touchpoint.importance, touchpoint.urgency)

    @api.model_create_multi
    def create(self, vals_list):
        touchpoints = super().create(vals_list)
        self.env["sales.process.journey"]._clear_journeys()
        return touchpoints

    def write(self, vals):
        result = super().write(vals)
        self.env["sales.process.journey"]._clear_journeys()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["sales.process.journey"]._clear_journeys()
        return result

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _format_response(self):
        """:return: the standard in words, such as “3 min”; empty without a standard"""
        self.ensure_one()
        if not self.response_time:
            return ""
        amount = f"{self.response_time:g}"
        if self.response_unit == "minutes":
            return self.env._("%s min", amount)
        if self.response_unit == "hours":
            return self.env._("%s h", amount)
        return self.env._("%s working days", amount) if self.response_time != 1 else self.env._("1 working day")

    def _prepare_map_card(self):
        """:return: the touchpoint as plain data for the map, the matrix and the files"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "phase_id": self.phase_id.id,
            "phase": self.phase_id.name,
            "channel": self.channel_id.name or "",
            "channel_kind": self.channel_kind,
            "importance": self.importance,
            "urgency": self.urgency,
            "quadrant": self.quadrant,
            "need": self.need or "",
            "pain": self.pain or "",
            "role": self.role_id.name or "",
            "action": self.action or "",
            "deliverable": self.deliverable or "",
            "response": self._format_response(),
        }
