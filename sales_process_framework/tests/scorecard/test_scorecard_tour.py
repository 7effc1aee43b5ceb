from odoo.tests import HttpCase, tagged

from .common import MARCH, ScorecardCommon


@tagged("post_install", "-at_install")
class TestScorecardTour(ScorecardCommon, HttpCase):
    def test_rep_mends_what_lowers_the_card(self):
        self.process.completeness_field_ids = self.env["ir.model.fields"]._get("crm.lead", "phone")
        self._activate()
        lead = self._lead(name="Deal without a phone")
        self._put_value(self.node, 80, self.rep, numerator=80, denominator=100)
        self._put_value(self.node, 80)
        self._refresh()
        self.assertEqual(self._card().period, MARCH.label())

        self.start_tour("/odoo/my-scorecard", "sales_process_scorecard_tour", login=self.rep.login)

        self.assertEqual(lead.phone, "+32 2 290 34 90")
