from odoo.tests import BaseCase

from ...tools import scorecard
from ...tools.scorecard import Figure


class TestScorecard(BaseCase):
    def test_share_of_what_is_due(self):
        for value, due, score in ((50, 100, 50), (100, 100, 100), (130, 100, 120), (0, 100, 0), (-5, 100, 0)):
            self.assertEqual(scorecard.score(Figure(value, due)), score)

    def test_what_should_be_low(self):
        """At or below the goal it is reached; twice as long is half of it."""
        for value, due, score in ((45, 90, 100), (90, 90, 100), (180, 90, 50)):
            self.assertEqual(scorecard.score(Figure(value, due, "lower")), score)

    def test_no_data_and_no_goal_are_no_score(self):
        self.assertIsNone(scorecard.score(Figure(None, 100)))
        self.assertIsNone(scorecard.score(Figure(100, None)))
        self.assertEqual(scorecard.score(Figure(0.0, 0.0)), 100, "nothing was due yet")

    def test_bands(self):
        for value, score in ((97, 100), (95, 100), (92.5, 75), (90, 50), (85, 0), (10, 0)):
            self.assertEqual(scorecard.score(Figure(value, None, "higher", "bands", 95, 90)), score)
        for value, score in ((80, 100), (90, 100), (120, 50), (150, 0)):
            self.assertEqual(scorecard.score(Figure(value, None, "lower", "bands", 90, 120)), score)

    def test_total_leaves_out_what_has_no_data(self):
        self.assertEqual(scorecard.total([(60, 100), (20, 50), (20, None)]), (87.5, 80))
        self.assertEqual(scorecard.total([(60, None)]), (None, 0))
        self.assertEqual(scorecard.total([]), (None, 0))

    def test_points_make_up_the_total(self):
        parts = [(40, 90.0), (50, 110.0), (10, 30.0)]
        self.assertAlmostEqual(sum(scorecard.points(*part) for part in parts), scorecard.total(parts)[0])
        self.assertEqual(scorecard.points(10, None), 0)
