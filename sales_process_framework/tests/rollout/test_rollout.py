"""Phases open one after the other, by hand, with a reason, or by themselves; teams get the version as activated."""

import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestPlan(RolloutCommon):
    def test_proposal_is_core_team_first_then_all(self):
        form = Form(self.Rollout)
        form.process_id = self.next.with_user(self.manager)
        self.assertIn("1.1", form.name)
        plan = form.save()
        plan.action_propose()
        core, everybody = self._phases(plan)
        self.assertEqual((core.team_ids | everybody.team_ids), self.team | self.second)
        self.assertEqual(len(core.team_ids), 1)
        self.assertFalse(core.condition_ids)
        kinds = ["trained", "assessed", "days", "alerts"]
        self.assertEqual(everybody.condition_ids.mapped("kind"), kinds)
        added = self.env["sales.process.rollout.phase"].with_context(sales_process_rollout_proposal=True)
        default = added.default_get(["condition_ids"])["condition_ids"]
        self.assertEqual([command[2]["kind"] for command in default if command[2]], kinds)

    def test_version_leads_to_its_rollout(self):
        version = self.next.with_user(self.manager)
        plan = self.Rollout.browse(version.action_roll_out()["res_id"])
        self.assertEqual((plan.process_id, plan.state, plan.phase_count), (self.next, "draft", 2))
        version.invalidate_recordset(["rollout_ids"])
        self.assertEqual(version.rollout_count, 1)
        self.assertEqual(version.action_roll_out()["res_id"], plan.id, "not a second one")
        self._rollout(start=False)
        version.invalidate_recordset(["rollout_ids"])
        self.assertEqual(len(version.action_roll_out()["domain"][0][2]), 2)
        with self.assertRaises(AccessError):
            self.process.with_user(self.rep).action_roll_out()

    def test_what_is_missing_is_said_at_the_start(self):
        plan = self._rollout(second={"team_ids": False}, start=False)
        with self.assertRaisesRegex(UserError, "Choose the teams of: All"):
            plan.action_start()
        plan.phase_ids.unlink()
        with self.assertRaisesRegex(UserError, "at least one phase"):
            plan.action_start()

    def test_team_belongs_to_one_phase(self):
        with self.assertRaisesRegex(ValidationError, "one phase: Gate Team"):
            self._rollout(second={"team_ids": [Command.set((self.team + self.second).ids)]})

    def test_what_has_begun_is_settled(self):
        plan = self._rollout()
        core, everybody = self._phases(plan)
        with self.assertRaisesRegex(UserError, "version is settled"):
            plan.process_id = self.process
        for vals in ({"state": "done"}, {"date_done": self.now}):
            with self.assertRaisesRegex(UserError, "keeps this itself"):
                plan.write(vals)
        for vals in ({"state": "open"}, {"opened_on": self.now}, {"version_state": "pilot"}):
            with self.assertRaisesRegex(UserError, "keeps this itself"):
                core.write(vals)
        with self.assertRaisesRegex(UserError, "is kept"):
            plan.unlink()
        core._open()
        with self.assertRaisesRegex(UserError, "teams are settled"):
            core.team_ids = self.other_team
        with self.assertRaisesRegex(UserError, "what it waited for is settled"):
            self._condition(core, "checks")
        with self.assertRaisesRegex(UserError, "is kept"):
            core.unlink()
        with self.assertRaisesRegex(ValidationError, "one after the other"), self.env.cr.savepoint():
            everybody.sequence = 5

    def test_stopped_rollout_opens_nothing_and_can_go_on(self):
        plan = self._rollout()
        core, _everybody = self._phases(plan)
        plan.action_stop()
        with self.assertRaisesRegex(UserError, "not under way"):
            core._open()
        plan.action_start()
        core._open()
        self.assertEqual(plan.event_ids.sorted("id").mapped("kind"), ["started", "stopped", "started", "opened"])


@tagged("post_install", "-at_install")
class TestOpening(RolloutCommon):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(name="Core deal")
        self._tick(self.lead, self.budget)
        self.other_lead = self._lead(user=self.second_rep, team_id=self.second.id, name="Later deal")

    def test_first_phase_gets_the_version_the_others_keep_theirs(self):
        plan = self._rollout()
        core, everybody = self._phases(plan)
        core._open()
        self._refresh()
        self.assertEqual((self.next.state, self.process.state), ("active", "active"))
        self.assertFollow(self.team, self.next)
        self.assertFollow(self.second, self.process)
        self.assertEqual(self.lead.sales_process_id, self.process, "it finishes on its version")
        self.assertEqual(self._lead().sales_process_id, self.next)
        self.assertEqual(self._lead(team_id=self.second.id).sales_process_id, self.process)
        with self.assertRaisesRegex(UserError, "frozen"):
            self.next.skip_rule = "forbid"
        self.assertEqual((core.state, core.opened_by_id, core.opened_on), ("open", self.manager, self.now))
        self.assertEqual((plan.state, plan.next_phase_id, plan.progress), ("running", everybody, 50))
        self.assertEqual((core.former_ids.team_id, core.former_ids.process_id), (self.team, self.process))

    def test_last_phase_retires_the_old_version(self):
        plan = self._rollout()
        for phase in self._phases(plan):
            phase._open()
        self._refresh()
        self.assertEqual((self.next.state, self.process.state), ("active", "retired"))
        self.assertFollow(self.team | self.second, self.next)
        self.assertEqual((plan.state, plan.date_done), ("done", self.now))
        self.assertEqual(self.other_lead.sales_process_id, self.process)

    def test_open_leads_go_along_where_the_phase_says_so(self):
        plan = self._rollout(first={"migrate": "all"})
        core, everybody = self._phases(plan)
        core._open()
        self._refresh()
        self.assertEqual(self.lead.sales_process_id, self.next)
        self.assertEqual(self.lead.sales_process_stage_id, self.n_qualify)
        answers = self.env["sales.process.answer"].search([("lead_id", "=", self.lead.id)])
        self.assertIn(self._twin(self.budget), answers.requirement_id)
        self.assertEqual(core.migration_ids.state, "done")
        everybody._open()
        self._refresh()
        self.assertEqual(self.other_lead.sales_process_id, self.process)

    def test_leads_without_a_version_are_attached(self):
        plain = self._lead(team_id=self.other_team.id, name="Plain deal")
        self.assertFalse(plain.sales_process_id)
        plan = self._rollout(first={"migrate": "all", "team_ids": [Command.set(self.other_team.ids)]})
        core, _everybody = self._phases(plan)
        core._open()
        self._refresh()
        self.assertEqual(plain.sales_process_id, self.next)
        self.assertFalse(core.former_ids.process_id)

    def test_stage_that_goes_on_nowhere_is_refused_or_mapped(self):
        self.n_qualify.requirement_ids.unlink()
        self.n_qualify.unlink()
        plan = self._rollout(first={"migrate": "all"})
        core, _everybody = self._phases(plan)
        wizard = self.env["sales.process.rollout.open"].with_user(self.manager).create({"phase_id": core.id})
        wizard.action_open()
        self.assertTrue(wizard.is_checked, "the dry run comes first")
        self.assertEqual((wizard.unmapped_count, core.state), (1, "waiting"))
        with self.assertRaisesRegex(UserError, "go on nowhere"), self.env.cr.savepoint():
            wizard.action_open()
        self._refresh()
        self.assertEqual((self.next.state, core.state), ("draft", "waiting"))
        wizard.stage_map_ids.filtered(
            lambda line: line.process_stage_id == self.p_qualify
        ).target_stage_id = self.n_diagnose
        wizard.action_open()
        self._refresh()
        self.assertEqual(self.lead.sales_process_stage_id, self.n_diagnose)

    def test_one_after_the_other(self):
        plan = self._rollout()
        _core, everybody = self._phases(plan)
        with self.assertRaisesRegex(UserError, "not the next phase"):
            everybody._open()

    def test_condition_is_overridden_with_a_reason_only(self):
        plan = self._rollout()
        core, _everybody = self._phases(plan)
        self._condition(core, "trained")
        wizard = self.env["sales.process.rollout.open"].with_user(self.manager).create({"phase_id": core.id})
        self.assertIn("Team trained", wizard.unmet)
        for call in (wizard.action_open, core._open):
            with self.assertRaises(UserError):
                call()
        self.assertEqual(core.state, "waiting")
        wizard.reason = "The trainer is ill, they read it by themselves."
        wizard.action_open()
        self.assertEqual((core.state, core.override_reason), ("open", wizard.reason))
        [event] = plan.event_ids.filtered(lambda event: event.kind == "overridden")
        self.assertEqual((event.user_id, event.date, event.reason), (self.manager, self.now, wizard.reason))
        self.assertEqual(
            event.figures["conditions"],
            [{"name": "Team trained (80 %)", "holds": False, "have": 0, "total": 2}],
        )
        self.assertEqual(event.figures["adoption"]["leads"]["now"], [0, 1])
        self.assertIn("0 of 2", event.figures_html)

    def test_pilot_under_way_is_not_bent(self):
        plan = self._rollout()
        core, _everybody = self._phases(plan)
        pilot = self.env["sales.process.pilot"].create(
            {
                "name": "Other question",
                "company_id": self.company.id,
                "team_ids": [Command.set(self.team.ids)],
                "kpi_id": self.env.ref("sales_process_framework.kpi_win_rate").id,
            }
        )
        pilot.sudo().state = "running"
        with self.assertRaisesRegex(UserError, "Other question"):
            core._open()
        pilot.sudo().state = "dropped"
        core._open()

    def test_version_that_is_rolled_out_is_not_retired(self):
        plan = self._rollout()
        core, _everybody = self._phases(plan)
        core._open()
        with self.assertRaisesRegex(UserError, "Stop the rollout first"):
            self.next.with_user(self.manager).action_open_retirement()
        plan.action_stop()
        self.next.with_user(self.manager).action_open_retirement()

    def test_team_that_follows_it_already_stays(self):
        self._put_to_use()
        self.process.write({"state": "active", "team_ids": [Command.set(self.second.ids)]})
        plan = self._rollout()
        core, everybody = self._phases(plan)
        core._open()
        self.assertFalse(core.former_ids)
        everybody._open()
        self.assertFollow(self.team | self.second, self.next)


@tagged("post_install", "-at_install")
class TestByItself(RolloutCommon):
    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_open_rollout_phases").method_direct_trigger()
        self._refresh()

    def test_opens_exactly_once(self):
        plan = self._rollout(first={"date_planned": self.today}, mode="automatic")
        core, everybody = self._phases(plan)
        self._run_cron()
        self.assertEqual((core.state, everybody.state), ("open", "waiting"))
        opened = core.opened_on
        self._run_cron()
        self.assertEqual(core.opened_on, opened)
        self.assertEqual(plan.event_ids.filtered("phase_id").mapped("kind"), ["automatic"])
        self.assertEqual(len(core.former_ids), 1)

    def test_waits_for_its_day_its_conditions_and_a_day_at_all(self):
        plan = self._rollout(first={"date_planned": self.today + timedelta(days=2)}, mode="automatic")
        core, _everybody = self._phases(plan)
        self._run_cron()
        self.assertEqual(core.state, "waiting")
        core.date_planned = self.today - timedelta(days=1)
        check = self.env["sales.process.rollout.check"].create({"phase_id": core.id, "name": "Templates are there"})
        self._condition(core, "checks")
        self._run_cron()
        self.assertEqual(core.state, "waiting")
        check.done = True
        core.date_planned = False
        self._run_cron()
        self.assertEqual(core.state, "waiting")
        core.date_planned = self.today - timedelta(days=1)
        self._run_cron()
        self.assertEqual(core.state, "open")

    def test_day_begins_in_the_time_zone_of_the_company(self):
        plan = self._rollout(first={"date_planned": "2026-03-02"}, mode="automatic")
        core, _everybody = self._phases(plan)
        for zone, moment, due in (
            ("Pacific/Auckland", datetime(2026, 3, 1, 12, 0), True),
            ("America/New_York", datetime(2026, 3, 2, 3, 0), False),
            ("America/New_York", datetime(2026, 3, 2, 6, 0), True),
        ):
            self.company.partner_id.tz = zone
            with (
                self.subTest(zone=zone, moment=moment),
                patch.object(type(self.env.cr), "now", lambda _cr, at=moment: at),
            ):
                self.assertEqual(core._is_due(), due)

    def test_responsible_is_told_once_where_a_person_opens(self):
        plan = self._rollout(first={"date_planned": self.today, "user_id": self.leader.id})
        core, _everybody = self._phases(plan)
        self._run_cron()
        self._run_cron()
        self.assertEqual(core.state, "waiting")
        [activity] = plan.activity_ids
        self.assertEqual(activity.user_id, self.leader)
        self.assertIn("Core", activity.summary)
        core._open()
        self.assertFalse(plan.activity_ids)

    def test_what_went_back_opens_by_hand_only(self):
        plan = self._rollout(first={"date_planned": self.today}, mode="automatic")
        core, _everybody = self._phases(plan)
        core._open()
        core._take_back("Too early")
        self._run_cron()
        self.assertEqual(core.state, "back")
        core._open()
        self.assertFollow(self.team, self.next)

    def test_one_failure_does_not_hold_up_the_others(self):
        broken = self._rollout(first={"date_planned": self.today}, mode="automatic")
        other = self._rollout(
            first={"date_planned": self.today, "team_ids": [Command.set(self.other_team.ids)]}, mode="automatic"
        )
        Phase = type(self.env["sales.process.rollout.phase"])
        original = Phase._open

        def fail(phase, **kwargs):
            if phase.rollout_id == broken:
                raise UserError(broken.name)
            return original(phase, **kwargs)

        with (
            patch.object(Phase, "_open", fail),
            mute_logger("odoo.addons.sales_process_framework.models.rollout.sales_process_rollout_opening"),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60),
            self.assertRaisesRegex(UserError, re.escape(broken.name)),
        ):
            self.env["sales.process.rollout.phase"]._cron_open_due()
        self._refresh()
        self.assertEqual(self._phases(broken)[0].state, "waiting")
        self.assertEqual(self._phases(other)[0].state, "open")


@tagged("post_install", "-at_install")
class TestChecklist(RolloutCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._rollout(
            start=False,
            first={
                "check_ids": [
                    Command.create({"name": "Templates are there", "user_id": self.rep.id, "date_due": self.today})
                ]
            },
        )
        self.check = self.plan.check_ids

    def test_owner_gets_an_activity_at_the_start(self):
        self.assertFalse(self.plan.activity_ids)
        self.plan.action_start()
        [activity] = self.plan.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.rep, "Templates are there"))
        self.check.user_id = self.colleague
        self.assertEqual(activity.user_id, self.colleague)

    def test_tick_ends_the_activity_and_the_activity_ticks(self):
        self.plan.action_start()
        self.check.with_user(self.rep).action_toggle()
        self.assertEqual((self.check.done, self.check.done_by_id, self.check.done_on), (True, self.rep, self.now))
        self.assertFalse(self.plan.activity_ids)
        self.check.with_user(self.rep).action_toggle()
        self.assertEqual((self.check.done, self.check.done_by_id), (False, self.env["res.users"]))
        self.plan.activity_ids.with_user(self.rep).action_feedback()
        self._refresh()
        self.assertEqual((self.check.done, self.check.done_by_id), (True, self.rep))
