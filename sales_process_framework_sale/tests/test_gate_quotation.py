from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestGateQuotation(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 500, "type": "service"})
        cls.customer = cls.env["res.partner"].create({"name": "Northwind"})
        cls.sellers = cls.env.ref("sales_team.group_sale_salesman")

    def _start(self, **vals):
        requirement = self._require(self.p_qualify, "Proposal", **vals)
        self._activate()
        return requirement, self._lead(partner_id=self.customer.id)

    def _quote(self, lead, price=500, **vals):
        line = {"product_id": self.product.id, "price_unit": price, "tax_ids": False}
        values = {"partner_id": self.customer.id, "opportunity_id": lead.id, "order_line": [Command.create(line)]}
        return self.env["sale.order"].create({**values, **vals})

    def test_a_sent_quotation_opens_the_gate(self):
        _requirement, lead = self._start(judgement="quotation")
        order = self._quote(lead)
        payload = self.assertRefused(lead, self.diagnose, missing=["Proposal"])
        self.assertIn("Send a quotation", str(payload))
        self.assertEqual(lead.sales_gate_progress, 0)
        order.action_quotation_sent()
        self.assertEqual(lead.sales_gate_state, "ready")
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_sent_date_is_the_first_one(self):
        _requirement, lead = self._start(judgement="quotation")
        orders = self._quote(lead) | self._quote(lead)
        orders[0].write({"state": "sent"})
        first = orders[0].sales_sent_date
        self.assertEqual(first, self.env.cr.now())
        orders[0].sales_sent_date = first - timedelta(days=3)
        orders.write({"state": "sent"})
        self.assertEqual(orders.mapped("sales_sent_date"), [first - timedelta(days=3), first])

    def test_confirmed_asks_for_more_than_sent(self):
        _requirement, lead = self._start(judgement="quotation", quotation_state="sale")
        order = self._quote(lead)
        order.action_quotation_sent()
        payload = self.assertRefused(lead, self.diagnose)
        self.assertIn("not confirmed", str(payload))
        order.action_confirm()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_cancelled_and_expired_quotations_do_not_count(self):
        _requirement, lead = self._start(judgement="quotation")
        order = self._quote(lead)
        order.action_quotation_sent()
        order.validity_date = self.env.cr.now().date() - timedelta(days=1)
        self.assertIn("expired", str(self.assertRefused(lead, self.diagnose)))
        order.validity_date = self.env.cr.now().date()
        self.assertEqual(lead.sales_gate_state, "ready")
        order._action_cancel()
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])

    def test_the_amount_counts_in_the_currency_of_the_requirement(self):
        currency = self.env["res.currency"].create(
            {"name": "QQQ", "symbol": "Q", "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})]}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Q", "currency_id": currency.id})
        _requirement, lead = self._start(judgement="quotation", quotation_min_amount=500)
        order = self._quote(lead, price=1996, pricelist_id=pricelist.id)
        order.action_quotation_sent()
        self.assertEqual(order.currency_id, currency)
        self.assertIn("below", str(self.assertRefused(lead, self.diagnose)))
        order.order_line.price_unit = 2000
        lead._refresh_gate_state()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_another_companys_quotation_does_not_count(self):
        _requirement, lead = self._start(judgement="quotation")
        other = self.env["res.company"].create({"name": "Other Company"})
        order = self._quote(lead)
        order.action_quotation_sent()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET company_id = %s WHERE id = %s", [other.id, order.id])
        self.env.invalidate_all()
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])

    def test_a_sent_quotation_does_for_the_document(self):
        _requirement, lead = self._start(
            kind="deliverable", judgement="document", quotation_counts=True, freshness_days=30
        )
        order = self._quote(lead)
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])
        order.action_quotation_sent()
        order.sales_sent_date = self.env.cr.now() - timedelta(days=31)
        lead._refresh_gate_state()
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])
        order.sales_sent_date = self.env.cr.now()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)
        # once passed, time alone reopens nothing
        order.validity_date = self.env.cr.now().date() - timedelta(days=1)
        self._move(lead, self.propose)
        self.assertEqual(lead.stage_id, self.propose)

    def test_without_the_tick_a_quotation_is_no_document(self):
        _requirement, lead = self._start(kind="deliverable", judgement="document")
        self._quote(lead).action_quotation_sent()
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])

    def test_approval_and_quotation_exclude_each_other(self):
        with self.assertRaisesRegex(ValidationError, "not both"):
            self._require(
                self.p_qualify,
                "Proposal",
                kind="deliverable",
                judgement="document",
                quotation_counts=True,
                approval_required=True,
            )

    def test_a_condition_may_ask_for_quotations(self):
        _requirement, lead = self._start(judgement="condition", domain="[('order_ids.state', 'in', ['sent', 'sale'])]")
        order = self._quote(lead)
        self.assertRefused(lead, self.diagnose, missing=["Proposal"])
        order.action_quotation_sent()
        self.assertEqual(lead.sales_gate_state, "ready")

    def test_a_batch_of_leads_takes_the_queries_of_one(self):
        _requirement, lead = self._start(judgement="quotation")
        counts = []
        for number in (1, 50):
            leads = self.env["crm.lead"].browse(self._lead(partner_id=self.customer.id).id for _one in range(number))
            for one in leads:
                self._quote(one).action_quotation_sent()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads._refresh_gate_state()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_selling_without_a_process_costs_nothing(self):
        lead = self._lead(partner_id=self.customer.id)
        order = self._quote(lead)
        order.action_quotation_sent()
        self.assertFalse(lead.sales_process_id)
        order._action_cancel()
        order.unlink()
        self.assertFalse(order.exists())
