from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import RolloutCommon

NASTY = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestRolloutSecurity(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._rollout(
            second={
                "check_ids": [Command.create({"name": "Templates", "user_id": cls.second_rep.id})],
                "condition_ids": [Command.create({"kind": "trained", "percent": 100})],
            }
        )
        cls.core, cls.all = cls._phases(cls.plan)
        cls.training = cls._training()
        cls.all.training_ids = cls.training
        cls._attend(cls.training, cls.second_rep)
        cls.core._open()
        cls.outsiders = [
            new_test_user(cls.env, login=f"spf_{name}", groups=f"base.group_{name}") for name in ("portal", "public")
        ]
        cls.outsiders.append(new_test_user(cls.env, login="spf_internal", groups="base.group_user"))

    def test_only_managers_run_rollouts(self):
        for user in (*self.outsiders, self.rep, self.leader):
            plan, phase = self.plan.with_user(user), self.all.with_user(user)
            for call in (
                plan.action_start,
                plan.action_stop,
                phase.action_open_opening,
                phase.action_open_return,
            ):
                with self.subTest(user=user.login, call=call.__name__), self.assertRaises(AccessError):
                    call()
            for call in (
                lambda plan=plan: plan.write({"name": "Mine"}),
                lambda phase=phase: phase.write({"name": "Mine"}),
                lambda phase=phase: phase.condition_ids.unlink(),
                lambda phase=phase: phase.check_ids.write({"done": True}),
                lambda user=user: (
                    self.env["sales.process.rollout.open"]
                    .with_user(user)
                    .create({"phase_id": self.all.id, "reason": "x"})
                ),
                lambda user=user: (
                    self.env["sales.process.rollout.back"]
                    .with_user(user)
                    .create({"phase_id": self.core.id, "reason": "x"})
                ),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                    call()
        self.assertEqual((self.core.state, self.all.state), ("open", "waiting"))

    def test_wizard_of_a_manager_is_no_key_for_others(self):
        for model, method in (("open", "action_open"), ("back", "action_go_back")):
            wizard = (
                self.env[f"sales.process.rollout.{model}"]
                .with_user(self.manager)
                .create({"phase_id": (self.all if model == "open" else self.core).id, "reason": "x"})
            )
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                getattr(wizard.with_user(self.leader), method)()

    def test_outsiders_see_nothing(self):
        for user in self.outsiders:
            for record in (self.plan, self.core, self.all.check_ids, self.all.condition_ids):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                    record.with_user(user).read(["display_name"])
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.all.check_ids.with_user(user).action_toggle()

    def test_nobody_changes_what_happened(self):
        event, former = self.plan.event_ids[:1], self.core.former_ids
        for record in (event, former):
            for call in (
                lambda record=record: record.with_user(self.manager).write({"company_id": False}),
                lambda record=record: record.with_user(self.manager).unlink(),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                    call()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                record.with_user(self.rep).read(["company_id"])

    def test_who_is_missing_is_told_to_whoever_may_know(self):
        """Results of trainings: one's own, one's team's; all for administrators."""
        condition = self.all.condition_ids
        self.assertEqual(condition.with_user(self.manager).missing, self.third_rep.name)
        self.assertEqual(condition.with_user(self.leader).missing, "1 more")
        self._refresh()
        self.second.user_id = self.leader
        self.assertEqual(condition.with_user(self.leader).missing, self.third_rep.name)
        for name in ("holds", "standing", "missing"):
            with self.assertRaises(AccessError):
                condition.with_user(self.rep).read([name])
        [_core, everybody] = self.plan.with_user(self.rep).board["phases"]
        self.assertEqual((everybody["conditions"], everybody["adoption"]), ([], False))
        self.assertFalse(everybody["can_open"])
        [_core, everybody] = self.plan.with_user(self.manager).board["phases"]
        self.assertEqual(everybody["conditions"][0]["missing"], [self.third_rep.name])
        self.assertTrue(everybody["can_open"])

    def test_checklist_is_ticked_by_whoever_sees_to_it(self):
        check = self.all.check_ids
        with self.assertRaises(AccessError):
            check.with_user(self.rep).action_toggle()
        check.with_user(self.second_rep).action_toggle()
        self.assertEqual(check.done_by_id, self.second_rep)
        self.all.user_id = self.leader
        check.with_user(self.leader).action_toggle()
        self.assertFalse(check.done)
        check.with_user(self.manager).action_toggle()
        self.assertTrue(check.done)

    def test_other_companies_see_and_open_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._new_user(
            "spf_elsewhere",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for name in ("", ".phase", ".condition", ".check", ".former", ".event"):
            self.assertFalse(self.env[f"sales.process.rollout{name}"].with_user(user).search([]), name)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.all.with_user(user).action_open_opening()
        theirs = self.env["crm.team"].create({"name": "Their Team", "company_id": other.id})
        with self.assertRaisesRegex(Exception, "compan"), self.env.cr.savepoint():
            self.all.with_user(self.manager).sudo().team_ids = [Command.link(theirs.id)]

    def test_what_people_type_is_shown_as_typed(self):
        self.core.with_user(self.manager)._take_back(NASTY)
        condition = self.all.condition_ids
        self.core._open()
        self.all._open(reason=NASTY)
        self._refresh()
        for event in self.plan.event_ids:
            self.assertNotIn("<script", event.figures_html)
        self.assertTrue(condition.display_name)
        self.second.name = NASTY
        self.assertEqual(self.plan.with_user(self.manager).board["phases"][1]["teams"], [NASTY])
