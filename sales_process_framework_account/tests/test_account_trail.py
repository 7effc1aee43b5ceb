from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestAccountTrail(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.customer = cls.env["res.partner"].create({"name": "Northwind", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.customer.id})
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": cls.contact.id, "company_id": cls.env.company.id}
        )

    def _invoice(self, move_type, partner, price, date, post=True):
        line = {"name": "Machine", "quantity": 1, "price_unit": price, "tax_ids": False}
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": date,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        if post:
            move.action_post()
        return move

    def _get_entries(self, record=None, user=None):
        trail = (record or self.lead).with_user(user or self.env.user).get_sales_trail()
        return [entry for entry in trail["entries"] if entry["model"].startswith("account.")]

    def test_invoices_credit_notes_and_payments(self):
        invoice = self._invoice("out_invoice", self.contact, 700, "2026-01-10")
        refund = self._invoice("out_refund", self.customer, 100, "2026-01-20")
        self._invoice("in_invoice", self.customer, 50, "2026-01-25")
        self._invoice("out_invoice", self.partner_a, 50, "2026-01-26")
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 300,
                "date": "2026-01-15",
            }
        )
        entries = self._get_entries()
        self.assertEqual(
            [(entry["kind"], entry["id"], entry["amount"], entry["date"]) for entry in entries],
            [
                ("credit_note", refund.id, -100, "2026-01-20"),
                ("payment", payment.id, 300, "2026-01-15"),
                ("invoice", invoice.id, 700, "2026-01-10"),
            ],
        )
        self.assertEqual([entry["state"] for entry in entries], ["Posted", "Draft", "Posted"])
        self.assertEqual({entry["currency"] for entry in entries}, {self.env.company.currency_id.id})
        self.assertEqual(self._get_entries(self.customer), entries)

    def test_paid_invoice_says_so(self):
        invoice = self._invoice("out_invoice", self.customer, 700, "2026-01-10")
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"payment_date": "2026-01-15"})._create_payments()
        states = {entry["kind"]: entry["state"] for entry in self._get_entries()}
        self.assertIn(states["invoice"], ("Paid", "In Payment"))

    def test_who_may_not_read_invoices_sees_none(self):
        self._invoice("out_invoice", self.customer, 700, "2026-01-10")
        clerk = self.env["res.users"].create(
            {"name": "Clerk", "login": "spf_clerk", "group_ids": [Command.set([self.env.ref("base.group_user").id])]}
        )
        clerk.company_ids = self.env.company
        clerk.company_id = self.env.company
        self.assertFalse(self._get_entries(self.customer, clerk))
