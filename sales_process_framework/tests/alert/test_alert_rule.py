from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import FRIDAY, MONDAY, THURSDAY, TUESDAY, AlertCommon


@tagged("post_install", "-at_install")
class TestAlertRule(AlertCommon):
    """What an admin fills in, and what the rule says about itself."""

    def test_in_words(self):
        form = Form(self.env["sales.process.alert.rule"].with_user(self.manager))
        form.name = "Needs analysis is old"
        form.kind = "deliverable"
        form.threshold = 3
        form.process_stage_id = self.p_diagnose
        form.to_owner = False
        form.to_manager = True
        form.notice = "chat"
        with form.escalation_ids.new() as step:
            step.after_days = 2
        sentence = form.sentence
        self.assertEqual(
            sentence,
            "If no document of a lead has been updated for 3 working days in the stage “Diagnose”, then remind "
            "the sales administrators in the chat; after 2 working days without action, the team leader.",
        )
        rule = form.save()
        self.assertEqual(rule.sentence, sentence)
        self.assertEqual(rule.process_id, self.process)
        self.assertTrue(rule.advice, "each kind brings a sentence of advice")

    def test_every_kind_says_what_it_does(self):
        Source = self.env["sales.process.alert.source"]
        kpi = self.env.ref("sales_process_framework.kpi_win_rate")
        for kind in Source._get_registered():
            threshold = Source._get(kind)._default_threshold
            rule = self._rule(kind, threshold=threshold, kpi_id=kpi.id if kind == "kpi_band" else False)
            self.assertRegex(rule.sentence, "^If .+, then remind the salesperson with a notification.$", kind)
            self.assertEqual(self.Alert._scan(rule.sudo()), None, kind)

    def test_shipped_rules(self):
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "sales_process_framework"), ("model", "=", "sales.process.alert.rule")]
        )
        rules = self.env["sales.process.alert.rule"].with_context(active_test=False).browse(shipped.mapped("res_id"))
        self.assertGreaterEqual(len(rules), 12)
        needs = self.env.ref("sales_process_framework.alert_rule_needs_stale")
        self.assertEqual((needs.kind, needs.threshold, needs.stage_key), ("deliverable", 3, "needs_diagnosis"))
        self.assertTrue(needs.to_manager)
        for rule in rules:
            self.assertFalse(rule.company_id)
            self.assertTrue(rule.advice)

    def test_domain(self):
        rule = self._rule(domain="[('expected_revenue', '>', 1000)]")
        self._lead_at(MONDAY, name="Small", expected_revenue=10)
        large = self._lead_at(MONDAY, name="Large", expected_revenue=5000)
        alert = self._scan(rule, THURSDAY)
        self.assertEqual(alert.lead_id, large)
        self.assertIn("meets the condition", rule.sentence)
        large.expected_revenue = 10
        self.assertFalse(self._scan(rule, FRIDAY))
        self.assertEqual(alert.closed_reason, "mended")

    def test_domain_is_checked(self):
        for text in ("[('no_such_field', '=', 1)]", "[('expected_revenue', '=', 'much')]", "oops", "__import__('os')"):
            with self.assertRaisesRegex(ValidationError, "Choose fields and values anew"):
                self._rule(domain=text)

    def test_sense_is_checked(self):
        with self.assertRaisesRegex(ValidationError, "Say who is told"):
            self._rule(to_owner=False)
        with self.assertRaisesRegex(ValidationError, "needs a limit above 0"):
            self._rule("no_touch", threshold=0)
        with self.assertRaisesRegex(ValidationError, "Choose the indicator"):
            self._rule("kpi_band", threshold=0)
        rule = self._rule(active=False)
        with self.assertRaisesRegex(UserError, "switched off"):
            rule.action_scan()

    def test_team(self):
        rule = self._rule(team_ids=self.other_team.ids)
        self._lead_at(MONDAY)
        self.assertFalse(self._scan(rule, THURSDAY))

    def test_a_changed_rule_looks_at_everything(self):
        rule = self._rule("no_touch", threshold=9)
        lead = self._lead_at(MONDAY)
        self.assertFalse(self._scan(rule, FRIDAY))
        rule.threshold = 2
        self.assertEqual(self._scan(rule, FRIDAY).lead_id, lead)
        rule.threshold = 30
        self.assertFalse(self._scan(rule, FRIDAY))

    def test_noisy(self):
        rule = self._rule()
        for number in range(12):
            self._lead_at(MONDAY, name=f"Deal {number}")
        alerts = self._scan(rule)
        self.assertFalse(alerts - self._open(rule))
        self.assertEqual(len(alerts), 12)
        self.assertEqual((rule.alert_count, rule.acted_share, rule.is_noisy), (12, 0.0, True))
        self.assertIn("12 alerts", rule.noise_hint)
        for alert in alerts[:4]:
            alert.with_user(self.rep).action_done()
        self.env.flush_all()
        rule.invalidate_recordset()
        self.assertAlmostEqual(rule.acted_share, 4 / 12)
        self.assertFalse(rule.is_noisy or rule.noise_hint)

    def test_plain_crm_stays_plain(self):
        Rule = self.env["sales.process.alert.rule"]
        self.assertFalse(Rule._is_in_use())
        lead = self._lead()
        self.env.flush_all()
        lead.invalidate_recordset()
        with self.assertQueryCount(0):
            self.assertEqual(lead.sales_alert_count, 0)
        rule = self._rule()
        self.assertTrue(Rule._is_in_use())
        rule.active = False
        self.assertFalse(Rule._is_in_use())

    def test_strip_of_the_lead(self):
        rule = self._rule()
        lead, other = self._lead_at(MONDAY), self._lead_at(TUESDAY, name="Other")
        alert = self._scan(rule, THURSDAY)
        found = self.env["crm.lead"].search([("sales_alert_count", ">", 0), ("id", "in", (lead | other).ids)])
        self.assertEqual(found, lead)
        self.assertEqual((lead | other).mapped("sales_alert_count"), [1, 0])
        [shown] = lead.with_user(self.rep).get_sales_alerts()
        self.assertEqual((shown["id"], shown["may_handle"]), (alert.id, True))
        self.assertIn("Qualify", shown["facts"])
        self.assertTrue(shown["advice"])

    def test_copy_is_off(self):
        rule = self._rule()
        copy = rule.copy()
        self.assertEqual((copy.name, copy.active), (f"{rule.name} (copy)", False))
