from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import FEBRUARY, MARCH, NOW, HealthReportCommon

LOGGER = "odoo.addons.sales_process_framework.models.health_report.sales_process_health_report_schedule"
#: 6 o'clock in Taipei is 22 o'clock UTC of the day before.
MORNING = datetime(2026, 4, 1, 22)


@tagged("post_install", "-at_install")
class TestHealthReportSchedule(HealthReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give("win_rate", 20.0)
        cls.manager.email, cls.leader.email = "manager@example.com", "leader@example.com"
        cls.manager.notification_type = "inbox"

    def setUp(self):
        super().setUp()
        # What is printed is another test's matter.
        content = patch.object(
            self.env.registry["sales.process.health.report"],
            "_prepare_files",
            lambda report, lang: [
                {
                    "name": f"{report._get_file_name()}.pdf",
                    "raw": b"%PDF",
                    "res_model": report._name,
                    "res_id": report.id,
                    "description": report._get_file_mark(lang),
                }
            ],
        )
        computing = patch.object(self.env.registry["sales.process.health.report"], "_compute_missing", lambda *_: None)
        for patcher in (content, computing):
            patcher.start()
            self.addCleanup(patcher.stop)

    def _due(self, *users, **vals):
        """A schedule that waits for March, in a company where it is the first day of March."""
        with self._at(datetime(2026, 3, 10)):
            return self._schedule(*users, **vals)

    def _create_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        company.partner_id.tz = "Asia/Taipei"
        self.manager.company_ids |= company
        return company

    def _cron(self, now=MORNING, commit=None):
        with (
            self._at(now),
            patch.object(self.env.registry["ir.cron"], "_commit_progress", commit or (lambda *args, **kwargs: 100)),
        ):
            self.Schedule._cron_send()
        self.env.flush_all()

    def _mails(self, report):
        mails = self.env["mail.mail"].search([("model", "=", report._name), ("res_id", "=", report.id)], order="id")
        return {address: mail for mail in mails for address in mail.recipient_ids.mapped("email")}

    def _of(self, period, company=None):
        return self.Report._find(company or self.taipei, period)

    @contextmanager
    def _failing_for(self, user):
        send = type(self.Report)._send_to

        def fail(report, receiver):
            if receiver == user:
                raise ValueError("no such mailbox")
            return send(report, receiver)

        with patch.object(self.env.registry["sales.process.health.report"], "_send_to", fail):
            yield

    def test_sent_once_in_the_morning_of_the_day(self):
        schedule = self._due(self.manager, self.leader)
        self.assertEqual((schedule.reported_to, schedule.next_date), (FEBRUARY.stop, date(2026, 4, 2)))
        self._cron(MORNING - timedelta(seconds=1))
        self.assertFalse(self._of(MARCH), "it is not six o'clock in Taipei yet")
        self._cron()
        report = self._of(MARCH)
        self.assertEqual((report.receiver_ids, report.schedule_id), (self.manager | self.leader, schedule))
        self.assertEqual((schedule.reported_to, schedule.next_date), (MARCH.stop, date(2026, 5, 2)))
        mails = self._mails(report)
        self.assertEqual(set(mails), {"manager@example.com", "leader@example.com"}, "mail, whatever else they chose")
        mail = mails["leader@example.com"]
        self.assertEqual(mail.subject, "Health report 2026-03 – Taipei")
        self.assertIn("office@taipei.example.com", mail.email_from)
        self.assertIn("20.0 %, beyond the alert value of 25.0 %", mail.body_html)
        self.assertIn(f"/odoo/health-reports/{report.id}", mail.body_html)
        self.assertEqual(mail.attachment_ids.mapped("name"), ["Health report 2026-03 - Taipei.pdf"])
        for hours in (0, 1, 30):
            self._cron(MORNING + timedelta(hours=hours))
        self.assertEqual(self._mails(report), mails, "once")
        self.assertEqual(report.receiver_count, 2)

    def test_delay(self):
        schedule = self._due(self.leader, delay_days=4)
        self.assertEqual(schedule.next_date, date(2026, 4, 5))
        self._cron(MORNING + timedelta(days=2))
        self.assertFalse(self._of(MARCH))
        self._cron(MORNING + timedelta(days=3))
        self.assertTrue(self._of(MARCH).receiver_ids)

    def test_a_new_schedule_does_not_send_the_past(self):
        with self._at(datetime(2026, 4, 10)):
            late = self._schedule(self.leader)
        self.assertEqual(late.next_date, date(2026, 5, 2))
        with self._at(MORNING):
            self.assertEqual(self._schedule(self.leader).next_date, date(2026, 4, 2), "today's is still to come")
        with self._at(datetime(2026, 4, 10)):
            late.cycle = "quarter"
            self.env.flush_all()
        self.assertEqual(late.next_date, date(2026, 7, 2))

    def test_missed_days(self):
        """Nothing ran for three months: all reports are made, and only the last one is sent."""
        schedule = self._due(self.leader)
        self._cron(datetime(2026, 7, 20))
        june = MARCH.next().next().next()
        reports = self.Report.search([("company_id", "=", self.taipei.id)], order="date_from")
        self.assertEqual(reports.mapped("name"), [f"Health report 2026-0{month}" for month in (3, 4, 5, 6)])
        self.assertEqual(reports.filtered("receiver_ids"), self._of(june))
        self.assertEqual(self._of(june).previous_id, reports[2])
        self.assertEqual(schedule.next_date, date(2026, 8, 2))

    def test_interrupted(self):
        """Stopped after the first mail, the next run sends the second one and no more."""
        schedule = self._due(self.manager, self.leader)
        calls = []

        def stop(*args, **kwargs):
            calls.append(args)
            return 0 if len(calls) == 3 else 100  # the plan, the report, the first mail

        self._cron(commit=stop)
        report = self._of(MARCH)
        self.assertEqual(len(report.receiver_ids), 1)
        self.assertEqual(schedule.reported_to, FEBRUARY.stop, "not done with")
        self._cron()
        self.assertEqual(report.receiver_ids, self.manager | self.leader)
        self.assertEqual(len(self._mails(report)), 2)
        self.assertEqual(schedule.reported_to, MARCH.stop)

    def test_one_mail_for_two_schedules(self):
        self._due(self.leader)
        self._due(self.leader, self.manager, name="Another")
        self._cron()
        mails = self.env["mail.mail"].search([("res_id", "=", self._of(MARCH).id), ("model", "=", self.Report._name)])
        self.assertEqual(sorted(mails.recipient_ids.mapped("email")), ["leader@example.com", "manager@example.com"])
        self.assertEqual(len(mails), 2)

    def test_whoever_notes_it_first_sends_it(self):
        report = self._report()
        self.env.cr.execute(
            """INSERT INTO sales_process_health_report_receiver_rel
                      (sales_process_health_report_id, res_users_id) VALUES (%s, %s)""",
            [report.id, self.leader.id],
        )
        self.assertFalse(report._send_to(self.leader))
        self.assertFalse(self._mails(report))
        self.assertTrue(report._send_to(self.manager))

    @mute_logger(LOGGER)
    def test_a_failure_stops_nobody_else(self):
        broken = self._due(self.manager, self.leader)
        other_company = self._create_company()
        fine = self._due(self.manager, company_id=other_company.id, name="Z fine")
        with self._failing_for(self.manager):
            self._cron()
        report = self._of(MARCH)
        self.assertEqual(report.receiver_ids, self.leader, "the other subscriber has it")
        self.assertEqual((broken.last_error, broken.reported_to), ("no such mailbox", FEBRUARY.stop))
        self.assertTrue(self._of(MARCH, other_company), "the other schedule went on")
        self._cron(MORNING + timedelta(hours=1))
        self.assertEqual(report.receiver_ids, self.manager | self.leader)
        self.assertEqual((broken.last_error, broken.reported_to), (False, MARCH.stop))
        self.assertEqual(fine.reported_to, MARCH.stop)
        self.assertEqual(len(self._mails(report)), 2)

    @mute_logger(LOGGER)
    def test_a_report_that_cannot_be_made(self):
        broken = self._due(self.manager)
        other_company = self._create_company()
        self._due(self.manager, company_id=other_company.id, name="Z fine")
        take = type(self.Report)._take_snapshot

        def fail(report, company, period):
            if company == self.taipei:
                self.env.cr.execute("SELECT 1 / 0")
            return take(report, company, period)

        model = self.env.registry["sales.process.health.report"]
        with patch.object(model, "_take_snapshot", fail), mute_logger("odoo.sql_db"):
            self._cron()
        self.assertIn("division by zero", broken.last_error)
        self.assertFalse(self._of(MARCH))
        self.assertEqual(self._of(MARCH, other_company).receiver_ids, self.manager)

    def test_only_who_may_read(self):
        """A rep, somebody of another company and somebody who has left get nothing, and the schedule says so."""
        stranger = self._new_user("spf_elsewhere", "sales_team.group_sale_manager", email="else@example.com")
        gone = self._new_user("spf_gone", "sales_team.group_sale_manager", email="gone@example.com")
        gone.company_ids |= self.taipei
        schedule = self._due(self.leader, self.rep, stranger, gone)
        gone.active = False
        self.assertEqual(set(schedule.unable_names.split(", ")), set((self.rep | stranger).mapped("name")))
        self._cron()
        self.assertEqual(self._of(MARCH).receiver_ids, self.leader)
        self.assertEqual(set(self._mails(self._of(MARCH))), {"leader@example.com"})

    def test_without_an_address_it_waits_in_the_inbox(self):
        self.leader.partner_id.email = False
        self._due(self.leader)
        self._cron()
        report = self._of(MARCH)
        self.assertFalse(self._mails(report))
        notice = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.leader.partner_id.id), ("mail_message_id.res_id", "=", report.id)]
        )
        self.assertEqual((notice.notification_type, notice.is_read), ("inbox", False))
        self.assertEqual(notice.mail_message_id.attachment_ids.mapped("name"), ["Health report 2026-03 - Taipei.pdf"])

    def test_each_in_their_own_language(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        self._kpi("win_rate").with_context(lang="zh_TW").name = "商機贏單率"
        self.leader.lang = "zh_TW"
        self._due(self.manager, self.leader)
        self._cron()
        mails = self._mails(self._of(MARCH))
        self.assertIn("商機贏單率", mails["leader@example.com"].body_html)
        self.assertIn("Win rate", mails["manager@example.com"].body_html)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self.Report._name), ("res_id", "=", self._of(MARCH).id)]
        )
        self.assertEqual(len(files), 2, "one for each language, kept with the report")

    def test_files_are_kept(self):
        """Printed once for a language, however many read it."""
        report = self._report().with_context(lang="en_US")
        self.assertEqual(report._get_files(), report._get_files())

    def test_send_now(self):
        schedule = self._due(self.leader)
        with self._at(datetime(2026, 4, 1, 2)):
            action = schedule.with_user(self.manager).action_send_now()
        report = self._of(MARCH)
        self.assertEqual(report.receiver_ids, self.leader)
        self.assertIn("Sent to 1", action["params"]["message"])
        again = report.with_user(self.manager).action_send_now()
        self.assertIn("has it already", again["params"]["message"])
        self._cron()
        self.assertEqual(len(self._mails(report)), 1, "the scheduled action does not send it again")
        schedule.subscriber_ids = False
        with self.assertRaisesRegex(UserError, "Nobody subscribes"):
            schedule.with_user(self.manager).action_send_now()

    def test_subscribing(self):
        report = self._report()
        manager, leader = report.with_user(self.manager), report.with_user(self.leader)
        manager.action_subscribe()
        schedule = self.Schedule.search([("company_id", "=", self.taipei.id)])
        self.assertEqual((schedule.name, schedule.cycle), ("Monthly health report", "month"))
        leader.action_subscribe()
        self.assertEqual(schedule.subscriber_ids, self.manager | self.leader)
        self.assertTrue(leader.is_subscribed)
        leader.action_unsubscribe()
        self.assertEqual(schedule.subscriber_ids, self.manager)
        self.assertFalse(leader.is_subscribed)
        schedule.with_user(self.manager).action_unsubscribe()
        self.assertFalse(schedule.subscriber_ids)
        schedule.with_user(self.manager).action_subscribe()
        self.assertTrue(schedule.with_user(self.manager).is_subscribed)

    def test_form(self):
        with self._at(NOW):
            form = Form(self.Schedule.with_user(self.manager).with_company(self.taipei))
            self.assertEqual(form.name, "Monthly health report")
            form.subscriber_ids.add(self.leader)
            schedule = form.save()
        self.assertEqual(schedule.next_date, date(2026, 4, 2))
        self.assertIn("Weekly", self.Schedule.create({"cycle": "week"}).name)

    def test_archived_schedules_and_companies_rest(self):
        self._due(self.leader).active = False
        self._cron()
        self.assertFalse(self._of(MARCH))

    def test_scheduled_action(self):
        """The real one, with its commits."""
        self._due(self.leader)
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_send_health_reports").method_direct_trigger()
        last = self.Report.search([("company_id", "=", self.taipei.id)], limit=1)
        self.assertEqual(last.receiver_ids, self.leader)

    def test_a_subscriber_of_later_gets_the_next(self):
        schedule = self._due(self.leader)
        self._cron()
        schedule.subscriber_ids = [Command.link(self.manager.id)]
        self._cron(MORNING + timedelta(days=3))
        self.assertEqual(self._of(MARCH).receiver_ids, self.leader)
