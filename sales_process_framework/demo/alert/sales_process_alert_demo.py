from datetime import timedelta

from odoo import api, models

from .. import sql

#: Rules of the data that the demo company has switched on, besides those that are on.
SWITCHED_ON = ("no_touch", "closing_past", "closing_pushed", "gate_refused", "data_incomplete", "sla_risk")
REASONS = ("The plant is closed for two weeks.", "Waits for their board.", "Agreed with the customer on the phone.")
#: Days ago on which alerts were noticed, from the newest on.
AGES = (0, 1, 1, 2, 3, 5, 8, 12, 17, 25)


class SalesProcessAlertDemo(models.AbstractModel):
    _name = "sales.process.demo.alert"
    _inherit = "sales.process.demo"
    _description = "Demo company: alerts"

    @api.model
    def _demo_build_alerts(self):
        """Open, snoozed and closed alerts of several kinds. Nothing when there are some already."""
        Alert = self.env["sales.process.alert"].sudo()
        process = self.env.ref("sales_process_framework.process_b2b_demo", raise_if_not_found=False)
        if not process or Alert.search_count([], limit=1):
            return
        rules = self.env["sales.process.alert.rule"].sudo().with_context(active_test=False)
        for name in SWITCHED_ON:
            rules |= self.env.ref(f"sales_process_framework.alert_rule_{name}")
        rules.active = True
        Alert._scan()
        alerts = Alert.search([("state", "=", "open")], order="id")
        now = self.env.cr.now()
        rows = []
        for number, alert in enumerate(alerts):
            age = timedelta(days=AGES[number % len(AGES)], hours=number % 7)
            rows.append({"id": alert.id, "opened": now - age, "notified": now - age, "acted": None})
        sql.update(self.env, "sales_process_alert", rows)
        for number, alert in enumerate(alerts):
            owner = alert.user_id or self.env.user
            if number % 9 == 4:
                alert.with_user(owner).sudo().action_snooze(
                    now + timedelta(days=3 + number % 5), REASONS[number % len(REASONS)]
                )
            elif number % 3 == 1:
                alert.with_user(owner).sudo().action_done()
        self._demo_spread_endings(alerts.filtered(lambda alert: alert.state == "closed"))

    def _demo_spread_endings(self, alerts):
        """People do not act at once: some within hours, some after days."""
        sql.update(
            self.env,
            "sales_process_alert",
            [
                {"id": alert.id, "acted": end, "closed": end}
                for number, alert in enumerate(alerts)
                for end in [min(alert.notified + timedelta(hours=2 + 7 * (number % 6)), self.env.cr.now())]
            ],
        )
