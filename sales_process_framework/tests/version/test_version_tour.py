from odoo.tests import HttpCase, tagged

from .common import VersionCommon


@tagged("post_install", "-at_install")
class TestVersionTour(VersionCommon, HttpCase):
    def test_from_the_change_to_the_migration(self):
        lead = self._lead(name="Follows")
        self._tick(lead, self.budget)
        self._twin(self.budget).name = "Money"
        self.next.team_ids = self.team

        self.start_tour(f"/odoo/sales-processes/{self.next.id}", "sales_process_version_tour", login=self.manager.login)

        self.env.invalidate_all()
        self.assertEqual(self.next.change_ids.reason, "Customers speak of money")
        self.assertEqual((self.next.state, self.process.state), ("active", "retired"))
        self.assertEqual(lead.sales_process_id, self.next)
        answered = self.env["sales.process.answer"].search([("lead_id", "=", lead.id)])
        self.assertEqual(answered.requirement_id, self.budget | self._twin(self.budget))
