from datetime import date, datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.period import period_of
from .common import APRIL, MARCH, KpiCommon

QUARTER = period_of(MARCH.start, "quarter")
YEAR = period_of(MARCH.start, "year")
JANUARY = period_of(QUARTER.start, "month")
END = datetime(2026, 3, 30, 1)


@tagged("post_install", "-at_install")
class TestMonths(KpiCommon):
    """A quarter and a year are read from their months where the facts are events, and are the same number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.process.kpi"].with_context(active_test=False).search([]).cycle = "month"
        cls.kpi = cls._made_up("event", aggregation="average")

    def setUp(self):
        super().setUp()
        self._patch_events("made_up")
        team = self.env["crm.team"].create({"name": "Months"})
        self.facts = [
            {"company_id": company.id, "team_id": team.id if number % 2 else None, "record_id": number}
            | {"at": datetime(2026, 1, 3) + timedelta(days=5 * number), "num": number, "den": 1}
            for company in self.both
            for number in range(17)
        ]
        self.team = team

    def _patch_events(self, *builtins):
        self.patch(self.env.registry["sales.process.kpi"], "_get_event_builtins", lambda kpi: set(builtins))

    def _night(self, moment, kpi=None, first=None):
        """:return: the edges of the facts that were asked for"""
        asked = []
        facts = type(self.kpi)._facts_made_up

        def watch(kpi, start, stop, company_ids):
            asked.append((start, stop))
            return facts(kpi, start, stop, company_ids)

        self.patch(type(self.kpi), "_facts_made_up", watch)
        with self._at(moment):
            kpi = kpi or self.kpi
            self.assertTrue(kpi._refresh(first), kpi.last_error)
        self.patch(type(self.kpi), "_facts_made_up", facts)
        return asked

    def _rows(self, period, kpi=None):
        self.env.cr.execute(
            SQL(
                """SELECT company_id, scope, scope_id, team_id, numerator, denominator, value, has_data, sample, band,
                          previous_value, currency_id, date_to
                     FROM sales_process_kpi_value
                    WHERE kpi_id = %s AND cycle = %s AND date_from = %s AND is_latest AND company_id = ANY(%s)
                    ORDER BY company_id, scope, scope_id""",
                (kpi or self.kpi).id,
                period.cycle,
                period.start,
                self.both.ids,
            )
        )
        return self.env.cr.fetchall()

    def _assert_as_from_facts(self, moment, kpi=None):
        for period in (QUARTER, YEAR):
            kept = self._rows(period, kpi)
            self.assertGreater(len(kept), 2)
            self._compute(kpi or self.kpi, period, now=moment)
            self.assertEqual(self._rows(period, kpi), kept)

    def test_the_same_number_as_from_the_facts(self):
        for aggregation in ("average", "ratio", "sum", "count"):
            with self.subTest(aggregation):
                self.env.cr.execute("DELETE FROM sales_process_kpi_value")
                self.kpi.aggregation = aggregation
                self._night(END, first=date(2026, 1, 1))
                self._assert_as_from_facts(END)

    def test_a_night_reads_the_open_months_alone(self):
        self._night(END, first=date(2026, 1, 1))
        following = self._night(END + timedelta(days=1))
        self.assertGreaterEqual(min(start for start, _stop in following), datetime(2026, 2, 27))
        self._patch_events()
        self.assertLessEqual(min(start for start, _stop in self._night(END)), datetime(2026, 1, 1, 8))

    def test_without_all_months_the_facts_are_read(self):
        """Installed in March: what happened since January counts, although no month was kept."""
        self._night(END)
        self.assertEqual(self._value(self.kpi, period=JANUARY).id, False)
        self.assertEqual(self._value(self.kpi, period=QUARTER).sample, 17)
        self._assert_as_from_facts(END)

    def test_what_was_reported_stays_and_a_correction_comes_through(self):
        self._night(END, first=date(2026, 1, 1))
        january, quarter = (self._value(self.kpi, period=period) for period in (JANUARY, QUARTER))
        self.assertTrue(january.closed)
        before = quarter.numerator
        self.facts.append({"company_id": self.taipei.id, "at": datetime(2026, 1, 9), "num": 100, "den": 1})
        self._night(END)
        quarter.invalidate_recordset()
        self.assertEqual(quarter.numerator, before)
        with self._at(END):
            self.kpi._correct_period(JANUARY, self.taipei, "Found later")
        self._night(END)
        quarter.invalidate_recordset()
        self.assertEqual(quarter.numerator, before + 100)
        # The team's deals turn out to have been somebody else's: its row has gone from the quarter as well.
        self.facts = [fact for fact in self.facts if not fact.get("team_id") or fact["at"] >= datetime(2026, 2, 1)]
        with self._at(END):
            self.kpi._correct_period(JANUARY, self.taipei, "Not theirs")
        self._night(END)
        team = self._value(self.kpi, "team", self.team, period=QUARTER)
        self.assertEqual(team.sample, sum(bool(fact.get("team_id")) for fact in self.facts) // 2)

    def test_what_is_no_event_is_read_whole(self):
        """A median of medians is none; a deal that was won again counts once; formulas have values of their own."""
        median = self._made_up("middle", aggregation="median")
        self._night(END, median, first=date(2026, 1, 1))
        self._assert_as_from_facts(END, median)
        self.assertFalse(median._get_needed_months(QUARTER, self.both.ids))
        self._patch_events()
        self.assertFalse(self.kpi._get_needed_months(QUARTER, self.both.ids))
        self.assertFalse(self._custom()._get_needed_months(QUARTER, self.both.ids))

    def test_a_snapshot_is_that_of_the_last_month(self):
        for aggregation in ("ratio", "median"):
            snapshot = self._made_up(f"stand_{aggregation}", aggregation=aggregation, basis="snapshot")
            # A snapshot looks at how it stands, whenever that began.
            facts = type(self.kpi)._facts_made_up
            self.patch(
                type(self.kpi),
                "_facts_made_up",
                lambda kpi, start, stop, ids, facts=facts: facts(kpi, datetime(2026, 1, 1), stop, ids),
            )
            for now in (END, datetime(2026, 4, 2, 12)):
                with self.subTest(f"{aggregation} {now}"):
                    self._night(now, snapshot, first=date(2026, 1, 1))
                    self.assertEqual(snapshot._get_needed_months(QUARTER, self.both.ids), [MARCH])
                    with self._at(datetime(2026, 4, 2, 12)):
                        self.assertEqual(snapshot._get_needed_months(YEAR, self.both.ids), [APRIL])
                    self._assert_as_from_facts(now, snapshot)
            self.patch(type(self.kpi), "_facts_made_up", facts)

    def test_another_currency_since(self):
        """Months in the old currency do not add up with those in the new one."""
        self.kpi.unit = "money"
        self._night(END, first=date(2026, 1, 1))
        self.assertEqual(self.kpi._get_companies_with_months(QUARTER, self.both.ids), set(self.both.ids))
        self.env.cr.execute(
            "UPDATE res_company SET currency_id = %s WHERE id = %s", [self.env.ref("base.CHF").id, self.taipei.id]
        )
        self.assertEqual(self.kpi._get_companies_with_months(QUARTER, self.both.ids), {self.york.id})
        self._night(END)
        self._assert_as_from_facts(END)
