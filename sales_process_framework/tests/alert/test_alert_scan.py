from contextlib import suppress
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.alert import sales_process_alert_scan as scan_module
from .common import FRIDAY, MONDAY, NEXT_MONDAY, NEXT_TUESDAY, THURSDAY, TUESDAY, WEDNESDAY, AlertCommon


@tagged("post_install", "-at_install")
class TestAlertScan(AlertCommon):
    """One alert for a cause, whatever happens to the scan."""

    def test_twice_is_once(self):
        rule = self._rule()
        lead = self._lead_at(MONDAY)
        first = self._scan(rule, THURSDAY)
        self.assertEqual(first.lead_id, lead)
        self.assertEqual(self._scan(rule, THURSDAY), first)
        self.assertEqual(self._scan(rule, FRIDAY), first)
        self.assertEqual(len(self._told(rule)), 1)

    def test_database_knows_one_alert_of_a_cause(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        alert = self._scan(rule, THURSDAY)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                """INSERT INTO sales_process_alert (rule_id, cause_key, state, severity, opened, is_current)
                   VALUES (%s, %s, 'open', 'info', now(), TRUE)""",
                [rule.id, alert.cause_key],
            )

    def test_crash_before_anybody_was_told(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        with self._at(THURSDAY), self._crash():
            self.Alert._scan(rule.sudo())
        self.assertFalse(self._all(rule))
        with self._at(THURSDAY):
            # The batch is committed, then the server stops.
            batches = self.Alert._scan_rule(rule.sudo())
            self.assertEqual(next(batches), 1)
            batches.close()
        self.assertEqual((len(self._all(rule)), len(self._told(rule))), (1, 0))
        self._scan(rule, FRIDAY)
        self.assertEqual((len(self._all(rule)), len(self._told(rule))), (1, 1))

    def test_crash_while_telling(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        # Not assertRaises, which would take back what was written before.
        with (
            patch.object(type(self.Alert), "_tell", side_effect=ValueError("no mail server")),
            mute_logger("odoo.addons.sales_process_framework.models.alert.sales_process_alert_delivery"),
            suppress(ValueError),
        ):
            self._scan(rule, THURSDAY)
        self.assertEqual((len(self._all(rule)), len(self._told(rule))), (1, 0))
        self._scan(rule, THURSDAY)
        self.assertEqual((len(self._all(rule)), len(self._told(rule))), (1, 1))

    def test_missed_days(self):
        for kind in ("stage_days", "no_touch"):
            rule = self._rule(kind)
            lead = self._lead_at(MONDAY)
            self._scan(rule, TUESDAY)
            alert = self._scan(rule, "2026-03-27 07:00:00").filtered(lambda alert, lead=lead: alert.lead_id == lead)
            self.assertEqual(len(alert), 1, kind)
            self.assertEqual(str(alert.due), "2026-03-04 16:00:00", "three working days were over on Wednesday")

    def test_exactly_at_the_threshold(self):
        rule = self._rule()
        lead = self._lead_at("2026-03-02 09:30:00")
        self.assertFalse(self._scan(rule, "2026-03-05 09:29:59"))
        alert = self._scan(rule, "2026-03-05 09:30:00")
        self.assertEqual(alert.lead_id, lead)
        self.assertEqual(str(alert.due), "2026-03-05 09:30:00")

    def test_weekend_and_holiday_do_not_count(self):
        rule = self._rule(threshold=2)
        self._lead_at(FRIDAY)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:00:00",
            }
        )
        self.assertFalse(self._scan(rule, "2026-03-10 15:59:59"))
        self.assertTrue(self._scan(rule, "2026-03-10 16:00:00"))

    def test_mended_and_armed_again(self):
        rule = self._rule("closing_past", threshold=0)
        lead = self._lead_at(MONDAY, date_deadline="2026-03-03")
        self.assertFalse(self._scan(rule, "2026-03-03 22:59:59"))
        first = self._scan(rule, "2026-03-03 23:00:00")
        self.assertEqual(first.lead_id, lead, "midnight in Brussels")
        with self._at(WEDNESDAY):
            lead.date_deadline = "2026-03-05"
        self.assertFalse(self._scan(rule, WEDNESDAY))
        self.assertEqual((first.state, first.closed_reason, first.is_current), ("closed", "mended", False))
        self.assertEqual(str(first.acted), WEDNESDAY)
        again = self._scan(rule, FRIDAY)
        self.assertEqual(len(again), 1)
        self.assertNotEqual(again, first)
        self.assertEqual(len(self._told(rule)), 2)

    def test_done_stays_silent_until_mended(self):
        rule = self._rule("closing_past", threshold=0)
        lead = self._lead_at(MONDAY, date_deadline="2026-03-03")
        alert = self._scan(rule, WEDNESDAY)
        with self._at(WEDNESDAY):
            alert.with_user(self.rep).action_done()
        self.assertFalse(self._scan(rule, THURSDAY))
        with self._at(THURSDAY):
            lead.date_deadline = "2026-03-05"
        self.assertFalse(self._scan(rule, THURSDAY))
        self.assertEqual(len(self._scan(rule, FRIDAY)), 1, "past again: a new alert")

    def test_won_lost_archived(self):
        rule = self._rule()
        leads = [self._lead_at(MONDAY, name=name) for name in ("won", "lost", "archived", "open")]
        won, lost, archived, still_open = leads
        alerts = self._scan(rule, THURSDAY)
        self.assertEqual(len(alerts), 4)
        with self._at(FRIDAY):
            won.action_set_won()
            lost.action_set_lost()
            archived.active = False
        self.env.invalidate_all()
        self.assertEqual(self._open(rule).lead_id, still_open, "closed at once, before the next scan")
        closed = alerts.filtered(lambda alert: alert.state == "closed")
        self.assertEqual(set(closed.mapped("closed_reason")), {"lead_closed"})
        self.assertEqual(self._scan(rule, NEXT_MONDAY).lead_id, still_open)
        for lead in (won, lost, archived):
            self.assertFalse(self.Alert.search([("lead_id", "=", lead.id), ("is_current", "=", True)]))

    def test_closed_leads_are_never_found(self):
        rules = [self._rule(kind, threshold=1) for kind in ("stage_days", "no_touch", "closing_past")]
        lead = self._lead_at(MONDAY, date_deadline="2026-03-02")
        with self._at(MONDAY):
            lead.action_set_lost()
        for rule in rules:
            self.assertFalse(self._scan(rule, NEXT_TUESDAY), rule.kind)

    def test_switched_off(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        alert = self._scan(rule, THURSDAY)
        rule.active = False
        self.env.invalidate_all()
        self.assertEqual((alert.state, alert.closed_reason), ("closed", "rule_off"))
        rule.active = True
        self.assertEqual(len(self._scan(rule, FRIDAY)), 1)

    def test_batches(self):
        rule = self._rule()
        leads = [self._lead_at(MONDAY, name=f"Deal {number}") for number in range(5)]
        with patch.object(scan_module, "SCAN_BATCH", 2), self._at(THURSDAY):
            self.assertEqual(list(self.Alert._scan_rule(rule.sudo())), [2, 2, 1, 5])
        self.env.invalidate_all()
        self.assertEqual(len(self._open(rule)), len(leads))

    def test_queries_do_not_grow(self):
        rule = self._rule()
        counts = []
        for number in (1, 40):
            with self._at(MONDAY):
                self.env["crm.lead"].create(
                    [
                        {
                            "name": f"Deal {index}",
                            "type": "opportunity",
                            "team_id": self.team.id,
                            "user_id": self.rep.id,
                        }
                        for index in range(number)
                    ]
                )
            with self._at(THURSDAY):
                before = self.env.cr.sql_log_count
                for _done in self.Alert._scan_rule(rule.sudo()):
                    pass
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], "the second scan finds more and asks no more")

    def test_two_companies(self):
        taiwan = self.env["res.company"].create({"name": "Taiwan"})
        taiwan.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "All days", "company_id": taiwan.id, "tz": "Asia/Taipei", "attendance_ids": False}
        )
        everywhere = self._rule("closing_past", threshold=0, company_id=False, name="Everywhere")
        ours = self._rule("closing_past", threshold=0, name="Ours")
        taiwan.partner_id.tz = "Asia/Taipei"
        here = self._lead_at(MONDAY, date_deadline="2026-03-03")
        there = self._lead_at(
            MONDAY, date_deadline="2026-03-03", company_id=taiwan.id, team_id=False, user_id=False, name="There"
        )
        self._scan(everywhere, "2026-03-03 16:00:00")
        found = self._open(everywhere).lead_id & (here | there)
        self.assertEqual(found, there, "the day is over in Taipei only")
        self._scan(everywhere, WEDNESDAY)
        self.assertEqual(self._open(everywhere).lead_id & (here | there), here | there)
        self.assertFalse(self._scan(ours, WEDNESDAY).lead_id & there)
        self.assertEqual(self._open(everywhere).filtered(lambda alert: alert.lead_id == there).company_id, taiwan)

    def test_acted_on(self):
        rule = self._rule()
        moved, written, idle = (self._lead_at(MONDAY, name=name) for name in ("moved", "written", "idle"))
        alerts = self._scan(rule, THURSDAY)
        with self._at("2026-03-05 09:00:00"):
            self._move(moved, self.diagnose)
            written.partner_id = self.customer
            self._reply(written)
        self._scan(rule, FRIDAY)
        acted = {alert.lead_id: alert.acted for alert in alerts}
        self.assertEqual(str(acted[moved]), FRIDAY, "mended by the move")
        self.assertEqual(str(acted[written]), "2026-03-05 09:00:00")
        self.assertFalse(acted[idle])
        rows = self.env["sales.process.alert.effect"].search([("rule_id", "=", rule.id)])
        self.assertEqual(sorted(rows.mapped("acted_rate")), [0.0, 1.0, 1.0])
        self.assertEqual(rows.filtered(lambda row: row.lead_id == written).hours_to_act, 2.0)

    def test_cron(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        broken = self._rule(name="Broken")
        self.env.cr.execute("UPDATE sales_process_alert_rule SET domain = 'oops' WHERE id = %s", [broken.id])
        self.env.invalidate_all()
        self.env.flush_all()
        logger = "odoo.addons.sales_process_framework.models.alert.sales_process_alert_scan"
        with (
            self._at(THURSDAY),
            self.enter_registry_test_mode(),
            mute_logger(logger, "odoo.addons.base.models.ir_cron"),
        ):
            self.env.ref("sales_process_framework.ir_cron_scan_alerts").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self._open(rule)), 1, "a rule that cannot be read stops no other")
        self.assertEqual(len(self._told(rule)), 1)
