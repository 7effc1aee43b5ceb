"""The add-in in the mail client of a rep."""

from odoo.tests import HttpCase, tagged

from odoo.addons.mail_plugin.tests.common import mock_auth_method_outlook

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestMailPlugin(EntryPathsCommon, HttpCase):
    @mock_auth_method_outlook("spf_rep")
    def test_lead_from_a_mail(self):
        created = self._capture_leads()
        customer = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        result = self.make_jsonrpc_request(
            "/mail_plugin/lead/create",
            {"partner_id": customer.id, "email_body": "<p>Call me</p>", "email_subject": "Offer wanted"},
        )
        lead = created()
        self.assertEqual(result, {"lead_id": lead.id})
        self.assertEqual((lead.user_id, lead.partner_id), (self.rep, customer))
        self.assertArrived(lead)
