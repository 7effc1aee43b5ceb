from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ImprovementCommon, months


@tagged("post_install", "-at_install")
class TestImprovementEffect(ImprovementCommon):
    """In use since 1 June 2025; compared March to May with June to August."""

    def test_a_share_that_got_better(self):
        self._store(months((2025, 3), (40, 100, 100), (44, 110, 110), (36, 90, 90)))
        self._store(months((2025, 6), (60, 100, 100), (61, 100, 100), (59, 100, 100)))
        idea = self._in_use()
        idea.action_measure()
        self.assertEqual((idea.state, idea.verdict), ("measured", "better"))
        before, after = idea.effect["before"], idea.effect["after"]
        self.assertEqual((before["numerator"], before["denominator"], before["value"]), (120, 300, 40.0))
        self.assertEqual((after["numerator"], after["denominator"], after["value"]), (180, 300, 60.0))
        comparison = idea.effect["comparison"]
        self.assertEqual(comparison["method"], "proportions")
        # Newcombe's interval of 180/300 less 120/300, worked out apart from the product.
        self.assertAlmostEqual(comparison["low"], 0.1203, places=3)
        self.assertAlmostEqual(comparison["high"], 0.2761, places=3)
        self.assertIn("better than before", idea.effect_text)
        self.assertIn("different times", idea.effect_text)
        self.assertIn("120", idea.effect_html)
        self.assertIn("300", idea.effect_html)

    def test_worse_and_no_difference(self):
        self._store(months((2025, 3), (60, 100, 100), (60, 100, 100), (60, 100, 100)))
        self._store(months((2025, 6), (40, 100, 100), (40, 100, 100), (40, 100, 100)))
        idea = self._in_use()
        idea.action_refresh_effect()
        self.assertEqual(idea.verdict, "worse")
        self._store(months((2025, 6), (58, 100, 100), (62, 100, 100), (61, 100, 100)))
        idea.action_refresh_effect()
        self.assertEqual(idea.verdict, "no_difference")
        self.assertIn("chance alone", idea.effect_text)

    def test_of_an_indicator_where_less_is_better_a_fall_is_better(self):
        kpi = self.env.ref("sales_process_framework.kpi_sales_cycle")
        self._store(dict.fromkeys(months((2024, 8), *[0] * 10), (900, 10, 10)), kpi)
        self._store(dict.fromkeys(months((2025, 6), *[0] * 10), (600, 10, 10)), kpi)
        idea = self._in_use(kpi_id=kpi.id, measure_periods=10)
        idea.action_refresh_effect()
        self.assertEqual(kpi.direction, "lower")
        self.assertEqual(idea.effect["comparison"]["method"], "mann_whitney")
        self.assertEqual(idea.verdict, "better")
        self.assertEqual(idea.effect["comparison"]["effect"], -30.0)

    def test_few_records_are_not_enough_data(self):
        self._store(months((2025, 3), (1, 1, 1), None, (1, 2, 2)))
        self._store(months((2025, 6), (2, 2, 2), None, None))
        idea = self._in_use()
        idea.action_measure()
        self.assertEqual(idea.verdict, "not_enough_data")
        self.assertIn("Not enough data", idea.effect_text)

    def test_three_averages_are_not_enough_data(self):
        """Other indicators are compared by the values of their periods, and three tell nothing."""
        kpi = self.env.ref("sales_process_framework.kpi_average_deal")
        self._store(months((2025, 3), (1000, 10, 10), (1000, 10, 10), (1000, 10, 10)), kpi)
        self._store(months((2025, 6), (9000, 10, 10), (9000, 10, 10), (9000, 10, 10)), kpi)
        idea = self._in_use(kpi_id=kpi.id)
        idea.action_refresh_effect()
        self.assertEqual(idea.verdict, "not_enough_data")
        self.assertEqual(idea.effect["after"]["value"], 900.0)

    def test_amounts_are_no_records(self):
        """Attainment divides money by money: nothing that a test of proportions could count."""
        kpi = self.env.ref("sales_process_framework.kpi_revenue_attainment")
        self._store(months((2025, 3), (10, 100, 1), (10, 100, 1), (10, 100, 1)), kpi)
        self._store(months((2025, 6), (90, 100, 1), (90, 100, 1), (90, 100, 1)), kpi)
        idea = self._in_use(kpi_id=kpi.id)
        idea.action_refresh_effect()
        self.assertEqual(idea.verdict, "not_enough_data")

    def test_too_early_is_said_with_the_day(self):
        today = self.company._get_sales_today()
        idea = self._in_use(today.replace(day=1))
        with self.assertRaisesRegex(UserError, "too early. 3 whole periods"):
            idea.action_measure()
        idea.action_refresh_effect()
        self.assertEqual(idea.verdict, "waiting")
        self.assertIn("0 of 3", idea.effect_text)

    def test_on_the_way_as_long_before_as_since(self):
        self._store(months((2025, 3), (10, 100, 100), (10, 100, 100), (20, 50, 50)))
        self._store(months((2025, 6), (30, 50, 50)))
        idea = self._in_use()
        with patch.object(type(self.company), "_get_sales_today", lambda company: date(2025, 7, 10)):
            idea._measure()
        self.assertEqual((idea.verdict, idea.effect["over"]), ("waiting", 1))
        self.assertEqual(idea.effect["before"]["denominator"], 50)
        self.assertEqual(idea.effect["before"]["from"], "2025-05-01")

    def test_the_period_it_came_into_use_in_belongs_to_no_side(self):
        idea = self._in_use(date(2025, 6, 12))
        before, after = idea._get_windows()
        self.assertEqual([period.label() for period in before], ["2025-03", "2025-04", "2025-05"])
        self.assertEqual([period.label() for period in after], ["2025-07", "2025-08", "2025-09"])
        self.assertEqual(idea.date_measurable, date(2025, 9, 30))

    def test_what_is_missing_is_said(self):
        idea = self._in_use()
        idea.kpi_id = False
        with self.assertRaisesRegex(UserError, "choose the indicator"):
            idea.action_measure()
        waiting = self._idea(user_id=self.manager.id, version_id=self.next.id)
        waiting.action_accept()
        waiting.action_put_in_version()
        with self.assertRaisesRegex(UserError, "is not in use yet: activate Test Process 1.1"):
            waiting.action_measure()

    def test_settled_figures_never_change(self):
        self._store(months((2025, 3), (40, 100, 100), (40, 100, 100), (40, 100, 100)))
        self._store(months((2025, 6), (60, 100, 100), (60, 100, 100), (60, 100, 100)))
        idea = self._in_use()
        hook = patch.object(type(idea), "_on_measured", autospec=True)
        with hook as called:
            idea.action_measure()
        self.assertEqual(called.call_args.args[0], idea)
        effect = idea.effect
        self._store(months((2025, 6), (1, 100, 100), (1, 100, 100), (1, 100, 100)))
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_measure_improvements").method_direct_trigger()
        idea.invalidate_recordset()
        self.assertEqual(idea.effect, effect)
        for name, value in (("kpi_id", False), ("date_in_use", "2025-01-01"), ("measure_periods", 9)):
            with self.subTest(name), self.assertRaisesRegex(UserError, "is settled"):
                idea.write({name: value})
        with self.assertRaises(UserError):
            idea.action_measure()

    def test_every_version_of_a_process_counts(self):
        """Before, leads followed the old version, and since then the new one: both are the same work."""
        self._store(
            months((2025, 3), (40, 100, 100), (40, 100, 100), (40, 100, 100)), scope="process", scope_id=self.process.id
        )
        self._store(months((2025, 6), (10, 20, 20)), scope="process", scope_id=self.process.id)
        self._store(
            months((2025, 6), (70, 80, 80), (80, 100, 100), (80, 100, 100)), scope="process", scope_id=self.next.id
        )
        self._store(months((2025, 3), (0, 999, 999)), scope="process", scope_id=self.other_process().id)
        idea = self._in_use()
        idea.process_id = self.process
        idea.action_refresh_effect()
        self.assertEqual((idea.effect["before"]["numerator"], idea.effect["before"]["denominator"]), (120, 300))
        self.assertEqual((idea.effect["after"]["numerator"], idea.effect["after"]["denominator"]), (240, 300))
        self.assertEqual(idea.effect["scope"], "process")

    def other_process(self):
        return self.env["sales.process"].create({"name": "Another", "company_id": self.company.id})

    def test_a_stage_is_followed_through_the_versions(self):
        kpi = self.env.ref("sales_process_framework.kpi_stage_conversion")
        self._store(months((2025, 5), (40, 100, 100)), kpi, "stage", self.p_diagnose.id)
        self._store(months((2025, 5), (1, 9, 9)), kpi, "stage", self.p_propose.id)
        self._store(months((2025, 6), (90, 100, 100)), kpi, "stage", self.n_diagnose.id)
        idea = self._in_use(kpi_id=kpi.id, measure_periods=1)
        idea.write({"process_id": self.process.id, "version_id": self.next.id, "stage_id": self.p_diagnose.id})
        idea.action_measure()
        self.assertEqual((idea.effect["before"]["denominator"], idea.effect["after"]["denominator"]), (100, 100))
        self.assertEqual(idea.verdict, "better")

    def test_of_a_team_its_own_values(self):
        self._store(months((2025, 5), (5, 100, 100)), scope="team", scope_id=self.team.id)
        self._store(months((2025, 6), (90, 100, 100)), scope="team", scope_id=self.team.id)
        idea = self._in_use(team_id=self.team.id, measure_periods=1)
        idea.action_measure()
        self.assertEqual((idea.verdict, idea.effect["scope"]), ("better", "team"))

    def test_values_of_another_company_do_not_count(self):
        self._store(months((2025, 5), (5, 100, 100)))
        self._store(months((2025, 6), (90, 100, 100)))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        idea = self.Improvement.sudo().create(
            {"name": "There", "company_id": other.id, "kpi_id": self.kpi.id, "user_id": self.env.uid}
        )
        idea.write({"date_in_use": date(2025, 6, 1), "measure_periods": 1, "state": "in_version"})
        idea._measure()
        self.assertEqual(idea.effect["before"]["denominator"], 0)
        self.assertEqual(idea.verdict, "not_enough_data")

    def test_the_night_measures_and_one_that_fails_holds_up_no_other(self):
        self._store(months((2025, 3), (40, 100, 100), (40, 100, 100), (40, 100, 100)))
        self._store(months((2025, 6), (60, 100, 100), (60, 100, 100), (60, 100, 100)))
        bad, good = self._in_use(), self._in_use()
        measure = type(bad)._measure

        def fail(records):
            if bad in records:
                raise ValueError("broken")
            return measure(records)

        with (
            patch.object(type(bad), "_measure", fail),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60),
            self.assertLogs("odoo.addons.sales_process_framework.models.improvement", "ERROR"),
            self.assertRaisesRegex(ValueError, "broken"),
        ):
            self.Improvement._cron_measure()
        self.assertEqual((bad.verdict, good.verdict), (False, "better"))

    def test_one_read_for_any_number(self):
        self._store(months((2025, 5), (40, 100, 100)))
        ideas = self.Improvement
        for _number in range(12):
            ideas |= self._in_use()
        ideas[:2]._measure()

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records.mapped("company_id.partner_id.tz")
            records.mapped("kpi_id.name")
            before = self.env.cr.sql_log_count
            records._measure()
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(ideas), count(ideas[:1]))
