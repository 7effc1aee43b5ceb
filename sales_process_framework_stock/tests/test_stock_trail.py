from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.trail.test_trail import TrailCommon


@tagged("post_install", "-at_install")
class TestStockTrail(TrailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Machine", "list_price": 500, "type": "consu"})

    def _sell(self, partner, **vals):
        values = {"partner_id": partner.id, "user_id": self.rep.id, **vals}
        line = {"product_id": self.product.id, "product_uom_qty": 2}
        order = self.env["sale.order"].create({**values, "order_line": [Command.create(line)]})
        order.action_confirm()
        return order.picking_ids

    def _get_deliveries(self, record, user=None):
        entries = self._get_trail(record, user)["entries"]
        return {entry["id"]: entry for entry in entries if entry["model"] == "stock.picking"}

    def test_deliveries_and_returns(self):
        planned = self._sell(self.engineer)
        done = self._sell(self.foreign, opportunity_id=self.lead.id)
        done.button_validate()
        self._sell(self.foreign)
        wizard = self.env["stock.return.picking"].with_context(active_ids=done.ids, active_id=done.id)
        wizard = wizard.with_context(active_model="stock.picking").create({"picking_id": done.id})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        entries = self._get_deliveries(self.lead)
        kinds = {picking: entries[picking.id]["kind"] for picking in (planned, done, returned)}
        self.assertEqual(list(kinds.values()), ["delivery", "delivery", "return"])
        self.assertEqual(len(entries), 3)
        self.assertEqual((done.state, entries[done.id]["state"]), ("done", "Done"))
        self.assertEqual(entries[done.id]["date"], str(done.date_done))
        self.assertEqual(entries[planned.id]["date"], str(planned.scheduled_date))
        self.assertEqual(set(self._get_deliveries(self.customer)), {planned.id})

    def test_receipts_from_a_customer_who_also_supplies_are_not_his_trail(self):
        receipts = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.picking"].create({"partner_id": self.customer.id, "picking_type_id": receipts.id})
        self.assertFalse(self._get_deliveries(self.lead, self.manager))

    def test_without_access_to_transfers_there_are_none(self):
        self._sell(self.customer)
        clerk = self._new_user("spf_clerk", "base.group_user")
        self.assertFalse(self._get_deliveries(self.customer, clerk))
