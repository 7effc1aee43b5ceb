import random
import statistics
from collections import defaultdict
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.kpi.sales_process_kpi_engine import SCOPES
from ...tools import kpi as kpi_tools
from ...tools.period import utc_edges
from .common import APRIL, MARCH, NOW, KpiCommon

DURING = datetime(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestEngine(KpiCommon):
    def _make_facts(self, seed, count=120):
        draw = random.Random(seed)
        tags = self.env["crm.tag"].create([{"name": f"Tag {seed} {number}"} for number in range(3)])
        leads = self.env["crm.lead"].create(
            [{"name": f"L{number}", "tag_ids": draw.sample(tags.ids, number % 3)} for number in range(6)]
        )
        pools = {
            "lead_id": leads.ids,
            "company_id": self.both.ids,
            "team_id": (self.team | self.other_team).ids,
            "user_id": (self.rep | self.colleague | self.leader).ids,
            "process_id": self.process.ids,
            "process_stage_id": self.process.stage_ids.ids,
            "source_id": self.env["utm.source"].create([{"name": f"S{seed}{n}"} for n in range(2)]).ids,
            "country_id": (self.env.ref("base.be") | self.env.ref("base.tw")).ids,
        }
        self.facts = [
            {
                "record_id": number,
                "at": draw.choice([DURING, DURING + timedelta(days=40), DURING - timedelta(days=40)]),
                "num": draw.choice([0, 1, 5.5, -2]),
                "den": draw.choice([0, 1, 1]),
                **{name: draw.choice([*pool, None] if name != "company_id" else pool) for name, pool in pools.items()},
            }
            for number in range(count)
        ]
        return leads

    def _expect(self, aggregation, unit, leads):
        """:return: {(company, scope, record): (value, numerator, denominator, sample)} in plain Python"""
        groups = defaultdict(list)
        tags = {lead.id: lead.tag_ids.ids for lead in leads}
        for fact in self.facts:
            if fact["at"] != DURING:
                continue
            for scope, column in SCOPES.items():
                keys = tags.get(fact["lead_id"], ()) if scope == "tag" else [fact[column]]
                for key in keys:
                    if key:
                        groups[fact["company_id"], scope, key].append(fact)
        expected = {}
        for key, facts in groups.items():
            numerator, denominator = (sum(fact[name] for fact in facts) for name in ("num", "den"))
            counted = [fact["num"] for fact in facts if fact["den"]]
            if aggregation in ("sum", "count"):
                value, sample = numerator, sum(bool(fact["num"]) for fact in facts)
            elif aggregation == "median":
                value, sample = statistics.median(counted) if counted else None, len(counted)
            else:
                value, sample = kpi_tools.ratio(numerator, denominator), len(counted)
                if value is not None and unit == "percent" and aggregation == "ratio":
                    value *= 100
            expected[key] = (value, numerator, denominator, sample)
        return expected

    def _assert_values(self, kpi, expected):
        values = self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id), ("cycle", "=", "month")])
        found = {(value.company_id.id, value.scope, value.scope_id): value for value in values}
        self.assertEqual(set(found), set(expected))
        for key, (value, numerator, denominator, sample) in expected.items():
            row = found[key]
            self.assertEqual(row.has_data, value is not None, key)
            self.assertAlmostEqual(row.value, value or 0, 6, msg=key)
            self.assertAlmostEqual(row.numerator, numerator, 6)
            self.assertAlmostEqual(row.denominator, denominator, 6)
            self.assertEqual(row.sample, sample)
            self.assertEqual(
                row.band, kpi_tools.band(value, kpi.healthy, kpi.alert, kpi.direction) if kpi.has_bands else "none"
            )
            self.assertEqual(row[SCOPES[row.scope]].id, row.scope_id, "the record of the scope")

    def test_values_are_what_python_counts(self):
        bands = {"has_bands": True, "healthy": 2, "alert": 0.5}
        for seed, (aggregation, unit, extra) in enumerate(
            [
                ("ratio", "percent", {"has_bands": True, "healthy": 120, "alert": 60}),
                ("ratio", "number", {}),
                ("average", "days", bands | {"healthy": 0.5, "alert": 2, "direction": "lower"}),
                ("median", "days", bands),
                ("sum", "money", bands),
                ("count", "count", {}),
            ]
        ):
            with self.subTest(aggregation=aggregation, unit=unit):
                leads = self._make_facts(seed)
                kpi = self._made_up(f"kpi_{seed}", aggregation=aggregation, unit=unit, **extra)
                self._compute(kpi)
                expected = self._expect(aggregation, unit, leads)
                self._assert_values(kpi, expected)
                # Again with other facts: what is new comes, what has gone goes, and the rest changes.
                leads = self._make_facts(seed + 100, 40)
                self._compute(kpi)
                again = self._expect(aggregation, unit, leads)
                self.assertTrue(set(expected) - set(again), "something has gone")
                self._assert_values(kpi, again)
                # And when nothing has changed, nothing is written.
                stamps = self._get_stamps(kpi)
                self._compute(kpi, now=NOW + timedelta(hours=1))
                self.assertEqual(self._get_stamps(kpi), stamps)

    def _get_stamps(self, kpi):
        values = self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id)])
        return {value.id: value.computed for value in values}

    def test_no_data_is_not_zero(self):
        ratio, total = self._made_up("ratio", aggregation="ratio"), self._made_up("total")
        self._compute(ratio | total)
        self.assertFalse(self._value(ratio).has_data)
        self.env.cr.execute("SELECT value FROM sales_process_kpi_value WHERE id = %s", [self._value(ratio).id])
        self.assertEqual(self.env.cr.fetchone(), (None,))
        self.assertEqual((self._value(total).has_data, self._value(total).value), (True, 0))
        self.facts = [{"company_id": self.taipei.id, "num": 0, "den": 2}, {"company_id": self.york.id, "den": 0}]
        self._compute(ratio | total)
        self.assertEqual((self._value(ratio).has_data, self._value(ratio).value), (True, 0))
        self.assertFalse(self._value(ratio, company=self.york).has_data, "divided by zero")
        point = self.env["sales.process.kpi"].with_company(self.york).get_series(["ratio"], date="2026-03-05", count=1)
        self.assertIsNone(point["ratio"]["points"][0]["value"])

    def test_previous_and_trend(self):
        kpi = self._made_up(direction="lower")
        self.facts = [{"company_id": self.taipei.id, "num": 4}]
        self._compute(kpi, MARCH.previous())
        self.facts = [{"company_id": self.taipei.id, "num": 6}]
        self._compute(kpi)
        value = self._value(kpi)
        self.assertEqual((value.previous_value, value.change, value.trend), (4, 2, "worse"))
        self.assertEqual(self._value(kpi, period=MARCH.previous()).trend, "none")
        self.assertEqual(self._value(kpi, company=self.york).trend, "same", "0 after 0")

    def test_bands_change_at_once_for_what_is_open(self):
        kpi = self._made_up(has_bands=True, healthy=3, alert=1)
        self.facts = [{"company_id": self.taipei.id, "num": 4}]
        self._compute(kpi, MARCH.previous())
        self._close(kpi, datetime(2026, 3, 20))
        self._compute(kpi)
        self.assertEqual(self._value(kpi).band, "healthy")
        kpi.healthy = 5
        self.assertEqual(self._value(kpi).band, "watch")
        self.assertEqual(self._value(kpi, period=MARCH.previous()).band, "healthy", "closed")
        with self.assertRaises(UserError):
            kpi.alert = 9

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def test_month_ends_at_the_companys_midnight(self):
        kpi = self._made_up()
        # 23:30 on the last day of March: in Taipei 15:30 UTC, in New York 03:30 UTC of the first of April.
        self.facts = [
            {"company_id": self.taipei.id, "at": datetime(2026, 3, 31, 15, 30)},
            {"company_id": self.taipei.id, "at": datetime(2026, 3, 31, 16, 30), "num": 10},
            {"company_id": self.york.id, "at": datetime(2026, 4, 1, 3, 30)},
            {"company_id": self.york.id, "at": datetime(2026, 4, 1, 4, 30), "num": 10},
        ]
        for period, expected in ((MARCH, 1), (APRIL, 10)):
            self._compute(kpi, period)
            for company in self.both:
                self.assertEqual(self._value(kpi, period=period, company=company).value, expected, company.name)

    def test_companies_of_one_zone_share_a_statement(self):
        kpi = self._made_up()
        other = self.env["res.company"].create({"name": "Kaohsiung"})
        other.partner_id.tz = "Asia/Taipei"
        self._compute(kpi, companies=self.taipei | other)
        self.assertEqual(self.asked, (*utc_edges(MARCH, "Asia/Taipei"), (self.taipei | other)._ids))

    def test_what_is_to_come_does_not_count(self):
        kpi = self._made_up()
        self.facts = [{"company_id": self.taipei.id, "at": datetime(2026, 4, 20)}]
        self._compute(kpi, APRIL)
        self.assertEqual(self._value(kpi, period=APRIL).value, 0)
        self._compute(kpi, APRIL, now=datetime(2026, 4, 21))
        self.assertEqual(self._value(kpi, period=APRIL).value, 1)

    def test_money_is_in_the_companys_currency(self):
        kpi = self._made_up(unit="money")
        self._compute(kpi)
        self.assertEqual(self._value(kpi).currency_id.name, "EUR")
        self.assertEqual(self._value(kpi, company=self.york).currency_id.name, "USD")

    def test_facts_without_a_company_are_the_main_ones(self):
        home = self.env["res.company"].search([], order="id", limit=1)
        lead = self._insert_lead(company_id=False, create_date=DURING)
        kpi = self._custom(domain=f"[('id', '=', {lead.id})]")
        self._compute(kpi, companies=self.both | home)
        self.assertEqual(self._value(kpi, company=home).value, 1)
        self.assertEqual(self._value(kpi).value, 0)

    def test_of_one_company(self):
        kpi = self._made_up(company_id=self.york.id)
        self._compute(kpi)
        self.assertFalse(self._value(kpi))
        self.assertTrue(self._value(kpi, company=self.york))

    # ------------------------------------------------------------------
    # Closed periods
    # ------------------------------------------------------------------

    def _close(self, kpi, now):
        with self._at(now):
            return kpi._close_periods(self.both)

    def test_period_closes_after_the_closing_days(self):
        kpi = self._made_up()
        self.taipei.sales_kpi_closing_days, self.york.sales_kpi_closing_days = 3, 0
        self._compute(kpi)
        self._close(kpi, datetime(2026, 4, 1, 3))
        self.assertEqual((self._value(kpi).closed, self._value(kpi, company=self.york).closed), (False, False))
        self._close(kpi, datetime(2026, 4, 1, 5))
        self.assertEqual((self._value(kpi).closed, self._value(kpi, company=self.york).closed), (False, True))
        self._close(kpi, datetime(2026, 4, 3, 15))
        self.assertFalse(self._value(kpi).closed, "the third day")
        self._close(kpi, datetime(2026, 4, 3, 17))
        self.assertTrue(self._value(kpi).closed, "the fourth day has begun in Taipei")

    def test_closed_values_never_change(self):
        kpi = self._made_up()
        self.facts = [{"company_id": self.taipei.id, "user_id": self.rep.id}]
        self._compute(kpi)
        self._close(kpi, datetime(2026, 5, 1))
        before = self._get_rows(kpi)
        self.facts = [
            {"company_id": self.taipei.id, "user_id": self.colleague.id, "num": 7},
            {"company_id": self.york.id, "user_id": self.colleague.id, "num": 7},
        ]
        self._compute(kpi)
        self.assertEqual(self._get_rows(kpi), before)
        for values in ({"value": 3}, {"closed": False}, {"is_latest": False}):
            with self.assertRaises(UserError):
                self._value(kpi).sudo().write(values)
        with self.assertRaises(UserError):
            self._value(kpi).sudo().unlink()
        with self.assertRaises(UserError):
            kpi.unlink()
        kpi.active = False

    def _get_rows(self, kpi):
        self.env.cr.execute("SELECT * FROM sales_process_kpi_value WHERE kpi_id = %s ORDER BY id", [kpi.id])
        return self.env.cr.fetchall()

    def test_correction_is_a_visible_revision(self):
        kpi = self._made_up()
        people = self.rep | self.colleague | self.leader
        self.facts = [{"company_id": self.taipei.id, "user_id": user.id, "num": 2} for user in people[:2]]
        self._compute(kpi)
        with self._at(NOW), self.assertRaises(UserError):
            kpi.with_user(self.boss).action_correct_period("2026-03-05", "month", "Too early")
        self._close(kpi, datetime(2026, 5, 1))
        old = self._value(kpi)
        # The first stays, the second goes, the third is new.
        self.facts = [{"company_id": self.taipei.id, "user_id": user.id, "num": 2} for user in people[::2]]
        self.facts.append({"company_id": self.taipei.id, "num": 1})
        with self._at(datetime(2026, 5, 2)):
            with self.assertRaises(UserError):
                kpi.with_user(self.boss).action_correct_period("2026-03-05", "month", "  ")
            count = kpi.with_user(self.boss).action_correct_period("2026-03-05", "month", "Late entries")
        self.assertEqual(count, 3)
        new = self._value(kpi)
        self.assertEqual((old.value, old.is_latest, old.closed, old.revision), (4, False, True, 1))
        self.assertEqual((new.value, new.is_latest, new.closed, new.revision), (5, True, True, 2))
        self.assertEqual((new.revised_reason, new.revised_by_id), ("Late entries", self.boss))
        self.assertEqual(new.revision_ids, old | new)
        self.assertEqual(self._value(kpi, "user", people[0]).revision, 1, "unchanged")
        gone = self._value(kpi, "user", people[1])
        self.assertEqual((gone.revision, gone.has_data), (2, False))
        self.assertEqual(self._value(kpi, "user", people[2]).revised_reason, "Late entries")
        with self._at(datetime(2026, 5, 3)):
            self.assertEqual(kpi.with_user(self.boss).action_correct_period("2026-03-05", "month", "Again"), 0)
        for value in old | new:
            with self.assertRaises(UserError):
                value.sudo().write({"value": 1})
        series = self.env["sales.process.kpi"].with_company(self.taipei).get_series(["made_up"], date="2026-03-05")
        self.assertEqual(series["made_up"]["points"][-1]["revision"], 2)

    # ------------------------------------------------------------------
    # Behind the numbers
    # ------------------------------------------------------------------

    def test_records_are_those_of_the_value(self):
        tags = {amount: self.env["crm.tag"].create({"name": f"T{amount}"}) for amount in (100, 200, 300)}
        leads = self.env["crm.lead"].browse(
            [
                self._insert_lead(
                    create_date=DURING,
                    user_id=user.id,
                    expected_revenue=amount,
                    tag_ids=tags[amount].ids,
                    active=amount != 300,
                ).id
                for user in (self.rep, self.colleague)
                for amount in (100, 200, 300)
            ]
        )
        within = f"[('id', 'in', {leads.ids})]"
        share = self._custom(
            "share", measure="ratio", domain=within, numerator_domain="[('expected_revenue', '>', 150)]", unit="percent"
        )
        total = self._custom("total", measure="sum", measure_field="expected_revenue", domain=within, unit="money")
        self._compute(share | total)
        self.assertEqual(self._value(total).value, 1200)
        for value in self.env["sales.process.kpi.value"].search([("kpi_id", "in", (share | total).ids)]):
            if value.company_id != self.taipei:
                continue
            for part in ("numerator", "denominator"):
                with self._at(NOW):
                    action = value.get_records_action(part)
                records = self.env[action["res_model"]].with_context(**action["context"]).search(action["domain"])
                if value.kpi_id == share:
                    self.assertEqual(len(records), value[part], value.display_name)
                else:
                    self.assertEqual(sum(records.mapped("expected_revenue")), value.numerator)
        self.assertEqual(self._value(share, "user", self.rep).numerator, 2)
        self.assertEqual(self._value(share, "tag", leads[0].tag_ids).value, 0)

    def test_more_records_than_anybody_reads(self):
        kpi = self._made_up()
        self.facts = [{"record_id": number, "company_id": self.taipei.id} for number in range(1, 30)]
        self._compute(kpi)
        with self._at(NOW):
            self.assertEqual(self._value(kpi)._get_record_ids("numerator", 10), (list(range(29, 19, -1)), 29))

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_queries_do_not_grow(self):
        kpi = self._made_up()
        teams = self.env["crm.team"].create([{"name": f"Team {number}"} for number in range(50)])
        self._compute(kpi)

        def count(size):
            self.facts = [{"company_id": self.taipei.id, "team_id": team.id} for team in teams[:size]]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._compute(kpi)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(1), count(50))

    def test_series(self):
        kpi = self._made_up(has_bands=True, healthy=2, alert=1)
        self.facts = [{"company_id": self.taipei.id, "num": 3, "team_id": self.team.id}]
        self._compute(kpi, MARCH.previous())
        self._compute(kpi)
        model = self.env["sales.process.kpi"].with_company(self.taipei)
        series = model.get_series(["made_up", "unknown"], date="2026-04-10", count=3)
        self.assertEqual(list(series), ["made_up"])
        points = series["made_up"]["points"]
        self.assertEqual([point["period"] for point in points], ["2026-02", "2026-03", "2026-04"])
        self.assertEqual([point["value"] for point in points], [3, 3, None])
        self.assertEqual([point["band"] for point in points], ["healthy", "healthy", "none"])
        series = model.get_series(["made_up"], "team", self.team.id, date="2026-03-10", count=1)
        self.assertEqual(series["made_up"]["points"][0]["value"], 3)
        with self.assertRaises(UserError):
            model.get_series(["made_up"], "galaxy")
