from odoo.tests import tagged

from ..support.common import SupportCommon


@tagged("post_install", "-at_install")
class TestTrailSupport(SupportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Northwind", "is_company": True})
        cls.lead = cls._lead(name="This deal", partner_id=cls.customer.id)
        cls.sibling = cls._lead(name="Other deal", partner_id=cls.customer.id)

    def _requests(self, record, user):
        entries = record.with_user(user).get_sales_trail()["entries"]
        return {entry["id"]: entry for entry in entries if entry["kind"] == "support"}

    def test_requests_of_lead_and_customer(self):
        mine, theirs = self._ask(self.lead), self._ask(self.sibling)
        self._ask(self._lead(name="Of somebody else"))
        entries = self._requests(self.lead, self.rep)
        self.assertEqual(set(entries), {mine.id, theirs.id})
        entry = entries[mine.id]
        self.assertEqual((entry["model"], entry["name"]), ("sales.process.support.request", mine.display_name))
        self.assertEqual(entry["state"], "New")
        self.assertEqual(set(self._requests(self.customer, self.rep)), {mine.id, theirs.id})

    def test_who_may_read_no_lead_is_told_of_none_through_its_customer(self):
        self._ask(self.lead)
        self.assertTrue(self.env["sales.process.support.request"].with_user(self.member).has_access("read"))
        self.assertFalse(self._requests(self.customer, self.member))
