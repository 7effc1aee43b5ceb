"""Resellers work on leads in the portal; Odoo writes for them under sudo."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_process_framework.exceptions import SalesProcessGateError

from .common import EntryPathsCommon

GATE_ERROR = "odoo.addons.sales_process_framework.exceptions.SalesProcessGateError"


@tagged("post_install", "-at_install")
class TestPortal(EntryPathsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        grade = cls.env["res.partner.grade"].create({"name": "Gold", "partner_weight": 1})
        cls.reseller = new_test_user(cls.env, "spf_reseller", "base.group_portal")
        cls.reseller.partner_id.write({"grade_id": grade.id, "user_id": cls.rep.id})
        # Where leads of nobody's team go: not to the team with the process.
        cls.other_team.write({"sequence": -5, "member_ids": [Command.set(cls.manager.ids)]})

    def _referred(self, **vals):
        return self._lead(partner_assigned_id=self.reseller.partner_id.id, **vals)

    def _call(self, lead, method, *arguments):
        """Call as the portal's page does."""
        self.authenticate("spf_reseller", "spf_reseller")
        response = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw/crm.lead/{method}",
            json={"params": {"model": "crm.lead", "method": method, "args": [lead.ids, *arguments], "kwargs": {}}},
        )
        self.env.invalidate_all()
        return response.json()

    def test_stage_is_refused(self):
        lead = self._referred()
        with self.assertRaises(SalesProcessGateError) as caught:
            lead.with_user(self.reseller).update_stage_from_portal(self.diagnose.id)
        self.assertStands(lead, self.qualify)
        for name in ("Budget confirmed", "Fit for Diagnose"):
            self.assertIn(name, str(caught.exception))

    def test_stage_may_not_be_skipped(self):
        lead = self._referred()
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.reseller).update_stage_from_portal(self.propose.id)
        self.assertStands(lead, self.qualify)

    def test_stage_passes_when_all_is_there(self):
        lead = self._referred()
        self._meet(lead, self.budget, self.entries[0])
        lead.with_user(self.reseller).update_stage_from_portal(self.diagnose.id)
        self.assertStands(lead, self.diagnose)

    @mute_logger("odoo.http")
    def test_refusal_in_the_page(self):
        """The reseller reads what is missing and nothing that is for the house alone."""
        lead = self._referred()
        answer = self._call(lead, "update_stage_from_portal", self.diagnose.id)
        self.assertStands(lead, self.qualify)
        self.assertEqual(answer["error"]["data"]["name"], GATE_ERROR)
        self.assertIn("Budget confirmed", answer["error"]["data"]["message"])

    def test_refusal_tells_the_reseller_no_secrets(self):
        self._new_process_with_secrets()
        lead = self._referred()
        self._tick(lead, self.secret, user=self.rep, count=1, note="They bluff about the budget")
        with self.assertRaises(SalesProcessGateError) as caught:
            lead.with_user(self.reseller).update_stage_from_portal(self.diagnose.id)
        told = f"{caught.exception} {caught.exception.context}"
        for secret in ("Push them", "Ask twice", "They bluff"):
            self.assertNotIn(secret, told)

    def _new_process_with_secrets(self):
        self.process.write({"state": "retired"})
        process = self.process.copy({"name": "With scripts"})
        stages = process.stage_ids
        for stage, pipeline_stage in zip(stages, self.stages, strict=True):
            stage.stage_id = pipeline_stage
        self.secret = self._require(
            stages[0], "Questions asked", min_count=3, standard="Ask twice", script="<p>Push them</p>"
        )
        process.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})

    def test_other_changes_pass(self):
        lead = self._referred()
        reseller_lead = lead.with_user(self.reseller)
        reseller_lead.update_contact_details_from_portal({"partner_name": "Analytical Engines", "city": "London"})
        reseller_lead.update_lead_portal(
            {
                "expected_revenue": 1000,
                "probability": 40,
                "priority": "2",
                "date_deadline": False,
                "activity_date_deadline": False,
            }
        )
        self.assertEqual((lead.city, lead.expected_revenue, lead.priority), ("London", 1000, "2"))
        self.assertStands(lead, self.qualify)

    def test_probability_is_no_way_to_win(self):
        lead = self._referred()
        lead.with_user(self.reseller).update_lead_portal(
            {
                "expected_revenue": 1000,
                "probability": 100,
                "priority": "2",
                "date_deadline": False,
                "activity_date_deadline": False,
            }
        )
        self.assertStands(lead, self.qualify)
        self.assertNotEqual(lead.won_status, "won")

    def test_interest_in_a_lead(self):
        lead = self._referred(type="lead")
        lead.with_user(self.reseller).partner_interested(comment="I take it")
        lead.invalidate_recordset()
        self.assertArrived(lead)

    def test_interest_in_a_lead_that_stands_late(self):
        """Taking an interest makes it an opportunity, and an opportunity has to satisfy the gates."""
        lead = self._referred(type="lead")
        lead.stage_id = self.propose
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.reseller).partner_interested()
        lead.invalidate_recordset()
        self.assertEqual(lead.type, "lead")

    def test_no_interest(self):
        lead = self._referred()
        lead.with_user(self.reseller).partner_desinterested(comment="Too far", contacted=True, spam=True)
        self.assertFalse(lead.partner_assigned_id)
        self.assertStands(lead, self.qualify)

    def test_own_opportunity(self):
        """It starts in the company's default team and goes to the team of the reseller's salesperson at once."""
        created = self._capture_leads()
        result = (
            self.env["crm.lead"]
            .with_user(self.reseller)
            .create_opp_portal({"contact_name": "Ada", "title": "Ten licences", "description": "Soon"})
        )
        lead = created()
        self.assertEqual(result, {"id": lead.id})
        self.assertEqual(lead.user_id, self.rep)
        self.assertArrived(lead)
