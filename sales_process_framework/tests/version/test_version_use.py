"""The next version is activated, the old one retired; leads finish, migrate or are released."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import VersionCommon


@tagged("post_install", "-at_install")
class TestActivatingTheNextVersion(VersionCommon):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(name="Answered")
        self._tick(self.lead, self.budget)
        self._tick(self.lead, self.calls, count=2)

    def _wizard(self, **vals):
        wizard = self.env["sales.process.activation"].with_user(self.manager)
        return wizard.create({"process_id": self.next.id, "team_ids": [Command.set(self.team.ids)], **vals})

    def test_answered_leads_are_not_held_back(self):
        wizard = self._wizard()
        wizard.action_dry_run()
        self.assertEqual((wizard.open_count, wizard.ready_count, wizard.held_count), (1, 1, 0))
        [migration] = wizard.migration_ids
        self.assertEqual((migration.process_id, migration.lead_count), (self.process, 1))

    def test_open_leads_migrate(self):
        wizard = self._wizard()
        wizard.action_dry_run()
        wizard.action_activate()
        self.env.invalidate_all()
        self.assertEqual((self.next.state, self.process.state), ("active", "retired"))
        self.assertEqual((self.lead.sales_process_id, self.lead.sales_gate_state), (self.next, "ready"))
        self.assertEqual(wizard.migration_ids.state, "done")
        self._move(self.lead, self.diagnose)

    def test_open_leads_finish(self):
        wizard = self._wizard(migrate="new")
        wizard.action_dry_run()
        self.assertFalse(wizard.migration_ids)
        wizard.action_activate()
        self.env.invalidate_all()
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.assertEqual(self._lead().sales_process_id, self.next)
        self._move(self.lead, self.diagnose)
        self.assertEqual(self.lead.sales_process_stage_id, self.p_diagnose)

    def test_what_managers_allowed_goes_on(self):
        Allowed = self.env["sales.process.variant.allowed"].with_user(self.manager)
        common = {"process_id": self.process.id, "team_id": self.team.id, "reason": "Known customers"}
        Allowed.create(
            [
                {**common, "kind": "skipped", "process_stage_id": self.p_diagnose.id},
                {**common, "kind": "repeated", "process_stage_id": self.p_propose.id},
                {**common, "kind": "too_long", "process_stage_id": self.p_qualify.id, "active": False},
                {**common, "kind": "variant", "path": "1-0-2-4-5"},
                {**common, "kind": "variant", "path": "1-3-4"},
                {**common, "kind": "outside"},
            ]
        )
        self.n_propose.requirement_ids.unlink()
        self.n_propose.unlink()
        self.n_diagnose.sequence = self.n_qualify.sequence - 1
        wizard = self._wizard(migrate="new")
        wizard.action_dry_run()
        wizard.action_activate()
        taken = Allowed.search([("process_id", "=", self.next.id)]).sorted("kind")
        self.assertEqual(
            [(each.kind, each.process_stage_id, each.path) for each in taken],
            [
                ("outside", self.n_qualify.browse(), False),
                ("skipped", self.n_diagnose, False),
                ("variant", self.n_qualify.browse(), "2-0-1-3-4"),
            ],
            "not what is about the stage that went, nor what was taken back",
        )
        self.assertEqual((taken.team_id, set(taken.mapped("reason"))), (self.team, {"Known customers"}))
        self._put_to_use()
        self.assertEqual(Allowed.search_count([("process_id", "=", self.next.id)]), 3, "taken over once")

    def test_missing_stage_is_refused_until_it_is_mapped(self):
        self.n_qualify.requirement_ids.unlink()
        self.n_qualify.unlink()
        wizard = self._wizard()
        wizard.action_dry_run()
        self.assertEqual(wizard.unmapped_count, 1)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.action_activate()
        self.env.invalidate_all()
        self.assertEqual((self.next.state, self.process.state), ("draft", "active"))
        line = wizard.stage_map_ids.filtered(lambda row: row.process_stage_id == self.p_qualify)
        line.target_stage_id = self.n_diagnose
        wizard.action_activate()
        self.env.invalidate_all()
        self.assertEqual(self.lead.stage_id, self.diagnose)
        self.assertEqual(self.lead.sales_process_stage_id, self.n_diagnose)

    def test_second_dry_run_uses_the_same_plan(self):
        self._wizard().action_dry_run()
        wizard = self._wizard()
        wizard.action_dry_run()
        self.assertEqual(self.env["sales.process.migration"].search_count([("process_id", "=", self.process.id)]), 1)

    def test_draft_with_a_planned_migration_can_be_deleted(self):
        wizard = self._wizard()
        wizard.action_dry_run()
        migration = wizard.migration_ids
        self.next.with_user(self.manager).unlink()
        self.assertFalse(migration.exists())

    def test_activation_settles_the_log(self):
        self._twin(self.later).with_user(self.manager).name = "Sooner"
        self._twin(self.budget).with_user(self.manager).name = "Money"
        self.next.action_log_changes()
        self._twin(self.budget).with_user(self.manager).name = "Budget"
        wizard = self._wizard()
        wizard.action_dry_run()
        wizard.action_activate()
        self.assertEqual(self.next.change_ids.mapped("element"), ["Propose / Sooner"])
        self.next.change_ids.with_user(self.manager).reason = "Found later"
        with self.assertRaises(UserError):
            self.next.change_ids.with_user(self.manager).unlink()


@tagged("post_install", "-at_install")
class TestRetiring(VersionCommon):
    def setUp(self):
        super().setUp()
        self.lead = self._lead()

    def _wizard(self, **vals):
        action = self.process.with_user(self.manager).action_open_retirement()
        wizard = self.env["sales.process.retirement"].with_user(self.manager).with_context(**action["context"])
        return wizard.create({"process_id": self.process.id, **vals})

    def test_numbers(self):
        with Form(self._wizard()) as form:
            self.assertEqual((form.open_count, form.team_names), (1, "Gate Team"))

    def test_leads_finish(self):
        self._wizard(leads="finish").action_retire()
        self.assertEqual((self.process.state, self.lead.sales_process_id), ("retired", self.process))
        self.assertRefused(self.lead, self.diagnose, missing=["Budget"])
        self.assertFalse(self._lead().sales_process_id)

    def test_leads_are_released(self):
        self._wizard(leads="release").action_retire()
        self.assertEqual(self.process.state, "retired")
        self.assertFalse(self.lead.sales_process_id)
        self._move(self.lead, self.diagnose)

    def test_leads_migrate(self):
        self.next.write({"state": "active"})
        wizard = self._wizard(leads="migrate")
        self.assertEqual(wizard.target_process_id, self.next, "the next version is suggested")
        action = wizard.action_retire()
        self.assertEqual((action["res_id"], self.process.state), (wizard.id, "active"), "numbers first")
        self.assertEqual(sum(wizard.stage_map_ids.mapped("lead_count")), 1)
        wizard.action_retire()
        self.env.invalidate_all()
        self.assertEqual((self.process.state, self.lead.sales_process_id), ("retired", self.next))

    def test_a_pilot_needs_it(self):
        pilot = self.env["sales.process.pilot"].create(
            {
                "name": "Faster",
                "baseline_process_id": self.process.id,
                "candidate_process_id": self.next.id,
                "team_ids": [Command.set(self.team.ids)],
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE sales_process_pilot SET state = 'running' WHERE id = %s", [pilot.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught:
            self.process.with_user(self.manager).action_open_retirement()
        self.assertIn("Faster", str(caught.exception))

    def test_only_what_is_in_use(self):
        with self.assertRaises(UserError):
            self.next.with_user(self.manager).action_open_retirement()
