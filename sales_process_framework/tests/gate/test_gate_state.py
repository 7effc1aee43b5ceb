"""The stored gate state that lists, cards and filters read."""

from datetime import timedelta

from odoo.tests import tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestGateState(SalesProcessCommon):
    def test_state_and_progress_follow_the_checklist(self):
        first, second = self._require(self.p_qualify, "First"), self._require(self.p_qualify, "Second")
        self._require(self.p_diagnose, "Third", gate="entry")
        self._require(self.p_qualify, "Advisory", mandatory=False)
        self._activate()
        lead = self._lead()
        self.assertEqual((lead.sales_gate_state, lead.sales_gate_progress), ("open", 0))
        self._tick(lead, first)
        self.assertEqual((lead.sales_gate_state, lead.sales_gate_progress), ("open", 33))
        self._tick(lead, second)
        self._tick(lead, self.p_diagnose.requirement_ids)
        self.assertEqual((lead.sales_gate_state, lead.sales_gate_progress), ("ready", 100))
        lead.with_user(self.rep).sales_process_answer(first.id, {"state": False})
        self.assertEqual((lead.sales_gate_state, lead.sales_gate_progress), ("open", 66))

    def test_fields_that_rules_read_refresh_the_state(self):
        self._require(self.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>=', 10)]")
        self._activate()
        lead = self._lead()
        self.assertEqual(lead.sales_gate_state, "open")
        lead.with_user(self.rep).expected_revenue = 10
        self.assertEqual(lead.sales_gate_state, "ready")

    def test_held_until_mended_or_moved(self):
        criterion = self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        self.env["sales.process.decision"].sudo()._store_refusals(
            [{"lead_id": lead.id, "outcome": "refused", "process_id": self.process.id}]
        )
        lead.invalidate_recordset()
        self.assertEqual(lead.sales_gate_state, "held")
        lead.with_user(self.rep).name = "Renamed"
        self.assertEqual(lead.sales_gate_state, "held")
        self._tick(lead, criterion)
        self.assertEqual(lead.sales_gate_state, "ready")

    def test_no_gate_without_process_or_for_closed_leads(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        plain = self._lead(team_id=self.other_team.id)
        self.assertFalse(plain.sales_gate_state)
        lead.action_set_lost()
        self.assertEqual(lead.sales_gate_state, "none")

    def test_handed_over_to_a_team_without_process(self):
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).team_id = self.other_team
        self.assertFalse(lead.sales_process_id)
        self.assertFalse(lead.sales_gate_state)
        self.assertFalse(lead.sales_stage_deadline)

    def test_overdue_filter(self):
        self.p_qualify.time_limit_days = 1
        self._activate()
        lead = self._lead()
        Lead = self.env["crm.lead"]
        mine = [("id", "=", lead.id)]
        self.assertFalse(lead.sales_stage_overdue)
        self.assertFalse(Lead.search([*mine, ("sales_stage_overdue", "=", True)]))
        self.env.cr.execute(
            "UPDATE crm_lead SET sales_stage_deadline = %s WHERE id = %s",
            [self.env.cr.now() - timedelta(hours=1), lead.id],
        )
        lead.invalidate_recordset()
        self.assertTrue(lead.sales_stage_overdue)
        self.assertEqual(Lead.search([*mine, ("sales_stage_overdue", "=", True)]), lead)
        self.assertEqual(Lead.search([*mine, ("sales_stage_overdue", "!=", False)]), lead)
        self.assertFalse(Lead.search([*mine, ("sales_stage_overdue", "=", False)]))

    def test_group_by_gate_state(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        self._lead()
        groups = self.env["crm.lead"]._read_group([("team_id", "=", self.team.id)], ["sales_gate_state"], ["__count"])
        self.assertEqual(groups, [("open", 1)])

    def test_cron_catches_what_no_write_announces(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document", freshness_days=5)
        self._activate()
        lead = self._lead()
        self._hand_in(lead, report)
        self.assertEqual(lead.sales_gate_state, "ready")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_process_deliverable SET content_date = content_date - 6 WHERE lead_id = %s", [lead.id]
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_refresh_gate_state").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(lead.sales_gate_state, "open")
