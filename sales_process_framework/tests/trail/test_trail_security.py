from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_trail import TrailCommon


@tagged("post_install", "-at_install")
class TestTrailSecurity(TrailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal_user", groups="base.group_portal")
        cls.public = new_test_user(cls.env, login="spf_public_user", groups="base.group_public")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_who_may_not_read_the_lead(self):
        for user in (self.stranger, self.internal, self.portal, self.public):
            self.env.invalidate_all()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get_trail(self.lead, user)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_the_customer_himself_is_told_nothing(self):
        """A portal user reads his own contact, not what the company keeps about it."""
        self.portal.partner_id.parent_id = self.customer
        for user in (self.portal, self.public):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._get_trail(user.partner_id, user)

    def test_opportunities_of_colleagues_stay_theirs(self):
        self._lead(user=self.colleague, name="Colleague's deal", partner_id=self.customer.id)
        self.assertFalse(self._names(self.lead, "lead", user=self.rep))
        self.assertEqual(self._names(self.lead, "lead", user=self.manager), ["Colleague's deal"])
        self.assertEqual(self._names(self.customer, "lead", user=self.rep), ["This deal"])

    def test_without_access_to_a_model_there_is_none_of_it(self):
        self._meet("Visit", partner_ids=self.customer.ids)
        self.assertEqual(self._names(self.customer, user=self.internal), ["Visit"])

    def test_deliverables_follow_their_lead(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._activate()
        theirs = self._lead(user=self.colleague, partner_id=self.customer.id)
        self._hand_in(theirs, report, user=self.colleague)
        self.assertFalse(self._names(self.lead, "deliverable", user=self.rep))
        self.assertEqual(self._names(self.lead, "deliverable", user=self.manager), ["Report"])

    def test_private_meetings_keep_their_subject(self):
        self._meet(
            "Secret",
            privacy="private",
            user_id=self.colleague.id,
            partner_ids=(self.customer | self.colleague.partner_id).ids,
        )
        self.assertNotIn("Secret", self._names(self.customer, user=self.rep))
        self.env.invalidate_all()  # the next request has a cache of its own
        self.assertIn("Secret", self._names(self.customer, user=self.colleague))

    def test_other_companies_records_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        team = self.env["crm.team"].create({"name": "Other Team", "company_id": other.id})
        self._lead(name="Elsewhere", partner_id=self.customer.id, company_id=other.id, team_id=team.id, user_id=False)
        self.assertFalse(self._names(self.lead, "lead", user=self.manager))
        self.manager.company_ids = [Command.link(other.id)]
        both = self.lead.with_user(self.manager).with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual([entry["name"] for entry in both.get_sales_trail()["entries"]], ["Elsewhere"])

    def test_contacts_of_other_companies_bring_nothing(self):
        """A lead may name a contact that its reader may not see: then the trail is the lead's alone."""
        other = self.env["res.company"].create({"name": "Other Company"})
        hidden = self.env["res.partner"].create({"name": "Hidden", "company_id": other.id})
        lead = self._lead(name="Odd", company_id=False, team_id=False)
        self.env.cr.execute("UPDATE crm_lead SET partner_id = %s WHERE id = %s", [hidden.id, lead.id])
        self._meet("With the hidden one", partner_ids=hidden.ids)
        self._meet("With the lead", opportunity_id=lead.id)
        self.env.invalidate_all()
        self.assertEqual(self._names(lead, user=self.rep), ["With the lead"])

    def test_only_the_trail_itself_is_reachable(self):
        for model in (self.env["crm.lead"], self.env["res.partner"]):
            get_public_method(model, "get_sales_trail")
            for name in ("_get_trail_scope", "_get_trail_sources", "_make_trail_scope", "_prepare_trail_entries"):
                with self.assertRaises(AccessError):
                    get_public_method(model, name)
