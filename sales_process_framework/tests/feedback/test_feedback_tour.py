from odoo.tests import HttpCase, tagged

from .common import FeedbackCommon


@tagged("post_install", "-at_install")
class TestFeedbackTour(FeedbackCommon, HttpCase):
    def test_rep_gives_feedback_and_sees_what_became_of_it(self):
        said = self._give("The budget comes later", user=self.other_rep)

        self.start_tour(
            f"/odoo/action-crm.crm_lead_action_pipeline/{self.lead.id}",
            "sales_process_feedback_give_tour",
            login=self.rep.login,
        )

        given = self.Feedback.search([("author_id", "=", self.rep.id)])
        self.assertEqual(given.text, "Customers tell no budget before they trust us")
        self.assertEqual((given.requirement_id, given.lead_id), (self.budget, self.lead))
        self.assertEqual(given.context["unmet"], ["Budget confirmed", "Decision maker known"])
        self.assertEqual(given.context["to_stage"], "Diagnose")
        self.assertEqual(said.vote_count, 2)
        self.assertEqual(self.lead.stage_id, self.qualify)
        self._managed(given).write({"state": "planned", "answer": "Asked in the second talk in version 1.1"})

        self.start_tour("/odoo/my-feedback", "sales_process_feedback_status_tour", login=self.rep.login)

        quiet = self.Feedback.search([("text", "=", "More examples, please")])
        self.assertTrue(quiet.anonymous)
        self.assertFalse(quiet.author_id)
        self.assertEqual(quiet.with_user(self.rep).my_role, "giver")

        self.start_tour(
            "/odoo/sales-feedback-quadrants", "sales_process_feedback_quadrant_tour", login=self.manager.login
        )

        self.assertEqual((given.quadrant, given.effort, given.impact), ("big_project", 4, 4))
        self.assertEqual(said.quadrant, "quick_win")
