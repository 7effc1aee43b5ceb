"""What happens to leads in real life, and where periods, currencies and companies meet."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.period import period_of, utc_edges
from .facts_common import FactsCommon


@tagged("post_install", "-at_install")
class TestFactsEdges(FactsCommon):
    """Leads that go through CRM's own actions today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.cr.now()
        cls.start, cls.stop = cls.today - timedelta(days=1), cls.today + timedelta(days=1)

    def _deal(self, **vals):
        lead = self._lead(team_id=self.other_team.id, partner_id=self.contacts[0].id, expected_revenue=100, **vals)
        lead.stage_id = self._open_stage()
        return lead

    def _open_stage(self):
        return self.env["crm.stage"].search([("is_won", "=", False), ("team_ids", "=", False)], limit=1) or (
            self.env["crm.stage"].create({"name": "Anywhere"})
        )

    def _today(self, code, leads):
        self.env.flush_all()
        return self._sums(code, set(leads.ids), start=self.start, stop=self.stop)

    def test_won_reopened_and_won_again_counts_once(self):
        lead = self._deal()
        lead.action_set_won()
        self.assertEqual(self._today("revenue", lead), (100, 1))
        lead.write({"stage_id": self._open_stage().id, "probability": 30})
        self.assertEqual(self._today("revenue", lead), (0, 0))
        self.assertEqual(self._today("open_leads", lead), (1, 1))
        lead.action_set_won()
        self.assertEqual(self._today("win_rate", lead), (1, 1))

    def test_lost_and_restored_is_open_again(self):
        """CRM keeps the date of the closing when a lead is restored: it is not lost any more all the same."""
        lead = self._deal()
        lead.action_set_lost()
        self.assertEqual(self._today("win_rate", lead), (0, 1))
        self.assertEqual(self._today("open_leads", lead), (0, 0))
        lead.action_unarchive()
        lead.probability = 20
        self.assertEqual(self._today("win_rate", lead), (0, 0))
        self.assertEqual(self._today("open_leads", lead), (1, 1))
        self.assertEqual(self._today("weighted_pipeline", lead), (20, 1))

    def test_archived_is_neither_won_nor_lost(self):
        lead = self._deal(probability=40)
        lead.probability = 40
        lead.active = False
        self.assertEqual(self._today("win_rate", lead), (0, 0))
        self.assertEqual(self._today("open_leads", lead), (0, 0))

    def test_converted_and_merged_leads(self):
        """A converted lead counts in both halves; of two leads merged, one is left and counts once."""
        lead, twin, other = (
            self._lead(type="lead", team_id=self.other_team.id, stage_id=False, name=name) for name in "abc"
        )
        self.assertEqual(self._today("lead_conversion", lead | twin | other), (0, 3))
        lead.convert_opportunity(self.contacts[0])
        self.assertEqual(self._today("lead_conversion", lead | twin | other), (1, 3))
        with mute_logger("odoo.models.unlink"):
            head = (lead | twin).merge_opportunity()
        self.assertEqual(head, lead)
        self.assertEqual(self._today("lead_conversion", head | other), (1, 2))
        # created as an opportunity: never a lead
        self.assertEqual(self._today("lead_conversion", self._deal()), (0, 0))

    def test_contacts_of_one_firm_are_one_customer(self):
        firm, person = self.contacts[0], self.contacts[0].child_ids
        first, second = self._deal(), self._deal()
        second.partner_id = person
        first.action_set_won()
        second.action_set_won()
        (first | second).flush_recordset()
        self.assertEqual(second.partner_id.commercial_partner_id, firm)
        self.assertEqual(self._today("repurchase_rate", first | second), (1, 1))
        self.assertEqual(self._today("new_customer_share", first | second), (1, 1))

    def test_a_customer_is_new_to_each_company(self):
        old = self._plain_lead(
            won_status="won", probability=100.0, partner_id=self.contacts[0].id, date_closed=datetime(2020, 1, 1)
        )
        lead = self._deal(company_id=self.home.id)
        lead.action_set_won()
        self.assertEqual(self._today("new_customer_share", lead), (1, 1))
        self.env["crm.lead"].browse(old).company_id = self.home
        self.assertEqual(self._today("new_customer_share", lead), (0, 1))

    # -- a gate's own facts ---------------------------------------------------

    def test_gates_leave_the_facts_that_rates_are_made_of(self):
        """Refused, then with one of two things and an exception, then on: through the gate itself."""
        lead = self._lead()
        self.assertRefused(lead, self.diagnose)
        with patch.object(type(self.env["sales.process.decision"]), "_keep_through_rollback") as keep:
            self.assertRefused(lead, self.diagnose)
        # what the gate wanted to keep: the test's transaction does not end
        earlier = self.env.cr.now() - timedelta(minutes=10)
        refusals = [{**vals, "date": earlier} for vals in keep.call_args.args[-1]]
        self.env["sales.process.decision"].sudo()._store_refusals(refusals)
        lead.sales_visit_ids.entered = earlier - timedelta(hours=1)
        self._tick(lead, self.first)
        self.env["sales.process.exception"].sudo().create(
            {
                "lead_id": lead.id,
                "process_id": self.process.id,
                "to_stage_id": self.diagnose.id,
                "reason": "Budget follows",
                "state": "approved",
            }
        )
        self._move(lead, self.diagnose)
        self.assertEqual(self._today("node_completion_rate", lead), (1, 2))
        self.assertEqual(self._today("node_pass_rate", lead), (0, 2))
        smooth = self._lead()
        self._tick(smooth, self.first)
        self._tick(smooth, self.second)
        self._move(smooth, self.diagnose)
        self.assertEqual(self._today("node_completion_rate", smooth), (2, 2))
        self.assertEqual(self._today("node_pass_rate", smooth), (1, 1))
        self._hand_in(smooth, self.needs)
        self.assertEqual(self._today("needs_match", smooth), (0, 1), "not approved yet")

    # -- time and money ---------------------------------------------------------

    def test_period_edges_are_those_of_the_zone(self):
        """Half past eleven on the last evening of January in Los Angeles is February in Auckland, and in UTC."""
        january = period_of(date(2025, 1, 1), "month")
        lead = self._plain_lead(
            won_status="won", probability=100.0, date_closed=datetime(2025, 2, 1, 7, 30), expected_revenue=100
        )
        for zone, wanted in (("America/Los_Angeles", 1), ("Pacific/Auckland", 0), ("UTC", 0)):
            self.north.partner_id.tz = zone
            start, stop = utc_edges(january, zone)
            self.assertEqual(len(self._facts("revenue", {lead}, start=start, stop=stop)), wanted, zone)
            kpi = self.env.ref("sales_process_framework.kpi_revenue")
            kpi._compute_values(january, self.north)
            value = self._company_value(kpi, self.north, january)
            self.assertEqual(value.value, 100 * wanted, zone)

    def test_each_company_has_its_own_money(self):
        """Amounts are in the deal's company's currency; they are not added across companies."""
        self.south.currency_id = self.env.ref("base.EUR")
        self.north.currency_id = self.env.ref("base.USD")
        january = period_of(date(2025, 1, 1), "month")
        for company, amount in ((self.north, 100), (self.south, 70)):
            self._plain_lead(
                company_id=company.id,
                won_status="won",
                probability=100.0,
                date_closed=datetime(2025, 1, 15),
                expected_revenue=amount,
            )
        kpi = self.env.ref("sales_process_framework.kpi_revenue")
        kpi._compute_values(january, self.north | self.south)
        for company, amount in ((self.north, 100), (self.south, 70)):
            value = self._company_value(kpi, company, january)
            self.assertEqual((value.value, value.currency_id), (amount, company.currency_id))

    def _company_value(self, kpi, company, period):
        return self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", company.id),
                ("scope", "=", "company"),
                ("cycle", "=", period.cycle),
                ("date_from", "=", period.start),
            ]
        )

    def test_growth_of_an_open_period_is_compared_with_as_many_days(self):
        """New customers on the 5th and the 20th of the month before; on the 10th of this one only the 5th counts."""
        january, february = period_of(date(2025, 1, 1), "month"), period_of(date(2025, 2, 1), "month")
        start, _stop = utc_edges(february, "Europe/Brussels")
        for contact, moment in zip(
            self.contacts[0] | self.contacts[1] | self.contacts[4],
            (datetime(2025, 1, 5), datetime(2025, 1, 20), datetime(2025, 2, 4)),
            strict=True,
        ):
            self._plain_lead(won_status="won", probability=100.0, partner_id=contact.id, date_closed=moment)
        kpi = self._kpi("new_customer_growth")
        for stop, wanted in ((start + timedelta(days=9), [(-1, 1), (1, 0)]), (None, [(-1, 1), (-1, 1), (1, 0)])):
            stop = stop or utc_edges(february, "Europe/Brussels")[1]
            sql = kpi.with_context(sales_kpi_period=february)._get_facts_sql(start, stop, self.north.ids)
            rows = self.env.execute_query(sql)
            self.assertEqual(sorted((int(row[-2]), int(row[-1])) for row in rows), wanted)
        self.assertEqual(january.next(), february)

    # -- cost -------------------------------------------------------------------

    def test_a_computation_costs_the_same_for_any_number_of_leads(self):
        period = period_of(date(2025, 3, 1), "month")
        codes = ("win_rate", "data_completeness", "proposals_on_time", "new_customer_share", "node_pass_rate")
        kpis = self.env["sales.process.kpi"].browse(
            self.env.ref(f"sales_process_framework.kpi_{code}").id for code in codes
        )

        def count():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            kpis._compute_values(period, self.north)
            return self.env.cr.sql_log_count - before

        self._plain_lead(won_status="won", probability=100.0, date_closed=datetime(2025, 3, 3))
        count()
        few = count()
        for _number in range(50):
            self._plain_lead(won_status="won", probability=100.0, date_closed=datetime(2025, 3, 3))
        self.assertEqual(count(), few)

    def test_plain_crm_pays_nothing(self):
        """A lead outside any process is written with as many queries as without indicators: they have no hook."""
        lead = self._deal()
        self.env.flush_all()
        with patch.object(type(self.env["sales.process.kpi"]), "_compute_values") as compute:
            lead.write({"priority": "2"})
            lead.action_set_won()
            self.env.flush_all()
        compute.assert_not_called()

    def test_completeness_asks_what_the_process_asks(self):
        names = self.process.completeness_field_ids
        self.assertEqual(len(names), 2)
        lead = self._lead(phone="1")
        self.assertEqual(self._today("data_completeness", lead), (1, 2))
        self.process.completeness_field_ids = [Command.clear()]
        self.assertEqual(self._today("data_completeness", lead), (0, 0))
