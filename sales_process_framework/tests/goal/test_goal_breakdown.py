from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import GoalCommon


@tagged("post_install", "-at_install")
class TestGoalBreakdown(GoalCommon):
    def _break_down(self, goal, **vals):
        return self.env["sales.process.breakdown"].create({"target_id": goal.id, **vals})

    def test_year_to_quarters_to_teams_to_people(self):
        wizard = self._break_down(self.year, by="period", cycle="quarter")
        wizard.action_apply()
        quarters = self.year.child_ids.sorted("date_from")
        self.assertEqual(quarters.mapped("value"), [250_000] * 4)
        self.assertEqual(quarters[1].date_from, date(2031, 4, 1))
        wizard = self._break_down(quarters[0], by="team")
        ours = wizard.line_ids.filtered(lambda line: line.team_id == self.team)
        self.assertTrue(ours)
        wizard.action_apply()
        self.assertAlmostEqual(sum(quarters[0].child_ids.mapped("value")), 250_000, places=2)
        team_goal = quarters[0].child_ids.filtered(lambda goal: goal.team_id == self.team)
        self._break_down(team_goal, by="user").action_apply()
        self.assertEqual(team_goal.child_ids.user_id, self.rep + self.colleague)
        self.assertAlmostEqual(sum(team_goal.child_ids.mapped("value")), team_goal.value, places=2)
        self.assertFalse((self.year | quarters | team_goal).filtered("parts_differ"))

    def test_remainders_are_exact(self):
        self.year.value = 100
        wizard = self._break_down(self.year, by="period", cycle="month")
        self.assertEqual(round(sum(wizard.line_ids.mapped("value")), 2), 100)
        self.assertEqual(set(wizard.line_ids.mapped("value")), {8.34, 8.33})
        deals = self._goal(kpi_id=self.env.ref("sales_process_framework.kpi_visits").id, cycle="year", value=10)
        wizard = self._break_down(deals, by="period", cycle="quarter")
        self.assertEqual(wizard.line_ids.mapped("value"), [3, 3, 2, 2])

    def test_as_last_year(self):
        for month, value in ((1, 600), (4, 100), (7, 100), (10, 200)):
            self._put_value(value, date(2030, month, 1), cycle="quarter")
        wizard = self._break_down(self.year, by="period", cycle="quarter", method="profile")
        self.assertEqual(wizard.line_ids.mapped("value"), [600_000, 100_000, 100_000, 200_000])
        self.assertFalse(wizard.no_profile)
        unknown = self._goal(cycle="year", date_from=date(2040, 1, 1), value=8)
        wizard = self._break_down(unknown, by="period", cycle="quarter", method="profile")
        self.assertTrue(wizard.no_profile)
        self.assertEqual(wizard.line_ids.mapped("value"), [2, 2, 2, 2])

    def test_by_share_and_again(self):
        wizard = self._break_down(self.year, by="period", cycle="half_year", method="share")
        wizard.line_ids[0].share = 3
        wizard.action_redistribute()
        self.assertEqual(wizard.line_ids.mapped("value"), [750_000, 250_000])
        wizard.action_apply()
        self.year.value = 2_000_000
        self.assertTrue(self.year.parts_differ)
        again = self._break_down(self.year, by="period", cycle="half_year", method="share")
        again.action_apply()
        self.assertEqual(self.year.child_ids.sorted("date_from").mapped("value"), [1_500_000, 500_000])
        self.assertEqual(len(self.year.child_ids), 2, "the parts that were there got new values")

    def test_a_rate_is_the_same_for_all(self):
        rate = self._goal(kpi_id=self.win_rate.id, cycle="year", value=40)
        wizard = self._break_down(rate, by="period", cycle="quarter")
        self.assertEqual(wizard.line_ids.mapped("value"), [40] * 4)
        wizard.action_apply()
        self.assertFalse(rate.parts_differ)

    def test_parts_changed_by_hand_have_to_make_up_the_whole(self):
        wizard = self._break_down(self.year, by="period", cycle="half_year")
        wizard.line_ids[0].value += 1
        self.assertEqual(wizard.difference, -1)
        with self.assertRaises(ValidationError):
            wizard.action_apply()
        self.assertFalse(self.year.child_ids)

    def test_the_dialog_shows_what_will_be(self):
        form = Form(self.env["sales.process.breakdown"].with_context(default_target_id=self.year.id))
        self.assertEqual((form.by, form.cycle, len(form.line_ids)), ("period", "quarter", 4))
        form.cycle = "month"
        self.assertEqual(len(form.line_ids), 12)
        form.by = "team"
        wizard = form.save()
        self.assertIn(self.team, wizard.line_ids.team_id)
