from odoo.tests import HttpCase, tagged

from odoo.addons.sales_process_framework.tests.touch.common import TouchCommon


@tagged("post_install", "-at_install")
class TestWebsiteTouch(TouchCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["website"].search([]).write({"crm_default_team_id": cls.team.id, "crm_default_user_id": False})

    def _submit(self):
        self.authenticate(None, None)
        response = self.url_open(
            "/website/form/crm.lead",
            data={"contact_name": "Ada", "name": "Please call me", "email_from": "ada@example.com", "phone": "1"},
        )
        self.env.invalidate_all()
        return self.env["crm.lead"].browse(response.json()["id"])

    def test_form_is_one_touch(self):
        lead = self._submit()
        self.assertEqual(lead.sales_process_id, self.process)
        touch = self._touches(lead)
        self.assertEqual(self._row(touch), ("web_form", "in", True, "Web form", "Interest"))
        self.assertEqual(touch.activity_key, f"web_form:{lead.id}")
        self.assertFalse(touch.user_id)

    def test_without_a_journey_nothing_is_recorded(self):
        self.journey.action_retire()
        lead = self._submit()
        self.assertTrue(lead)
        self.assertFalse(self._touches(lead))
