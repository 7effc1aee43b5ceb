from odoo.tests import HttpCase, tagged

from .common import SupportCommon


@tagged("post_install", "-at_install")
class TestDeliveryTour(SupportCommon, HttpCase):
    def test_marketing_delivers_late(self):
        self._require(self.p_qualify, "Industry report is there", judgement="support", support_policy_id=self.report.id)
        self._activate()
        lead = self._lead(name="Steel mill")
        with self._at("2026-03-02 08:00:00"):
            request = self._ask(lead, need="Benchmarks for the board")
        self.assertRefused(lead, self.diagnose, missing=["Industry report is there"])

        self.start_tour("/odoo", "sales_process_support_tour", login=self.member.login)

        request.invalidate_recordset()
        lead.invalidate_recordset()
        self.assertEqual((request.state, request.assignee_id), ("delivered", self.member))
        self.assertTrue(request.resolution_breached)
        self.assertTrue(request.response_breached)
        self.assertEqual(request.clock, "broken")
        self.assertEqual(request.delivery_note, "On the share")
        self.assertEqual(lead.sales_gate_state, "ready")
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)


@tagged("post_install", "-at_install")
class TestAskTour(SupportCommon, HttpCase):
    def test_ask_from_the_lead(self):
        lead = self._lead(name="Steel mill")
        self.start_tour(
            f"/odoo/action-crm.crm_lead_action_pipeline/{lead.id}",
            "sales_process_support_ask_tour",
            login=self.rep.login,
        )
        request = self.env["sales.process.support.request"].search([("lead_id", "=", lead.id)])
        self.assertEqual((request.policy_id, request.need), (self.report, "Benchmarks"))
