from odoo.tests import HttpCase, tagged

from .common import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboardTour(DashboardCommon, HttpCase):
    """The dashboard in a real browser."""

    def test_manager_finds_the_worst_stage_and_its_deals(self):
        """Four clicks: Reporting, Process Dashboard, the stage that stalls most, a deal."""
        self.env["sales.process.dashboard.favorite"].search([]).unlink()

        self.start_tour("/odoo/crm", "sales_process_dashboard_tour", login=self.manager.login)

        favorite = self.env["sales.process.dashboard.favorite"].search([("name", "=", "My team")])
        self.assertEqual(favorite.user_id, self.manager)
        self.assertEqual(favorite.filters.get("cycle"), "quarter")
