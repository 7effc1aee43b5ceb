"""R1: one move may pass with a reason, by somebody who has the right."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestExceptions(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget")
        cls._require(cls.p_diagnose, "Pains named")

    def test_rep_asks_leader_grants_one_move(self):
        self._activate()
        lead = self._lead()
        rep_lead = lead.with_user(self.rep)
        result = rep_lead.sales_process_request_exception(self.diagnose.id, "Customer signs on Friday")
        self.assertEqual(result["state"], "requested")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", lead.id)])
        self.assertEqual(exception.approver_ids, self.leader)
        self.assertEqual(exception.activity_ids.user_id, self.leader)
        self.assertRefused(lead, self.diagnose)
        with self.assertRaises(UserError):
            exception.with_user(self.rep).action_approve()
        with self.assertRaises(UserError):
            exception.with_user(self.colleague).action_approve()
        exception.with_user(self.leader).action_approve()
        self.assertIn("Exception approved", lead.message_ids[0].body)
        self.assertFalse(exception.activity_ids)
        self._move(lead, self.diagnose)
        self.assertEqual(exception.state, "used")
        decision = self.env["sales.process.decision"].search([("lead_id", "=", lead.id)])
        self.assertEqual(
            (decision.outcome, decision.reason, decision.exception_id, decision.unmet_summary),
            ("overridden", "Customer signs on Friday", exception, "Budget"),
        )
        self.assertRefused(lead, self.propose, missing=["Pains named"])

    def test_exception_is_for_one_target_only(self):
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Reason")
        self.env["sales.process.exception"].search([("lead_id", "=", lead.id)]).with_user(self.manager).action_approve()
        self.assertRefused(lead, self.propose)

    def test_refused_exception(self):
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Reason")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", lead.id)])
        lead.with_user(self.leader).sales_process_decide_exception(exception.id, False, "Ask the customer first")
        self.assertEqual(exception.state, "rejected")
        self.assertRefused(lead, self.diagnose)
        with self.assertRaises(UserError):
            exception.with_user(self.leader).action_approve()

    def test_manager_lets_it_pass_at_once_with_a_reason(self):
        self._activate()
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.with_user(self.manager).sales_process_request_exception(self.diagnose.id, "  ")
        payload = self.assertRefused(lead, self.diagnose, user=self.manager)
        self.assertTrue(payload["moves"][0]["can_override"])
        result = lead.with_user(self.manager).sales_process_request_exception(self.diagnose.id, "Known customer")
        self.assertEqual(result["state"], "approved")
        self._move(lead, self.diagnose, user=self.manager)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_role_of_the_stage_lets_it_pass_but_not_for_its_own_lead(self):
        role = self.env["sales.process.role"].create({"name": "Desk", "kind": "users", "user_ids": self.colleague.ids})
        self.p_qualify.role_id = role
        self._activate()
        lead = self._lead()
        self.assertEqual(
            lead.with_user(self.colleague).sales_process_request_exception(self.diagnose.id, "Fine")["state"],
            "approved",
        )
        own = self._lead(user=self.colleague)
        result = own.with_user(self.colleague).sales_process_request_exception(self.diagnose.id, "Fine")
        self.assertEqual(result["state"], "requested")

    def test_flexible_stage_lets_the_manager_move_directly(self):
        self.p_qualify.flexible = True
        self._activate()
        lead = self._lead()
        self.assertRefused(lead, self.diagnose, user=self.rep)
        self._move(lead, self.diagnose, user=self.manager)
        decision = self.env["sales.process.decision"].search([("lead_id", "=", lead.id)])
        self.assertEqual((decision.outcome, decision.user_id), ("overridden", self.manager))
        self.assertRefused(lead, self.propose, user=self.manager)

    def test_superuser_has_no_right_by_accident(self):
        self.p_qualify.flexible = True
        self._activate()
        self.assertRefused(self._lead(), self.diagnose, user=self.env.ref("base.user_root"))

    def test_deputy_when_the_leader_is_gone(self):
        self._activate()
        self.leader.active = False
        lead = self._lead()
        result = lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Reason")
        self.assertIn(self.manager.name, result["approvers"])

    def test_no_second_request_while_one_is_open(self):
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Reason")
        with self.assertRaises(UserError):
            lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Again")
        [move] = self.assertRefused(lead, self.diagnose)["moves"]
        self.assertEqual((move["exception_state"], move["can_request"]), ("requested", False))
