from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import touch as rules

#: Touches that the timeline shows, the newest first.
TIMELINE_LIMIT = 200


class SalesProcessTimeline(models.AbstractModel):
    """What happened on a lead along the phases of its journey, and what the journey expects next."""

    _inherit = "sales.process.touch.mixin"

    @api.readonly
    def get_sales_journey_timeline(self):
        """The timeline of one lead, for the web client.

        :return: False without a journey, else ``{"journey": {id, name}, "can_record": bool, "phases": [{id, name,
            kind, need, pain, information_channels, state: done/current/ahead, touches: [touch], expected: [item],
            missed: [item], touchpoints: [{id, name}]}], "others": [touch], "next": item or False}``; an item is a
            touchpoint with its action and script, ``deadline`` and ``late``
        """
        self.ensure_one()
        self.check_access("read")
        lead = self.sudo()
        rules_of_journey = self.env["sales.process.touch"]._get_journey_of(lead)
        if not rules_of_journey:
            return False
        texts = self.env["sales.process.touch"]._get_journey_texts(rules_of_journey.journey)
        touches = self._get_timeline_touches()
        deadlines = self._get_touchpoint_deadlines()
        touched = {touch["touchpoint_id"] for touch in touches if not touch["planned"]}
        touched_phases = [touch["phase_id"] for touch in touches if not touch["planned"]]
        current = self._get_current_phases(rules_of_journey, texts, touched_phases)
        phases = []
        for phase, state in zip(texts["phases"], rules.phase_states(texts["order"], current), strict=True):
            phases.append(self._prepare_timeline_phase(phase, state, touches, touched, deadlines))
        known = set(texts["order"])
        upcoming = [item for phase in phases for item in phase["expected"] if phase["state"] == "current"]
        if not upcoming:
            ahead = [phase for phase in phases if phase["state"] == "ahead" and phase["expected"]]
            upcoming = ahead[0]["expected"] if ahead else []
        return {
            "journey": texts["journey"],
            "can_record": self.has_access("write"),
            "phases": phases,
            "others": [touch for touch in touches if touch["phase_id"] not in known],
            "next": min(upcoming, key=self._rank_expected) if upcoming else False,
        }

    @api.model
    def _rank_expected(self, item):
        """What runs out first; then what is important and urgent."""
        return item["deadline"] or "9999", -item["importance"] - item["urgency"]

    def _prepare_timeline_phase(self, phase, state, touches, touched, deadlines):
        now = fields.Datetime.to_string(self.env.cr.now())
        open_items = []
        for item in phase["touchpoints"]:
            if item["id"] in touched:
                continue
            deadline = deadlines.get(item["id"])
            if not deadline and state == "current" and self.sales_stage_deadline:
                deadline = self.sales_stage_deadline
            deadline = fields.Datetime.to_string(deadline) if deadline else False
            open_items.append({**item, "deadline": deadline, "late": bool(deadline) and deadline < now})
        done = state == "done"
        return {
            **{key: value for key, value in phase.items() if key != "touchpoints"},
            "state": state,
            "touches": [touch for touch in touches if touch["phase_id"] == phase["id"]],
            "expected": [] if done else open_items,
            # What only the customer does, without us knowing, is not ours to miss.
            "missed": [item for item in open_items if item["direction"] == "us"] if done else [],
            "touchpoints": [{"id": item["id"], "name": item["name"]} for item in phase["touchpoints"]],
        }

    def _get_current_phases(self, rules_of_journey, texts, touched_phases):
        """Phases that the lead is in: those of its stage, else the furthest one with a touch, else the first.

        :return: set of ids
        """
        stage_id = self.sudo().sales_process_stage_id.id
        of_stage = {phase["id"] for phase in texts["phases"] if stage_id and stage_id in phase["stage_ids"]}
        if of_stage:
            return of_stage
        reached = [phase_id for phase_id in texts["order"] if phase_id in touched_phases]
        return set(reached[-1:] or texts["order"][:1])

    def _get_touchpoint_deadlines(self):
        """:return: {touchpoint id: datetime} of clocks that run; other touchpoints are due with the stage"""
        if "sales.process.response" not in self.env:
            return {}
        self.env["sales.process.response"].flush_model(["state", "deadline", "answered"])
        rows = self.env.execute_query(
            SQL(
                """SELECT touchpoint_id, MIN(deadline) FROM sales_process_response
                    WHERE lead_id = %s AND answered IS NULL GROUP BY touchpoint_id""",
                self.id,
            )
        )
        return dict(rows)

    def _get_timeline_touches(self):
        """The touches of the lead, the newest first, as plain dicts."""
        self.env["sales.process.touch"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.touchpoint_id, t.phase_id, t.date, t.source, t.direction, t.human, t.summary,
                       t.user_id, author.name, contact.name, t.event_id
                  FROM sales_process_touch t
                  LEFT JOIN res_users u ON u.id = t.user_id
                  LEFT JOIN res_partner author ON author.id = u.partner_id
                  LEFT JOIN res_partner contact ON contact.id = t.partner_id
                 WHERE t.lead_id = %s
                 ORDER BY t.date DESC, t.id DESC
                 LIMIT %s
                """,
                self.id,
                TIMELINE_LIMIT,
            )
        )
        labels = dict(self.env["sales.process.touch"]._fields["source"]._description_selection(self.env))
        now = self.env.cr.now()
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        return [
            {
                "id": touch_id,
                "touchpoint_id": touchpoint_id,
                "phase_id": phase_id,
                "date": fields.Datetime.to_string(date),
                "source": source,
                "source_label": labels[source],
                "direction": direction,
                "human": human,
                "summary": summary or False,
                "user": user_name or False,
                "contact": contact_name or False,
                "planned": bool(event_id) and date > now,
                "can_remove": source in ("manual", "note") and (manager or user_id == self.env.uid),
            }
            for (
                touch_id,
                touchpoint_id,
                phase_id,
                date,
                source,
                direction,
                human,
                summary,
                user_id,
                user_name,
                contact_name,
                event_id,
            ) in rows
        ]
