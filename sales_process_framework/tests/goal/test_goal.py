from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.convert import convert_file

from ...tools.period import period_of
from .common import GoalCommon


@tagged("post_install", "-at_install")
class TestGoal(GoalCommon):
    def test_any_day_names_the_period(self):
        goal = self._goal(cycle="quarter", date_from=date(2031, 5, 17))
        self.assertEqual((goal.date_from, goal.date_to), (date(2031, 4, 1), date(2031, 6, 30)))
        goal.date_from = date(2031, 12, 31)
        self.assertEqual((goal.date_from, goal.date_to), (date(2031, 10, 1), date(2031, 12, 31)))

    def test_parts_lie_within_and_in_the_same_scenario(self):
        scenario = self.env["sales.process.target.scenario"].create({"name": "Careful", "year": 2031})
        for vals in ({"date_from": date(2032, 1, 1)}, {"scenario_id": scenario.id}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._goal(parent_id=self.year.id, **vals)
        with self.assertRaises(UserError):
            self.year.parent_id = self.year

    def test_parts_that_make_up_another_number_are_named(self):
        parts = [self._goal(parent_id=self.year.id, cycle="half_year", date_from=date(2031, m, 1)) for m in (1, 7)]
        self.assertTrue(self.year.parts_differ)
        self.assertEqual(self.year.parts_value, 2000)
        for part in parts:
            part.value = 500_000
        self.assertFalse(self.year.parts_differ)
        rate = self._goal(kpi_id=self.win_rate.id, cycle="year", value=40)
        for month, value in ((1, 30), (7, 50)):
            self._goal(
                kpi_id=self.win_rate.id,
                parent_id=rate.id,
                cycle="half_year",
                date_from=date(2031, month, 1),
                value=value,
            )
        self.assertEqual(rate.parts_value, 40, "rates do not add up, their mean counts")

    def test_key_results_roll_up_to_the_objective(self):
        """By share, none beyond 100, nothing for a part that nothing is known of yet, and through every level."""
        objective = self._goal(kpi_id=self.win_rate.id, cycle="year", value=40, objective="Win where we are known")
        half = {"cycle": "half_year", "date_from": date(2031, 1, 1), "parent_id": objective.id}
        deals = self._goal(value=1000, share=3, **half)
        rate = self._goal(kpi_id=self.win_rate.id, value=40, share=1, **half)
        self._goal(kpi_id=self.env.ref("sales_process_framework.kpi_visits").id, value=10, share=5, **half)
        self.assertFalse(self._fresh(objective).has_parts_attainment, "no data is not zero")
        self._put_value(500, date(2031, 1, 1), cycle="half_year")
        self._put_value(60, date(2031, 1, 1), kpi=self.win_rate, cycle="half_year")
        self._fresh(objective | deals | rate)
        self.assertEqual((deals.attainment, rate.attainment), (50, 150))
        self.assertEqual(objective.parts_attainment, (3 * 50 + 1 * 100) / 4)
        self.assertFalse(deals.has_parts_attainment, "it has no parts")
        month = self._goal(value=400, parent_id=deals.id, date_from=date(2031, 2, 1))
        self._put_value(80, date(2031, 2, 1))
        self._fresh(objective | deals | month)
        self.assertEqual(deals.parts_attainment, 20)
        self.assertEqual(objective.parts_attainment, (3 * 20 + 1 * 100) / 4, "a part counts by its own parts")

    def test_average_deal_is_the_latest_one(self):
        average = self.env.ref("sales_process_framework.kpi_average_deal")
        for month in range(1, 13):
            self._put_value(10, date(2029, month, 1), kpi=average)
        for month in range(1, 13):
            self._put_value(100 + month, date(2030, month, 1), kpi=average)
        goal = self._goal(value=1000)
        self.assertEqual(goal._fetch_average_deals(), {self.company.id: 112})

    # -- progress

    def test_reached_pace_and_gap(self):
        goal = self._goal(value=1000)
        self.assertEqual((goal.has_actual, goal.pace_state), (False, "none"), "no data is not zero")
        self._put_value(400, date(2031, 3, 1))
        calendar = self._all_day_calendar()
        self.company.resource_calendar_id = calendar
        self.company.partner_id.tz = "UTC"
        with self._at("2031-03-16 12:00:00"):
            self._fresh(goal)
            self.assertEqual((goal.actual, goal.attainment), (400, 40))
            self.assertAlmostEqual(goal.pace, 500, delta=1)
            self.assertEqual(goal.pace_state, "behind")
        with self._at("2031-02-01 00:00:00"):
            self.assertEqual(self._fresh(goal).pace, 0)
        with self._at("2031-05-01 00:00:00"):
            self._fresh(goal)
            self.assertEqual((goal.pace, goal.forecast, goal.gap), (1000, 400, 600))

    def _all_day_calendar(self):
        return self.env["resource.calendar"].create(
            {
                "name": "Always",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [
                    (0, 0, {"name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)
                ],
            }
        )

    def test_the_period_passes_in_the_company_s_zone(self):
        goal = self._goal(value=1000)
        self.company.partner_id.tz = "Asia/Taipei"
        with self._at("2031-02-28 17:00:00"):
            self.assertGreaterEqual(goal._get_share_passed(self._period(goal)), 0)
            self.assertLess(goal._get_share_passed(self._period(goal)), 0.05)
        with self._at("2031-03-31 17:00:00"):  # already April there
            self.assertEqual(goal._get_share_passed(self._period(goal)), 1)
        self.company.partner_id.tz = "America/New_York"
        with self._at("2031-03-31 10:00:00"):
            self.assertLess(goal._get_share_passed(self._period(goal)), 1)

    def _period(self, goal):
        return period_of(goal.date_from, goal.cycle)

    def test_forecast_from_the_pipeline(self):
        goal = self._goal(value=1000)
        self._put_value(100, date(2031, 3, 1))
        self._put_value(200, date(2031, 2, 1), kpi=self.env.ref("sales_process_framework.kpi_average_deal"))
        for amount, probability, day in ((400, 50, 10), (300, 10, 20), (5000, 90, 40)):
            lead = self._lead(expected_revenue=amount, date_deadline=date(2031, 3, 1).replace(day=min(day, 31)))
            if day > 31:
                lead.date_deadline = date(2031, 4, 10)
            lead.probability = probability
        with self._at("2031-03-05 12:00:00"):
            self._fresh(goal)
            self.assertAlmostEqual(goal.forecast, 100 + 200 + 30)
            self.assertTrue(100 <= goal.forecast_low < goal.forecast < goal.forecast_high <= 800)
            self.assertAlmostEqual(goal.gap, 670)
            self.assertEqual(goal.gap_deals, 4, "670 are missing, a deal brings 200")
            self.assertEqual(goal.forecast_basis, "pipeline", "nothing is known of the past")
            for month in (10, 11, 12):
                self._put_value(3100, date(2030, month, 1))
            self.assertEqual(self._fresh(goal).forecast_basis, "pipeline", "nor how long a deal takes")
            cycle = self.env.ref("sales_process_framework.kpi_sales_cycle")
            for month, deals in ((1, 8), (2, 2)):
                self._put_value(5, date(2031, month, 1), kpi=cycle, numerator=5 * deals, denominator=deals)
            self.assertEqual(self._fresh(goal).forecast_basis, "both")
            # Deals that begin today are won from the tenth on: 21 of 31 days bring what the past brought.
            self.assertAlmostEqual(goal.forecast, 100 + 200 + 30 + 2100)
            self.assertTrue(goal.forecast_low < goal.forecast < goal.forecast_high)
            self.assertGreaterEqual(goal.forecast_low, 100)
            self._put_value(62, date(2030, 12, 1), kpi=cycle, numerator=62 * 90, denominator=90)
            self.assertEqual(self._fresh(goal).forecast_basis, "pipeline", "no new deal is won before April")

    def test_pipeline_of_a_company(self):
        """A deal without a company is the main company's, as revenue counts it, and no other's."""
        other = self.env["res.company"].create({"name": "Other"})
        ours, theirs = self._goal(), self._goal(company_id=other.id)
        lead = self._lead(expected_revenue=400, date_deadline=date(2031, 3, 10))
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", [lead.id])
        self.assertEqual(self.company.id, self.env["sales.process.kpi"]._get_home_company_id())
        self.assertEqual(list((ours | theirs)._fetch_pipeline()), [ours])

    def test_only_of_revenue_a_gap_is_one_of_deals(self):
        average = self.env.ref("sales_process_framework.kpi_average_deal")
        goal = self._goal(kpi_id=average.id, value=500)
        for month in (10, 11, 12):
            self._put_value(200, date(2030, month, 1), kpi=average)
        with self._at("2031-03-05 12:00:00"):
            self.assertEqual((self._fresh(goal).gap, goal.gap_deals), (300, 0), "money, but no sum of deals")

    def test_forecast_from_history(self):
        visits = self.env.ref("sales_process_framework.kpi_visits")
        goal = self._goal(kpi_id=visits.id, value=100)
        with self._at("2031-03-05 12:00:00"):
            self.assertFalse(goal.has_forecast, "nothing is known of the past")
            for month in (10, 11, 12):
                self._put_value(60, date(2030, month, 1), kpi=visits)
            self._put_value(10, date(2031, 3, 1), kpi=visits)
            self._fresh(goal)
            self.assertTrue(10 < goal.forecast < 70)
        rate = self._goal(kpi_id=self.win_rate.id, value=40)
        for month, value in ((10, 30), (11, 40), (12, 50)):
            self._put_value(value, date(2030, month, 1), kpi=self.win_rate)
        with self._at("2031-03-05 12:00:00"):
            self._fresh(rate)
            self.assertEqual((rate.forecast, rate.pace), (40, 40))

    def test_lower_is_better(self):
        cycle = self.env.ref("sales_process_framework.kpi_sales_cycle")
        goal = self._goal(kpi_id=cycle.id, value=90)
        self._put_value(120, date(2031, 3, 1), kpi=cycle)
        with self._at("2031-03-15 12:00:00"):
            self._fresh(goal)
            self.assertEqual((goal.pace_state, goal.attainment), ("behind", 75))

    def test_reached_is_reached(self):
        """At or below what should be low, also at zero; a goal of zero is reached or not."""
        cycle = self.env.ref("sales_process_framework.kpi_sales_cycle")
        growth = self.env.ref("sales_process_framework.kpi_new_customer_growth")
        cases = [
            (cycle, 90, 60, 100),
            (cycle, 90, 0, 100),
            (cycle, 90, -5, 100),
            (cycle, 0, 0, 100),
            (cycle, 0, 5, 0),
            (growth, 0, 0, 100),
            (growth, 0, 12, 100),
            (growth, 0, -3, 0),
            (growth, 10, 15, 150),
        ]
        for number, (kpi, value, actual, attainment) in enumerate(cases):
            day = date(2031 + number, 3, 1)
            part = self._goal(kpi_id=kpi.id, value=value, date_from=day)
            self._put_value(actual, day, kpi=kpi)
            with self.subTest(kpi=kpi.code, value=value, actual=actual):
                self.assertEqual(self._fresh(part).attainment, attainment)
        objective = self._goal(kpi_id=self.win_rate.id, cycle="year", value=40)
        part = self._goal(kpi_id=growth.id, value=0, date_from=date(2031, 6, 1), parent_id=objective.id)
        self._put_value(2, date(2031, 6, 1), kpi=growth)
        self._fresh(objective | part)
        self.assertEqual(objective.parts_attainment, 100, "roll-up goes by the same")

    def test_queries_do_not_grow_with_the_goals(self):
        goals = self.Target.create(
            [
                {
                    "kpi_id": self.revenue.id,
                    "company_id": self.company.id,
                    "cycle": "month",
                    "date_from": date(2033 + n // 12, 1 + n % 12, 1),
                    "value": n,
                }
                for n in range(50)
            ]
        )
        counts = []
        for some in (goals[:1], goals):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("kpi_id.code")
            before = self.env.cr.sql_log_count
            some.mapped("forecast")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # -- replay, SMART, scenarios

    def test_replay(self):
        goal = self._goal(value=1500)
        self._put_value(1000, date(2030, 3, 1))
        self._put_value(8000, date(2030, 3, 1), cycle="year")
        self._put_value(700, date(2031, 2, 1))
        replay = goal.get_replay()
        self.assertEqual(replay["points"][-1], {"period": "2031-02", "value": 700})
        self.assertIsNone(replay["points"][0]["value"])
        self.assertEqual((replay["year_before"], replay["growth"], replay["season"]), (1000, 50, 12.5))

    def test_smart(self):
        goal = self._goal(team_id=self.team.id, value=5000)
        self.assertEqual(goal.smart_score, 3)
        self.assertIn("Specific", goal.smart_missing)
        self.assertIn("Relevant", goal.smart_missing)
        self._put_value(1000, date(2031, 2, 1), record=self.team)
        goal.invalidate_recordset()
        self.assertIn("Achievable", goal.smart_missing)
        goal.write({"objective": "Win the north", "reason": "Two more people"})
        self.assertEqual((goal.smart_score, goal.smart_missing), (5, ""))

    def test_one_scenario_is_chosen(self):
        careful, bold = self.env["sales.process.target.scenario"].create(
            [{"name": name, "year": 2031, "company_id": self.company.id} for name in ("Careful", "Bold")]
        )
        with self.assertRaises(UserError):
            careful.action_choose()
        goals = [self._goal(scenario_id=scenario.id, cycle="year") for scenario in (careful, bold)]
        self.assertEqual((careful.revenue, careful.target_count), (1000, 1))
        with self.assertRaises(UserError):
            goals[0].action_activate()
        careful.action_choose()
        self.assertEqual(goals[0].state, "active")
        bold.action_choose()
        self.assertEqual([goal.state for goal in goals], ["draft", "active"])
        self.assertEqual((careful.state, bold.state), ("draft", "chosen"))

    def test_activation_takes_the_parts_along_and_active_goals_stay(self):
        part = self._goal(parent_id=self.year.id)
        self.year.action_activate()
        self.assertEqual(part.state, "active")
        with self.assertRaises(UserError):
            part.unlink()

    def test_past_goals_are_closed_once_their_values_are(self):
        goal = self._goal(date_from=date(2021, 3, 1))
        goal.action_activate()
        self.Target._cron_close_past()
        self.assertEqual(goal.state, "active")
        self._put_value(400, date(2021, 3, 1), closed=True)
        self.Target._cron_close_past()
        self.assertEqual(goal.state, "closed")

    def test_digest(self):
        today = self.env.cr.now().date()
        self.Target.search([("state", "=", "active")]).action_draft()
        for value in (10, 10**9):
            kpi = self.revenue if value == 10 else self.env.ref("sales_process_framework.kpi_visits")
            self._goal(kpi_id=kpi.id, cycle="year", date_from=today, value=value).action_activate()
            self._put_value(100, today, cycle="year", kpi=kpi)
        digest = self.env["digest.digest"].create({"name": "Sales", "company_id": self.company.id})
        digest = (
            digest.with_user(self.manager)
            .sudo(False)
            .with_context(start_datetime=self.env.cr.now(), end_datetime=self.env.cr.now())
        )
        self.assertEqual(digest.sudo().with_user(self.manager).kpi_sales_process_goals_value, 50)

    def test_digest_mail(self):
        """Each span has the goals that ran in it; without data there is nothing, not zero."""
        today = self.env.cr.now().date()
        self.Target.search([("state", "in", ("active", "closed"))]).action_draft()
        digest = self.env["digest.digest"].create(
            {"name": "Sales", "company_id": self.company.id, "kpi_sales_process_goals": True}
        )

        def columns():
            self.env.invalidate_all()
            kpis = {kpi["kpi_name"]: kpi for kpi in digest._compute_kpis(self.company, self.manager)}
            kpi = kpis.get("kpi_sales_process_goals")
            return kpi and [kpi[f"kpi_col{number}"].get("value") for number in (1, 2, 3)]

        past = self._goal(cycle="week", date_from=today - timedelta(days=14), value=50)
        past.write({"state": "closed"})
        self.assertIsNone(columns(), "nothing is known")
        self._put_value(100, past.date_from, cycle="week")
        self.assertEqual(columns(), [None, None, "100.00"])
        self._goal(cycle="year", date_from=today, value=10**9).action_activate()
        self._put_value(1, today, cycle="year")
        self.assertEqual(columns(), ["0.00", "0.00", "50.00"])

    def test_default_digest(self):
        """Ticked when the addon is installed; an upgrade leaves what was chosen."""
        digest = self.env.ref("digest.digest_digest_default")
        digest.kpi_sales_process_goals = False
        for mode in ("update", "init"):
            convert_file(self.env, "sales_process_framework", "data/goal/digest_data.xml", {}, mode=mode)
            self.assertEqual(digest.kpi_sales_process_goals, mode == "init")
