"""Customers who bought move through use to repurchase or churn, each company for itself."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SalesProcessCommon

BATCH = "odoo.addons.sales_process_framework.models.lifecycle.sales_process_customer.BATCH"


@tagged("post_install", "-at_install")
class TestLifecycle(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls.env["crm.lead"].search([("won_status", "=", "won")]).partner_id = False
        cls.journey = cls._new_journey(cls.company, cls.process)
        cls.factory = cls.env["res.partner"].create({"name": "Factory", "is_company": True})
        cls.buyer = cls.env["res.partner"].create({"name": "Ms Lin", "parent_id": cls.factory.id})

    @classmethod
    def _new_journey(cls, company, process):
        journey = cls.env["sales.process.journey"].create(
            {
                "name": "Journey",
                "company_id": company.id,
                "process_ids": process.ids,
                "phase_ids": [
                    Command.create({"name": "In use", "kind": "use", "sequence": 1}),
                    Command.create(
                        {"name": "Next order", "kind": "repurchase", "sequence": 2, "days_without_order": 90}
                    ),
                    Command.create(
                        {
                            "name": "Lost",
                            "kind": "churn",
                            "sequence": 3,
                            "days_without_order": 365,
                            "days_without_contact": 200,
                        }
                    ),
                ],
            }
        )
        cls.env["sales.process.touchpoint"].create({"phase_id": journey.phase_ids[0].id, "name": "Care call"})
        journey.action_activate()
        return journey

    def _won(self, days, partner=None, **vals):
        lead = self._lead(partner_id=(partner or self.buyer).id, **vals)
        lead.action_set_won()
        self.env.flush_all()
        closed = self.env.cr.now() - timedelta(days=days)
        self.env.cr.execute("UPDATE crm_lead SET date_closed = %s WHERE id = %s", [closed, lead.id])
        self.env.invalidate_all()
        return lead

    def _touch(self, lead, days, **vals):
        return self.env["sales.process.touch"].create(
            {
                "lead_id": lead.id,
                "date": self.env.cr.now() - timedelta(days=days),
                "source": "manual",
                "direction": "out",
                "human": True,
                **vals,
            }
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_move_customers").method_direct_trigger()
        self.env.invalidate_all()

    def _stays(self, partner=None):
        return self.env["sales.process.customer"].search(
            [("partner_id", "=", (partner or self.factory).id)], order="id"
        )

    def _state(self, partner=None):
        stay = self._stays(partner).filtered(lambda stay: not stay.until)
        return stay.lifecycle, stay.reason

    def _later(self, days):
        """Let all that happened have happened so much earlier."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET date_closed = date_closed - %s", [timedelta(days=days)])
        self.env.cr.execute("UPDATE sales_process_touch SET date = date - %s", [timedelta(days=days)])
        self.env.invalidate_all()

    def test_way_of_a_customer(self):
        self._won(1)
        self._run()
        self.assertEqual(self._state(), ("use", "first_order"))
        self._run()
        self.assertEqual(len(self._stays()), 1, "nothing new, nothing written")
        self._later(95)
        self._run()
        self.assertEqual(self._state(), ("repurchase", "no_order"))
        lead = self._won(1)
        self._run()
        self.assertEqual(self._state(), ("repurchase", "ordered_again"))
        self._later(220)
        self._run()
        self.assertEqual(self._state(), ("churn", "no_contact"))
        self._touch(lead, 3)
        self._run()
        self.assertEqual(self._state(), ("repurchase", "ordered_again"))
        self._later(150)
        self._run()
        self.assertEqual(self._state(), ("churn", "no_order"))
        stays = self._stays()
        self.assertEqual(stays.mapped("lifecycle"), ["use", "repurchase", "churn", "repurchase", "churn"])
        self.assertEqual(stays.mapped("phase_id"), self.journey.phase_ids)
        self.assertTrue(all(stay.until for stay in stays[:-1]))
        self.assertFalse(stays[-1].until)
        self.assertEqual(stays[-1].order_count, 2)

    def test_robots_and_plans_are_no_contact(self):
        lead = self._won(210)
        self._touch(lead, 5, human=False)
        self._touch(lead, 5, direction="internal")
        self._touch(lead, -5)
        self._run()
        self.assertEqual(self._state(), ("churn", "no_contact"))

    def test_shown_on_the_customer(self):
        self._won(1)
        self._run()
        for partner in (self.factory, self.buyer):
            mine = partner.with_user(self.rep)
            self.assertEqual((mine.sales_lifecycle, mine.sales_journey_phase_id.name), ("use", "In use"))
            self.assertIn(
                partner, self.env["res.partner"].with_user(self.rep).search([("sales_lifecycle", "=", "use")])
            )
        nobody = self.env["res.partner"].create({"name": "Prospect"})
        self.assertFalse(nobody.sales_lifecycle)
        self.assertIn(nobody, self.env["res.partner"].search([("sales_lifecycle", "=", False)]))
        self.assertNotIn(self.buyer, self.env["res.partner"].search([("sales_lifecycle", "=", False)]))
        action = self.buyer.with_user(self.rep).action_view_sales_customer()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self._stays())

    def test_leads_that_are_not_won_do_not_count(self):
        self._lead(partner_id=self.buyer.id)
        lost = self._lead(partner_id=self.buyer.id)
        lost.action_set_lost()
        self._run()
        self.assertFalse(self._stays())

    def test_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Other Co"})
        process = self.env["sales.process"].create({"name": "Other Process", "company_id": other.id})
        journey = self._new_journey(other, process)
        journey.phase_ids.filtered(lambda phase: phase.kind == "churn").days_without_order = 10
        self._won(20)
        team = self.env["crm.team"].create({"name": "Other Team", "company_id": other.id})
        self._won(20, company_id=other.id, team_id=team.id, user_id=False)
        self._run()
        by_company = {stay.company_id: stay.lifecycle for stay in self._stays()}
        self.assertEqual(by_company, {self.company: "use", other: "churn"})
        both = self.env["res.partner"].browse(self.buyer.id)
        self.assertEqual(both.with_company(self.company).sales_lifecycle, "use")
        self.assertEqual(both.with_company(other).sales_lifecycle, "churn")
        stranger = new_test_user(
            self.env,
            login="other_rep",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertEqual(self.env["sales.process.customer"].with_user(stranger).search([]).company_id, other)

    def test_retired_journey_ends_the_stay(self):
        self._won(1)
        self._run()
        other = self.env["res.company"].create({"name": "Other Co"})
        process = self.env["sales.process"].create({"name": "Other Process", "company_id": other.id})
        self._new_journey(other, process)
        self.journey.action_retire()
        self._run()
        self.assertTrue(self._stays().until)
        self.assertFalse(self.factory.sales_lifecycle)

    def test_glue_addons_put_real_orders_in_place(self):
        self._won(300)
        Customer = type(self.env["sales.process.customer"])
        original = Customer._get_last_order_dates
        now = self.env.cr.now()

        def with_orders(model, partners):
            dates = original(model, partners)
            dates[self.factory.id, self.company.id] = (now - timedelta(days=2), 7)
            return dates

        with patch.object(Customer, "_get_last_order_dates", with_orders):
            self._run()
        self.assertEqual(self._state(), ("repurchase", "ordered_again"))

    def test_batches_and_queries(self):
        partners = self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(30)])
        for partner in partners:
            self._won(1, partner)
        Customer = self.env["sales.process.customer"].sudo()

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Customer._place_customers(some)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        Customer._place_customers(partners[:1])
        few = count(partners[1:3])
        self.assertLessEqual(count(partners[3:23]), few)
        with patch(BATCH, 4):
            self._run()
        self.assertEqual({self._state(partner) for partner in partners}, {("use", "first_order")})

    def test_without_phases_nothing_is_read(self):
        self.journey.action_retire()
        self._won(1)
        self._run()
        self.assertFalse(self._stays())

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_security(self):
        self._won(1)
        self._run()
        stay = self._stays()
        internal = new_test_user(self.env, login="spf_internal", groups="base.group_user")
        portal = new_test_user(self.env, login="spf_portal", groups="base.group_portal")
        for user in (internal, portal):
            with self.assertRaises(AccessError):
                stay.with_user(user).read(["lifecycle"])
        with self.assertRaises(AccessError):
            self.factory.with_user(internal).read(["sales_lifecycle"])
        self.assertNotIn("sales_lifecycle", self.factory.with_user(internal).fields_get())
        for user in (self.rep, self.manager):
            self.assertEqual(stay.with_user(user).lifecycle, "use")
            for operation in ("write", "create", "unlink"):
                self.assertFalse(stay.with_user(user).has_access(operation))
