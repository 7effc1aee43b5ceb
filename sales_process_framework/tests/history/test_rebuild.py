"""History rebuilt from CRM's own tracking: on install, and for a team that joins a process."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from ..common import SalesProcessCommon

START = datetime(2026, 1, 5, 9)


@tagged("post_install", "-at_install")
class TestRebuild(SalesProcessCommon):
    def _track(self, lead, steps):
        """Write the tracking CRM would have left: (days after the start, stage left, stage entered)."""
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        for days, old, new in steps:
            message = self.env["mail.message"].create(
                {
                    "model": "crm.lead",
                    "res_id": lead.id,
                    "date": START + timedelta(days=days),
                    "message_type": "notification",
                }
            )
            self.env["mail.tracking.value"].create(
                {
                    "mail_message_id": message.id,
                    "field_id": field.id,
                    "old_value_integer": old.id,
                    "new_value_integer": new.id,
                }
            )

    def _past_lead(self, stage, steps, **columns):
        lead = self._lead(team_id=self.other_team.id, name="Past")
        self.env.flush_all()
        self._track(lead, steps)
        columns = {
            "stage_id": stage.id,
            "create_date": START,
            "date_last_stage_update": START + timedelta(days=steps[-1][0] if steps else 0),
            **columns,
        }
        self.env.flush_all()
        assignments = ", ".join(f"{name} = %s" for name in columns)
        self.env.cr.execute(f"UPDATE crm_lead SET {assignments} WHERE id = %s", [*columns.values(), lead.id])
        self.env.invalidate_all()
        return lead

    def _rebuilt(self, lead):
        self.env["sales.process.visit"]._rebuild([("id", "=", lead.id)])
        return lead.sales_visit_ids.sorted("entered")

    def test_tracked_steps_become_visits(self):
        steps = [(3, self.qualify, self.diagnose), (5, self.diagnose, self.qualify), (9, self.qualify, self.propose)]
        visits = self._rebuilt(self._past_lead(self.propose, steps))
        self.assertEqual(
            [(visit.stage_id.name, visit.duration_days, visit.direction, visit.outcome) for visit in visits],
            [
                ("Qualify", 3.0, "entry", "advanced"),
                ("Diagnose", 2.0, "forward", "returned"),
                ("Qualify", 4.0, "backward", "advanced"),
                ("Propose", 0.0, "forward", "open"),
            ],
        )
        self.assertTrue(all(visits.mapped("is_rebuilt")))
        self.assertFalse(visits[-1].left)
        self.assertEqual(visits[1].entered, visits[0].left)

    def test_lead_that_never_moved(self):
        [visit] = self._rebuilt(self._past_lead(self.qualify, []))
        self.assertEqual((visit.stage_id, visit.entered, visit.outcome), (self.qualify, START, "open"))

    def test_won_and_lost(self):
        won = self._past_lead(
            self.won, [(4, self.qualify, self.won)], won_status="won", date_closed=START + timedelta(days=4)
        )
        self.assertEqual(self._rebuilt(won).mapped("outcome"), ["won", "open"])
        lost = self._past_lead(
            self.diagnose,
            [(1, self.qualify, self.diagnose)],
            active=False,
            won_status="lost",
            date_closed=START + timedelta(days=8),
        )
        visits = self._rebuilt(lost)
        self.assertEqual(visits.mapped("outcome"), ["advanced", "lost"])
        self.assertEqual(visits[-1].duration_days, 7.0)

    def test_stage_that_tracking_missed(self):
        lead = self._past_lead(
            self.propose, [(1, self.qualify, self.diagnose)], date_last_stage_update=START + timedelta(days=6)
        )
        visits = self._rebuilt(lead)
        self.assertEqual(visits.mapped("stage_id.name"), ["Qualify", "Diagnose", "Propose"])
        self.assertEqual(visits[1].duration_days, 5.0)

    def test_deleted_stage_stays_as_a_visit_without_stage(self):
        gone = self.env["crm.stage"].create({"name": "Gone", "sequence": 150})
        lead = self._past_lead(self.propose, [(1, self.qualify, gone), (2, gone, self.propose)])
        gone.unlink()
        visits = self._rebuilt(lead)
        self.assertEqual([visit.stage_id.name for visit in visits], ["Qualify", False, "Propose"])

    def test_changes_of_the_same_moment_keep_their_order(self):
        lead = self._past_lead(self.propose, [(1, self.qualify, self.diagnose), (1, self.diagnose, self.propose)])
        visits = self._rebuilt(lead).sorted("id")
        self.assertEqual(visits.mapped("stage_id.name"), ["Qualify", "Diagnose", "Propose"])

    def test_converted_lead_starts_at_its_conversion(self):
        lead = self._past_lead(self.qualify, [], date_conversion=START + timedelta(days=2))
        [visit] = self._rebuilt(lead)
        self.assertEqual(visit.entered, START + timedelta(days=2))

    def test_twice_changes_nothing(self):
        lead = self._past_lead(self.diagnose, [(1, self.qualify, self.diagnose)])
        visits = self._rebuilt(lead)
        self.assertEqual(self.env["sales.process.visit"]._rebuild([("id", "=", lead.id)]), 0)
        self.assertEqual(self._rebuilt(lead), visits)

    def test_team_that_joins_a_process_has_its_history(self):
        lead = self._past_lead(self.diagnose, [(3, self.qualify, self.diagnose)], team_id=self.team.id)
        self.env.cr.execute("UPDATE crm_lead SET sales_process_id = NULL WHERE id = %s", [lead.id])
        self.p_diagnose.time_limit_days = 2
        self._activate()
        lead._attach_to_process(self.process)
        self.env.invalidate_all()
        visits = lead.sales_visit_ids.sorted("entered")
        self.assertEqual(visits.mapped("stage_id.name"), ["Qualify", "Diagnose"])
        self.assertEqual(lead.sales_process_stage_id, self.p_diagnose)
        self.assertEqual(lead.sales_stage_entered, START + timedelta(days=3))
        self.assertTrue(lead.sales_stage_overdue, "the limit counts from when it entered the stage")
        self._move(lead, self.propose)
        self.assertEqual(len(lead.sales_visit_ids), 3)

    def test_cron_brings_plain_leads_up_to_date(self):
        lead = self._past_lead(self.diagnose, [(1, self.qualify, self.diagnose)])
        self._rebuilt(lead)
        self._track(lead, [(4, self.diagnose, self.propose)])
        self.env.cr.execute(
            "UPDATE crm_lead SET stage_id = %s, date_last_stage_update = %s WHERE id = %s",
            [self.propose.id, START + timedelta(days=4), lead.id],
        )
        self.env.invalidate_all()
        self.env["ir.config_parameter"].set_param("sales_process_framework.history_until", "2026-01-01 00:00:00")
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_refresh_plain_history").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(
            lead.sales_visit_ids.sorted("entered").mapped("stage_id.name"), ["Qualify", "Diagnose", "Propose"]
        )
