"""One click back: the teams follow exactly what they followed before; what becomes of leads is said beforehand."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestReturn(RolloutCommon):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(name="Core deal")
        self._tick(self.lead, self.budget)
        self.later = self._lead(user=self.second_rep, team_id=self.second.id, name="Later deal")

    def _state(self):
        self._refresh()
        return {process.id: (process.state, sorted(process.team_ids.ids)) for process in (self.process, self.next)}

    def _opened(self, migrate="new", phases=2):
        plan = self._rollout(first={"migrate": migrate}, second={"migrate": migrate})
        for phase in self._phases(plan)[:phases]:
            phase._open()
        self._refresh()
        return plan

    def test_teams_are_back_exactly(self):
        plan = self._rollout()
        core, everybody = self._phases(plan)
        before = self._state()
        core._open()
        between = self._state()
        everybody._open()
        self.assertEqual(plan.state, "done")
        everybody._take_back("Deals stand still")
        self.assertEqual(self._state(), between)
        self.assertEqual((plan.state, everybody.state, plan.date_done), ("running", "back", False))
        core._take_back("All of it")
        after = self._state()
        self.assertEqual(after[self.process.id], before[self.process.id])
        self.assertEqual(after[self.next.id], ("retired", []), "it was in use: never a draft again")
        self.assertFollow(self.team | self.second, self.process)
        self.assertTrue((core | everybody).former_ids.mapped("restored"))
        [event] = plan.event_ids.filtered(lambda event: event.kind == "back" and event.phase_id == core)
        self.assertEqual((event.user_id, event.reason, core.back_reason), (self.manager, "All of it", "All of it"))

    def test_reverse_order_and_a_reason(self):
        plan = self._opened()
        core, everybody = self._phases(plan)
        with self.assertRaisesRegex(UserError, "reverse order: take All back first"):
            core._take_back("No")
        with self.assertRaisesRegex(UserError, "Say why"):
            everybody._take_back("  ")
        everybody._take_back("No")
        with self.assertRaisesRegex(UserError, "is not open"):
            everybody._take_back("Twice")

    def test_migrated_leads_go_back_by_the_undo(self):
        plan = self._opened(migrate="all", phases=1)
        core, _everybody = self._phases(plan)
        self.assertEqual(self.lead.sales_process_id, self.next)
        fresh = self._lead(name="Fresh")
        wizard = self.env["sales.process.rollout.back"].with_user(self.manager).create({"phase_id": core.id})
        self.assertEqual((wizard.undo_count, wizard.expired_count, wizard.fresh_count), (1, 0, 1))
        self.assertIn("Gate Team: back to Test Process 1.0", wizard.teams)
        self.assertTrue(wizard.undo_until)
        wizard.reason = "Not yet"
        wizard.action_go_back()
        self._refresh()
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.assertEqual(self.lead.sales_process_stage_id, self.p_qualify)
        self.assertEqual(fresh.sales_process_id, self.next, "created meanwhile: it finishes on its version")
        self._move(fresh, self.qualify)
        self.assertEqual(self._lead().sales_process_id, self.process)
        self.assertEqual(core.migration_ids.state, "undone")

    def test_won_meanwhile_stays(self):
        plan = self._opened(migrate="all", phases=1)
        core, _everybody = self._phases(plan)
        self.lead.sudo().action_set_lost()
        self._refresh()
        counts = core._count_return()
        self.assertEqual(counts, {"undo": 0, "expired": 0, "fresh": 0, "gone": 1})
        core._take_back("Not yet")
        self._refresh()
        self.assertEqual(self.lead.sales_process_id, self.next)

    def test_after_a_day_leads_finish_or_migrate_back(self):
        plan = self._opened(migrate="all", phases=1)
        core, _everybody = self._phases(plan)
        fresh = self._lead(name="Fresh")
        core.migration_ids._keep({"date_done": self.now - timedelta(hours=25)})
        self._refresh()
        self.assertEqual(core._count_return(), {"undo": 0, "expired": 1, "fresh": 1, "gone": 0})
        wizard = (
            self.env["sales.process.rollout.back"]
            .with_user(self.manager)
            .create({"phase_id": core.id, "late": "return", "reason": "Not yet"})
        )
        wizard.action_go_back()
        self.assertTrue(wizard.is_checked, "the dry run comes first")
        self.assertEqual((core.state, wizard.unmapped_count), ("open", 0))
        wizard.action_go_back()
        self._refresh()
        self.assertEqual((self.lead | fresh).sales_process_id, self.process)
        self.assertEqual(self.lead.sales_process_stage_id, self.p_qualify)

    def test_after_a_day_they_finish_unless_said_otherwise(self):
        plan = self._opened(migrate="all", phases=1)
        core, _everybody = self._phases(plan)
        core.migration_ids._keep({"date_done": self.now - timedelta(hours=25)})
        core._take_back("Not yet")
        self._refresh()
        self.assertEqual(self.lead.sales_process_id, self.next)
        self.assertFollow(self.team, self.process)

    def test_stage_without_a_way_back_is_refused(self):
        extra = self.env["crm.stage"].create({"name": "Extra", "sequence": 102, "team_ids": self.team.ids})
        stage = self.env["sales.process.stage"].create(
            {"process_id": self.next.id, "name": "Extra", "sequence": 2, "stage_id": extra.id}
        )
        plan = self._opened(phases=1)
        core, _everybody = self._phases(plan)
        fresh = self._lead(name="Fresh")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET stage_id = %s, sales_process_stage_id = %s WHERE id = %s",
            [extra.id, stage.id, fresh.id],
        )
        self._refresh()
        wizard = (
            self.env["sales.process.rollout.back"]
            .with_user(self.manager)
            .create({"phase_id": core.id, "late": "return", "reason": "Not yet"})
        )
        wizard.action_check()
        self.assertEqual(wizard.unmapped_count, 1)
        before = self._state()
        with self.assertRaisesRegex(UserError, "Extra"), self.env.cr.savepoint():
            wizard.action_go_back()
        self.assertEqual(self._state(), before)
        wizard.stage_map_ids.filtered(lambda line: line.process_stage_id == stage).target_stage_id = self.p_diagnose
        wizard.action_go_back()
        self._refresh()
        self.assertEqual((fresh.sales_process_id, fresh.stage_id), (self.process, self.diagnose))

    def test_team_without_a_version_before(self):
        plain = self._lead(team_id=self.other_team.id, name="Plain deal")
        plan = self._rollout(first={"migrate": "all", "team_ids": [Command.set(self.other_team.ids)]})
        core, _everybody = self._phases(plan)
        core._open()
        self._refresh()
        self.assertEqual(plain.sales_process_id, self.next)
        core._take_back("Not for them", late="return")
        self._refresh()
        self.assertFollow(self.other_team, False)
        self.assertFalse(plain.sales_process_id)

    def test_team_that_went_on_is_left_alone(self):
        plan = self._opened(phases=1)
        core, _everybody = self._phases(plan)
        third = self.next.copy({"name": "Test Process", "version": "2.0", "predecessor_id": self.next.id})
        for old, new in zip(self.next.stage_ids, third.stage_ids, strict=True):
            new.stage_id = old.stage_id
        self.next.team_ids = [Command.clear()]
        third.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})
        wizard = self.env["sales.process.rollout.back"].with_user(self.manager).create({"phase_id": core.id})
        self.assertIn("Gate Team: stays, it went on to Test Process 2.0", wizard.teams)
        core._take_back("Too late")
        self.assertFollow(self.team, third)
        self.assertFollow(self.second, self.process)

    def test_former_version_that_retired_names_only_its_own_teams(self):
        """It kept the names of its teams when it retired; one of them follows another version by now."""
        plan = self._opened()
        _core, everybody = self._phases(plan)
        self.process.team_ids = [Command.link(self.team.id)]
        everybody._take_back("No")
        self.assertFollow(self.team, self.next)
        self.assertFollow(self.second, self.process)

    def test_can_be_opened_again(self):
        plan = self._opened(migrate="all", phases=1)
        core, _everybody = self._phases(plan)
        core._take_back("Not yet")
        self._refresh()
        core._open()
        self._refresh()
        self.assertFollow(self.team, self.next)
        self.assertEqual(self.lead.sales_process_id, self.next)
        core._take_back("No again")
        self._refresh()
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.assertFollow(self.team, self.process)
        self.assertEqual(len(core.former_ids), 2)

    def test_pilot_state_comes_back(self):
        self.next.state = "pilot"
        plan = self._rollout()
        core, _everybody = self._phases(plan)
        core._open()
        self.assertEqual(self.next.state, "active")
        core._take_back("Not yet")
        self.assertEqual((self.next.state, self.next.team_ids), ("pilot", self.env["crm.team"]))
