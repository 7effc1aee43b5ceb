from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...tools import response

#: Kept by the clock alone.
RESPONSE_FIELDS = ("sales_response_started", "sales_response_deadline")
#: Of an older lead nobody expects a first answer any more.
FIRST_ANSWER_EXPECTED = timedelta(days=7)


class SalesProcessResponseMixin(models.AbstractModel):
    """First response on ``crm.lead``: when the clock starts, what a card shows of it."""

    _name = "sales.process.response.mixin"
    _description = "Response clock of leads"

    sales_response_ids = fields.One2many("sales.process.response", "lead_id", string="Response Clocks")
    sales_response_started = fields.Datetime(string="Waiting Since", readonly=True, copy=False)
    sales_response_deadline = fields.Datetime(
        string="Respond By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="By when the customer expects an answer of a person, in working time. Empty when nobody waits.",
    )
    sales_response_state = fields.Selection(
        [("none", "Nobody waits"), ("running", "Waiting for an answer"), ("late", "Late")],
        string="Response",
        compute="_compute_sales_response_state",
        search="_search_sales_response_state",
    )

    @api.depends("sales_response_deadline", "active")
    def _compute_sales_response_state(self):
        now = self.env.cr.now()
        for lead in self:
            deadline = lead.sales_response_deadline
            if not deadline or not lead.active:
                lead.sales_response_state = "none"
            else:
                lead.sales_response_state = "late" if deadline < now else "running"

    def _search_sales_response_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self.env.cr.now()
        waits = Domain("active", "=", True) & Domain("sales_response_deadline", "!=", False)
        domains = {
            "none": Domain("active", "=", False) | Domain("sales_response_deadline", "=", False),
            "running": waits & Domain("sales_response_deadline", ">=", now),
            "late": waits & Domain("sales_response_deadline", "<", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def _on_leads_created(self):
        result = super()._on_leads_created()
        standards = self.env["sales.process.touchpoint"]._get_response_standards()
        if standards and not self.env.context.get("import_file"):
            self._start_response_clocks(standards)
        return result

    def _on_stage_changed(self, changes):
        """A lead that a team takes over after its creation has been waiting since then."""
        result = super()._on_stage_changed(changes)
        newcomers = self.browse(
            change.lead.id
            for change in changes
            if change.old and not change.old.process_id and change.new.process_id and change.new.active
        )
        standards = newcomers and self.env["sales.process.touchpoint"]._get_response_standards()
        if standards:
            newcomers._get_unanswered()._start_response_clocks(standards, existing=True)
        return result

    def _get_unanswered(self):
        """Leads young enough that their customer still expects a first answer, and has none."""
        youngest = self.env.cr.now() - FIRST_ANSWER_EXPECTED
        young = self.sudo().filtered(lambda lead: lead.create_date >= youngest)
        if not young:
            return young
        by_person = Domain("model", "=", self._name) & Domain("res_id", "in", young.ids)
        by_person &= Domain("author_id.user_ids.share", "=", False)
        written = Domain("message_type", "in", ("comment", "email_outgoing")) & Domain("is_internal", "=", False)
        written &= Domain("subtype_id.internal", "=", False)
        spoken = Domain("mail_activity_type_id.category", "in", ("phonecall", "meeting"))
        answers = self.env["mail.message"].sudo()._read_group(by_person & (written | spoken), ["res_id"])
        return young - young.browse(number for (number,) in answers)

    def _start_response_clocks(self, standards, existing=False):
        """Start what leads wait for; all of a batch in the same queries.

        :param existing: the leads were there before, and have waited since their creation
        """
        now = self.env.cr.now().replace(microsecond=0)
        Touch = self.env["sales.process.touch"]
        wanted = []
        for lead in self.sudo():
            journey = Touch._get_journey_of(lead)
            if not journey:
                continue
            source = lead._recall_arrival_source() if existing else lead._get_arrival_source()
            start = lead.create_date.replace(microsecond=0) if existing else now
            wanted += [
                (lead, standard, start, source)
                for standard in standards
                if response.applies(standard, journey=journey.journey, source=source, text=lead.name or "")
            ]
        if wanted:
            Clock = self.env["sales.process.response"].sudo()
            newborn = set() if existing else set(self.ids)
            Clock._get_newborn().update(newborn)
            Clock._start(wanted)
            Clock._get_newborn().difference_update(newborn)

    def _get_arrival_source(self):
        """The way this lead comes in, at the moment of its creation.

        :return: a channel of :data:`~..tools.response.CHANNELS`, "own" for what a salesperson types for himself,
            "manual" for what anybody else or another system enters
        """
        self.ensure_one()
        # Live chat, with an operator or a robot, ties its leads to the conversation.
        if "origin_channel_id" in self._fields and self.origin_channel_id:
            return "livechat"
        if self.env.context.get("sales_process_intake"):
            return "email_in"
        if self._is_intake():
            return "web_form"
        return "own" if self.user_id.id == self.env.uid else "manual"

    def _recall_arrival_source(self):
        """The way an existing lead came in, as far as its record tells."""
        if "origin_channel_id" in self._fields and self.origin_channel_id:
            return "livechat"
        if self.create_uid.share or self.create_uid.id == SUPERUSER_ID:
            return "web_form"
        return "own" if self.user_id == self.create_uid else "manual"

    # ------------------------------------------------------------------
    # What happens on the lead
    # ------------------------------------------------------------------

    @api.model
    def _on_touches_recorded(self, touches):
        """A message of the customer starts the clock of its touchpoint, a person's contact answers what waits."""
        result = super()._on_touches_recorded(touches)
        Clock = self.env["sales.process.response"].sudo()
        Touchpoint = self.env["sales.process.touchpoint"]
        now = self.env.cr.now().replace(microsecond=0)
        wanted, answers = [], {}
        for touch in touches:
            standard = Touchpoint._get_incoming_standard(touch.touchpoint_id.id) if touch.direction == "in" else None
            if standard:
                wanted.append((touch.lead_id, standard, now, touch.source))
            elif touch.direction == "out" and touch.human:
                answers.setdefault(touch.lead_id.id, []).append((touch.date, touch.user_id.id, touch.id))
        if wanted:
            Clock._start(wanted)
        if answers and Clock._is_in_use():
            Clock._answer(answers)
        return result

    def _assign_response_times(self, fresh=None):
        """Show the clock that runs out first; set as a stored compute would: no write, no tracking.

        :param fresh: the clocks just started, when they may be the only ones
        """
        if not self:
            return
        if fresh is None or self.filtered("sales_response_deadline"):
            fresh = (
                self.env["sales.process.response"]
                .sudo()
                .search_fetch(
                    [("lead_id", "in", self.ids), ("state", "in", ("running", "breached_open"))],
                    ["lead_id", "started", "deadline"],
                )
            )
        by_lead = fresh.grouped("lead_id")
        leads = self.sudo()
        with self.env.protecting([self._fields[name] for name in RESPONSE_FIELDS], leads):
            for lead in leads:
                first = min(by_lead.get(lead, ()), key=lambda clock: (clock.deadline, clock.id), default=None)
                lead._set_if_changed("sales_response_started", first.started if first else False)
                lead._set_if_changed("sales_response_deadline", first.deadline if first else False)

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """The customer's wait goes on: nobody starts anew because two leads turn out to be one."""
        result = super()._merge_dependences(opportunities)
        if self.env["sales.process.response"]._is_in_use():
            # CRM unlinks the tails as superuser; their clocks have to leave them the same way.
            Clock = self.env["sales.process.response"].sudo()
            Clock._merge(self, opportunities)
            (self | opportunities)._assign_response_times()
        return result
