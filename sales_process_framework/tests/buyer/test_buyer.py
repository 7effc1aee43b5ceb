"""The buying group of a lead: who edits it, what gates ask of it."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SalesProcessCommon


class BuyerCommon(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director, cls.engineer = cls.env["res.partner"].create(
            [{"name": "Director Chen", "function": "Director"}, {"name": "Engineer Wu", "function": "Engineer"}]
        )

    def _add(self, lead, user=None, **vals):
        values = {"lead_id": lead.id, "partner_id": self.director.id, "role": "decider", "attitude": "supporter"}
        return self.env["sales.process.buyer"].with_user(user or self.rep).create({**values, **vals})


@tagged("post_install", "-at_install")
class TestBuyer(BuyerCommon):
    def test_line_takes_over_the_contact(self):
        lead = self._lead()
        buyer = self._add(lead)
        self.assertEqual((buyer.name, buyer.function), ("Director Chen", "Director"))
        nameless = self._add(lead, partner_id=False, name="Somebody in purchasing", role="buyer")
        self.assertEqual(nameless.name, "Somebody in purchasing")
        nameless.partner_id = self.engineer
        self.assertEqual(nameless.name, "Engineer Wu")

    def test_rep_edits_on_the_form(self):
        lead = self._lead()
        persona = self.env["sales.process.persona"].create({"name": "Plant manager", "decision_role": "decider"})
        with Form(lead.with_user(self.rep)) as form, form.sales_buyer_ids.new() as line:
            line.partner_id = self.director
            line.attitude = "champion"
        buyer = lead.sales_buyer_ids
        self.assertEqual((buyer.name, buyer.attitude, buyer.role), ("Director Chen", "champion", "user"))
        with Form(lead.with_user(self.rep).sales_buyer_ids) as line:
            line.persona_id = persona
        self.assertEqual(buyer.role, "decider")

    def test_one_line_a_contact(self):
        lead = self._lead()
        self._add(lead)
        self._add(self._lead())
        self._add(lead, partner_id=False, name="Nobody yet")
        self._add(lead, partner_id=False, name="Nobody yet")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._add(lead)

    def test_chain_is_clear(self):
        lead = self._lead()
        self.assertFalse(lead.sales_decision_chain_clear, "nobody is known")
        engineer = self._add(lead, partner_id=self.engineer.id, role="user", attitude="neutral")
        self.assertFalse(lead.sales_decision_chain_clear, "no decision maker")
        director = self._add(lead, attitude="unknown")
        self.assertTrue(lead.sales_decider_known)
        self.assertFalse(lead.sales_decision_chain_clear, "what does the director think?")
        director.attitude = "opponent"
        self.assertTrue(lead.sales_decision_chain_clear, "clear is not the same as good")
        engineer.attitude = "unknown"
        self.assertFalse(lead.sales_decision_chain_clear)
        engineer.unlink()
        self.assertTrue(lead.sales_decision_chain_clear)
        self.assertEqual(lead.sales_buyer_count, 1)

    def test_search_agrees_with_what_leads_show(self):
        none, unclear, clear, champion = leads = self._lead().browse([self._lead().id for _index in range(4)])
        self._add(unclear, attitude="unknown")
        self._add(clear)
        self._add(champion, attitude="champion", role="user")
        self._add(champion, partner_id=self.engineer.id)
        Lead = self.env["crm.lead"]
        cases = [
            [("sales_decision_chain_clear", "=", True)],
            [("sales_decision_chain_clear", "=", False)],
            [("sales_decision_chain_clear", "!=", True)],
            [("sales_decider_known", "=", True)],
            [("sales_decider_known", "=", False)],
            [("sales_champion_known", "=", True)],
            [("sales_champion_known", "in", [True, False])],
            [("sales_buyer_count", ">=", 2)],
            [("sales_buyer_count", "<", 1)],
            [("sales_buyer_count", "=", 1)],
            [("sales_buyer_count", "!=", 0)],
            [("sales_buyer_ids.attitude", "=", "champion")],
        ]
        for domain in cases:
            with self.subTest(domain=domain):
                found = Lead.search([("id", "in", leads.ids), *domain])
                self.assertEqual(found, leads.filtered_domain(domain).sorted())
        self.assertEqual(Lead.search([("id", "in", leads.ids), *cases[0]]), (clear + champion).sorted())
        self.assertEqual(Lead.search([("id", "in", leads.ids), ("sales_buyer_count", "<", 1)]), none)

    # -- gates ------------------------------------------------------------------------------

    def _gate(self, domain="[('sales_decision_chain_clear', '=', True)]"):
        requirement = self._require(self.p_qualify, "Decision chain is clear", judgement="condition", domain=domain)
        self._activate()
        return requirement

    def test_gate_waits_for_the_decision_chain(self):
        self._gate()
        lead = self._lead()
        self.assertEqual(lead.sales_gate_state, "open")
        self.assertRefused(lead, self.diagnose, missing=["Decision chain is clear"])
        buyer = self._add(lead)
        self.assertEqual(lead.sales_gate_state, "ready")
        buyer.attitude = "unknown"
        self.assertEqual(lead.sales_gate_state, "open")
        buyer.attitude = "champion"
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_gate_is_judged_on_what_the_same_write_brings(self):
        self._gate()
        lead = self._lead()
        line = {"partner_id": self.director.id, "role": "decider", "attitude": "neutral"}
        lead.with_user(self.rep).write({"stage_id": self.diagnose.id, "sales_buyer_ids": [Command.create(line)]})
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_gate_on_a_member_of_the_group(self):
        self._gate("[('sales_buyer_ids.role', '=', 'champion'), ('sales_buyer_count', '>=', 1)]")
        lead = self._lead()
        self._add(lead)
        self.assertEqual(lead.sales_gate_state, "open")
        self._add(lead, partner_id=self.engineer.id, role="champion").unlink()
        self.assertEqual(lead.sales_gate_state, "open")
        self._add(lead, partner_id=self.engineer.id, role="champion")
        self.assertEqual(lead.sales_gate_state, "ready")

    def test_judging_many_is_flat(self):
        self._gate()
        leads = self._lead().browse([self._lead().id for _index in range(20)])
        for lead in leads:
            self._add(lead)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.leader).write({"stage_id": self.diagnose.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(leads[:1])
        self.assertLessEqual(count(leads[5:]), count(leads[1:3]) + 2)

    def test_groups_that_no_gate_asks_for_cost_no_judgement(self):
        self._activate()
        lead = self._lead()
        self._add(lead)
        self.assertFalse({"sales_buyer_ids"} & self.env["sales.process"]._get_watched_fields())

    # -- merge ------------------------------------------------------------------------------

    def test_merge_brings_the_people_together(self):
        head, tail = self._lead(), self._lead(type="lead")
        self._add(head, attitude="champion")
        self._add(tail, attitude="opponent")
        self._add(tail, partner_id=self.engineer.id, role="user")
        self._add(tail, partner_id=False, name="Purchasing")
        merged = (head + tail).with_user(self.leader).merge_opportunity()
        self.assertEqual(merged, head)
        self.assertEqual(
            head.sales_buyer_ids.sorted("id").mapped(lambda buyer: (buyer.name, buyer.attitude)),
            [("Director Chen", "champion"), ("Engineer Wu", "supporter"), ("Purchasing", "supporter")],
        )


@tagged("post_install", "-at_install")
class TestBuyerSecurity(BuyerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_only_whoever_works_the_lead(self):
        lead = self._lead()
        buyer = self._add(lead)
        for user in (self.stranger, self.internal, self.portal):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    buyer.with_user(user).read(["name", "attitude"])
                with self.assertRaises(AccessError):
                    buyer.with_user(user).write({"attitude": "champion"})
                with self.assertRaises(AccessError):
                    buyer.with_user(user).unlink()
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self._add(lead, user=user, partner_id=self.engineer.id)
        self.assertFalse(self.env["sales.process.buyer"].with_user(self.stranger).search([("lead_id", "=", lead.id)]))
        for user in (self.colleague, self.manager):
            buyer.with_user(user).write({"note": user.name})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_moves_people_to_a_lead_that_is_not_his(self):
        mine, other = self._lead(user=self.stranger), self._lead()
        buyer = self._add(mine, user=self.stranger)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            buyer.with_user(self.stranger).lead_id = other
            self.env.flush_all()

    def test_company_of_the_contact(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.env["res.partner"].create({"name": "Theirs", "company_id": elsewhere.id})
        with self.assertRaises(Exception, msg="check_company") as caught, self.env.cr.savepoint():
            self.env["sales.process.buyer"].create(
                {"lead_id": self._lead().id, "partner_id": partner.id, "role": "user", "attitude": "neutral"}
            )
        self.assertIn("Theirs", str(caught.exception))
