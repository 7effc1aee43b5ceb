from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MONDAY, THURSDAY, AlertCommon

MODELS = (
    "sales.process.alert",
    "sales.process.alert.rule",
    "sales.process.alert.escalation",
    "sales.process.alert.notice",
    "sales.process.alert.effect",
    "sales.process.alert.preview",
    "sales.process.alert.preview.line",
    "sales.process.alert.snooze",
)


@tagged("post_install", "-at_install")
class TestAlertSecurity(AlertCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")

    def setUp(self):
        super().setUp()
        self.rule = self._rule()
        self.lead = self._lead_at(MONDAY)
        self.alert = self._scan(self.rule, THURSDAY)

    def _sees(self, user, alert=None):
        alert = alert or self.alert
        return bool(self.env["sales.process.alert"].with_user(user).search([("id", "=", alert.id)]))

    def test_who_sees_an_alert(self):
        for user, sees in (
            (self.rep, True),
            (self.colleague, True),
            (self.leader, True),
            (self.manager, True),
            (self.stranger, False),
        ):
            self.assertEqual(self._sees(user), sees, user.login)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.alert.with_user(self.stranger).read(["facts_text"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.lead.with_user(self.stranger).get_sales_alerts()

    def test_whoever_is_told_sees_it(self):
        role = self.env["sales.process.role"].create({"name": "Adviser", "user_ids": [Command.set(self.stranger.ids)]})
        rule = self._rule(role_id=role.id, to_owner=False, name="To the adviser", notice="activity")
        alert = self._scan(rule, THURSDAY)
        self.assertEqual(alert.receiver_ids, self.stranger)
        self.assertTrue(self._sees(self.stranger, alert))
        self.assertFalse(self._sees(self.stranger), "only that one")
        self.assertTrue(alert.with_user(self.stranger).is_mine)
        self.assertEqual(
            self.env["sales.process.alert"].with_user(self.stranger).search([("is_mine", "=", True)]), alert
        )
        alert.with_user(self.stranger).action_done()
        self.assertEqual(alert.closed_by_id, self.stranger)

    def test_nobody_outside_sales(self):
        for user in (self.internal, self.portal):
            for name in MODELS:
                self.assertFalse(self.env[name].with_user(user).has_access("read"), f"{user.login} {name}")
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.alert.with_user(user).action_done()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.rule.with_user(user).action_scan()

    def test_nobody_edits_facts(self):
        for name in ("sales.process.alert", "sales.process.alert.notice", "sales.process.alert.effect"):
            for user in (self.rep, self.colleague, self.leader, self.manager):
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(
                        self.env[name].with_user(user).has_access(operation), f"{user.login} {name} {operation}"
                    )

    def test_rules_are_the_managers(self):
        for user in (self.rep, self.colleague, self.leader):
            for name in ("sales.process.alert.rule", "sales.process.alert.escalation", "sales.process.alert.preview"):
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation), f"{user.login} {name}")
            for method in ("action_preview", "action_scan"):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                    getattr(self.rule.with_user(user), method)()
            self.assertTrue(self.rule.with_user(user).name, "what an alert rests on can be read")
        self.rule.with_user(self.manager).threshold = 4
        self.rule.with_user(self.manager).action_preview()

    def test_who_closes_an_alert(self):
        for user in (self.colleague, self.stranger):
            for method, arguments in (
                ("action_done", ()),
                ("action_snooze", ("2026-04-01 08:00:00", "Later")),
                ("action_open_snooze", ()),
                ("action_wake", ()),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.addons.base.models.ir_rule"),
                ):
                    getattr(self.alert.with_user(user), method)(*arguments)
        self.assertEqual(self.alert.state, "open")
        self.assertFalse(self.alert.with_user(self.colleague).may_handle)
        for user in (self.rep, self.leader, self.manager):
            self.assertTrue(self.alert.with_user(user).may_handle, user.login)
        self.alert.with_user(self.leader).action_done()
        self.assertEqual((self.alert.closed_by_id, self.alert.closed_reason), (self.leader, "done"))

    def test_snooze_needs_a_reason_and_a_future(self):
        for until, reason in (("2099-01-01 08:00:00", " "), ("2020-01-01 08:00:00", "Later"), (False, "Later")):
            with self.assertRaisesRegex(Exception, "Say why|Choose a moment"):
                self.alert.with_user(self.rep).action_snooze(until, reason)

    def test_companies(self):
        taiwan = self.env["res.company"].create({"name": "Taiwan"})
        there = self._new_user(
            "spf_taiwan", "sales_team.group_sale_manager", company_id=taiwan.id, company_ids=[Command.set(taiwan.ids)]
        )
        self.assertFalse(self._sees(there))
        self.assertFalse(self.env["sales.process.alert.rule"].with_user(there).search([("id", "=", self.rule.id)]))
        self.assertFalse(
            self.env["sales.process.alert.effect"].with_user(there).search([("rule_id", "=", self.rule.id)])
        )
        self.assertTrue(
            self.env["sales.process.alert.effect"].with_user(self.leader).search([("rule_id", "=", self.rule.id)])
        )
