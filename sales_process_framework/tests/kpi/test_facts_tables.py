"""Tables T1 and T4 on a small company, with numbers that can be checked by hand."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import file_path

from ...tools.period import period_of, utc_edges
from .facts_common import ZONE, FactsCommon

QUARTER = period_of(date(2025, 2, 1), "quarter")
YEAR = period_of(date(2025, 2, 1), "year")


@tagged("post_install", "-at_install")
class TestTables(FactsCommon):
    """North in the first quarter of 2025.

    Ten leads came in, two of them became opportunities. Of five opportunities decided, two were won: 60 days and
    100 days after they began, for 300 and 500. Acme bought both times, Best had bought the year before.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme, cls.best = cls.contacts[0], cls.contacts[1]
        for number in range(8):
            cls._past("lead", datetime(2025, 1, 10 + number))
        cls._past("opportunity", datetime(2025, 2, 1), date_conversion=datetime(2025, 2, 9))
        # converted after the quarter: it still came in within it
        cls._past("opportunity", datetime(2025, 3, 31), date_conversion=datetime(2025, 4, 20))
        cls._won(datetime(2025, 1, 20), 60, 300, cls.acme, cls.rep)
        cls._won(datetime(2024, 12, 1), 100, 500, cls.acme, cls.colleague)
        cls._won(datetime(2024, 3, 1), 50, 700, cls.best, cls.rep)
        for day in (3, 4, 5):
            cls._past(
                "opportunity",
                datetime(2025, 1, 1),
                won_status="lost",
                active=False,
                probability=0.0,
                date_closed=datetime(2025, 3, day),
            )

    @classmethod
    def _past(cls, kind, created, **columns):
        return cls._plain_lead(type=kind, create_date=created, **columns)

    @classmethod
    def _won(cls, created, length, amount, contact, user):
        return cls._past(
            "opportunity",
            created,
            won_status="won",
            probability=100.0,
            date_closed=created + timedelta(days=length),
            expected_revenue=amount,
            partner_id=contact.id,
            user_id=user.id,
            team_id=cls.team.id,
        )

    def _value(self, code, period, company=None, scope="company", scope_id=None):
        """:return: the stored value of a shipped indicator, as a manager reads it"""
        company = company or self.north
        kpi = self.env.ref(f"sales_process_framework.kpi_{code}")
        kpi._compute_values(period, company)
        return self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", company.id),
                ("cycle", "=", period.cycle),
                ("date_from", "=", period.start),
                ("scope", "=", scope),
                ("scope_id", "=", scope_id or company.id),
            ]
        )

    def assertValue(self, code, period, value, numerator, denominator, band, **kwargs):
        found = self._value(code, period, **kwargs)
        self.assertTrue(found.has_data, code)
        self.assertAlmostEqual(found.value, value, 2, code)
        self.assertAlmostEqual(found.numerator, numerator, 2, code)
        self.assertAlmostEqual(found.denominator, denominator, 2, code)
        self.assertEqual(found.band, band, code)

    # -- T1 -----------------------------------------------------------------

    def test_definitions_of_t1(self):
        """Kind, target and cycle as the table has them."""
        wanted = {
            "revenue_attainment": ("result", 100, "quarter", "CRM"),
            "lead_conversion": ("process", 20, "month", "CRM"),
            "win_rate": ("process", 40, "month", "CRM"),
            "repurchase_rate": ("result", 30, "year", "CRM"),
        }
        for code, (kind, target, cycle, source) in wanted.items():
            kpi = self.env.ref(f"sales_process_framework.kpi_{code}")
            self.assertEqual((kpi.kind, kpi.target, kpi.cycle, kpi.source), (kind, target, cycle, source))
            self.assertEqual((kpi.unit, kpi.direction, kpi.department), ("percent", "higher", "Sales"))
            self.assertTrue(kpi.formula_text and kpi.advice)

    def test_an_upgrade_puts_right_what_nobody_changed(self):
        path = file_path("sales_process_framework/migrations/19.0.3.0.0/post-indicator_texts.py")
        kpi = self.env.ref("sales_process_framework.kpi_revenue_attainment")
        for before, after in (("Finance", "CRM"), ("Our ledger", "Our ledger")):
            kpi.source = before
            self.env.flush_all()
            load_script(path, "indicator_texts").migrate(self.env.cr, "19.0.2.0.0")
            self.env.invalidate_all()
            self.assertEqual(kpi.source, after)

    def test_lead_conversion(self):
        self.assertValue("lead_conversion", QUARTER, 20.0, 2, 10, "healthy")

    def test_win_rate(self):
        self.assertValue("win_rate", QUARTER, 40.0, 2, 5, "healthy")
        # the reps won what they closed
        self.assertValue("win_rate", QUARTER, 100.0, 1, 1, "healthy", scope="user", scope_id=self.rep.id)

    def test_repurchase_rate(self):
        """In the year Acme bought twice; Best, whose one purchase was last year, did not buy at all."""
        self.assertValue("repurchase_rate", YEAR, 100.0, 1, 1, "healthy")
        self.assertValue("repurchase_rate", period_of(date(2024, 6, 1), "year"), 0.0, 0, 1, "alert")

    def test_revenue_without_a_goal_is_no_data(self):
        value = self._value("revenue_attainment", QUARTER)
        self.assertFalse(value.has_data)
        self.assertEqual((value.numerator, value.denominator, value.band), (800, 0, "none"))

    # -- T4 -----------------------------------------------------------------

    def test_definitions_of_t4(self):
        """Dimension and bands as the table has them."""
        wanted = {
            "sales_cycle": ("efficiency", "lower", 90, 120),
            "needs_match": ("quality", "higher", 80, 60),
            "node_completion_rate": ("execution", "higher", 95, 90),
            "nps": ("customer", "higher", 50, 30),
        }
        for code, (dimension, direction, healthy, alert) in wanted.items():
            kpi = self.env.ref(f"sales_process_framework.kpi_{code}")
            found = (kpi.dimension, kpi.direction, kpi.healthy, kpi.alert)
            self.assertEqual(found, (dimension, direction, healthy, alert), code)
            self.assertTrue(kpi.has_bands and kpi.advice)

    def test_sales_cycle(self):
        self.assertValue("sales_cycle", QUARTER, 80.0, 160, 2, "healthy")
        self.assertValue("sales_cycle", QUARTER, 100.0, 100, 1, "watch", scope="user", scope_id=self.colleague.id)

    def test_needs_match(self):
        """Three confirmations: one holds, one was rejected, one deal had to come back."""
        leads = [self._plain_lead() for _number in range(3)]
        self._insert(
            "sales_process_deliverable",
            [
                {
                    "lead_id": lead,
                    "requirement_id": self.needs.id,
                    "state": state,
                    "submitted_date": datetime(2025, 2, 3),
                }
                for lead, state in zip(leads, ("approved", "rejected", "approved"), strict=True)
            ],
        )
        self._visit(leads[2], self.p_diagnose, datetime(2025, 2, 20), None, "open", direction="backward")
        self.assertValue("needs_match", QUARTER, 33.33, 1, 3, "alert")

    def test_node_completion_rate(self):
        """Three deals left Qualify, where two things are asked; an exception let one go without one of them."""
        moment = datetime(2025, 2, 14, 10)
        leads = [self._plain_lead() for _number in range(3)]
        for lead in leads:
            self._visit(lead, self.p_qualify, moment - timedelta(days=3), moment, "advanced")
        self._insert(
            "sales_process_decision",
            [
                {
                    "lead_id": leads[0],
                    "from_stage_id": self.qualify.id,
                    "outcome": "overridden",
                    "unmet": [{"id": self.second.id, "name": "Budget known"}],
                    "date": moment,
                }
            ],
        )
        self.assertValue("node_completion_rate", QUARTER, 83.33, 5, 6, "alert")
        self.assertValue("node_pass_rate", QUARTER, 66.67, 2, 3, "watch")

    def _visit(self, lead_id, stage, entered, left, outcome, direction="forward"):
        self._insert(
            "sales_process_visit",
            [
                {
                    "lead_id": lead_id,
                    "company_id": self.north.id,
                    "process_id": self.process.id,
                    "process_stage_id": stage.id,
                    "stage_id": stage.stage_id.id,
                    "entered": entered,
                    "left": left,
                    "outcome": outcome,
                    "direction": direction,
                }
            ],
        )

    def test_nps_says_what_is_missing(self):
        kpi = self.env.ref("sales_process_framework.kpi_nps")
        if not hasattr(kpi, "_facts_nps"):
            self.assertEqual(kpi.availability, "missing")
            self.assertIn("Survey", kpi.availability_note)

    def test_visits_need_a_journey(self):
        kpi = self.env.ref("sales_process_framework.kpi_visits")
        for known, wanted in ((False, "missing"), (True, "ok")):
            with patch.object(type(self.env["sales.process.touch"]), "_has_journeys", lambda touch, known=known: known):
                kpi.invalidate_recordset(["availability"])
                self.assertEqual(kpi.availability, wanted)

    # -- the others, and what holds for all -----------------------------------

    def test_customers(self):
        """Acme is the quarter's one customer, and new in it: its first purchase ever was on 11 March."""
        self.assertValue("new_customer_share", QUARTER, 100.0, 1, 1, "healthy")

    def test_deals(self):
        self.assertValue("revenue", QUARTER, 800, 800, 2, "none")
        self.assertValue("average_deal", QUARTER, 400, 800, 2, "none")
        # two salespeople, and nobody else had a deal of their own
        self.assertValue("deals_per_head", QUARTER, 1, 2, 2, "none")

    def test_velocity_is_made_of_the_others(self):
        """Open opportunities × 40 % × 400 / 80 days."""
        for code in ("open_leads", "win_rate", "average_deal", "sales_cycle"):
            self._value(code, QUARTER)
        count = self._value("open_leads", QUARTER).value
        self.assertEqual(count, 1, "the lead converted in April was none yet")
        self.assertAlmostEqual(self._value("sales_velocity", QUARTER).value, count * 0.4 * 400 / 80, 4)

    def test_no_data_is_not_zero(self):
        """South has nothing: rates and averages have no value; counts and sums are 0."""
        for kpi in self.env["sales.process.kpi"].search([("computation", "=", "builtin")]):
            shipped = self.env.ref(f"sales_process_framework.kpi_{kpi.code}", raise_if_not_found=False)
            if kpi != shipped or kpi.availability != "ok":
                continue
            value = self._value(kpi.code, QUARTER, company=self.south)
            self.assertEqual(value.has_data, kpi.aggregation in ("sum", "count"), kpi.code)
            self.assertEqual(value.value, 0, kpi.code)

    def test_companies_are_apart(self):
        """What is North's is not South's, and what is nobody's is the home company's."""
        start, stop = utc_edges(QUARTER, ZONE)
        nobodys = self._plain_lead(
            company_id=None, won_status="won", probability=100.0, date_closed=datetime(2025, 2, 2), expected_revenue=9
        )
        rows = self._facts("revenue", companies=self.south, start=start, stop=stop)
        self.assertFalse(rows)
        rows = self._facts("revenue", companies=self.home, start=start, stop=stop)
        self.assertEqual([row.company for row in rows if row.lead == nobodys], [self.home.id])
        rows = self._facts("revenue", companies=self.north, start=start, stop=stop)
        self.assertNotIn(nobodys, [row.lead for row in rows])
        self.assertEqual(len(rows), 2)
