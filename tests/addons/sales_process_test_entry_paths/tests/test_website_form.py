"""The contact form of the website."""

from odoo import Command, http
from odoo.tests import HttpCase, tagged

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestWebsiteForm(EntryPathsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["website"].search([]).write({"crm_default_team_id": cls.team.id, "crm_default_user_id": False})

    def _submit(self, **values):
        """Send the form as the page does; :return: the leads that it made"""
        created = self._capture_leads()
        data = {
            "contact_name": "Ada Lovelace",
            "name": "Please call me",
            "email_from": "ada@example.com",
            "phone": "+32 485 00 00 00",
            "description": "Ten licences",
            "Number of users": "10",
            **values,
        }
        if self.session.uid:
            data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open("/website/form/crm.lead", data=data)
        self.assertEqual(response.status_code, 200)
        leads = created()
        self.assertEqual(response.json(), {"id": leads.id}, "the visitor is told that the form was received")
        return leads

    def test_visitor(self):
        self.authenticate(None, None)
        lead = self._submit()
        self.assertArrived(lead)
        self.assertIn("Ten licences", lead.description)

    def test_portal_customer(self):
        self._new_portal_user()
        self.authenticate("spf_portal", "spf_portal")
        self.assertArrived(self._submit())

    def test_employee(self):
        self.authenticate("spf_rep", "spf_rep")
        self.assertArrived(self._submit())

    def test_team_that_qualifies_leads_first(self):
        self.team.use_leads = True
        self.authenticate(None, None)
        self.assertArrived(self._submit(), lead_type="lead")

    def test_rule_on_new_leads_does_not_lose_the_form(self):
        """An automation rule that wants to put new leads where they may not go."""
        model = self.env["ir.model"]._get("crm.lead")
        action = {
            "name": "Move it",
            "model_id": model.id,
            "state": "object_write",
            "update_path": "stage_id",
            "resource_ref": f"crm.stage,{self.propose.id}",
        }
        self.env["base.automation"].create(
            {
                "name": "Move it",
                "model_id": model.id,
                "trigger": "on_create",
                "action_server_ids": [Command.create(action)],
            }
        )
        self.authenticate(None, None)
        self.assertArrived(self._submit())

    def test_form_that_chooses_a_late_stage(self):
        """An admin may add the stage to the form as a hidden field: nobody is there to satisfy a gate."""
        self.env["ir.model.fields"].formbuilder_whitelist("crm.lead", ["stage_id"])
        self.authenticate(None, None)
        self.assertArrived(self._submit(stage_id=str(self.propose.id)))
