"""Leads go on under another version: numbers first, answers kept, taken back within a day."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import VersionCommon

RUN = "odoo.addons.sales_process_framework.models.version.sales_process_migration_run"


@tagged("post_install", "-at_install")
class TestMigration(VersionCommon):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(name="First")
        self.behind = self._lead(name="Second")
        self._tick(self.lead, self.budget, note="120.000")
        self._tick(self.lead, self.calls, count=2)

    def _snapshot(self, leads):
        self.env.flush_all()
        self.env.invalidate_all()
        names = [
            *("sales_process_id", "sales_process_stage_id", "stage_id", "sales_gate_state", "sales_gate_progress"),
            *("sales_stage_entered", "sales_stage_deadline", "date_last_stage_update", "active", "probability"),
        ]
        visits = self.env["sales.process.visit"].search([("lead_id", "in", leads.ids)], order="id")
        answers = self.env["sales.process.answer"].search([("lead_id", "in", leads.ids)], order="id")
        documents = self.env["sales.process.deliverable"].search([("lead_id", "in", leads.ids)], order="id")
        return [
            leads.read(names),
            visits.read(["process_id", "process_stage_id", "stage_id", "entered", "left", "outcome", "deadline"]),
            answers.read(["lead_id", "requirement_id", "state", "count", "note", "user_id", "date"]),
            documents.read(["lead_id", "requirement_id", "process_stage_id", "state"]),
        ]

    # -- dry run -----------------------------------------------------------------

    def test_dry_run_gives_numbers_and_changes_nothing(self):
        self._require(self.n_qualify, "Brand new")
        self._put_to_use()
        before = self._snapshot(self.lead | self.behind)
        migration = self._migration()
        migration.action_check()
        line = migration.stage_map_ids.filtered(lambda line: line.process_stage_id == self.p_qualify)
        self.assertEqual((migration.state, migration.lead_count, migration.held_count), ("checked", 2, 2))
        self.assertEqual((line.lead_count, line.held_count, line.moved_count), (2, 2, 0))
        self.assertEqual(line.target_stage_id, self.n_qualify)
        counts = {row["name"]: row["count"] for row in migration.held_by}
        self.assertEqual(counts, {"Brand new": 2, "Budget": 1, "Calls": 1}, "answers count as if they were there")
        self.assertIn("Brand new: 2", migration.held_by_summary)
        answers = {row.requirement_id: row.answer_count for row in migration.requirement_map_ids}
        self.assertEqual((answers[self.budget], answers[self.report]), (1, 0))
        self.assertEqual(self._snapshot(self.lead | self.behind), before)

    def test_dry_run_comes_first_and_again_after_a_change(self):
        self._put_to_use()
        migration = self._migration()
        with self.assertRaises(UserError):
            migration.action_start()
        migration.action_check()
        self._map(migration, self.p_diagnose, self.n_propose)
        self.assertEqual(migration.state, "draft")
        with self.assertRaises(UserError):
            migration.action_start()

    def test_missing_stage_is_refused(self):
        self._twin(self.budget).unlink()
        self.n_qualify.requirement_ids.unlink()
        self.n_qualify.unlink()
        self._put_to_use()
        migration = self._migration()
        migration.action_check()
        self.assertEqual(migration.unmapped_count, 2)
        with self.assertRaises(UserError) as caught:
            migration.action_start()
        self.assertIn("Qualify (2)", str(caught.exception))
        self.assertEqual(self.lead.sales_process_id, self.process)
        self._map(migration, self.p_qualify, self.n_diagnose)
        self._migrate(migration)
        self.assertEqual((self.lead | self.behind).sales_process_stage_id, self.n_diagnose)
        self.assertEqual((self.lead | self.behind).stage_id, self.diagnose)

    def test_stage_without_leads_needs_no_mapping(self):
        self.n_propose.requirement_ids.unlink()
        self.n_propose.unlink()
        self._put_to_use()
        self._migrate()
        self.assertEqual(self.lead.sales_process_id, self.next)

    def test_mapping_is_checked(self):
        migration = self._migration()
        with self.assertRaises(ValidationError):
            self._map(migration, self.p_propose, self.n_won)
        with self.assertRaises(ValidationError):
            self._map(migration, self.p_qualify, self.p_diagnose)
        line = migration.requirement_map_ids.filtered(lambda line: line.requirement_id == self.report)
        line.target_requirement_id = False
        with self.assertRaises(ValidationError):
            line.target_requirement_id = self._twin(self.later)
        with self.assertRaises(ValidationError):
            self.env["sales.process.migration"].create(
                {"process_id": self.process.id, "target_process_id": self.process.id}
            )

    def test_target_has_to_be_in_use(self):
        migration = self._migration()
        migration.action_check()
        with self.assertRaises(UserError):
            migration.action_start()

    def test_own_fields_are_kept(self):
        migration = self._migration()
        for vals in ({"state": "done"}, {"date_done": "2020-01-01"}, {"lead_count": 5}):
            with self.assertRaises(UserError):
                migration.write(vals)
            with self.assertRaises(UserError):
                migration.with_context(sales_process_migration=True).write(vals)

    # -- run ---------------------------------------------------------------------

    def test_leads_go_on_with_their_answers(self):
        self.n_qualify.time_limit_days = 5
        self._put_to_use()
        migration = self._migrate()
        self.assertEqual((migration.state, migration.migrated_count, migration.progress), ("done", 2, 100))
        leads = self.lead | self.behind
        self.assertEqual(leads.sales_process_id, self.next)
        self.assertEqual(leads.sales_process_stage_id, self.n_qualify)
        self.assertEqual(leads.stage_id, self.qualify)
        self.assertEqual((self.lead.sales_gate_state, self.behind.sales_gate_state), ("ready", "open"))
        self.assertTrue(self.lead.sales_stage_deadline, "the limit of the version counts")
        answer = self.env["sales.process.answer"].search(
            [("lead_id", "=", self.lead.id), ("requirement_id", "=", self._twin(self.budget).id)]
        )
        self.assertEqual((answer.note, answer.user_id), ("120.000", self.rep))
        self.assertTrue(
            self.env["sales.process.answer"].search(
                [("lead_id", "=", self.lead.id), ("requirement_id", "=", self.budget.id)]
            ),
            "what was answered of the old version stays readable",
        )
        [visit] = self.lead.sales_visit_ids
        self.assertEqual((visit.process_id, visit.process_stage_id), (self.next, self.n_qualify))
        self._move(self.lead, self.diagnose)
        self.assertRefused(self.behind, self.diagnose, missing=["Budget"])

    def test_documents_and_open_requests_go_along(self):
        self._move(self.lead, self.diagnose)
        self._hand_in(self.lead, self.report)
        self._put_to_use()
        self._migrate()
        document = self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(document.requirement_id, self._twin(self.report))
        self.assertEqual(document.process_stage_id, self.n_diagnose)
        self.assertEqual(self.lead.sales_gate_state, "ready")

    def test_exceptions_keep_their_column_or_are_void(self):
        request = self.behind.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Please")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", self.behind.id)])
        self.assertTrue(exception, request)
        self._put_to_use()
        self._migrate()
        self.assertEqual((exception.process_id, exception.state), (self.next, "requested"))

    def test_other_column(self):
        column = self.env["crm.stage"].create({"name": "Fresh", "sequence": 99, "team_ids": self.team.ids})
        self.n_qualify.stage_id = column
        self._put_to_use()
        before = self.lead.sales_visit_ids
        messages = len(self.lead.message_ids)
        migration = self._migrate()
        self.assertEqual(sum(migration.stage_map_ids.mapped("moved_count")), 2)
        self.assertEqual((self.lead | self.behind).stage_id, column)
        self.assertEqual(len(self.lead.sales_visit_ids), 2)
        self.assertEqual((before.outcome, before.process_id), ("moved", self.process))
        new = self.lead.sales_visit_ids - before
        self.assertEqual((new.stage_id, new.process_stage_id, new.direction), (column, self.n_qualify, "aside"))
        self.assertEqual(len(self.lead.message_ids), messages + 1, "the lead's log says so")

    def test_who_stays(self):
        won, lost, foreign = (self._lead(name=name) for name in ("Won", "Lost", "Other team"))
        self.process.enforcement = "off"
        won.action_set_won()
        lost.action_set_lost()
        piloted = self._lead(name="In a pilot")
        pilot = self.env["sales.process.pilot"].create(
            {
                "name": "Pilot",
                "baseline_process_id": self.process.id,
                "candidate_process_id": self.next.id,
                "team_ids": [Command.set(self.team.ids)],
            }
        )
        self.env["sales.process.pilot.assignment"].create(
            {"pilot_id": pilot.id, "lead_id": piloted.id, "arm": "baseline", "date": self.env.cr.now()}
        )
        self.process.team_ids |= self.other_team
        self._put_to_use()
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET team_id = %s WHERE id = %s", [self.other_team.id, foreign.id])
        self.env.invalidate_all()
        migration = self._migration(team_ids=[Command.set(self.team.ids)])
        self._migrate(migration)
        self.assertEqual((won | lost | foreign | piloted).sales_process_id, self.process)
        self.assertEqual((migration.lead_count, migration.pilot_count), (2, 1))

    def test_lead_outside_of_the_columns_stays_there(self):
        elsewhere = self.env["crm.stage"].create({"name": "Elsewhere", "sequence": 150})
        self.lead.with_user(self.manager).sudo().write({"stage_id": elsewhere.id})
        self._put_to_use()
        migration = self._migrate()
        self.assertEqual((self.lead.stage_id, self.lead.sales_process_id), (elsewhere, self.next))
        self.assertEqual(self.lead.sales_process_stage_id, self.n_qualify)
        self.assertEqual(migration.outside_count, 1)

    def test_chunks_resume(self):
        leads = self.lead | self.behind | self._lead(name="Third") | self._lead(name="Fourth")
        self._put_to_use()
        migration = self._migration()
        migration.action_check()
        with patch(f"{RUN}.AT_ONCE", 1):
            migration.action_start()
        self.assertEqual(migration.state, "running")
        self.assertEqual(migration._migrate_chunk(3), 3)
        self.env.invalidate_all()
        self.assertEqual(leads.filtered(lambda lead: lead.sales_process_id == self.next), leads[:3])
        self.assertEqual((migration.migrated_count, migration.progress), (3, 75))
        migration._advance()
        self.assertEqual(leads.mapped("sales_process_id"), self.next)
        migration._advance()
        self.assertEqual(migration.state, "done")

    def test_cron_goes_through(self):
        self._put_to_use()
        migration = self._migration()
        migration.action_check()
        with patch(f"{RUN}.AT_ONCE", 1), patch(f"{RUN}.CHUNK", 1):
            migration.action_start()
            with self.enter_registry_test_mode():
                self.env.ref("sales_process_framework.ir_cron_migrate_leads").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(migration.state, "done")
        self.assertEqual((self.lead | self.behind).sales_process_id, self.next)

    def test_queries_are_flat_in_a_chunk(self):
        self._put_to_use()

        def count(number):
            leads = self.env["crm.lead"].browse()
            for _each in range(number):
                leads += self._lead()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crm_lead SET sales_process_id = %s WHERE id = ANY(%s)", [self.process.id, leads.ids]
            )
            self.env.cr.execute(
                "UPDATE crm_lead SET sales_process_stage_id = %s WHERE id = ANY(%s)", [self.p_qualify.id, leads.ids]
            )
            self.env.invalidate_all()
            migration = self._migration()
            migration._check()
            migration._keep({"state": "running"})
            migration.stage_map_ids.mapped("target_stage_id.stage_id")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertGreaterEqual(migration._migrate_chunk(1000), number)
            return self.env.cr.sql_log_count - before

        count(5)
        few = count(5)
        self.assertLessEqual(count(50), few + 2)

    # -- undo ----------------------------------------------------------------------

    def test_undo_leaves_everything_as_it_was(self):
        column = self.env["crm.stage"].create({"name": "Fresh", "sequence": 99, "team_ids": self.team.ids})
        self.n_qualify.stage_id = column
        other = self._lead(name="Ahead")
        self._tick(other, self.budget)
        self._tick(other, self.calls, count=2)
        self._move(other, self.diagnose)
        self._hand_in(other, self.report)
        leads = self.lead | self.behind | other
        self._put_to_use()
        before = self._snapshot(leads)
        migration = self._migrate()
        self.assertNotEqual(self._snapshot(leads), before)
        migration.action_undo()
        self.assertEqual(migration.state, "undone")
        self.assertEqual((migration.undone_count, migration.kept_count, migration.progress), (3, 0, 100))
        for found, expected in zip(self._snapshot(leads), before, strict=True):
            self.assertEqual(found, expected)

    def test_undo_gives_permissions_back(self):
        """Those for a column that the version lacks are void, and asked for again once it is undone."""
        self.behind.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Please")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", self.behind.id)])
        approvers = exception.activity_ids.user_id
        self.n_diagnose.stage_id = self.env["crm.stage"].create({"name": "Fresh", "sequence": 99})
        self._put_to_use()
        migration = self._migrate()
        self.assertEqual(exception.state, "cancelled")
        self.assertFalse(exception.activity_ids)
        migration.action_undo()
        self.env.invalidate_all()
        self.assertEqual((exception.state, exception.process_id), ("requested", self.process))
        self.assertTrue(approvers)
        self.assertEqual(exception.activity_ids.user_id, approvers)

    def test_undo_takes_along_what_was_done_since(self):
        self._put_to_use()
        migration = self._migrate()
        self._tick(self.behind, self._twin(self.budget), note="since")
        self._tick(self.behind, self._twin(self.calls), count=2)
        self._move(self.behind, self.diagnose)
        self.lead.action_set_lost()
        migration.action_undo()
        self.env.invalidate_all()
        self.assertEqual((migration.undone_count, migration.kept_count), (1, 1))
        self.assertEqual(self.lead.sales_process_id, self.next, "lost meanwhile: part of the version's history")
        self.assertEqual(self.behind.sales_process_id, self.process)
        self.assertEqual((self.behind.stage_id, self.behind.sales_process_stage_id), (self.diagnose, self.p_diagnose))
        answer = self.env["sales.process.answer"].search(
            [("lead_id", "=", self.behind.id), ("requirement_id", "=", self.budget.id)]
        )
        self.assertEqual(answer.note, "since")

    def test_many_are_taken_back_by_the_scheduled_action(self):
        self._put_to_use()
        migration = self._migrate()
        with patch(f"{RUN.replace('_run', '_undo')}.AT_ONCE", 1), patch(f"{RUN}.CHUNK", 1):
            migration.action_undo()
            self.assertEqual((migration.state, self.lead.sales_process_id), ("undoing", self.next))
            with self.enter_registry_test_mode():
                self.env.ref("sales_process_framework.ir_cron_migrate_leads").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((migration.state, migration.undone_count), ("undone", 2))
        self.assertEqual((self.lead | self.behind).sales_process_id, self.process)

    def test_undo_is_over_after_a_day(self):
        self._put_to_use()
        migration = self._migrate()
        self.assertTrue(migration.can_undo)
        migration._keep({"date_done": self.env.cr.now() - timedelta(hours=25)})
        self.assertFalse(migration.can_undo)
        with self.assertRaises(UserError):
            migration.action_undo()

    def test_migrated_again_after_undo(self):
        self._put_to_use()
        migration = self._migrate()
        migration.action_undo()
        again = self._migrate()
        self.assertEqual((again.state, self.lead.sales_process_id), ("done", self.next))
        self.assertEqual(self.lead.sales_gate_state, "ready")

    def test_begun_migration_cannot_be_changed_or_deleted(self):
        self._put_to_use()
        migration = self._migrate()
        with self.assertRaises(UserError):
            migration.unlink()
        with self.assertRaises(UserError):
            self._map(migration, self.p_qualify, self.n_diagnose)

    def test_method_for_other_parts(self):
        self._put_to_use()
        migration = self.process.with_user(self.manager)._migrate_leads(self.next, leads=self.lead, reason="Pilot")
        self.env.invalidate_all()
        self.assertEqual((migration.state, migration.lead_count), ("done", 1))
        self.assertEqual((self.lead.sales_process_id, self.behind.sales_process_id), (self.next, self.process))
