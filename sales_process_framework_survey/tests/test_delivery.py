from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SurveyCommon

LOGGER = "odoo.addons.sales_process_framework_survey.models.survey.sales_process_survey_delivery"


@tagged("post_install", "-at_install")
class TestDelivery(SurveyCommon):
    def test_mail(self):
        invitation = self._invite()
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, '"Ada" <ada@customer.example.com>')
        token = invitation._get_token()
        for mark in range(11):
            self.assertIn(f'/sales_process/nps/{token}/{mark}"', mail.body_html)
        self.assertIn(f"/sales_process/nps/{token}/stop", mail.body_html)
        self.assertIn(f"/sales_process/nps/{token}/unsubscribe", mail.headers)
        self.assertIn("List-Unsubscribe=One-Click", mail.headers)
        self.assertIn(self.company.name, mail.subject)
        self.assertIn(self.rep.email_formatted, mail.reply_to)
        self.assertTrue(mail.auto_delete)
        self.assertEqual((invitation.state, invitation.reminders_sent), ("sent", 0))
        self.assertEqual(invitation.date_expires, invitation.date_sent + timedelta(days=30))

    def test_the_link_is_not_in_the_database(self):
        """Neither in invitations nor where salespeople read; they could answer for their customers."""
        invitation = self._invite()
        token = invitation._get_token()
        self.assertEqual(len(token), 64)
        self.assertNotIn(token, str(invitation.sudo().read()))
        self.assertFalse(self._mails().model or self._mails().res_id)
        bodies = self.lead.message_ids.mapped("body")
        self.assertFalse([body for body in bodies if token[:32] in body])
        message = self._mails().mail_message_id
        self.assertNotIn(message, self.env["mail.message"].with_user(self.rep).search([("id", "=", message.id)]))

    def test_every_link_is_another(self):
        leads = [self._lead(partner_id=self._person(f"P{number}").id) for number in range(3)]
        self._deliver(*leads)
        invitations = self._collect()
        self.assertEqual(len({invitation._get_token() for invitation in invitations}), 3)

    def test_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        template = self.env.ref("sales_process_framework_survey.mail_template_nps")
        template.with_context(lang="zh_TW").subject = "一個問題"
        self.customer.lang = "zh_TW"
        other = self._lead(partner_id=self._person("Bo").id)
        self._deliver(self.lead, other)
        self._make_due(self._collect())
        self._send()
        subjects = {mail.email_to: mail.subject for mail in self._mails()}
        self.assertEqual(subjects['"Ada" <ada@customer.example.com>'], "一個問題")
        self.assertIn("one question", subjects['"Bo" <bo@customer.example.com>'])

    def test_nothing_is_sent_before_its_time(self):
        self._deliver()
        invitation = self._collect()
        invitation.date_planned = self.env.cr.now() + timedelta(hours=1)
        self.assertFalse(self._send())
        self.assertFalse(self._mails())

    def test_the_scheduled_action_twice_sends_once(self):
        self._deliver()
        self._make_due(self._collect())
        cron = self.env.ref("sales_process_framework_survey.ir_cron_send_invitations")
        for _run in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertEqual(len(self._mails()), 1)

    def test_one_that_fails_holds_nobody_up(self):
        leads = [self._lead(partner_id=self._person(f"P{number}").id) for number in range(3)]
        self._deliver(*leads)
        invitations = self._collect()
        self._make_due(invitations)
        prepare = type(invitations)._prepare_mail_vals

        def fail(batch, template):
            if invitations[1] in batch:
                raise ValueError("broken")
            return prepare(batch, template)

        with (
            patch.object(type(invitations), "_prepare_mail_vals", fail),
            mute_logger(LOGGER),
            self._without_commits(),
        ):
            self.assertIsInstance(self._call(self.Invitation._cron_send), ValueError)
        self.assertEqual(invitations.mapped("state"), ["sent", "to_send", "sent"])
        self.assertEqual(len(self._mails()), 2)

    def test_reminders(self):
        """As many as the program says, in working days, and none after the answer."""
        self.program.write({"reminder_count": 2, "reminder_days": 5})
        invitation = self._invite()
        self.assertGreaterEqual(invitation.date_next, invitation.date_sent + timedelta(days=5))
        self.assertFalse(self._send(reminder=True))
        for number in (1, 2):
            self._make_due(invitation, "date_next")
            self.assertEqual(self._send(reminder=True), invitation)
            self.assertEqual((invitation.reminders_sent, invitation.state), (number, "sent"))
            self.assertFalse(self._send(reminder=True))
        self.assertFalse(invitation.date_next)
        self.assertEqual(len(self._mails()), 3)
        self.assertIn("still like to know", self._mails()[-1].subject)
        # a reminder is the same link
        self.assertIn(invitation._get_token(), self._mails()[-1].body_html)

    def test_no_reminder_after_the_answer(self):
        invitation = self._invite()
        invitation._keep_answer(9)
        self._make_due(invitation.filtered("date_next"), "date_next")
        self.assertFalse(self._send(reminder=True))

    def test_who_refuses_meanwhile_gets_nothing(self):
        people = [self._person("Refused"), self._person("Blocked")]
        leads = [self._lead(partner_id=person.id) for person in people]
        self._deliver(self.lead, *leads)
        self._make_due(self._collect())
        self.env["sales.process.survey.optout"].create({"email": "refused@customer.example.com"})
        self.env["mail.blacklist"].create({"email": "blocked@customer.example.com"})
        self.assertEqual(self._send().lead_id, self.lead)
        self.assertEqual(self._invitations().mapped("state"), ["sent", "opted_out", "opted_out"])

    def test_who_refuses_is_not_reminded(self):
        invitation = self._invite()
        invitation._opt_out()
        invitation._opt_out()
        self.assertEqual((invitation.state, invitation.date_next), ("opted_out", False))
        found = self.env["sales.process.survey.optout"].search([("email", "=", invitation.email)])
        self.assertEqual((len(found), found.by_customer, found.company_id), (1, True, self.company))

    def test_expiry(self):
        invitation = self._invite()
        invitation.date_expires = self.env.cr.now() - timedelta(seconds=1)
        self._send()
        self.assertEqual((invitation.state, invitation.date_next), ("expired", False))

    def test_a_paused_program_sends_nothing(self):
        self._deliver()
        invitation = self._collect()
        self._make_due(invitation)
        self.program.action_pause()
        self.assertFalse(self._send())
        self.assertEqual(invitation.state, "to_send")
        # and what waited for longer than a link is valid is not sent any more
        invitation.date_planned -= timedelta(days=31)
        self.program.action_start()
        self._send()
        self.assertEqual(invitation.state, "expired")

    def test_a_lost_lead_is_not_asked(self):
        self._deliver()
        invitation = self._collect()
        self._make_due(invitation)
        self.lead.action_set_lost()
        self._send()
        self.assertEqual(invitation.state, "expired")

    def test_touches(self):
        """Invitation, reminder and answer stand in the timeline, each once."""
        asked = self._touchpoint(self.use, "Asked for an opinion", match_source="survey")
        invitation = self._invite()
        self._make_due(invitation, "date_next")
        self._send(reminder=True)
        invitation._keep_answer(9)
        invitation._keep_answer(10)
        touches = self._touches().filtered(lambda one: one.source == "survey").sorted("id")
        self.assertEqual(touches.mapped("direction"), ["out", "out", "in"])
        self.assertEqual(touches.mapped("human"), [False, False, True])
        self.assertEqual(touches.touchpoint_id, asked)
        self.assertEqual(touches[-1].summary, "After delivery: 9")
        self.assertEqual(touches.partner_id, self.customer)

    def test_a_questionnaire_opens_its_survey(self):
        survey = self.env["survey.survey"].create(
            {
                "title": "How was the visit?",
                "question_and_page_ids": [Command.create({"title": "Well?", "question_type": "text_box"})],
            }
        )
        self.program.action_pause()
        self.program = self._program(
            "After the visit",
            kind="questionnaire",
            survey_id=survey.id,
            trigger="touchpoint",
            touchpoint_ids=[Command.set(self.service.ids)],
        )
        self.lead.with_user(self.rep).sales_process_record_touch(self.service.id)
        invitation = self._collect()
        self._make_due(invitation)
        self._send()
        participation = invitation.user_input_id
        self.assertEqual((participation.survey_id, participation.partner_id), (survey, self.customer))
        self.assertEqual(participation.state, "new")
        self.assertIn(f'/sales_process/nps/{invitation._get_token()}"', self._mails().body_html)
        participation._save_lines(survey.question_ids, "Very well")
        participation._mark_done()
        self.assertEqual((invitation.state, invitation.band), ("answered", False))
        self.assertEqual(self._touches()[0].direction, "in")

    def test_the_same_queries_for_one_and_for_many(self):
        def send(count):
            leads = [self._lead(partner_id=self._person(f"P{count}x{number}").id) for number in range(count)]
            self._deliver(*leads)
            self._make_due(self._collect().filtered(lambda one: one.state == "to_send"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._send()), count)
            return self.env.cr.sql_log_count - before

        send(2)
        self.assertLessEqual(send(12) - send(1), 6, "what Odoo's mails cost, some queries for every fifty")
