from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.trail.test_trail import TrailCommon


@tagged("post_install", "-at_install")
class TestSaleTrail(TrailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 500, "type": "service"})

    def _order(self, partner, **vals):
        values = {"partner_id": partner.id, "user_id": self.rep.id, **vals}
        line = {"product_id": self.product.id, "product_uom_qty": 2, "tax_ids": False}
        return self.env["sale.order"].create({**values, "order_line": [Command.create(line)]})

    def test_quotations_and_orders_of_lead_and_customer(self):
        mine = self._order(self.foreign, opportunity_id=self.lead.id)
        theirs = self._order(self.engineer)
        theirs.action_confirm()
        self._order(self.foreign)
        entries = {entry["id"]: entry for entry in self._get_trail(self.lead)["entries"] if entry["kind"] == "order"}
        self.assertEqual(set(entries), {mine.id, theirs.id})
        self.assertEqual((entries[mine.id]["state"], entries[theirs.id]["state"]), ("Quotation", "Sales Order"))
        entry = entries[theirs.id]
        self.assertEqual((entry["model"], entry["name"]), ("sale.order", theirs.name))
        self.assertEqual((entry["amount"], entry["currency"]), (1000, theirs.currency_id.id))
        self.assertEqual(self._names(self.customer, "order"), [theirs.name])

    def test_orders_of_colleagues_stay_theirs(self):
        order = self._order(self.customer, user_id=self.colleague.id)
        self.assertFalse(self._names(self.lead, "order", user=self.rep))
        self.assertEqual(self._names(self.lead, "order", user=self.manager), [order.name])

    def test_without_access_to_orders_there_are_none(self):
        self._order(self.customer)
        clerk = self._new_user("spf_clerk", "base.group_user")
        self.assertFalse(self._names(self.customer, "order", user=clerk))

    def test_queries_are_flat(self):
        self._order(self.customer)
        self._count_queries()
        one = self._count_queries()
        for _number in range(49):
            self._order(self.customer)
        self.assertEqual(self._count_queries(), one)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        lead = self.lead.with_user(self.rep)
        before = self.env.cr.sql_log_count
        lead.get_sales_trail()
        return self.env.cr.sql_log_count - before
