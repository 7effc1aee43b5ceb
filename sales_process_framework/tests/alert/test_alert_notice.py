from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.alert import sales_process_alert_delivery as delivery_module
from ...models.alert import sales_process_alert_telling as telling_module
from .common import FRIDAY, MONDAY, NEXT_MONDAY, NEXT_TUESDAY, THURSDAY, AlertCommon


@tagged("post_install", "-at_install")
class TestAlertNotice(AlertCommon):
    """Who is told, when, how, and what follows when nobody acts."""

    def test_audience(self):
        role = self.env["sales.process.role"].create({"name": "Adviser", "user_ids": self.colleague.ids})
        follower = self._new_user("spf_follower", "sales_team.group_sale_salesman_all_leads")
        rule = self._rule(to_leader=True, to_followers=True, role_id=role.id)
        lead = self._lead_at(MONDAY)
        lead.message_subscribe((follower.partner_id | self.customer).ids)
        alert = self._scan(rule, THURSDAY)
        self.assertEqual(alert.receiver_ids, self.rep | self.leader | self.colleague | follower)
        self.assertEqual(alert.user_id, self.rep)

    def test_owner_missing_then_leader_then_manager(self):
        rule = self._rule()
        leaver = self._new_user("spf_leaver", "sales_team.group_sale_salesman")
        nobodys = self._lead_at(MONDAY, name="Nobody's", user_id=False)
        archived = self._lead_at(MONDAY, name="Of one who left", user_id=leaver.id)
        leaver.active = False
        alerts = {alert.lead_id: alert for alert in self._scan(rule, THURSDAY)}
        self.assertEqual(alerts[nobodys].receiver_ids, self.leader)
        self.assertEqual(alerts[archived].receiver_ids, self.leader)
        self.leader.active = False
        headless = self._rule(name="Without a leader")
        for alert in self._scan(headless, THURSDAY):
            self.assertIn(self.manager, alert.receiver_ids)
            self.assertNotIn(self.leader, alert.receiver_ids)

    def test_other_company_is_not_told(self):
        taiwan = self.env["res.company"].create({"name": "Taiwan"})
        stranger = self._new_user(
            "spf_taiwan", "sales_team.group_sale_manager", company_id=taiwan.id, company_ids=[Command.set(taiwan.ids)]
        )
        role = self.env["sales.process.role"].create({"name": "Adviser", "user_ids": stranger.ids})
        rule = self._rule(role_id=role.id, to_owner=False)
        self._lead_at(MONDAY)
        self.assertEqual(self._scan(rule, THURSDAY).receiver_ids, self.leader)

    def test_activity(self):
        rule = self._rule(notice="activity", advice="Call them.")
        lead = self._lead_at(MONDAY)
        self._scan(rule, THURSDAY)
        activity = lead.activity_ids
        self.assertEqual(activity.user_id, self.rep)
        self.assertIn(rule.name, activity.summary)
        self.assertIn("Call them.", activity.note)
        self.assertIn("Qualify", activity.note)
        with self._at(FRIDAY):
            self._move(lead, self.diagnose)
        self._scan(rule, FRIDAY)
        self.assertFalse(lead.activity_ids, "mended: nothing is left to do")

    def test_notification(self):
        rule = self._rule(notice="mail")
        lead = self._lead_at(MONDAY)
        self._scan(rule, THURSDAY)
        message = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id), ("subject", "ilike", rule.name)]
        )
        self.assertEqual(len(message), 1)
        self.assertEqual(message.notified_partner_ids, self.rep.partner_id)
        self.assertIn("Qualify", message.body)

    def test_chat(self):
        rule = self._rule(notice="chat")
        self._lead_at(MONDAY)
        self._scan(rule, THURSDAY)
        bot = self.env.ref("base.partner_root")
        message = self.env["mail.message"].search(
            [("model", "=", "discuss.channel"), ("author_id", "=", bot.id)], order="id desc", limit=1
        )
        channel = self.env["discuss.channel"].browse(message.res_id)
        self.assertEqual(channel.channel_member_ids.partner_id, bot | self.rep.partner_id)
        self.assertIn(rule.name, message.body)

    def test_text_of_users_is_escaped(self):
        rule = self._rule(notice="activity", advice="<script>1</script>")
        lead = self._lead_at(MONDAY, name="<b>Deal</b>")
        self._scan(rule, THURSDAY)
        self.assertNotIn("<script>", lead.activity_ids.note)
        self.assertNotIn("<b>", lead.activity_ids.note)

    def test_digest(self):
        rule = self._rule(notice="activity", digest=True)
        leads = [self._lead_at(MONDAY, name=f"Deal {number}") for number in range(3)]
        self._scan(rule, THURSDAY)
        activities = self.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("user_id", "=", self.rep.id)])
        self.assertEqual(len(activities), 1, "one summary for a person and run")
        for lead in leads:
            self.assertIn(lead.name, activities.note)
        self.assertEqual(len(self._told(rule, self.rep)), 3)
        first, *others = self._open(rule)
        with self._at(FRIDAY):
            first.with_user(self.rep).action_done()
        self.assertTrue(activities.exists(), "it tells of others as well")
        with self._at(FRIDAY):
            for alert in others:
                alert.with_user(self.rep).action_done()
        self.assertFalse(activities.exists())

    def test_no_digest_and_no_flood(self):
        single = self._rule(notice="activity", digest=False)
        for number in range(3):
            self._lead_at(MONDAY, name=f"Deal {number}")
        self._scan(single, THURSDAY)
        mine = [("res_model", "=", "crm.lead"), ("user_id", "=", self.rep.id)]
        activities = self.env["mail.activity"].search(mine)
        self.assertEqual(len(activities), 3)
        activities.unlink()
        for number in range(5):
            self._lead_at(MONDAY, name=f"More {number}")
        flood = self._rule(notice="activity", digest=False, name="Flood")
        self._scan(flood, THURSDAY)
        self.assertEqual(len(self.env["mail.activity"].search(mine)), 1, "eight at once are told together")

    def _due_at(self, hour, minute=0, **vals):
        """A deal whose alert is due on Thursday at that time (UTC)."""
        return self._lead_at(f"2026-03-02 {hour:02}:{minute:02}:00", name=f"Due {hour}:{minute:02}", **vals)

    def _scan_at(self, rules, hour, minute=0):
        """:return: of how many alerts each message of that scan tells"""
        with (
            patch.object(type(self.Alert), "_tell", autospec=True, side_effect=type(self.Alert)._tell) as tell,
            self._at(f"2026-03-05 {hour:02}:{minute:02}:00"),
        ):
            self.Alert._scan(rules.sudo())
        self.env.invalidate_all()
        return [len(call.args[3]) for call in tell.call_args_list]

    def test_summaries_keep_their_distance(self):
        """The first at once, what comes then waits: nothing is lost, nothing is told twice."""
        rule = self._rule(digest=True)
        critical = self._rule(digest=True, severity="critical", name="Critical", to_owner=True)
        rules = rule | critical
        critical.active = False
        for hour, minute in ((7, 0), (8, 0), (8, 15), (9, 0)):
            self._due_at(hour, minute)
        self.assertEqual(self._scan_at(rule, 7), [1])
        self.assertEqual([self._scan_at(rule, 8), self._scan_at(rule, 8, 15), self._scan_at(rule, 9)], [[]] * 3)
        waiting = self.env["sales.process.alert.notice"].search(
            [("alert_id.rule_id", "=", rule.id), ("sent", "=", False)]
        )
        self.assertEqual(waiting.mapped(lambda notice: str(notice.send_after)), ["2026-03-05 11:00:00"] * 3)
        self.assertEqual(waiting.mapped("in_summary"), [True] * 3)
        mended = waiting.alert_id.filtered(lambda alert: alert.lead_id.name == "Due 9:00")
        with self._at("2026-03-05 10:00:00"):
            mended.with_user(self.rep).action_done()
        critical.active = True
        self.assertEqual(self._scan_at(rules, 10), [4], "what is critical does not wait")
        self.assertEqual(self._scan_at(rules, 10, 59), [])
        with self._at("2026-03-05 11:00:00"), self._crash():
            self.Alert._scan(rules.sudo())
        self.assertEqual(self._scan_at(rules, 11), [2], "once, in one summary, without what was done meanwhile")
        self.assertEqual(self._scan_at(rules, 11), [])
        self.assertEqual(len(self._told(rule)), 3)
        rule.digest_hours = 0
        self._due_at(12, 30)
        self.assertEqual(self._scan_at(rule, 12, 30), [1], "no distance is asked for")

    def test_a_summary_takes_along_what_waits(self):
        quick, slow = self._rule(digest=True), self._rule(digest=True, digest_hours=24, name="Slow")
        quiet = self._rule(digest=True, digest_hours=24, name="Quiet", quiet_from=11.5, quiet_to=7)
        quick.active = False
        for hour, minute in ((7, 0), (8, 0)):
            self._due_at(hour, minute)
        self.assertEqual(self._scan_at(slow, 7), [1])
        self.assertEqual(self._scan_at(slow | quiet, 8), [])
        quick.active = True
        self.assertEqual(self._scan_at(quick, 9), [])
        self.assertEqual(self._scan_at(quick, 11), [3], "two of the quick rule and the one that waits for tomorrow")
        self.assertFalse(self._told(quiet), "its quiet hours have begun")

    def test_flood_over_many_scans(self):
        rule = self._rule(digest=False)
        for minute in (0, 10, 20, 30):
            self._due_at(7, minute)
        with patch.object(delivery_module, "FLOOD", 2):
            told = [self._scan_at(rule, 7, minute) for minute in (0, 10, 20, 30)]
            self.assertEqual(told, [[1], [1], [], []], "some one by one, then it is enough")
            self.assertEqual(self._scan_at(rule, 11, 9), [])
            self.assertEqual(self._scan_at(rule, 11, 10), [2], "four hours after the last one")
            self.assertEqual(self._scan_at(rule, 11, 10), [])
            self._due_at(8)
            self.assertEqual(self._scan_at(rule, 15, 30), [1], "it has calmed down")

    def test_the_gravest_come_first(self):
        """And of those what has been due for longest; the end of a long summary is cut off."""
        hint, warning = self._rule(severity="info", notice="activity"), self._rule(notice="activity", name="Warning")
        self._due_at(7, user_id=self.colleague.id)
        late, early = self._due_at(8), self._due_at(7, 30)
        with patch.object(telling_module, "DIGEST_LINES", 3), self._at("2026-03-05 09:00:00"):
            self.Alert._scan((hint | warning).sudo())
        self.env.invalidate_all()
        activity = self.env["mail.activity"].search([("res_model", "=", "crm.lead"), ("user_id", "=", self.rep.id)])
        self.assertEqual(activity.res_id, early.id, "it hangs on the most urgent one")
        note = str(activity.note)
        places = [note.find(f"{rule.name}: {lead.name}") for rule, lead in ((warning, early), (warning, late))]
        places.append(note.find(f"{hint.name}: {early.name}"))
        self.assertEqual(places, sorted(places))
        self.assertGreater(places[0], 0)
        self.assertNotIn(f"{hint.name}: {late.name}", note)

    def test_quiet_hours_of_the_receiver(self):
        rule = self._rule(quiet_from=20, quiet_to=8, quiet_weekend=True, to_leader=True)
        self.leader.tz = "America/New_York"
        self._lead_at(MONDAY)
        self._scan(rule, "2026-03-05 08:00:00")
        self.assertEqual(self._told(rule).user_id, self.rep, "nine in Brussels, three in New York")
        self._scan(rule, "2026-03-05 12:59:59")
        self.assertFalse(self._told(rule, self.leader))
        self._scan(rule, "2026-03-05 13:00:00")
        self.assertEqual(len(self._told(rule, self.leader)), 1, "eight in New York")
        self._scan(rule, "2026-03-05 13:00:00")
        self.assertEqual(len(self._told(rule)), 2)

    def test_mended_in_quiet_hours(self):
        rule = self._rule(quiet_from=20, quiet_to=8, quiet_weekend=True)
        lead = self._lead_at(MONDAY)
        alert = self._scan(rule, "2026-03-07 10:00:00")
        self.assertEqual(str(alert.notice_ids.send_after), "2026-03-09 07:00:00", "after the weekend")
        with self._at("2026-03-07 11:00:00"):
            self._move(lead, self.diagnose)
        self._scan(rule, "2026-03-09 08:00:00")
        self.assertFalse(self._told(rule), "over before anybody had to know")
        self.assertFalse(alert.acted)

    def test_escalation(self):
        rule = self._rule(
            escalation_ids=[
                Command.create({"after_days": 1, "to_leader": True}),
                Command.create({"after_days": 2, "to_leader": False, "to_manager": True}),
            ]
        )
        idle, acted = self._lead_at(MONDAY, name="Idle"), self._lead_at(MONDAY, name="Acted")
        self._scan(rule, THURSDAY)
        with self._at("2026-03-05 09:00:00"):
            acted.partner_id = self.customer
            self._reply(acted)
        self._scan(rule, "2026-03-05 15:59:59")
        self.assertFalse(self._told(rule, self.leader))
        self._scan(rule, "2026-03-05 16:00:00")
        self.assertEqual(self._told(rule, self.leader).alert_id.lead_id, idle, "exactly one working day")
        self._scan(rule, "2026-03-05 16:00:00")
        self.assertEqual(len(self._told(rule, self.leader)), 1)
        self.assertFalse(self._told(rule, self.manager))
        self._scan(rule, NEXT_MONDAY)
        self.assertEqual(self._told(rule, self.manager).alert_id.lead_id, idle)
        self._scan(rule, NEXT_TUESDAY)
        for user, times in ((self.rep, 2), (self.leader, 1), (self.manager, 1)):
            self.assertEqual(len(self._told(rule, user)), times, user.login)

    def test_snooze(self):
        rule = self._rule()
        self._lead_at(MONDAY)
        alert = self._scan(rule, THURSDAY)
        with self._at(THURSDAY):
            snooze = self.env["sales.process.alert.snooze"].with_user(self.rep)
            snooze.create({"alert_ids": alert.ids, "choice": "3", "reason": "Agreed"}).action_apply()
        self.assertEqual((alert.state, alert.snooze_reason), ("snoozed", "Agreed"))
        self.assertEqual(str(alert.snoozed_until), "2026-03-08 07:00:00", "eight in Brussels")
        self.assertFalse(self._scan(rule, FRIDAY))
        self.assertEqual(len(self._told(rule)), 1)
        self.assertEqual(self._scan(rule, NEXT_MONDAY), alert, "the same alert, awake")
        self.assertEqual(len(self._told(rule)), 2)

    def test_snooze_taken_back(self):
        """As when it is over: they are told again, and escalation starts anew."""
        rule = self._rule(escalation_ids=[Command.create({"after_days": 1, "to_leader": True})])
        self._lead_at(MONDAY)
        alert = self._scan(rule, THURSDAY)
        self._scan(rule, FRIDAY)
        self.assertEqual((alert.step, len(self._told(rule, self.leader))), (1, 1))
        with self._at(FRIDAY):
            alert.with_user(self.rep).action_snooze("2026-03-20 07:00:00", "Later")
        with self._at("2026-03-06 12:00:00"):
            alert.with_user(self.rep).action_wake()
        self.assertEqual((alert.state, alert.round, alert.step), ("open", 1, 0))
        self._scan(rule, "2026-03-06 12:00:00")
        self.assertEqual(len(self._told(rule, self.rep)), 2)
        self._scan(rule, "2026-03-06 12:15:00")
        self.assertEqual(len(self._told(rule)), 3)

    def test_mended_while_snoozed(self):
        rule = self._rule()
        lead = self._lead_at(MONDAY)
        alert = self._scan(rule, THURSDAY)
        with self._at(THURSDAY):
            alert.with_user(self.rep).action_snooze("2026-03-20 07:00:00", "Later")
            self._move(lead, self.diagnose)
        self._scan(rule, FRIDAY)
        self.assertEqual((alert.state, alert.closed_reason), ("closed", "mended"))

    def test_preview_tells_nothing_of_another_company(self):
        rule = self._rule(active=False, to_leader=True, company_id=False)
        self._lead_at(MONDAY, name="Secret deal")
        taiwan = self.env["res.company"].create({"name": "Taiwan"})
        there = self._new_user(
            "spf_taiwan", "sales_team.group_sale_manager", company_id=taiwan.id, company_ids=[Command.set(taiwan.ids)]
        )
        with self._at(THURSDAY):
            foreign, own = (
                self.env["sales.process.alert.preview"].browse(rule.with_user(user).action_preview()["res_id"])
                for user in (there, self.manager)
            )
        self.assertFalse(foreign.line_ids)
        self.assertEqual((foreign.alert_count, own.alert_count), (0, 1))

    def test_preview_is_what_happens(self):
        rule = self._rule(active=False, to_leader=True, quiet_from=20, quiet_to=8, notice="activity")
        leads = [self._lead_at(MONDAY, name=f"Deal {number}") for number in range(3)]
        leads[1].user_id = False
        with self._at(THURSDAY):
            action = rule.with_user(self.manager).action_preview()
            preview = self.env["sales.process.alert.preview"].browse(action["res_id"])
        self.assertFalse(self._all(rule), "nothing happened")
        self.assertFalse(self.env["sales.process.alert.notice"].search([("alert_id.rule_id", "=", rule.id)]))
        self.assertFalse(rule.scanned)
        self.assertEqual((preview.alert_count, preview.user_count), (3, 2))
        expected = {(line.user_id, line.lead_id, line.send_after, line.facts_text) for line in preview.line_ids}
        with self._at(THURSDAY):
            preview.with_user(self.manager).action_activate()
        self._scan(rule, THURSDAY)
        notices = self.env["sales.process.alert.notice"].search([("alert_id.rule_id", "=", rule.id)])
        real = {
            (notice.user_id, notice.alert_id.lead_id, notice.send_after, notice.alert_id.facts_text)
            for notice in notices.with_user(self.manager).sudo()
        }
        self.assertEqual(expected, real)
        with self._at(THURSDAY):
            again = rule.with_user(self.manager).action_preview()
        self.assertEqual(self.env["sales.process.alert.preview"].browse(again["res_id"]).alert_count, 3)
        self.assertEqual(len(self._open(rule)), 3, "a preview takes nothing away")
