from odoo.tests import HttpCase, tagged

from ..review.common import ReviewCommon


@tagged("post_install", "-at_install")
class TestReviewTour(ReviewCommon, HttpCase):
    def test_from_the_prepared_review_to_the_roadmap(self):
        self._topic(text="12 of 40 went on", kpi_id=self.env.ref("sales_process_framework.kpi_win_rate").id)

        self.start_tour(
            f"/odoo/sales-process-reviews/{self.review.id}", "sales_process_review_tour", login=self.manager.login
        )

        self.env.invalidate_all()
        self.assertEqual(self.review.state, "closed")
        self.assertEqual(self.review.topic_ids.conclusion, "Two talks instead of one")
        self.assertEqual(self.review.action_ids.name, "Write the questions")
        self.assertEqual(self.review.action_ids.activity_id.user_id, self.manager)
        idea = self.review.improvement_ids
        self.assertEqual(idea.name, "Few deals pass the diagnosis")
        self.assertTrue(idea.date_start and idea.date_end)
