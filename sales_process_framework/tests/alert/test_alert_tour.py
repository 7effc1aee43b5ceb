from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import AlertCommon


@tagged("post_install", "-at_install")
class TestAlertTour(AlertCommon, HttpCase):
    def test_admin_makes_a_rule(self):
        lead = self._lead(name="Sleeping deal")
        past = self.env.cr.now() - timedelta(days=60)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_process_visit SET entered = %s, deadline = %s WHERE lead_id = %s",
            [past, past + timedelta(days=10), lead.id],
        )
        self.env.invalidate_all()

        self.start_tour("/odoo/sales-alert-rules", "sales_process_alert_tour", login=self.manager.login)

        rule = self.env["sales.process.alert.rule"].search([("name", "=", "Stands still")])
        self.assertEqual((rule.kind, rule.threshold, rule.to_leader), ("stage_time", 2, True))
        self.assertFalse(self.env["sales.process.alert"].search([("rule_id", "=", rule.id)]), "only looked at")
