from contextlib import contextmanager
from dataclasses import replace

from odoo import api, fields, models
from odoo.api import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.http import request

from ...exceptions import SalesProcessGateError
from ...tools import gate
from .lead_change import WATCHED_FIELDS, LeadChange, LeadState, Refusal
from .sales_process_judgement import GateFacts

#: Leads refreshed between two commits of the nightly run.
REFRESH_BATCH = 1000
#: Kept by the gate alone: writing them would open it.
MANAGED_FIELDS = (
    "sales_process_id",
    "sales_process_stage_id",
    "sales_gate_state",
    "sales_gate_progress",
    "sales_stage_entered",
    "sales_stage_deadline",
)
#: Kept by other parts, process or not: nobody writes them either.
KEPT_FIELDS = (
    *MANAGED_FIELDS,
    *("sales_response_started", "sales_response_deadline"),
    *("sales_health", "sales_health_band", "sales_health_date"),
)


class SalesProcessGateMixin(models.AbstractModel):
    """The gate on ``crm.lead``: one place that sees every stage change, judges it, and keeps the gate state."""

    _name = "sales.process.gate.mixin"
    _description = "Stage gates of leads"

    sales_process_id = fields.Many2one(
        "sales.process",
        readonly=True,
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        help="The version of the process that this lead follows.",
    )
    sales_process_stage_id = fields.Many2one(
        "sales.process.stage",
        string="Process Stage",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    sales_gate_state = fields.Selection(
        [("none", "No gate"), ("open", "In progress"), ("ready", "Ready to advance"), ("held", "Held back")],
        string="Gate",
        readonly=True,
        copy=False,
        help="Held back: the last attempt to move was refused and something is still missing.",
    )
    sales_gate_progress = fields.Integer(string="Gate Progress", readonly=True, copy=False, aggregator="avg")

    # ------------------------------------------------------------------
    # Which process
    # ------------------------------------------------------------------

    def _follow_team(self):
        """Follow the running process of the team; a lead finishes on its version as long as its team does.

        Not a compute: without a process in use, not even a recompute may cost plain CRM anything.
        """
        running, teams = self.env["sales.process"]._get_running_teams()
        with self.env.protecting([self._fields["sales_process_id"]], self):
            for lead in self:
                team_id, current = lead.team_id.id, lead.sales_process_id.id
                if not current or team_id not in teams.get(current, ()):
                    lead._set_if_changed("sales_process_id", running.get(team_id, False))

    def _get_gate_company(self):
        """The company whose data the lead's rules may read."""
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.sales_process_id.company_id or self.env.company

    def _get_gate_calendar(self, playbook):
        """The working time that limits count in: the process's own, else that of the lead's company."""
        own = self.env["resource.calendar"].sudo().browse(playbook.calendar or ())
        if own:
            return own
        company = self._get_gate_company()
        _ceiling, calendar_id = company._get_process_settings(company.id)
        return own.browse(calendar_id or ())

    def _get_sales_managers(self):
        """Active sales administrators with access to the lead's company."""
        self.ensure_one()
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        company = self._get_gate_company()
        return managers.filtered(lambda user: user.active and company in user.company_ids and user.id != SUPERUSER_ID)

    # ------------------------------------------------------------------
    # Every way a stage changes
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self = self._without_managed_defaults()
        self._check_managed_fields(*vals_list)
        if not self.env["sales.process"]._is_in_use():
            leads = super().create(vals_list)
            leads._on_leads_created()
            return leads
        chosen = [bool(vals.get("stage_id", self.env.context.get("default_stage_id"))) for vals in vals_list]
        intake = self._is_intake()
        with self._gate_frame(None):
            leads = super().create(vals_list)
            leads._follow_team()
            if intake:
                self.env.cr.cache.setdefault("sales_process_arrived", set()).update(leads.ids)
            # A stage that nobody chose, or that an unattended channel chose, is the first of the process.
            unplaced = leads.browse(lead.id for lead, given in zip(leads, chosen, strict=True) if intake or not given)
            unplaced._place_in_first_stage()
            changes = [LeadChange(lead, None, lead._get_gate_snapshot()) for lead in leads]
        self._handle_lead_changes(changes)
        leads._on_leads_created()
        return leads

    def write(self, vals):
        self._check_managed_fields(vals)
        Process = self.env["sales.process"]
        watched = WATCHED_FIELDS & vals.keys()
        judged = vals.keys() & Process._get_watched_fields()
        if not (watched or judged) or not Process._is_in_use() or self._is_unjudged():
            with self._recording_closing_dates(vals):
                return super().write(vals)
        snapshot = {lead.id: lead._get_gate_snapshot() for lead in self}
        with self._gate_frame(snapshot), self._recording_closing_dates(vals):
            result = super().write(vals)
            # Reading team and stage here runs the recomputes that the write leaves pending.
            self.filtered(lambda lead: lead.team_id.id != snapshot[lead.id].team_id)._follow_team()
            if "stage_id" not in vals:
                self._place_newcomers(snapshot)
            changes = [LeadChange(lead, snapshot[lead.id], lead._get_gate_snapshot()) for lead in self]
        self._handle_lead_changes(changes, refresh=bool(judged))
        return result

    def web_save_multi(self, vals_list, specification):
        """The list writes one record after the other; the same change of all is one attempt, with one message."""
        if not vals_list or any(vals != vals_list[0] for vals in vals_list):
            return super().web_save_multi(vals_list, specification)
        self.write(dict(vals_list[0]))
        return self.with_context(bin_size=True).web_read(specification)

    @api.constrains("stage_id")
    def _check_stage_gate(self):
        """Catch a stage that changes outside ``write``: a recompute that another addon triggers."""
        if not self.env["sales.process"]._is_in_use():
            return
        frames = self._get_gate_frames()
        if any(frame is None for frame in frames):
            return
        strangers = self.filtered(
            lambda lead: lead.sales_process_stage_id and not any(lead.id in frame for frame in frames)
        )
        changes = []
        for lead in strangers:
            new = lead._get_gate_snapshot()
            old_stage = lead.sales_process_stage_id.stage_id.id
            if old_stage != new.stage_id:
                changes.append(LeadChange(lead, self._replace_stage(new, old_stage), new))
        if changes:
            strangers._handle_lead_changes(changes)

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Columns of the pipeline: whoever works only in teams with a process sees their stages, not everybody's.

        A column that holds leads always shows.
        """
        columns = super()._read_group_stage_ids(stages, domain)
        running, _teams = self.env["sales.process"]._get_running_teams()
        shown_teams = set(self.env.user.crm_team_ids.ids) if self.env.context.get("show_user_team_stages") else set()
        shown_teams |= {self.env.context.get("default_team_id")} - {False, None}
        if not shown_teams or not shown_teams <= running.keys():
            return columns
        known = set()
        for team_id in shown_teams:
            playbook = self.env["sales.process"]._get_playbook(running[team_id])
            known |= playbook.position_by_pipeline_stage.keys()
        return columns.filtered(lambda stage: stage in stages or stage.id in known or stage.sudo().team_ids)

    def _check_managed_fields(self, *vals_list):
        for vals in vals_list:
            for name in KEPT_FIELDS:
                if name in vals:
                    raise UserError(
                        self.env._(
                            "%s is kept by the sales process itself and cannot be written.",
                            self._fields[name]._description_string(self.env),
                        )
                    )

    def _without_managed_defaults(self):
        """Drop defaults that a grouped view passes along for fields the gate keeps itself."""
        keys = {f"default_{name}" for name in KEPT_FIELDS} & self.env.context.keys()
        if not keys:
            return self
        context = {key: value for key, value in self.env.context.items() if key not in keys}
        return self.with_env(self.env(context=context))

    @staticmethod
    def _replace_stage(state, stage_id):
        return replace(state, stage_id=stage_id)

    def _get_gate_snapshot(self):
        self.ensure_one()
        return LeadState(
            stage_id=self.stage_id.id,
            team_id=self.team_id.id,
            process_id=self.sales_process_id.id,
            process_stage_id=self.sales_process_stage_id.id,
            type=self.type,
            active=self.active,
            lost=self.won_status == "lost",
        )

    def _get_gate_frames(self):
        """Snapshots of the writes under way in this transaction; None stands for a create."""
        return self.env.cr.cache.setdefault("sales_process_frames", [])

    @contextmanager
    def _gate_frame(self, snapshot):
        frames = self._get_gate_frames()
        frames.append(snapshot)
        try:
            yield
        finally:
            frames.pop()

    @contextmanager
    def _recording_closing_dates(self, vals):
        """Tell :meth:`_on_closing_dates_changed` of expected closing dates that the write inside moves."""
        if "date_deadline" not in vals or not self.env["sales.process"]._is_in_use():
            yield
            return
        before = {lead: lead.date_deadline for lead in self if lead.sales_process_id and lead.date_deadline}
        yield
        moved = {lead: date for lead, date in before.items() if lead.date_deadline != date}
        if moved:
            self._on_closing_dates_changed(moved)

    @contextmanager
    def _unjudged(self):
        """Let the writes inside pass by the gate, for these leads and this transaction only."""
        placing = self.env.cr.cache.setdefault("sales_process_placing", set())
        placing.update(self.ids)
        try:
            yield
        finally:
            placing.difference_update(self.ids)

    def _is_intake(self):
        """Whether a channel that no person of the company drives brings the lead.

        Such a lead is never refused: it lands in the first stage. So the context key, which any caller may
        set, can only make a lead start earlier and never opens a gate.
        """
        if self.env.context.get("sales_process_intake") or self.env.user.share:
            return True
        # The website's form creates as superuser, for whoever sent it.
        return bool(self.env.uid == SUPERUSER_ID and request and request.env and request.env.user.share)

    def _is_unjudged(self):
        placing = self.env.cr.cache.get("sales_process_placing")
        return bool(placing) and placing.issuperset(self.ids)

    def _get_move_source(self):
        if self.env.uid == SUPERUSER_ID:
            return "system"
        return "portal" if self.env.user.share else "person"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        return super(SalesProcessGateMixin, self.with_context(sales_process_intake=True)).message_new(
            msg_dict, custom_values=custom_values
        )

    def _place_newcomers(self, snapshot):
        """Leads that another team takes over out of a stage its process does not know start at the beginning."""
        newcomers = self.browse()
        for lead in self:
            process_id = lead.sales_process_id.id
            if process_id and process_id != snapshot[lead.id].process_id and lead.active and not lead.stage_id.is_won:
                playbook = self.env["sales.process"]._get_playbook(process_id)
                if playbook.position(lead.stage_id.id) is None:
                    newcomers += lead
        newcomers._place_in_first_stage()

    def _place_in_first_stage(self):
        """Put leads that follow a process into its first stage; nothing is judged."""
        by_stage = {}
        for lead in self.filtered("sales_process_id"):
            playbook = self.env["sales.process"]._get_playbook(lead.sales_process_id.id)
            first = playbook.stages[0].pipeline_stage if playbook.stages else 0
            if first and lead.stage_id.id != first:
                by_stage[first] = by_stage.get(first, self.browse()) + lead
        for stage_id, leads in by_stage.items():
            # Part of the change being handled, not another one to judge.
            with self._gate_frame(None), leads._unjudged():
                leads.write({"stage_id": stage_id})

    # ------------------------------------------------------------------
    # Handling a batch of changes
    # ------------------------------------------------------------------

    def _handle_lead_changes(self, changes, refresh=False):
        """Judge what moved, record it, keep the gate state; each lead of the batch alone.

        :param changes: list of LeadChange, of any mixture of processes
        :param refresh: a field that rules read was written, so the state may change without a move
        :raise SalesProcessGateError: one error with everything missing of every refused lead
        """
        relevant = [
            change
            for change in changes
            if (change.new.process_id or (change.old and change.old.process_id))
            and (refresh or change.created or self._is_gate_change(change))
        ]
        if not relevant:
            return
        facts = GateFacts(self.browse(change.lead.id for change in relevant if change.new.process_id))
        if all(change.created for change in relevant):
            self._expect_no_facts(facts)
        self._judge_changes(relevant, facts)
        for frame in self._get_gate_frames():
            for change in relevant if frame else ():
                if change.lead.id in frame:
                    # An outer write must not judge again what this one has judged.
                    frame[change.lead.id] = change.lead._get_gate_snapshot()
        self._on_stage_changed([change for change in relevant if change.created or self._is_gate_change(change)])
        self.browse(change.lead.id for change in relevant if not change.new.process_id)._detach_from_process()
        self._assign_gate_state(facts)

    @staticmethod
    def _is_gate_change(change):
        return (
            change.moved
            or change.converted
            or change.handed_over
            or change.closed
            or change.reopened
            or change.turned_lost
        )

    @staticmethod
    def _expect_no_facts(facts):
        """Leads of this moment have no answers, documents or activities yet: ask the database nothing."""
        for key in ("answers", "documents", "activities"):
            facts.recall(key, lambda leads: {})

    def _on_stage_changed(self, changes):
        """Hook for what follows from accepted changes; the history extends it.

        :param changes: list of LeadChange with ``direction`` filled in
        """

    @api.model
    def _on_closing_dates_changed(self, before):
        """Hook for expected closing dates that moved, of leads under a process.

        :param before: {lead: the date it had}
        """

    def _on_leads_created(self):
        """Hook for what follows from new leads, with or without a process; plain CRM must not pay for it."""

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _judge_changes(self, changes, facts):
        verdicts = []
        for playbook, group in self._group_by_playbook(changes):
            moves = [(change, self._plan_move(playbook, change)) for change in group]
            wanted = [req for _change, move in moves if move for req in move.requirements]
            if wanted:
                leads = self.browse(change.lead.id for change, move in moves if move)
                standings = self.env["sales.process.judgement"]._judge_all(
                    playbook.with_predecessors(wanted).values(), facts.narrowed(leads)
                )
            for change, move in moves:
                if move is None:
                    continue
                change.direction = move.direction.value
                of_lead = standings[change.lead.id] if wanted else {}
                verdict = gate.evaluate(move, of_lead)
                if not verdict.passes:
                    verdicts.append((playbook, Refusal(change.lead, change, verdict, of_lead)))
        if verdicts:
            self._enforce(verdicts, facts)

    @api.model
    def _group_by_playbook(self, changes):
        groups = {}
        for change in changes:
            if change.new.process_id:
                groups.setdefault(change.new.process_id, []).append(change)
        return [(self.env["sales.process"]._get_playbook(process_id), group) for process_id, group in groups.items()]

    def _plan_move(self, playbook, change):
        """:return: tools.gate.Move, or None when nothing is judged"""
        if change.new.type == "lead":
            return None
        target = change.new.stage_id
        if change.created or change.converted:
            return gate.plan_move(playbook, None, target, self._locate_outside(None, target, playbook))
        if change.handed_over:
            if change.moved:
                return gate.plan_move(playbook, None, target, self._locate_outside(None, target, playbook))
            # Handed over in the middle of the way: the other team's entry gate holds, its movement rules do not.
            stage = playbook.stage_at(target)
            known = stage is not None and playbook.position(target) > 0
            return gate.Move(gate.Direction.ENTRY, stage.entry if known else ())
        if not change.moved:
            return None
        origin = change.old.stage_id
        if playbook.position(origin) is None:
            # Back from outside: the lead goes on from the last stage that the process knows.
            origin = self.env["sales.process.stage"].sudo().browse(change.old.process_stage_id).stage_id.id or None
            if origin == target:
                return gate.Move(gate.Direction.ASIDE)
        return gate.plan_move(playbook, origin, target, self._locate_outside(origin, target, playbook))

    def _locate_outside(self, origin, target, playbook):
        """Where a pipeline stage unknown to the process lies, by the order of the pipeline."""
        if playbook.position(target) is not None:
            return gate.Outside.AHEAD
        stages = self.env["crm.stage"].sudo()
        target_stage = stages.browse(target)
        if target_stage.is_won:
            return gate.Outside.WON
        if origin and target_stage.sequence < stages.browse(origin).sequence:
            return gate.Outside.BEHIND
        return gate.Outside.AHEAD

    def _enforce(self, verdicts, facts):
        """Turn failed verdicts into refusals, warnings or exceptions made use of.

        :param verdicts: list of (Playbook, Refusal)
        """
        refused, decisions, warned = [], [], []
        exceptions = self.env["sales.process.exception"]._get_open([refusal.lead.id for _playbook, refusal in verdicts])
        for playbook, refusal in verdicts:
            lead = refusal.lead
            enforcement = lead.sales_process_id.sudo()._get_enforcement(lead._get_gate_company())
            exception = exceptions.get((lead.id, refusal.change.new.stage_id))
            if enforcement == "off":
                continue
            if enforcement == "warn":
                warned.append(refusal)
                decisions.append(self._prepare_decision_vals(refusal, "warned"))
            elif exception:
                exception.write({"state": "used"})
                decisions.append(self._prepare_decision_vals(refusal, "overridden", exception.reason, exception.id))
            elif refusal.verdict.move.flexible and self._may_override(lead):
                decisions.append(self._prepare_decision_vals(refusal, "overridden", self.env._("Flexible stage")))
            elif self._may_restart(refusal.change):
                # Nobody is there to satisfy the gate; the lead starts at the beginning of its process.
                decisions.append(self._prepare_decision_vals(refusal, "exempt"))
                self._restart(playbook, refusal.change)
            else:
                refused.append(refusal)
        if refused:
            self._refuse(refused, facts)
        if decisions:
            self.env["sales.process.decision"].sudo().create(decisions)
        if warned:
            self._warn(warned, facts)

    def _may_restart(self, change):
        """An assignment run moves on, and what follows from a lead's arrival does not undo the arrival."""
        if change.created:
            return False
        if self.env.su and change.lead.id in self.env.cr.cache.get("sales_process_arrived", ()):
            return True
        return bool(self.env.context.get("sales_process_intake")) and not self.env.user.share

    def _may_override(self, lead):
        """The user has the right to let a lead pass: a sales administrator, never the superuser by accident."""
        return self.env.uid != SUPERUSER_ID and self.env.user.has_group("sales_team.group_sale_manager")

    def _restart(self, playbook, change):
        change.lead._place_in_first_stage()
        change.new = change.lead._get_gate_snapshot()
        change.direction = gate.Direction.ENTRY.value

    def _refuse(self, refused, facts):
        panel = self.env["sales.process.panel"]._in_user_language()
        payload = panel._prepare_payload(refused, facts)
        vals_list = [self._prepare_decision_vals(refusal, "refused") for refusal in refused]
        self.env["sales.process.decision"]._keep_through_rollback(vals_list)
        raise SalesProcessGateError(panel._format_message(payload), payload)

    def _warn(self, warned, facts):
        panel = self.env["sales.process.panel"]._in_user_language()
        message = panel._format_message(panel._prepare_payload(warned, facts))
        title = self.env._("Moved with something missing")
        self.env.user._bus_send("simple_notification", {"type": "warning", "title": title, "message": message})

    def _prepare_decision_vals(self, refusal, outcome, reason=False, exception_id=False):
        lead, change = refusal.lead, refusal.change
        names = self.env["sales.process.requirement"].sudo().browse(req.id for req in refusal.verdict.unmet)
        rule = refusal.verdict.move.broken_rule
        return {
            "lead_id": lead.id,
            "lead_name": lead.name,
            "company_id": lead._get_gate_company().id,
            "process_id": change.new.process_id,
            "from_stage_id": change.old.stage_id if change.old else False,
            "to_stage_id": change.new.stage_id,
            "outcome": outcome,
            "unmet": [{"id": requirement.id, "name": requirement.name} for requirement in names],
            "movement": self.env["sales.process.panel"]._describe_rule(rule, refusal) if rule else False,
            "user_id": self.env.uid,
            "date": self.env.cr.now(),
            "source": "intake" if self._is_intake() and not self.env.user.share else self._get_move_source(),
            "reason": reason,
            "exception_id": exception_id,
        }

    # ------------------------------------------------------------------
    # Gate state: what lists, cards and filters read
    # ------------------------------------------------------------------

    def _refresh_gate_state(self):
        """Judge again what stands on the leads, after an answer, a document or an activity changed."""
        leads = self.filtered("sales_process_id")
        if leads:
            leads._assign_gate_state(GateFacts(leads))

    def _assign_gate_state(self, facts):
        """Store state, progress and process stage of the leads of ``facts``.

        The values are set as a stored compute would: no write, no tracking, part of the next flush.
        """
        leads = self.browse(facts.leads.ids)
        names = ("sales_process_stage_id", "sales_gate_state", "sales_gate_progress")
        stored = [self._fields[name] for name in names]
        with self.env.protecting(stored, leads):
            for process, group in leads.grouped("sales_process_id").items():
                if not process:
                    continue
                playbook = self.env["sales.process"]._get_playbook(process.id)
                judged = group.filtered(lambda lead: lead.active and lead.type == "opportunity")
                wanted = {stage_id: playbook.to_advance(stage_id) for stage_id in {lead.stage_id.id for lead in judged}}
                standings = self.env["sales.process.judgement"]._judge_all(
                    playbook.with_predecessors(req for reqs in wanted.values() for req in reqs).values(),
                    facts.narrowed(judged),
                )
                for lead in group:
                    lead._assign_one_gate_state(playbook, wanted.get(lead.stage_id.id, ()), standings.get(lead.id, {}))

    def _assign_one_gate_state(self, playbook, requirements, standings):
        stage = playbook.stage_at(self.stage_id.id)
        moved = stage is not None and stage.id != self.sales_process_stage_id.id
        if stage is not None:
            self._set_if_changed("sales_process_stage_id", stage.id)
        if stage is None or not self.active or self.type == "lead":
            self._set_if_changed("sales_gate_state", "none")
            self._set_if_changed("sales_gate_progress", 0)
            return
        met, total = gate.progress(requirements, standings)
        if met == total:
            state = "ready"
        else:
            state = "held" if self.sales_gate_state == "held" and not moved else "open"
        self._set_if_changed("sales_gate_state", state)
        self._set_if_changed("sales_gate_progress", gate.percent(met, total))

    def _set_if_changed(self, name, value):
        current = self[name]
        if (current.id if isinstance(current, models.BaseModel) else current) != value:
            self[name] = value

    def _attach_to_process(self, process):
        """Let open leads follow a process from where they are, without judging; their history is rebuilt."""
        Visit = self.env["sales.process.visit"].sudo()
        field = self._fields["sales_process_id"]
        with self.env.protecting([field], self):
            self.sales_process_id = process.id
        self.env.flush_all()
        Visit._rebuild([("id", "in", self.ids)])
        Visit._adopt(self)
        self._assign_gate_state(GateFacts(self))

    def _detach_from_process(self):
        """Let leads go on as in plain CRM."""
        with self.env.protecting([self._fields[name] for name in MANAGED_FIELDS], self):
            for name in MANAGED_FIELDS:
                self[name] = False

    @api.model
    def _cron_refresh_gate_state(self):
        """Catch what no write on the lead announces: documents that grew old, records a rule reads elsewhere.

        A run that ends early goes on where it stopped.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        key = "sales_process_framework.gate_state_done_until"
        domain = [
            ("sales_process_id", "!=", False),
            ("type", "=", "opportunity"),
            ("id", ">", int(parameters.get_param(key, 0))),
        ]
        remaining = self.search_count(domain)
        while leads := self.search(domain, order="id", limit=REFRESH_BATCH):
            leads._refresh_gate_state()
            self.env.flush_all()
            domain[-1] = ("id", ">", leads[-1].id)
            parameters.set_param(key, leads[-1].id)
            remaining = max(remaining - len(leads), 0)
            leads.invalidate_recordset()
            if not self.env["ir.cron"]._commit_progress(len(leads), remaining=remaining):
                return
        parameters.set_param(key, 0)
