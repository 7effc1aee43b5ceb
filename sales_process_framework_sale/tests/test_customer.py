from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestCustomer(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Northwind", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.customer.id})
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 500, "type": "service"})
        cls.Customer = cls.env["sales.process.customer"]

    def _order(self, date, confirm=True, **vals):
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        order = self.env["sale.order"].create({"partner_id": self.contact.id, "order_line": [line], **vals})
        if confirm:
            order.action_confirm()
        order.date_order = date
        return order

    def _dates(self, company=None):
        dates = self.Customer._get_last_order_dates(self.customer)
        return dates.get((self.customer.id, (company or self.company).id))

    def test_confirmed_orders_count_for_the_company_of_the_contact(self):
        self._order(datetime(2026, 1, 10))
        self._order(datetime(2026, 3, 10))
        self._order(datetime(2026, 5, 10), confirm=False)
        self._order(datetime(2026, 6, 10))._action_cancel()
        self.assertEqual(self._dates(), (datetime(2026, 3, 10), 2))

    def test_an_opportunity_and_its_order_are_one_purchase(self):
        lead = self._lead(partner_id=self.contact.id)
        lead.action_set_won()
        lead.date_closed = datetime(2026, 2, 1)
        self.env.flush_all()
        self._order(datetime(2026, 2, 3), opportunity_id=lead.id)
        self.assertEqual(self._dates(), (datetime(2026, 2, 3), 1))

    def test_won_without_an_order_still_counts(self):
        self._order(datetime(2026, 1, 10))
        for month in (2, 4):
            lead = self._lead(partner_id=self.customer.id)
            lead.action_set_won()
            lead.date_closed = datetime(2026, month, 1)
        self.env.flush_all()
        self.assertEqual(self._dates(), (datetime(2026, 4, 1), 2))

    def test_whoever_ordered_is_a_customer(self):
        self.assertNotIn(self.customer, self.Customer._get_customers(self.customer.id - 1, 1))
        order = self._order(datetime(2026, 1, 10))
        self.assertEqual(self.Customer._get_customers(self.customer.id - 1, 1), self.customer)
        order._action_cancel()
        self.assertNotIn(self.customer, self.Customer._get_customers(self.customer.id - 1, 1))

    def test_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self._order(datetime(2026, 1, 10))
        self.assertIsNone(self._dates(other))
