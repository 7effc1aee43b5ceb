from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestJourneyTour(SalesProcessCommon, HttpCase):
    """The journey map in a real browser: what is clicked is what the database holds afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Only the journey of this test is on offer.
        cls.env["sales.process.journey"].search([]).active = False
        cls.tour_manager = cls._new_user("spf_map_manager", "sales_team.group_sale_manager")
        cls.tour_rep = cls._new_user("spf_map_rep", "sales_team.group_sale_salesman")

    def _draw(self):
        self.journey = self.env["sales.process.journey"].create(
            {"name": "Tour journey", "process_ids": self.process.ids, "company_id": self.company.id}
        )
        self.noticing, self.weighing = self.env["sales.process.journey.phase"].create(
            [
                {"journey_id": self.journey.id, "name": "Noticing", "kind": "awareness", "sequence": 10},
                {"journey_id": self.journey.id, "name": "Weighing", "kind": "evaluation", "sequence": 20},
            ]
        )
        self.paper, self.webinar, self.film = self.env["sales.process.touchpoint"].create(
            [
                {"phase_id": self.noticing.id, "name": name, "sequence": sequence, "importance": 3, "urgency": 3}
                for sequence, name in enumerate(["White paper", "Webinar", "Demo film"], 1)
            ]
        )

    def test_admin_edits_the_map(self):
        self._draw()

        self.start_tour("/odoo", "sales_process_journey_tour", login=self.tour_manager.login)

        self.env.invalidate_all()
        self.assertEqual(self.noticing.touchpoint_ids, self.webinar + self.paper)
        visit = self.weighing.touchpoint_ids - self.film
        self.assertEqual(self.weighing.touchpoint_ids, self.film + visit)
        self.assertEqual((visit.name, visit.journey_id), ("Reference visit", self.journey))
        self.assertEqual(self.weighing.need, "Proof that it works")
        self.assertEqual(self.paper.deliverable, "Trends on four pages")
        self.assertEqual((self.film.importance, self.film.urgency, self.film.quadrant), (5, 5, "do_first"))
        self.assertEqual((self.paper.importance, self.paper.urgency, self.paper.quadrant), (4, 3, "plan"))

    def test_rep_reads_the_map(self):
        self._draw()
        before = self.journey.get_journey_map()["phases"]

        self.start_tour("/odoo/customer-journey-map", "sales_process_journey_rep_tour", login=self.tour_rep.login)

        self.assertEqual(self.journey.get_journey_map()["phases"], before)
        journey = self.journey.with_user(self.tour_rep)
        self.assertFalse(journey.get_journey_map()["journey"]["can_edit"])
        with self.assertRaises(AccessError):
            journey.move_touchpoint(self.film.id, self.weighing.id, 0)
        with self.assertRaises(AccessError):
            self.film.with_user(self.tour_rep).importance = 5

    def test_empty(self):
        self.start_tour("/odoo/customer-journey-map", "sales_process_journey_empty_tour", login=self.tour_manager.login)

    def test_form_opens_the_map(self):
        self._draw()

        action = self.journey.with_user(self.tour_rep).action_open_map()

        self.assertEqual(action["tag"], "sales_process_journey_map")
        self.assertEqual(action["context"]["active_id"], self.journey.id)
