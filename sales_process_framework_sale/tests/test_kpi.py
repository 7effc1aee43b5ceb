from datetime import datetime, timedelta
from random import Random

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_process_framework.tests.common import SalesProcessCommon

START, STOP = datetime(2026, 3, 1), datetime(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestOrderIndicators(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Kpi = cls.env["sales.process.kpi"]
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 500, "type": "service"})
        cls.main = cls.company
        cls.company = cls.env["res.company"].create({"name": "Orders Inc."})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": [cls.company.id, cls.main.id]})
        cls.customers = cls.env["res.partner"].create([{"name": name} for name in ("Ada", "Bo", "Cy")])

    def _order(self, customer, date, price=100, state="sale", **vals):
        line = {"product_id": self.product.id, "price_unit": price, "tax_ids": False}
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "date_order": date,
                "order_line": [Command.create(line)],
                **vals,
            }
        )
        if state == "sale":
            order.action_confirm()
            order.date_order = date
        return order

    def _sums(self, code, company=None):
        """:return: (sum of num, sum of den, records behind them)"""
        self.env.flush_all()
        sql = getattr(self.Kpi, f"_facts_{code}")(START, STOP, (company or self.company).ids)
        rows = self.env.execute_query_dict(sql)
        return (
            float(sum(row["num"] or 0 for row in rows)),
            float(sum(row["den"] or 0 for row in rows)),
            {row["record_id"] for row in rows},
        )

    def test_revenue_and_count_are_of_confirmed_orders_of_the_period(self):
        first = self._order(self.customers[0], START, price=300)
        last = self._order(self.customers[1], STOP - timedelta(seconds=1), price=200)
        self._order(self.customers[1], STOP, price=1000)
        self._order(self.customers[1], START - timedelta(seconds=1), price=1000)
        self._order(self.customers[1], START, price=1000, state="draft")
        revenue, _count, orders = self._sums("order_revenue")
        self.assertEqual((revenue, orders), (500.0, {first.id, last.id}))
        self.assertEqual(self._sums("order_count")[0], 2.0)

    def test_revenue_is_in_the_companys_currency_at_the_rate_of_the_order(self):
        rates = [Command.create({"name": name, "rate": rate}) for name, rate in (("2026-01-01", 2), ("2026-03-15", 4))]
        currency = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q", "rate_ids": rates})
        pricelist = self.env["product.pricelist"].create({"name": "Q", "currency_id": currency.id})
        for date in (datetime(2026, 3, 2), datetime(2026, 3, 20)):
            self._order(self.customers[0], date, price=400, pricelist_id=pricelist.id)
        revenue, _den, _orders = self._sums("order_revenue")
        self.assertAlmostEqual(revenue, 400 / 2 + 400 / 4, places=2)

    def test_other_companies_do_not_count(self):
        self._order(self.customers[0], START)
        self.env.flush_all()
        sql = self.Kpi._facts_order_count(START, STOP, [self.company.id + 1])
        self.assertFalse(self.env.execute_query(sql))

    def test_repurchase_counts_each_customer_once(self):
        again, new, both = self.customers
        self._order(again, datetime(2025, 6, 1))
        self._order(again, datetime(2026, 3, 5))
        self._order(again, datetime(2026, 3, 8))
        self._order(new, datetime(2026, 3, 9))
        self._order(both, datetime(2026, 3, 9))
        self._order(both, datetime(2026, 3, 10))
        bought_again, customers, _orders = self._sums("order_repurchase")
        # "both" bought for the first and for the second time within the period: bought again
        self.assertEqual((bought_again, customers), (2.0, 3.0))

    def _stay(self, **columns):
        """A deal in Qualify from the second to the ninth of March, as far as its time goes.

        :return: (lead, its stay)
        """
        lead = self._lead(partner_id=self.customers[0].id, company_id=self.main.id)
        visit = self.env["sales.process.visit"].sudo().search([("lead_id", "=", lead.id)])
        values = {"entered": datetime(2026, 3, 2), "deadline": datetime(2026, 3, 9), **columns}
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(
                SQL("UPDATE sales_process_visit SET %s = %s WHERE id = %s", SQL.identifier(column), value, visit.id)
            )
        self.env.invalidate_all()
        return lead, visit

    def _quote(self, lead, sent=None, begun=datetime(2026, 3, 3)):
        """A quotation of a deal, with the moment at which it went to the customer."""
        order = self._order(self.customers[0], START, opportunity_id=lead.id, state="draft", company_id=self.main.id)
        order.sales_sent_date = sent
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET create_date = %s WHERE id = %s", [begun, order.id])
        return order

    def _assert_on_time(self, *stays):
        """:param stays: (stay, whether its quotation was on time) of all that were due in March"""
        self.env.flush_all()
        rows = self.env.execute_query_dict(self.Kpi._facts_quotation_on_time(START, STOP, self.main.ids))
        found = {row["record_id"]: (row["num"], row["den"]) for row in rows}
        self.assertEqual(found, {visit.id: (int(on_time), 1) for visit, on_time in stays})
        self.assertEqual(len(rows), len(stays))

    def test_quotation_on_time(self):
        self._activate()
        (prompt, in_time), (slow, late), (waits, never) = self._stay(), self._stay(), self._stay()
        self._stay()  # nobody began a quotation, and no gate asks for one
        self._quote(prompt, sent=datetime(2026, 3, 5))
        self._quote(prompt, sent=datetime(2026, 3, 20))  # a later version changes nothing
        self._quote(slow, sent=datetime(2026, 3, 10))
        self._quote(waits)
        unlimited, _visit = self._stay(deadline=None)
        self._quote(unlimited)
        self._assert_on_time((in_time, True), (late, False), (never, False))
        april = self.Kpi._facts_quotation_on_time(STOP, STOP + timedelta(days=30), self.main.ids)
        self.assertFalse(self.env.execute_query(april), "the limit ran out in March")

    def test_quotation_cancelled_and_replaced(self):
        self._activate()
        (replaced, in_time), (given_up, nothing) = self._stay(), self._stay()
        self._quote(replaced, sent=datetime(2026, 3, 3)).state = "cancel"
        self._quote(replaced, sent=datetime(2026, 3, 6))
        self._quote(given_up, sent=datetime(2026, 3, 3)).state = "cancel"
        self._assert_on_time((in_time, True))
        self._quote(given_up)
        self._assert_on_time((in_time, True), (nothing, False))

    def test_quotation_sent_after_the_stage(self):
        """The deal went on without it: late. A deal that was lost before the limit needed none any more."""
        self._activate()
        went_on = {"left": datetime(2026, 3, 6), "outcome": "advanced"}
        (sent_later, late), (confirmed, in_time) = self._stay(**went_on), self._stay(**went_on)
        self._quote(sent_later, sent=datetime(2026, 3, 12))
        self._quote(confirmed).write({"state": "sale", "date_order": datetime(2026, 3, 5)})
        lost, _visit = self._stay(left=datetime(2026, 3, 6), outcome="lost")
        self._quote(lost)
        self._assert_on_time((late, False), (in_time, True))

    def test_quotation_that_a_gate_asks_for(self):
        """Due without anybody having begun it, and in that stage only."""
        self._require(self.p_diagnose, "Offer", judgement="document", quotation_counts=True)
        self._activate()
        lead, _elsewhere = self._stay()
        self._quote(lead, sent=datetime(2026, 3, 12))
        _lead, due = self._stay(process_stage_id=self.p_diagnose.id)
        self._assert_on_time((due, False))

    def _sell_at_random(self, draw):
        """Orders of three customers around the edges of the period, some not confirmed, in two currencies."""
        currency = self.env["res.currency"].create(
            {"name": "QQQ", "symbol": "Q", "rate_ids": [Command.create({"name": "2024-01-01", "rate": 2})]}
        )
        pricelist = self.env["product.pricelist"].create({"name": "Q", "currency_id": currency.id})
        moments = (START - timedelta(days=200), START, START + timedelta(days=9), STOP - timedelta(seconds=1), STOP)
        orders = []
        for number in range(24):
            foreign = draw.random() < 0.4
            vals = {"pricelist_id": pricelist.id} if foreign else {}
            moment = draw.choice(moments)
            order = self._order(
                draw.choice(self.customers),
                moment,
                price=100 * (number + 1),
                state=draw.choice(("sale", "sale", "draft")),
                **vals,
            )
            orders.append((order, moment, 2 if foreign else 1))
        return orders

    def test_what_python_counts(self):
        """Revenue, count, repurchase and margin of made-up orders, one after the other in plain Python."""
        orders = self._sell_at_random(Random(20260301))
        margins = {order.id: 10 * number for number, (order, _moment, _rate) in enumerate(orders)}
        self._give_margins(margins)
        confirmed = [entry for entry in orders if entry[0].state == "sale"]
        sold = [entry for entry in confirmed if START <= entry[1] < STOP]
        ids = {order.id for order, _moment, _rate in sold}
        self.assertTrue(2 < len(sold) < len(confirmed) < len(orders))
        revenue, _den, found = self._sums("order_revenue")
        self.assertAlmostEqual(revenue, sum(order.amount_untaxed / rate for order, _moment, rate in sold), 4)
        self.assertEqual(found, ids)
        self.assertEqual(self._sums("order_count")[0], len(sold))
        margin, base, found = self._sums("order_margin")
        self.assertAlmostEqual(margin, sum(margins[order.id] / rate for order, _moment, rate in sold), 4)
        self.assertAlmostEqual(base, revenue, 4)
        self.assertEqual(found, ids)
        buyers = {order.partner_id for order, _moment, _rate in sold}
        again = {
            buyer
            for buyer in buyers
            if sum(order.partner_id == buyer and moment < STOP for order, moment, _rate in confirmed) > 1
        }
        self.assertEqual(self._sums("order_repurchase")[:2], (len(again), len(buyers)))

    def _give_margins(self, margins):
        """As Margins in Sales Orders stores them; where it is not installed, its column is made for this test."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS margin numeric")
        self.env.cr.execute(
            "UPDATE sale_order SET margin = made.margin FROM unnest(%s, %s) AS made (id, margin)"
            " WHERE sale_order.id = made.id",
            [list(margins), list(margins.values())],
        )

    def test_margin_says_what_it_needs(self):
        kpi = self.env.ref("sales_process_framework_sale.kpi_order_margin")
        if "margin" in self.env["sale.order"]._fields:
            self.assertEqual(kpi.availability, "ok")
        else:
            self.assertEqual(kpi.availability, "missing")
            self.assertIn("sale_margin", kpi.availability_note)
        self.assertEqual(self.env.ref("sales_process_framework_sale.kpi_order_count").availability, "ok")
