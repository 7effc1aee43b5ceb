from odoo.tests import HttpCase, tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestKpiTour(SalesProcessCommon, HttpCase):
    def test_admin_makes_an_indicator_of_her_own(self):
        self._lead(name="Deal of the tour")

        self.start_tour("/odoo/sales-indicators", "sales_process_kpi_tour", login=self.manager.login)

        kpi = self.env["sales.process.kpi"].search([("code", "=", "big_deals")])
        self.assertEqual((kpi.model, kpi.measure, kpi.unit), ("crm.lead", "ratio", "percent"))
        self.assertEqual((kpi.current_value_id.value, kpi.author_id), (100, self.manager))
