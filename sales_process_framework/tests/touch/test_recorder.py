"""What is recorded as a touch, what is not, and that nothing is recorded twice."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TouchCommon

MAIL = """\
Return-Path: <ada@customer.example.com>
From: Ada <ada@customer.example.com>
To: sales@example.com
Subject: {subject}
Message-Id: <{message_id}@customer.example.com>
Date: Mon, 02 Nov 2026 09:00:00 +0000
{headers}Content-Type: text/plain

Please call me.
"""


@tagged("post_install", "-at_install")
class TestRecorder(TouchCommon):
    def _deliver(self, subject="Question", message_id="one", headers=""):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(
                "crm.lead",
                MAIL.format(subject=subject, message_id=message_id, headers=headers),
                thread_id=self.lead.id,
            )

    def test_mail_to_the_customer(self):
        message = self._write_to_customer(subject="Welcome")
        touch = self._touches()
        self.assertEqual(self._row(touch), ("email_out", "out", True, "First answer", "Interest"))
        self.assertEqual((touch.message_id, touch.user_id), (message, self.rep))
        self.assertEqual((touch.partner_id, touch.summary), (self.customer, "Welcome"))
        self.assertEqual(touch.date, message.date)
        self.assertEqual(touch.company_id, self.company)

    def test_mail_from_the_customer_by_the_gateway(self):
        self._deliver()
        touch = self._touches()
        self.assertEqual(self._row(touch), ("email_in", "in", True, "Inquiry", "Interest"))
        self.assertEqual((touch.partner_id, touch.user_id.ids), (self.customer, []))
        self.assertEqual(str(touch.date), "2026-11-02 09:00:00")

    def test_same_mail_twice(self):
        self._deliver()
        self._deliver()
        self.assertEqual(len(self._touches()), 1)

    def test_automatic_answers_are_nobodys(self):
        for number, header in enumerate(
            ("Auto-Submitted: auto-replied\n", "X-Autoreply: yes\n", "Precedence: auto_reply\n"), 1
        ):
            self._deliver(message_id=f"auto{number}", headers=header)
        touches = self._touches()
        self.assertEqual(len(touches), 3)
        self.assertEqual(set(touches.mapped("human")), {False})
        self._deliver(message_id="person", headers="Auto-Submitted: no\n")
        self.assertEqual(len(self._touches().filtered("human")), 1)

    def test_our_own_automatic_messages(self):
        for message_type in ("auto_comment", "out_of_office", "email_outgoing"):
            self._post(
                self.lead.with_user(self.rep),
                "Thank you",
                message_type=message_type,
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        self._post(
            self.env["crm.lead"].browse(self.lead.id).with_user(self.env.ref("base.user_root")),
            "By a machine",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        touches = self._touches()
        self.assertEqual(len(touches), 4)
        self.assertFalse(any(touches.mapped("human")))

    def test_what_stays_inside_is_no_contact(self):
        lead = self.lead.with_user(self.rep)
        self._post(lead, "A note", message_type="comment", subtype_xmlid="mail.mt_note")
        self._post(
            lead,
            "For a colleague",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.colleague.partner_id.ids,
        )
        lead._message_log(body="Logged")
        lead.message_notify(body="You", partner_ids=self.customer.ids)
        lead.write({"name": "Renamed", "expected_revenue": 5})
        self.env.flush_all()
        self.assertFalse(self._touches())

    def test_customer_who_follows_is_reached(self):
        self.lead.message_subscribe(self.customer.ids)
        self._post(self.lead.with_user(self.rep), "News", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(self._touches().source, "email_out")

    def test_answer_of_an_employee_by_mail(self):
        self._post(
            self.lead, "Yes", message_type="email", subtype_xmlid="mail.mt_comment", author_id=self.rep.partner_id.id
        )
        touch = self._touches()
        self.assertEqual(self._row(touch)[:3], ("email_out", "out", True))
        self.assertEqual(touch.user_id, self.rep)

    def test_stranger_by_mail(self):
        self._post(
            self.lead,
            "Hi",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=False,
            email_from="stranger@example.com",
        )
        self.assertEqual(self._row(self._touches())[:3], ("email_in", "in", True))

    def test_note_marked_as_contact(self):
        self._post(
            self.lead.with_user(self.rep),
            "Met at the fair",
            message_type="comment",
            subtype_xmlid="sales_process_framework.mt_lead_contact",
        )
        touch = self._touches()
        self.assertEqual(self._row(touch)[:3], ("note", "out", True))
        self.assertFalse(touch.touchpoint_id)
        self.assertEqual(touch.phase_id, self.interest)

    def test_done_call_is_one_touch(self):
        self._do(self.call_type)
        touch = self._touches()
        self.assertEqual(self._row(touch), ("call", "out", True, "First call", "Interest"))
        self.assertEqual(touch.user_id, self.rep)

    def test_tasks_count_only_when_the_map_names_them(self):
        self._do(self.env.ref("mail.mail_activity_data_upload_document"))
        self.assertFalse(self._touches())
        self._do(self.todo_type)
        self.assertEqual(self._row(self._touches()), ("activity", "out", True, "Sample", "Evaluation"))

    def test_text_and_phase_decide(self):
        self._write_to_customer(subject="Your quotation")
        self.assertEqual(self._touches().touchpoint_id, self.offer, "named by its text, whatever the stage")
        self._move(self.lead, self.diagnose)
        self._write_to_customer(subject="Anything")
        self.assertEqual(self._touches()[0].touchpoint_id, self.talk, "the mail of the phase")
        self._receive(subject="Hm")
        touch = self._touches()[0]
        self.assertFalse(touch.touchpoint_id, "no touchpoint of this phase is an incoming mail")
        self.assertEqual(touch.phase_id, self.evaluation)

    def test_hand_written_message_on_message_twice(self):
        message = self._write_to_customer()
        Touch = self.env["sales.process.touch"]
        self.assertFalse(Touch._record_messages(message))
        self.assertEqual(len(self._touches()), 1)

    def test_hook_gets_every_batch_once(self):
        calls = []
        mixin = self.env.registry["sales.process.touch.mixin"]
        with patch.object(mixin, "_on_touches_recorded", lambda lead, touches: calls.append(touches)):
            message = self._write_to_customer()
            self.env["sales.process.touch"]._record_messages(message)
        self.assertEqual([touches.message_id for touches in calls], [message])

    # -- meetings ----------------------------------------------------------------
    def _meet(self, hours=24, **vals):
        start = (self.env.cr.now() + timedelta(hours=hours)).replace(microsecond=0)
        return (
            self.env["calendar.event"]
            .with_user(self.rep)
            .create(
                {
                    "name": "Visit the plant",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "opportunity_id": self.lead.id,
                    "partner_ids": [Command.set((self.rep.partner_id + self.customer).ids)],
                    **vals,
                }
            )
        )

    def test_meeting_moves_and_is_cancelled(self):
        self._move(self.lead, self.diagnose)
        event = self._meet()
        touch = self._touches()
        self.assertEqual(self._row(touch), ("meeting", "out", True, "Visit", "Evaluation"))
        self.assertEqual((touch.date, touch.event_id, touch.partner_id), (event.start, event, self.customer))
        later = event.start + timedelta(days=2)
        event.write({"start": later, "stop": later + timedelta(hours=1)})
        self.assertEqual(self._touches().date, later)
        event.active = False
        self.assertFalse(self._touches())
        event.active = True
        self.assertEqual(self._touches().event_id, event)
        event.unlink()
        self.env.invalidate_all()
        self.assertFalse(self._touches())

    def test_meeting_that_changes_its_lead(self):
        event = self._meet()
        other = self._lead(name="Other")
        event.opportunity_id = other
        self.assertFalse(self._touches())
        self.assertEqual(self._touches(other).event_id, event)

    def test_planned_meeting_has_not_happened(self):
        calls = []
        mixin = self.env.registry["sales.process.touch.mixin"]
        with patch.object(mixin, "_on_touches_recorded", lambda lead, touches: calls.append(touches)):
            self._meet(hours=24)
            self.assertFalse(calls)
            self._meet(hours=-2)
            self.assertEqual(len(calls), 1)

    def test_done_meeting_is_one_touch(self):
        activity = self.lead.with_user(self.rep).activity_schedule(
            activity_type_id=self.meeting_type.id, summary="Visit", user_id=self.rep.id
        )
        event = self._meet(activity_ids=[Command.link(activity.id)])
        self.assertEqual(activity.calendar_event_id, event)
        activity.action_done()
        touch = self._touches()
        self.assertEqual((touch.source, touch.event_id), ("meeting", event))
        self.assertLessEqual(touch.date, self.env.cr.now(), "it has taken place")

    def test_done_meeting_without_calendar(self):
        self._do(self.meeting_type)
        self.assertEqual(self._row(self._touches())[:3], ("meeting", "out", True))

    # -- leads -------------------------------------------------------------------
    def test_arrival_is_recorded_once(self):
        Touch = self.env["sales.process.touch"].sudo()
        self._move(self.lead, self.diagnose)
        self.assertTrue(Touch._record_arrivals(self.lead, "web_form"))
        self.assertFalse(Touch._record_arrivals(self.lead, "web_form"))
        self.assertEqual(self._row(self._touches()), ("web_form", "in", True, "Web form", "Interest"))

    def test_merge_and_conversion_keep_touches(self):
        tail = self._lead(name="Tail", type="lead", partner_id=self.customer.id)
        self._write_to_customer(tail)
        self.assertEqual(len(self._touches(tail)), 1)
        tail.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual(len(self._touches(tail)), 1)
        self._write_to_customer()
        self._meet()
        both = (self.lead + tail).with_user(self.manager)
        before = self._touches() + self._touches(tail)
        head = both.merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(self._touches(head), before.exists())
        self.assertEqual(len(before.exists()), 3)

    def test_deleted_message_stays_a_fact(self):
        message = self._write_to_customer()
        message.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual(self._touches().source, "email_out")
        self.assertFalse(self._touches().message_id)

    def test_without_a_journey_nothing_is_recorded(self):
        self.journey.action_retire()
        Touch = self.env["sales.process.touch"]
        self.assertFalse(Touch._is_recording())
        with patch.object(type(Touch), "_record_messages", side_effect=AssertionError):
            self._write_to_customer()
        self.assertFalse(self._touches())

    def test_retired_journey_costs_no_query(self):
        self.journey.action_retire()
        Touch = self.env["sales.process.touch"]
        Touch._is_recording()
        with self.assertQueryCount(0):
            self.assertFalse(Touch._is_recording())

    def test_lead_of_another_process_is_left_alone(self):
        lead = self._lead(team_id=self.other_team.id, name="Plain", partner_id=self.customer.id)
        self._write_to_customer(lead)
        self.assertFalse(self._touches(lead))

    def test_batch_is_flat(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {n}",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": self.rep.id,
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                }
                for n in range(51)
            ]
        )
        Touch = self.env["sales.process.touch"].sudo()

        def count(batch):
            with patch.object(type(Touch), "_record_messages", lambda touch, messages: touch.browse()):
                messages = self.env["mail.message"].create(
                    [
                        {
                            "model": "crm.lead",
                            "res_id": lead.id,
                            "message_type": "comment",
                            "body": "x",
                            "author_id": self.rep.partner_id.id,
                            "partner_ids": [Command.link(self.customer.id)],
                            "subtype_id": self.env.ref("mail.mt_comment").id,
                        }
                        for lead in batch
                    ]
                )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            touches = Touch._record_messages(messages)
            used = self.env.cr.sql_log_count - start
            self.assertEqual(len(touches), len(batch))
            return used

        count(leads[:1])
        self.assertEqual(count(leads[:1]), count(leads[1:]))
