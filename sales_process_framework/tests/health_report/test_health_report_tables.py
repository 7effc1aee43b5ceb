"""Tables T1 and T4 of the framework, from deals that are made up here and numbers that were computed by hand."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ...tools.period import period_of, utc_edges
from ..kpi.facts_common import DAY, PERIOD, START, STOP, FactsCommon

T1 = ("revenue_attainment", "lead_conversion", "win_rate", "repurchase_rate")
T4 = ("sales_cycle", "needs_match", "node_completion_rate", "nps")
#: Days from creation to winning, and amount, of the deals won in March 2025, and number of the customer.
WON = ((30, 100_000, 0), (60, 150_000, 1), (90, 50_000, 0), (140, 100_000, 2))


@tagged("post_install", "-at_install")
class TestHealthReportTables(FactsCommon):
    """March 2025 of the company North, in Brussels: values are computed from the deals, none is stored by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # North alone, and none of what other tests are about.
        wanted = [cls.env.ref(f"sales_process_framework.kpi_{code}").id for code in (*T1, *T4, "revenue")]
        cls.env["sales.process.kpi"].search([("id", "not in", wanted)]).active = False
        cls.env["sales.process.target"].create(
            {
                "name": "March",
                "company_id": cls.north.id,
                "kpi_id": cls.env.ref("sales_process_framework.kpi_revenue").id,
                "cycle": "month",
                "date_from": PERIOD.start,
                "date_to": PERIOD.stop,
                "value": 500_000,
                "state": "active",
            }
        )
        cls._build_deals()
        cls._build_enquiries()
        cls._build_stays()
        cls.report = cls.env["sales.process.health.report"].create(
            {"company_id": cls.north.id, "cycle": "month", "date_from": PERIOD.start}
        )
        cls.figures = {figure["code"]: figure for figure in cls.report.snapshot["kpis"]}

    @classmethod
    def _build_deals(cls):
        """Four won and six lost in March; one won at the very first second of April, one on the last of February."""
        customers = cls.contacts[:2] | cls.contacts[4]  # A, B and a contact of C
        cls.won_ids = [
            cls._plain_lead(
                won_status="won",
                date_closed=START + 15 * DAY,
                create_date=START + 15 * DAY - length * DAY,
                expected_revenue=amount,
                partner_id=customers[number].id,
            )
            for length, amount, number in WON
        ]
        for _number in range(6):
            cls._plain_lead(won_status="lost", active=False, date_closed=STOP - timedelta(seconds=1))
        # B bought in February, so that its deal of March is not its first.
        for moment in (START - timedelta(seconds=1), STOP):
            cls._plain_lead(won_status="won", date_closed=moment, expected_revenue=999_999, partner_id=customers[1].id)

    @classmethod
    def _build_enquiries(cls):
        """Eight leads came in during March: one was converted in March, one in April, six not."""
        for converted in (START + 3 * DAY, STOP + DAY):
            cls._plain_lead(create_date=START + DAY, date_conversion=converted)
        for _number in range(6):
            cls._plain_lead(type="lead", create_date=START + 2 * DAY)
        cls._plain_lead(type="lead", create_date=STOP)

    @classmethod
    def _build_stays(cls):
        """Ten deals left Qualify, where two things are mandatory; of one of them one was missing.

        Five needs confirmations were handed in: three approved, of one of these the deal came back; one was rejected,
        one waits for approval.
        """
        lead_ids = [cls._plain_lead() for _number in range(10)]
        left = START + 5 * DAY
        stay = {
            "company_id": cls.north.id,
            "process_id": cls.process.id,
            "process_stage_id": cls.p_qualify.id,
            "stage_id": cls.qualify.id,
            "entered": START,
            "left": left,
            "duration_days": 5.0,
            "outcome": "advanced",
            "direction": "entry",
            "is_rebuilt": False,
        }
        cls._insert("sales_process_visit", [{**stay, "lead_id": lead_id} for lead_id in lead_ids])
        missing = [{"id": cls.second.id, "name": "Budget known"}]
        decision = {"from_stage_id": cls.qualify.id, "outcome": "overridden", "unmet": missing, "date": left}
        cls._insert("sales_process_decision", [{**decision, "lead_id": lead_ids[0]}])
        states = ("approved", "approved", "approved", "rejected", "submitted")
        document = {"requirement_id": cls.needs.id, "submitted_date": START + 8 * DAY, "create_date": START}
        cls._insert(
            "sales_process_deliverable",
            [
                {**document, "lead_id": lead_id, "state": state}
                for lead_id, state in zip(lead_ids, states, strict=False)
            ],
        )
        back = {**stay, "entered": START + 9 * DAY, "left": None, "outcome": "open", "direction": "backward"}
        back |= {"process_stage_id": cls.p_diagnose.id, "stage_id": cls.diagnose.id, "duration_days": None}
        cls._insert("sales_process_visit", [{**back, "lead_id": lead_ids[2]}])

    def assertRow(self, code, value, numerator, denominator, band):
        figure = self.figures[code]
        found = [round(figure[name], 4) for name in ("value", "numerator", "denominator")]
        self.assertEqual([*found, figure["band"]], [value, numerator, denominator, band], code)

    def test_t1(self):
        # Won in March: 100 000 + 150 000 + 50 000 + 100 000 = 400 000; goal 500 000; 400 / 500 = 80 %.
        # Healthy from 100 % on, alert below 80 %: 80 % itself is watched.
        self.assertRow("revenue_attainment", 80.0, 400_000, 500_000, "watch")
        # 2 of 8 leads of March became opportunities, the second of them in April: 25 %, healthy from 20 % on.
        self.assertRow("lead_conversion", 25.0, 2, 8, "healthy")
        # 4 won and 6 lost of 10 decided: 40 %, healthy from 40 % on.
        self.assertRow("win_rate", 40.0, 4, 10, "healthy")
        # Three customers bought in March: A twice, B for the second time after February, C once: 2 / 3 = 66.7 %.
        self.assertRow("repurchase_rate", 66.6667, 2, 3, "healthy")
        before = self.figures["win_rate"]["previous"]
        self.assertEqual(before, 100.0, "the only one decided in February was won")

    def test_t4(self):
        # (30 + 60 + 90 + 140) / 4 = 320 / 4 = 80 days, healthy up to 90.
        self.assertRow("sales_cycle", 80.0, 320, 4, "healthy")
        # 2 of 5 hold: of the three approved one came back, one was rejected, one is not approved: 40 %, alert below 60.
        self.assertRow("needs_match", 40.0, 2, 5, "alert")
        # 10 deals × 2 asked = 20, 1 missing: 19 / 20 = 95 %, healthy from 95 on.
        self.assertRow("node_completion_rate", 95.0, 19, 20, "healthy")

    def test_t4_without_a_source(self):
        """The score of a survey has no source as long as no addon brings one, and says which is missing."""
        kpi = self.env.ref("sales_process_framework.kpi_nps")
        if hasattr(kpi, "_facts_nps"):
            self.skipTest("an addon brings the answers of surveys")
        figure = self.figures["nps"]
        self.assertIsNone(figure["value"])
        self.assertIn("Install Surveys", figure["note"]["en_US"])
        row = next(row for row in self.report._prepare_page()["t4"] if row["code"] == "nps")
        self.assertEqual((row["value"], row["has_value"]), ("no data", False))
        self.assertIn("Install Surveys", self.report.report_html)

    def test_columns(self):
        page = self.report._prepare_page()
        self.assertEqual([row["code"] for row in page["t1"]], list(T1))
        self.assertEqual([row["code"] for row in page["t4"]], list(T4))
        row = page["t4"][0]
        self.assertEqual(
            [row[name] for name in ("dimension", "name", "healthy", "alert", "value", "counted")],
            ["Efficiency", "Average sales cycle", "≤ 90.0 days", "> 120.0 days", "80.0 days", "320 / 4"],
        )
        self.assertIn("Shorten the solution presentation", row["advice"])
        row = page["t1"][1]
        self.assertEqual(
            [row[name] for name in ("kind", "name", "target", "department", "cycle", "source", "value")],
            ["Process", "Lead conversion", "20.0 %", "Sales", "Month", "CRM", "25.0 %"],
        )
        self.assertIn("Leads that became opportunities / leads", row["formula"])

    def test_what_is_said(self):
        page = self.report._prepare_page()
        # Of seven indicators with bands that have a value: one watched, one in alert, five healthy. In February the
        # only deal was won: nothing was in alert.
        self.assertEqual([tally["count"] for tally in page["tallies"]], [5, 1, 1])
        self.assertIn("Indicators judged: 7. Healthy: 5, watched: 1, in alert: 1", page["headline"])
        self.assertEqual([entry["kpi_code"] for entry in page["first"]][:1], ["needs_match"])
        self.assertEqual(page["first"][0]["detail"], "40.0 %, beyond the alert value of 60.0 %.")
        self.assertEqual(page["first"][0]["advice"], self.env.ref("sales_process_framework.kpi_needs_match").advice)

    def test_a_figure_leads_to_its_records(self):
        value = self.env["sales.process.kpi.value"].browse(self.figures["sales_cycle"]["value_id"])
        action = value.with_user(self.manager).with_context(allowed_company_ids=None)
        self.manager.company_ids = [Command.link(self.north.id)]
        found = self.env["crm.lead"].search(action.get_records_action("numerator")["domain"])
        self.assertEqual(set(found.ids), set(self.won_ids))
        self.assertIn(f"/odoo/sales.process.kpi.value/{value.id}", self.report.report_html)

    def test_the_quarter(self):
        """January to March: the deals of February and March, the goal of March alone."""
        quarter = period_of(PERIOD.start, "quarter")
        self.assertEqual(utc_edges(quarter, "Europe/Brussels")[1], STOP)
        report = self.env["sales.process.health.report"].create(
            {"company_id": self.north.id, "cycle": "quarter", "date_from": PERIOD.start}
        )
        figures = {figure["code"]: figure for figure in report.snapshot["kpis"]}
        # 5 won of 11 decided.
        self.assertEqual((figures["win_rate"]["numerator"], figures["win_rate"]["denominator"]), (5, 11))
        # 400 000 + 999 999 of February, against the 500 000 of the only goal inside the quarter.
        self.assertAlmostEqual(figures["revenue_attainment"]["value"], 279.9998)
