from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...tools import health
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestHealthWeights(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._require(cls.p_qualify, "Need stated")
        cls._activate()

    def _refresh(self, lead):
        self.env.flush_all()
        self.env["sales.process.health.sql"]._refresh_health(lead.ids)
        lead.invalidate_recordset()

    def test_a_new_process_begins_with_the_usual_weights(self):
        self.assertEqual(self.process._get_health_weights(), health.WEIGHTS)

    def test_weights_of_the_process_make_the_score(self):
        lead = self._lead()
        self._refresh(lead)
        self.assertEqual(lead.sales_health, lead.get_sales_health()["score"])
        usual = lead.sales_health
        self.process.write({f"health_weight_{part}": 0 for part in health.WEIGHTS} | {"health_weight_contact": 40})
        self.assertEqual(lead.get_sales_health()["score"], 100, "contact alone: created today")
        self.assertEqual([part["part"] for part in lead.get_sales_health()["parts"]], ["contact"])
        self._refresh(lead)
        self.assertEqual((lead.sales_health, lead.sales_health_band), (100, "good"))
        self.assertNotEqual(usual, 100)
        self.process.write({"health_weight_contact": 0, "health_weight_gate": 10})
        self._refresh(lead)
        self.assertEqual((lead.sales_health, lead.get_sales_health()["score"]), (0, 0))
        self.process.write({"health_weight_buyers": 30, "health_weight_contact": 60})
        self._refresh(lead)
        self.assertEqual(lead.sales_health, 60)
        self.assertEqual(lead.get_sales_health()["score"], 60)

    def test_stored_scores_follow_soon(self):
        cron = self.env.ref("sales_process_framework.ir_cron_refresh_health")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.process.with_user(self.manager).health_weight_time = 5
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_weights_that_say_nothing_are_refused(self):
        with self.assertRaises(ValidationError):
            self.process.write({f"health_weight_{part}": 0 for part in health.WEIGHTS})
        with self.assertRaises(ValidationError):
            self.process.health_weight_gate = -5
