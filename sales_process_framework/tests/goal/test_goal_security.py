from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import GoalCommon


@tagged("post_install", "-at_install")
class TestGoalSecurity(GoalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.team_goal = cls._goal(team_id=cls.team.id, parent_id=cls.year.id)
        cls.own = cls._goal(team_id=cls.team.id, user_id=cls.rep.id, parent_id=cls.team_goal.id)
        cls.colleagues = cls._goal(team_id=cls.team.id, user_id=cls.colleague.id, parent_id=cls.team_goal.id)
        cls.goals = cls.year | cls.team_goal | cls.own | cls.colleagues

    def _seen(self, user):
        return self.Target.with_user(user).search([("id", "in", self.goals.ids)])

    def test_who_sees_what(self):
        self.assertEqual(self._seen(self.rep), self.year | self.team_goal | self.own)
        self.assertEqual(self._seen(self.leader), self.goals)
        self.assertEqual(self._seen(self.stranger), self.year)
        self.assertEqual(self._seen(self.manager), self.goals)
        for group in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, login=f"spf_{group[11:]}", groups=group)
            with self.assertRaises(AccessError):
                self._seen(user)

    def test_only_leaders_make_goals_of_their_people(self):
        self.own.with_user(self.leader).value = 5
        for user, goal in (
            (self.rep, self.own),
            (self.leader, self.team_goal),
            (self.leader, self.year),
            (self.stranger, self.year),
        ):
            with self.subTest(user=user.login, goal=goal.name), self.assertRaises(AccessError):
                goal.with_user(user).write({"value": 1})
        with self.assertRaises(AccessError):
            self.own.with_user(self.leader).unlink()
        with self.assertRaises(AccessError):
            self._break_down(self.rep)
        self._break_down(self.leader)
        self.assertEqual(sum(self.team_goal.child_ids.mapped("value")), 1000)

    def _break_down(self, user):
        wizard = (
            self.env["sales.process.breakdown"].with_user(user).create({"target_id": self.team_goal.id, "by": "user"})
        )
        wizard.action_apply()

    def test_methods(self):
        foreign = self.colleagues.with_user(self.rep)
        for name in ("get_replay", "action_break_down", "action_export_sheet"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(foreign, name)()
        for name in ("action_activate", "action_draft", "action_close"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.year.with_user(self.rep), name)()
        scenario = self.env["sales.process.target.scenario"].create({"name": "Bold", "year": 2031})
        self._goal(scenario_id=scenario.id)
        with self.assertRaises(AccessError):
            scenario.with_user(self.rep).action_choose()
        with self.assertRaises(AccessError):
            self.env["sales.process.target.import"].with_user(self.rep).create({"file": b"eA=="})

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        goal = self.Target.create(
            {
                "kpi_id": self.revenue.id,
                "company_id": other.id,
                "cycle": "month",
                "date_from": date(2031, 3, 1),
                "value": 7,
            }
        )
        self.assertFalse(self.Target.with_user(self.manager).search([("id", "=", goal.id)]))
