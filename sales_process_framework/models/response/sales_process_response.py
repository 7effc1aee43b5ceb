from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...tools import response

#: Clocks that one statement of the scan looks at.
SCAN_BATCH = 500
#: No person has answered yet.
OPEN_STATES = ("running", "breached_open")


class SalesProcessResponse(models.Model):
    """One clock: from a lead's arrival, or a message of the customer, to the first answer of a person.

    Written by the clock itself, never edited. Who works the lead does not matter to it.
    """

    _name = "sales.process.response"
    _description = "Response Clock"
    _order = "started desc, id desc"
    _rec_name = "lead_id"
    _log_access = False
    _check_company_auto = True

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, help="The company whose working time the clock counts."
    )
    touchpoint_id = fields.Many2one(
        "sales.process.touchpoint", readonly=True, index="btree_not_null", ondelete="set null"
    )
    channel_id = fields.Many2one("sales.process.channel", readonly=True, ondelete="set null")
    source = fields.Selection(
        [
            ("web_form", "Website form"),
            ("livechat", "Live chat"),
            ("email_in", "Email"),
            ("call", "Call"),
            ("manual", "Entered by hand"),
            ("other", "Other"),
        ],
        string="Came By",
        readonly=True,
    )
    response_time = fields.Float(readonly=True, aggregator=None, help="The standard as it was when the clock started.")
    response_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Working days")], readonly=True
    )
    started = fields.Datetime(required=True, readonly=True)
    deadline = fields.Datetime(required=True, readonly=True, help="Start plus the standard, in working time.")
    answered = fields.Datetime(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    touch_id = fields.Many2one(
        "sales.process.touch", string="Answer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    breached = fields.Datetime(string="Late Since", readonly=True, help="When the standard was missed.")
    seconds_working = fields.Integer(
        string="Seconds to Answer", readonly=True, aggregator="avg", help="Working time from start to answer."
    )
    minutes_working = fields.Float(
        string="Minutes to Answer", readonly=True, aggregator="avg", digits=(16, 1), help="Working time."
    )
    kept_rate = fields.Float(
        string="Kept", readonly=True, aggregator="avg", help="Share of clocks that were answered in time."
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("kept", "Kept"),
            ("breached_open", "Late, not answered"),
            ("breached_answered", "Answered late"),
            ("void", "No answer needed"),
        ],
        required=True,
        readonly=True,
        default="running",
        help="No answer needed: the lead was closed in time, or merged with one whose clock counts.",
    )

    _one_open_idx = models.UniqueIndex(
        "(lead_id, touchpoint_id) WHERE state IN ('running', 'breached_open')",
        "A lead waits once for the answer at a touchpoint.",
    )
    _running_idx = models.Index("(deadline) WHERE state = 'running'")
    _unanswered_idx = models.Index("(deadline) WHERE state IN ('running', 'breached_open')")
    _started_idx = models.Index("(started)")

    @api.depends("lead_id", "touchpoint_id")
    def _compute_display_name(self):
        for clock in self:
            clock.display_name = f"{clock.lead_id.name} – {clock.touchpoint_id.name or ''}"

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether any clock was ever started; merging and answering ask this and stop"""
        return bool(self.sudo().search_count([], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        clocks = super().create(vals_list)
        if clocks and not self._is_in_use():
            self.env.registry.clear_cache("stable")
        return clocks

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    # ------------------------------------------------------------------
    # Start and answer
    # ------------------------------------------------------------------

    @api.model
    def _start(self, wanted):
        """Start clocks that are not running already.

        :param wanted: list of (lead, :class:`~..tools.response.Standard`, start, source)
        """
        waiting = set()
        if any(start < self.env.cr.now() or lead.id not in self._get_newborn() for lead, _s, start, _source in wanted):
            open_clocks = self.search_fetch(
                [("lead_id", "in", [lead.id for lead, *_rest in wanted]), ("state", "in", OPEN_STATES)],
                ["lead_id", "touchpoint_id"],
            )
            waiting = {(clock.lead_id.id, clock.touchpoint_id.id) for clock in open_clocks}
        vals_list, plans = [], {}
        for lead, standard, start, source in wanted:
            key = (lead.id, standard.touchpoint)
            if key in waiting:
                continue
            waiting.add(key)
            company = lead._get_gate_company()
            plan = (company.id, start, standard.key)
            if plan not in plans:
                plans[plan] = self._plan_deadline(*plan)
            vals_list.append(self._prepare_clock_vals(lead, standard, start, source, company, plans[plan]))
        clocks = self.create(vals_list)
        clocks.lead_id._assign_response_times(clocks)
        return clocks

    @api.model
    def _get_newborn(self):
        """:return: ids of leads whose creation is under way: no clock of theirs can run yet"""
        return self.env.cr.cache.setdefault("sales_process_newborn", set())

    def _prepare_clock_vals(self, lead, standard, start, source, company, deadline):
        known = dict(self._fields["source"]._description_selection(self.env))
        return {
            "lead_id": lead.id,
            "company_id": company.id,
            "touchpoint_id": standard.touchpoint,
            "channel_id": standard.channel,
            "source": source if source in known else "other",
            "response_time": standard.time,
            "response_unit": standard.unit,
            "started": start,
            "deadline": deadline,
        }

    @api.model
    def _plan_deadline(self, company_id, start, limit):
        """:param limit: (time, unit)"""
        time, unit = limit
        calendar = self._get_clock_calendar(company_id)
        if unit == "days":
            return calendar._plan_working_days(start, time)
        return calendar._plan_working_minutes(start, time * (60 if unit == "hours" else 1))

    @api.model
    def _get_clock_calendar(self, company_id):
        _ceiling, calendar_id = self.env["res.company"]._get_process_settings(company_id)
        return self.env["resource.calendar"].sudo().browse(calendar_id or ())

    @api.model
    def _answer(self, answers):
        """Stop what waits for an answer; a contact from before a clock's start does not stop it.

        :param answers: {lead id: list of (moment, user id, touch id)} of contacts that a person made
        :return: the clocks that were stopped
        """
        stopped = self.browse()
        for clock in self.search([("lead_id", "in", list(answers)), ("state", "in", OPEN_STATES)]):
            # Moments are stored in whole seconds.
            after = [answer for answer in answers[clock.lead_id.id] if answer[0] >= clock.started]
            if after:
                clock._stop(*min(after, key=lambda answer: answer[0]))
                stopped += clock
        stopped.lead_id._assign_response_times()
        return stopped

    def _stop(self, moment, user_id, touch_id=False):
        self.ensure_one()
        moment = moment.replace(microsecond=0)
        state = response.outcome(self.deadline, moment, moment)
        calendar = self._get_clock_calendar(self.company_id.id)
        self.answered = moment
        self.answered_by_id = user_id
        self.touch_id = touch_id
        self.state = state
        self.kept_rate = 1.0 if state == "kept" else 0.0
        self.breached = self.deadline if state != "kept" else False
        self.seconds_working = calendar._count_working_seconds(self.started, moment)
        self.minutes_working = self.seconds_working / 60

    # ------------------------------------------------------------------
    # The scan
    # ------------------------------------------------------------------

    @api.model
    def _cron_check_responses(self):
        """Note what has run late. Looks at clocks past their deadline only, however many leads there are."""
        now = self.env.cr.now()
        while True:
            late, done = self._breach(now, SCAN_BATCH)
            remaining = SCAN_BATCH if done == SCAN_BATCH else 0
            if late:
                late._on_breached()
            if not self.env["ir.cron"]._commit_progress(done, remaining=remaining) or not remaining:
                return

    @api.model
    def _breach(self, now, limit=None):
        """Turn clocks past their deadline late; of a lead that was closed in time nobody waits for an answer.

        :return: (clocks that are late now, number of clocks looked at)
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT clock.id, clock.lead_id
                      FROM sales_process_response AS clock
                     WHERE clock.state = 'running' AND clock.deadline < %(now)s
                     ORDER BY clock.deadline
                     LIMIT %(limit)s
                       FOR UPDATE OF clock SKIP LOCKED
                )
                UPDATE sales_process_response AS clock
                   SET state = CASE WHEN lead.active THEN 'breached_open' ELSE 'void' END,
                       breached = CASE WHEN lead.active THEN clock.deadline END,
                       kept_rate = CASE WHEN lead.active THEN 0.0 END
                  FROM due JOIN crm_lead AS lead ON lead.id = due.lead_id
                 WHERE clock.id = due.id
             RETURNING clock.id, clock.state
                """,
                now=now,
                limit=limit,
            )
        )
        rows = self.env.cr.fetchall()
        if not rows:
            return self.browse(), 0
        self.invalidate_model(["state", "breached", "kept_rate"])
        self.browse(number for number, state in rows if state == "void").lead_id._assign_response_times()
        return self.browse(number for number, state in rows if state == "breached_open"), len(rows)

    def _on_breached(self):
        """Hook for what follows from an answer that is late; alerts extend it."""

    # ------------------------------------------------------------------
    # Calendars change
    # ------------------------------------------------------------------

    @api.model
    def _replan_later(self):
        """Plan the deadlines of running clocks again, once, at the end of the transaction that changes a calendar."""
        if not self._is_in_use():
            return
        data = self.env.cr.precommit.data
        if not data.get("sales_process_replan"):
            data["sales_process_replan"] = True
            self.env.cr.precommit.add(self.env["sales.process.response"].sudo()._replan)

    @api.model
    def _replan(self):
        """New deadlines for clocks that still run; what is late already stays late, as it was."""
        self.env.cr.precommit.data.pop("sales_process_replan", None)
        now = self.env.cr.now()
        self._breach(now)
        clocks = self.search([("state", "=", "running")])
        plans, moved = {}, self.browse()
        for clock in clocks:
            plan = (clock.company_id.id, clock.started, (clock.response_time, clock.response_unit))
            if plan not in plans:
                plans[plan] = self._plan_deadline(*plan)
            if clock.deadline != plans[plan]:
                clock.deadline = plans[plan]
                moved += clock
        moved.lead_id._assign_response_times()
        self.env.flush_all()

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    @api.model
    def _merge(self, head, tails):
        """Clocks go on with the lead that stays; of two for one touchpoint the earliest start counts."""
        clocks = self.search([("lead_id", "in", (head | tails).ids)], order="started, id")
        by_touchpoint = defaultdict(self.browse)
        for clock in clocks.filtered(lambda clock: clock.state in OPEN_STATES):
            by_touchpoint[clock.touchpoint_id.id] += clock
        for group in by_touchpoint.values():
            for later in group[1:]:
                later.state = "void"
                later.kept_rate = False
                later.breached = False
        # The index of open clocks sees each statement, so the voided ones have to be gone before any moves.
        self.flush_model()
        clocks.filtered(lambda clock: clock.lead_id != head).lead_id = head
        # Whoever answered one of the leads has answered the customer.
        contacts = self.env["sales.process.touch"].search(
            [
                ("lead_id", "in", (head | tails).ids),
                ("direction", "=", "out"),
                ("human", "=", True),
                ("date", "<=", self.env.cr.now()),
            ]
        )
        if contacts:
            self._answer({head.id: [(touch.date, touch.user_id.id, touch.id) for touch in contacts]})
        return clocks
