from dataclasses import replace

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools import touch as rules
from ...tools.touch import JourneyRules, MessageFacts, Rule, TouchEvent

#: Columns that the recorder writes, with the type of their values.
COLUMNS = {
    "lead_id": "integer",
    "company_id": "integer",
    "partner_id": "integer",
    "touchpoint_id": "integer",
    "phase_id": "integer",
    "date": "timestamp",
    "source": "varchar",
    "direction": "varchar",
    "human": "boolean",
    "user_id": "integer",
    "message_id": "integer",
    "event_id": "integer",
    "activity_key": "varchar",
    "summary": "varchar",
}
SUMMARY_LENGTH = 120


class SalesProcessTouchRecorder(models.AbstractModel):
    """Writes touches down as they happen, each once."""

    _name = "sales.process.touch.recorder"
    _description = "Recorder of customer touches"

    # ------------------------------------------------------------------
    # Which journey
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache(cache="stable")
    def _get_journeys(self):
        """:return: tuple of :class:`~..tools.touch.JourneyRules`, one for each running journey"""
        journeys = self.env["sales.process.journey"].sudo().search([("state", "=", "active")], order="id")
        return tuple(self._prepare_journey_rules(journey) for journey in journeys)

    @api.model
    def _is_recording(self):
        """False as long as no journey runs: then messages cost what they cost without journeys."""
        return bool(self._get_journeys())

    @api.model
    @tools.ormcache(cache="stable")
    def _has_journeys(self):
        """Whether a journey was ever active, so that there may be touches."""
        journeys = self.env["sales.process.journey"].sudo().with_context(active_test=False)
        return bool(journeys.search_count([("state", "!=", "draft")], limit=1))

    @api.model
    @tools.ormcache()
    def _get_internal_subtype_ids(self):
        """:return: frozenset of ids of the subtypes that only employees see"""
        return frozenset(self.env["mail.message.subtype"].sudo().search([("internal", "=", True)]).ids)

    @api.model
    def _prepare_journey_rules(self, journey):
        phases = journey.phase_ids.sorted(lambda phase: (phase.sequence, phase.id))
        places = {phase.id: place for place, phase in enumerate(phases)}
        phase_by_stage = {}
        for phase in phases:
            for stage_id in phase.process_stage_ids.ids:
                phase_by_stage.setdefault(stage_id, phase.id)
        return JourneyRules(
            journey=journey.id,
            company=journey.company_id.id or 0,
            processes=frozenset(journey.process_ids.ids),
            rules=rules.sort_rules(
                self._prepare_rule(touchpoint, places)
                for touchpoint in journey.touchpoint_ids
                if touchpoint.match_source not in (False, "none")
            ),
            phase_by_stage=phase_by_stage,
            first_phase=phases[:1].id or 0,
        )

    @api.model
    def _prepare_rule(self, touchpoint, places):
        phase = touchpoint.phase_id
        return Rule(
            touchpoint=touchpoint.id,
            phase=phase.id,
            source=touchpoint.match_source,
            stages=frozenset(phase.process_stage_ids.ids),
            activity_type=touchpoint.match_activity_type_id.id or 0,
            text=(touchpoint.match_text or "").strip().lower(),
            order=(places.get(phase.id, 0), touchpoint.sequence),
        )

    @api.model
    def _get_journey_of(self, lead):
        """:return: the :class:`~..tools.touch.JourneyRules` that a lead follows, or None"""
        company = lead.company_id or lead.team_id.company_id or lead.sales_process_id.company_id
        return rules.find_journey(self._get_journeys(), lead.sales_process_id.id, company.id or self.env.company.id)

    # ------------------------------------------------------------------
    # Recording
    # ------------------------------------------------------------------

    @api.model
    def _record(self, events):
        """Write touches down in one statement; what is there already stays as it is.

        :param events: list of :class:`~..tools.touch.TouchEvent`
        :return: the touches that are new
        """
        if not events:
            return self.browse()
        leads = self.env["crm.lead"].sudo().browse(dict.fromkeys(event.lead_id for event in events))
        by_id = {lead.id: lead for lead in leads}
        rows = []
        for event in events:
            lead = by_id[event.lead_id]
            journey = self._get_journey_of(lead)
            if journey and (row := self._prepare_touch_row(event, lead, journey)):
                rows.append(row)
        # Before they are written: this also forgets which lead each touch is of.
        leads.invalidate_recordset(["sales_touch_ids"], flush=False)
        touches = self._insert(rows)
        if touches:
            self._notify_recorded(touches)
        return touches

    @api.model
    def _notify_recorded(self, touches):
        """Tell the leads of what has happened; a meeting that is only planned has not."""
        now = self.env.cr.now()
        happened = touches.filtered(lambda touch: not touch.event_id or touch.date <= now)
        if happened:
            self.env["crm.lead"].sudo()._on_touches_recorded(happened)

    @api.model
    def _prepare_touch_row(self, event, lead, journey):
        """:return: dict of column values, or None when it is not worth a touch"""
        stage = lead.sales_process_stage_id.id or 0
        touchpoint_id, phase_id = event.touchpoint_id, event.phase_id
        if not touchpoint_id:
            rule = rules.find_rule(journey.rules, event.source, stage, event.text, event.activity_type)
            if rule:
                touchpoint_id, phase_id = rule.touchpoint, rule.phase
            elif event.source == "activity":
                return None  # any task is an activity: only those that the map names are contacts
        return {
            "lead_id": lead.id,
            "company_id": lead.company_id.id or None,
            "partner_id": event.partner_id or lead.partner_id.id or None,
            "touchpoint_id": touchpoint_id or None,
            "phase_id": phase_id or journey.phase_at(stage) or None,
            "date": event.date.replace(microsecond=0),
            "source": event.source,
            "direction": event.direction,
            "human": event.human,
            "user_id": event.user_id or None,
            "message_id": event.message_id,
            "event_id": event.event_id,
            "activity_key": event.activity_key,
            "summary": (event.summary or event.text or "")[:SUMMARY_LENGTH] or None,
        }

    @api.model
    def _insert(self, rows):
        """:return: the touches that were not there yet"""
        if not rows:
            return self.browse()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_process_touch (%(columns)s)
                SELECT * FROM unnest(%(arrays)s)
                    ON CONFLICT DO NOTHING
                RETURNING id, %(columns)s
                """,
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                arrays=SQL(", ").join(
                    SQL("%s::" + kind + "[]", [row[name] for row in rows]) for name, kind in COLUMNS.items()
                ),
            )
        )
        touches = self.browse(touch_id for touch_id, *_values in inserted)
        # What was just written need not be read: somebody waits for their message to be sent.
        for place, name in enumerate(COLUMNS, start=1):
            self._fields[name]._insert_cache(touches, [row[place] for row in inserted])
        return touches

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    @api.model
    def _record_messages(self, messages):
        """Record the messages of leads that were a contact with the customer.

        :param messages: ``mail.message``, just created
        """
        contact_subtype = self._get_contact_subtype_id()
        # The id comes last: it is no longer in the cache, and a lead that is moved writes a message that needs none.
        loud = messages.sudo().filtered(
            lambda message: (
                message.model == "crm.lead" and self._may_be_contact(message, contact_subtype) and message.res_id
            )
        )
        if not loud:
            return self.browse()
        reached = self._find_reached(loud)
        events = []
        for message in loud:
            verdict = rules.classify(self._prepare_message_facts(message, contact_subtype, reached))
            if verdict:
                events.append(self._prepare_message_event(message, *verdict))
        return self._record(events)

    @api.model
    def _get_contact_subtype_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id("sales_process_framework.mt_lead_contact")

    @api.model
    def _may_be_contact(self, message, contact_subtype):
        """Cheap look at a message: tracking and notes, the bulk of all, end here."""
        if message.mail_activity_type_id:
            return not self.env.context.get("sales_process_meeting_done")
        if message.subtype_id.id == contact_subtype:
            return True
        return message.message_type not in rules.SILENT_TYPES and not self._is_note(message)

    @api.model
    def _is_note(self, message):
        if message.message_type == "email_outgoing":  # mailings are mails whatever they are filed as
            return False
        return message.is_internal or message.subtype_id.id in self._get_internal_subtype_ids()

    @api.model
    def _find_reached(self, messages):
        """:return: set of ids of the messages that go to somebody outside the company"""
        reached = {
            message.id
            for message in messages
            if message.outgoing_email_to or any(partner.partner_share for partner in message.partner_ids)
        }
        open_messages = messages.filtered(
            lambda message: (
                message.id not in reached
                and message.message_type != "email"
                and not message.mail_activity_type_id
                and not message.author_id.partner_share
            )
        )
        if open_messages:
            followed = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT f.res_id FROM mail_followers f JOIN res_partner p ON p.id = f.partner_id
                        WHERE f.res_model = 'crm.lead' AND f.res_id = ANY(%s) AND p.partner_share AND p.active""",
                    open_messages.mapped("res_id"),
                )
            )
            followed_ids = {lead_id for (lead_id,) in followed}
            reached |= {message.id for message in open_messages if message.res_id in followed_ids}
        return reached

    @api.model
    def _prepare_message_facts(self, message, contact_subtype, reached):
        category = message.mail_activity_type_id.category
        return MessageFacts(
            message_type=message.message_type,
            internal=self._is_note(message),
            contact_note=message.subtype_id.id == contact_subtype,
            author=self._get_author_kind(message),
            activity=(category or "other") if message.mail_activity_type_id else "",
            reaches_customer=message.id in reached,
            auto_reply=bool(self.env.context.get("sales_process_auto_reply")),
        )

    @api.model
    def _get_author_kind(self, message):
        author = message.author_id
        if not author:
            return "nobody"
        if author.id == self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root"):
            return "robot"
        return "outside" if author.partner_share else "inside"

    @api.model
    def _prepare_message_event(self, message, source, direction, human):
        author, user = message.author_id, self.env.user
        outside = author if author.partner_share else message.partner_ids.filtered("partner_share")[:1]
        if direction == "in" or not human and self._get_author_kind(message) == "robot":
            user = user.browse()
        elif user.partner_id != author:
            user = author.user_ids[:1]
        activity_type = message.mail_activity_type_id
        summary = message.subject or activity_type.name or False
        return TouchEvent(
            lead_id=message.res_id,
            source=source,
            direction=direction,
            date=message.date,
            human=human,
            partner_id=outside.id,
            user_id=user.id,
            message_id=message.id,
            activity_type=activity_type.id or 0,
            text=message.subject or "",
            summary=summary,
        )

    # ------------------------------------------------------------------
    # Meetings
    # ------------------------------------------------------------------

    @api.model
    def _record_meetings(self, meetings):
        """Bring the touches of meetings up to date: held or planned, moved, cancelled."""
        meetings = meetings.sudo()
        wanted = meetings.filtered(lambda meeting: meeting.active and meeting.opportunity_id)
        known = self.sudo().search([("event_id", "in", meetings.ids)])
        known.filtered(lambda touch: touch.event_id not in wanted).unlink()
        known = known.exists()
        for touch in known:
            meeting = touch.event_id
            vals = {"lead_id": meeting.opportunity_id.id, "date": meeting.start, "summary": meeting.name}
            changed = {name: value for name, value in vals.items() if self._is_other(touch, name, value)}
            if changed:
                touch.write(changed)
        return self._record([self._prepare_meeting_event(meeting) for meeting in wanted - known.event_id])

    @api.model
    def _is_other(self, touch, name, value):
        current = touch[name]
        return (current.id if isinstance(current, models.BaseModel) else current) != value

    @api.model
    def _prepare_meeting_event(self, meeting):
        outside = meeting.partner_ids.filtered("partner_share")[:1]
        return TouchEvent(
            lead_id=meeting.opportunity_id.id,
            source="meeting",
            direction="out",
            date=meeting.start,
            partner_id=outside.id,
            user_id=meeting.user_id.id,
            event_id=meeting.id,
            activity_type=meeting.activity_ids[:1].activity_type_id.id or 0,
            text=meeting.name or "",
            summary=meeting.name,
        )

    @api.model
    def _settle_meetings(self, meetings):
        """Meetings whose activity is marked as done have taken place, even if they were planned for later."""
        now = self.env.cr.now().replace(microsecond=0)
        planned = self.sudo().search([("event_id", "in", meetings.ids), ("date", ">", now)])
        if planned:
            planned.write({"date": now})
            self._notify_recorded(planned)

    # ------------------------------------------------------------------
    # What other apps bring
    # ------------------------------------------------------------------

    @api.model
    def _record_arrivals(self, leads, source, answered_by=None):
        """Record that customers came through a form or a chat, once for each lead; for glue addons.

        :param answered_by: ``res.users`` who talked with them there, if anybody did
        """
        if not self._is_recording():
            return self.browse()
        events = []
        for lead in leads.sudo():
            arrival = TouchEvent(
                lead_id=lead.id,
                source=source,
                direction="in",
                date=self.env.cr.now(),
                partner_id=lead.partner_id.id,
                activity_key=f"{source}:{lead.id}",
                text=lead.name or "",
            )
            events.append(arrival)
            if answered_by:
                key = f"{source}:{lead.id}:answer"
                events.append(replace(arrival, direction="out", user_id=answered_by.id, activity_key=key))
        return self._record(events)
