"""Refused attempts are kept although the move rolls back."""

from odoo.tests import tagged

from ...exceptions import SalesProcessGateError
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestDecisions(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._require(cls.p_qualify, "Budget")
        cls._activate()

    def _attempt(self, attempt):
        """Run what a gate refuses. Without ``assertRaises``, whose savepoint would end this one's order."""
        try:
            attempt()
        except SalesProcessGateError:
            return
        self.fail("The gate let it pass")

    def _decisions(self):
        return self.env["sales.process.decision"].search([("process_id", "=", self.process.id)])

    def test_kept_when_the_request_is_rolled_back(self):
        lead = self._lead()
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            request = self.env(cr=cr, user=self.rep.id)
            self._attempt(lambda: request["crm.lead"].browse(lead.id).write({"stage_id": self.diagnose.id}))
            # What Odoo does with the cursor of a request that failed.
            cr.rollback()
        self.env.invalidate_all()
        self.assertEqual(lead.stage_id, self.qualify)
        decision = self._decisions()
        self.assertEqual(decision.outcome, "refused")
        self.assertEqual(
            (decision.lead_id, decision.from_stage_id, decision.to_stage_id), (lead, self.qualify, self.diagnose)
        )
        self.assertEqual((decision.user_id, decision.source, decision.unmet_summary), (self.rep, "person", "Budget"))
        self.assertEqual(lead.sales_gate_state, "held")

    def test_kept_when_a_savepoint_takes_the_move_back(self):
        lead = self._lead()
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            batch = self.env(cr=cr, user=self.rep.id)
            savepoint = cr.savepoint()
            self._attempt(lambda: batch["crm.lead"].browse(lead.id).write({"stage_id": self.diagnose.id}))
            savepoint.close(rollback=True)
            cr.postcommit.run()
        self.env.invalidate_all()
        self.assertEqual(self._decisions().outcome, "refused")

    def test_refused_creation_is_kept_by_name(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            request = self.env(cr=cr, user=self.rep.id)
            vals = {
                "name": "Too early",
                "type": "opportunity",
                "team_id": self.team.id,
                "stage_id": self.diagnose.id,
            }
            self._attempt(lambda: request["crm.lead"].create(vals))
            cr.rollback()
        self.env.invalidate_all()
        decision = self._decisions()
        self.assertFalse(decision.lead_id)
        self.assertEqual((decision.lead_name, decision.outcome), ("Too early", "refused"))

    def test_plain_pass_writes_a_visit_and_no_decision(self):
        lead = self._lead()
        self._tick(lead, self.p_qualify.requirement_ids)
        self._move(lead, self.diagnose)
        self.assertFalse(self._decisions())
        self.assertEqual(lead.sales_visit_ids.mapped("stage_id"), self.diagnose + self.qualify)
