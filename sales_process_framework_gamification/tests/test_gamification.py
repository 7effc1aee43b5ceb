from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.feedback.common import FeedbackCommon
from odoo.addons.sales_process_framework.tools.period import period_of


@tagged("post_install", "-at_install")
class TestGamification(FeedbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.badge = cls.env.ref("sales_process_framework_gamification.badge_process_improver")
        cls.definition = cls.env.ref("sales_process_framework_gamification.goal_definition_sales_goals")
        cls.kpi = cls.env.ref("sales_process_framework.kpi_revenue")
        cls.period = period_of(cls.env.cr.now().date(), "month")

    def _badges(self, user):
        return self.env["gamification.badge.user"].search([("user_id", "=", user.id), ("badge_id", "=", self.badge.id)])

    def _thank(self, feedback):
        feedback.state = "done"
        return (
            self.env["sales.process.award"]
            .with_user(self.manager)
            .create({"feedback_id": feedback.id, "reason": "A week faster"})
        )

    def _sales_goal(self, user, value, reached, kpi=None):
        """A sales goal of this month, with what the person has reached of it (None: no data)."""
        kpi = kpi or self.kpi
        self.env["sales.process.target"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "user_id": user.id,
                "cycle": "month",
                "date_from": self.period.start,
                "value": value,
                "state": "active",
            }
        )
        self.env["sales.process.kpi.value"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "cycle": "month",
                "date_from": self.period.start,
                "date_to": self.period.stop,
                "scope": "user",
                "scope_id": user.id,
                "value": reached or 0,
                "has_data": reached is not None,
            }
        )

    def _goal(self, user, target=80, definition=None):
        return self.env["gamification.goal"].create(
            {
                "definition_id": (definition or self.definition).id,
                "user_id": user.id,
                "target_goal": target,
                "start_date": self.period.start,
                "end_date": self.period.stop,
                "state": "inprogress",
            }
        )

    def test_thank_you_comes_with_a_badge(self):
        self._thank(self._give(kind="idea"))
        badge = self._badges(self.rep)
        self.assertEqual((badge.sender_id, badge.comment), (self.manager, "A week faster"))

    def test_no_badge_names_who_is_anonymous(self):
        feedback = self._give(kind="idea", anonymous=True)
        self._thank(feedback)
        self.assertFalse(self._badges(self.rep))
        feedback.with_user(self.rep).show_my_name()
        self.assertEqual(len(self._badges(self.rep)), 1)

    def test_goals_follow_sales_goals(self):
        self._sales_goal(self.rep, 1000, 900)
        self._sales_goal(self.colleague, 1000, 500)
        self._sales_goal(self.other_rep, 1000, None)
        goals = {user: self._goal(user) for user in (self.rep, self.colleague, self.other_rep)}
        self.env["gamification.goal"].browse(goal.id for goal in goals.values()).update_goal()
        self.assertEqual((goals[self.rep].current, goals[self.rep].state), (90.0, "reached"))
        self.assertEqual((goals[self.colleague].current, goals[self.colleague].state), (50.0, "inprogress"))
        self.assertEqual((goals[self.other_rep].current, goals[self.other_rep].state), (0.0, "inprogress"))

    def test_one_indicator_or_all(self):
        other = self.env.ref("sales_process_framework.kpi_average_deal")
        self._sales_goal(self.rep, 1000, 500)
        self._sales_goal(self.rep, 100, 100, kpi=other)
        everything = self._goal(self.rep)
        single = self._goal(self.rep, definition=self.definition.copy({"sales_process_kpi_id": other.id}))
        (everything | single).update_goal()
        self.assertEqual((everything.current, single.current), (75.0, 100.0))

    def test_other_ways_to_compute_still_work(self):
        definition = self.definition.copy({"computation_mode": "manually"})
        goal = self._goal(self.rep, definition=definition)
        goal.update_goal()
        self.assertEqual(goal.current, 0.0)

    def test_queries_stay_flat(self):
        users = self.rep | self.colleague | self.other_rep | self.leader
        for user in users:
            self._sales_goal(user, 1000, 500)
        goals = self.env["gamification.goal"].browse(self._goal(user).id for user in users)
        counts = []
        for some in (goals[:1], goals):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._get_sales_goal_progress()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
