from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import (
    FRIDAY,
    MONDAY,
    NEXT_MONDAY,
    NEXT_TUESDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    AlertCommon,
)


@tagged("post_install", "-at_install")
class TestAlertKinds(AlertCommon):
    """What each kind finds, what it says, and when it is over."""

    def assertSays(self, alert, *words):
        text = alert.with_user(self.rep).facts_text
        for word in words:
            self.assertIn(word, text)
        self.assertTrue(alert.advice)
        self.assertTrue(alert.title)

    def test_over_the_limit_of_the_stage(self):
        rule = self._rule("stage_time", threshold=0)
        lead = self._lead_at(MONDAY)
        self.env.cr.execute(
            "UPDATE sales_process_visit SET deadline = '2026-03-03 10:00:00' WHERE lead_id = %s", [lead.id]
        )
        self.assertFalse(self._scan(rule, "2026-03-03 09:59:59"))
        alert = self._scan(rule, "2026-03-03 10:00:00")
        self.assertEqual((alert.lead_id, str(alert.due)), (lead, "2026-03-03 10:00:00"))
        self.assertSays(alert, "Qualify", "3/3/26, 11:00")
        later = self._rule("stage_time", threshold=1)
        self.assertFalse(self._scan(later, "2026-03-04 09:59:59"))
        self.assertEqual(self._scan(later, "2026-03-04 10:00:00").lead_id, lead)

    def test_needs_analysis_not_updated(self):
        """FRAMEWORK S6.2: not updated for more than three days → remind the sales manager."""
        rule = self._rule(
            "deliverable", process_stage_id=self.p_diagnose.id, to_owner=False, to_manager=True, threshold=3
        )
        lead = self._lead_at(MONDAY)
        with self._at(TUESDAY):
            self._move(lead, self.diagnose)
        self.assertFalse(self._scan(rule, "2026-03-05 15:59:59"), "two working days and a bit")
        alert = self._scan(rule, FRIDAY)
        self.assertEqual(alert.lead_id, lead)
        self.assertIn(self.manager, alert.receiver_ids)
        self.assertNotIn(self.rep, alert.receiver_ids)
        self.assertSays(alert, "Nothing handed in", "Diagnose")
        with self._at("2026-03-06 09:00:00"):
            self._hand_in(lead, self.record)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sales_process_deliverable SET write_date = '2026-03-06 09:00:00' WHERE lead_id = %s", [lead.id]
            )
        self.env.invalidate_all()
        self.assertFalse(self._scan(rule, "2026-03-06 09:30:00"))
        self.assertEqual(alert.closed_reason, "mended")
        self.assertFalse(self._scan(rule, "2026-03-11 08:59:59"))
        again = self._scan(rule, "2026-03-11 09:00:00")
        self.assertEqual(len(again), 1, "three working days after the update: the same cause, a new alert")
        self.assertSays(again, "last updated")
        self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)]).state = "approved"
        self.assertFalse(self._scan(rule, "2026-03-20 09:00:00"), "approved: nothing to keep up to date")

    def test_shipped_rule_waits_for_the_stage(self):
        rule = self.env.ref("sales_process_framework.alert_rule_needs_stale").sudo()
        self.assertFalse(rule._get_stages() & self.process.stage_ids)
        self.env.cr.execute("UPDATE sales_process_stage SET key = 'needs_diagnosis' WHERE id = %s", self.p_diagnose.ids)
        self.env.invalidate_all()
        self.assertIn(self.p_diagnose, rule._get_stages())

    def test_later_versions_are_looked_at(self):
        rule = self._rule(process_stage_id=self.p_qualify.id, process_id=self.process.id)
        version = self.env["sales.process"].browse(self.process.action_new_version()["res_id"])
        version.state = "retired"
        stages = rule.sudo()._get_stages()
        self.assertEqual(stages.process_id, self.process | version)
        self.assertEqual(set(stages.mapped("name")), {"Qualify"})

    def test_no_contact(self):
        rule = self._rule("no_touch", threshold=2)
        lead = self._lead_at(MONDAY, partner_id=self.customer.id)
        with self._at("2026-03-03 09:00:00"):
            self._reply(lead)
        self.assertFalse(self._scan(rule, WEDNESDAY))
        self.assertFalse(self._scan(rule, "2026-03-05 08:59:59"))
        alert = self._scan(rule, "2026-03-05 09:00:00")
        self.assertEqual(alert.lead_id, lead)
        self.assertSays(alert, "Last contact", "3/3/26")
        with self._at(FRIDAY):
            self._reply(lead)
        self.assertFalse(self._scan(rule, FRIDAY))
        self.assertEqual((alert.state, str(alert.acted)), ("closed", FRIDAY))
        self.assertEqual(len(self._scan(rule, NEXT_TUESDAY)), 1)

    def test_telling_is_no_contact(self):
        rule = self._rule("no_touch", threshold=2, notice="mail")
        lead = self._lead_at(MONDAY)
        self.assertTrue(self._scan(rule, THURSDAY))
        self.assertTrue(self._told(rule))
        self.assertFalse(lead.sales_touch_ids, "our own notice is no contact with the customer")
        self.assertTrue(self._scan(rule, FRIDAY))

    def test_no_contact_needs_a_journey(self):
        rule = self._rule("no_touch")
        self.assertFalse(rule.problem)
        self.journey.action_retire()
        rule.invalidate_recordset()
        self.assertIn("journey", rule.problem)
        self._lead_at(MONDAY)
        self.assertFalse(self._scan(rule, NEXT_TUESDAY), "nobody knows, so nobody is told")

    def test_closing_date_put_off(self):
        rule = self._rule("closing_pushed", threshold=2)
        lead = self._lead_at(MONDAY, date_deadline="2026-03-20")
        self._scan(rule, MONDAY)
        for day, moved_to in ((TUESDAY, "2026-03-27"), (WEDNESDAY, "2026-03-25")):
            with self._at(day):
                lead.with_user(self.rep).date_deadline = moved_to
        self.assertFalse(self._scan(rule, WEDNESDAY), "once put off, once pulled in")
        with self._at(THURSDAY):
            lead.with_user(self.rep).date_deadline = "2026-04-10"
        alert = self._scan(rule, THURSDAY)
        self.assertEqual(alert.lead_id, lead)
        self.assertSays(alert, "2 times", "04/10/2026")
        for day, moved_to in ((FRIDAY, "2026-04-20"), (NEXT_MONDAY, "2026-04-30")):
            with self._at(day):
                lead.with_user(self.rep).date_deadline = moved_to
        again = self._scan(rule, NEXT_MONDAY)
        self.assertEqual(len(again), 1)
        self.assertNotEqual(again, alert, "four times: told again")

    def test_first_response(self):
        risk = self._rule("response_risk", threshold=30)
        missed = self._rule("response_missed", threshold=0)
        with self._at(MONDAY):
            lead = self._web_lead(partner_id=self.customer.id)
        self.web.response_time = 3
        clock = self._clocks(lead)
        self.env.cr.execute(
            "UPDATE sales_process_response SET deadline = '2026-03-02 09:00:00' WHERE id = %s", clock.ids
        )
        self.env.invalidate_all()
        self.assertFalse(self._scan(risk, "2026-03-02 08:29:59"))
        self.assertEqual(self._scan(risk, "2026-03-02 08:30:00").lead_id, lead)
        self.assertFalse(self._scan(missed, "2026-03-02 08:59:59"))
        alert = self._scan(missed, "2026-03-02 09:00:00")
        self.assertEqual(alert.lead_id, lead)
        self.assertSays(alert, "an answer was due")
        with self._at("2026-03-02 09:20:00"):
            self._reply(lead)
        self.assertFalse(self._scan(missed, "2026-03-02 09:30:00") | self._scan(risk, "2026-03-02 09:30:00"))
        self.assertEqual(alert.closed_reason, "mended")

    def test_support(self):
        risk, missed = self._rule("sla_risk", threshold=0), self._rule("sla_missed", threshold=0)
        department = self.env["sales.process.department"].create(
            {"name": "Marketing", "company_id": self.company.id, "calendar_id": self.calendar.id}
        )
        policy = self.env["sales.process.sla.policy"].create(
            {"name": "Report", "department_id": department.id, "resolution_days": 2, "response_hours": 4}
        )
        lead = self._lead_at(MONDAY)
        with self._at(MONDAY):
            request = self.env["sales.process.support.request"].with_user(self.rep)
            request = request._ask(lead.with_user(self.rep), policy, "Figures", self.env["ir.attachment"]).sudo()
        self.assertFalse(self._scan(missed, "2026-03-02 10:59:59"))
        answer = self._scan(missed, "2026-03-02 11:00:00")
        self.assertEqual(answer.request_id, request, "no first word after four hours")
        self.assertFalse(self._scan(risk, "2026-03-02 16:00:00"))
        self.assertEqual(self._scan(risk, "2026-03-03 14:00:00").request_id, request)
        with self._at("2026-03-03 15:00:00"):
            request.write({"state": "in_progress", "date_first_response": self.env.cr.now()})
        late = self._scan(missed, "2026-03-03 16:00:00")
        self.assertEqual((answer.state, len(late)), ("closed", 1), "answered, and now the delivery is late")
        self.assertSays(late, "Report", "Marketing")
        request.state = "waiting"
        self.assertFalse(self._scan(missed, WEDNESDAY), "it waits for sales itself")

    def test_gate_refused(self):
        rule = self._rule("gate_refused", threshold=2)
        lead = self._lead_at(MONDAY)
        self._scan(rule, MONDAY)
        vals = {"lead_id": lead.id, "company_id": self.company.id, "outcome": "refused", "process_id": self.process.id}
        Decision = self.env["sales.process.decision"].sudo()
        Decision.create({**vals, "date": TUESDAY})
        Decision.create({**vals, "date": "2026-02-20 09:00:00"})
        self.assertFalse(self._scan(rule, TUESDAY), "the earlier one was in another stage")
        Decision.create({**vals, "date": WEDNESDAY})
        alert = self._scan(rule, WEDNESDAY)
        self.assertEqual(alert.lead_id, lead)
        self.assertSays(alert, "Refused 2 times", "Qualify")
        with self._at(THURSDAY):
            self._move(lead, self.diagnose)
        self.assertFalse(self._scan(rule, THURSDAY))

    def test_data_incomplete(self):
        fields = self.env["ir.model.fields"]
        names = ("email_from", "phone", "expected_revenue", "function")
        self.process.completeness_field_ids = fields.browse([fields._get("crm.lead", name).id for name in names])
        self.env.registry.clear_cache("stable")
        rule = self._rule("data_incomplete", threshold=75, days=1)
        poor = self._lead_at(MONDAY, name="Poor", email_from="a@example.com", expected_revenue=0)
        rich = self._lead_at(MONDAY, name="Rich", email_from="a@example.com", phone="+32 2 290 34 90")
        self.assertFalse(self._scan(rule, "2026-03-02 15:59:59"))
        alert = self._scan(rule, "2026-03-02 16:00:00")
        self.assertEqual(alert.lead_id, poor, "75 % is enough; 0 is a value")
        self.assertSays(alert, "2 of 4", "Phone", "Job Position")
        self._scan(rule, "2026-03-02 16:30:00")
        rich.phone = False
        self.assertEqual(self._scan(rule, TUESDAY).lead_id, poor, "nothing tells of it before the daily look at all")
        self.assertEqual(self._scan(rule, WEDNESDAY).lead_id, poor | rich)
        poor.phone = "+32 2 290 34 90"
        self.assertEqual(self._scan(rule, WEDNESDAY).lead_id, rich)
        with self.assertRaisesRegex(ValidationError, "100"):
            rule.threshold = 120

    def test_indicator(self):
        kpi = self.env.ref("sales_process_framework.kpi_win_rate")
        Value = self.env["sales.process.kpi.value"].sudo()
        rule = self._rule("kpi_band", threshold=0, kpi_id=kpi.id, kpi_scope="team", to_leader=True, to_owner=False)
        vals = {
            "kpi_id": kpi.id,
            "company_id": self.company.id,
            "cycle": kpi.cycle,
            "scope": "team",
            "scope_id": self.team.id,
            "team_id": self.team.id,
            "has_data": True,
            "is_latest": True,
        }
        january, february, march = (
            {"date_from": date(2026, month, 1), "date_to": date(2026, month, 28)} for month in (1, 2, 3)
        )
        Value.create({**vals, **january, "value": 10, "band": "alert"})
        self.assertTrue(self._scan(rule, "2026-02-01 09:00:00"))
        Value.create({**vals, **february, "value": 45, "band": "healthy"})
        self.assertFalse(self._scan(rule, "2026-03-01 09:00:00"), "recovered")
        value = Value.create({**vals, **march, "value": 20, "band": "alert"})
        alert = self._scan(rule, "2026-03-30 09:00:00")
        self.assertEqual((alert.kpi_value_id, alert.receiver_ids), (value, self.leader))
        self.assertSays(alert, "20.00", "Win rate")
        value.write({"value": 12})
        self.assertEqual(self._scan(rule, "2026-03-31 09:00:00"), alert, "worse, and still the same alert")
        self.assertSays(alert, "12.00")
        Value.create({**vals, "scope_id": self.other_team.id, "team_id": self.other_team.id, **march, "band": "watch"})
        self.assertEqual(self._scan(rule, "2026-03-31 09:00:00"), alert)
        rule.kpi_band = "watch"
        self.assertEqual(len(self._scan(rule, "2026-03-31 09:00:00")), 2)

    def test_indicator_of_a_period_that_has_just_begun(self):
        kpi = self.env.ref("sales_process_framework.kpi_win_rate")
        Value = self.env["sales.process.kpi.value"].sudo()
        rule = self._rule("kpi_band", threshold=0, kpi_id=kpi.id)
        vals = {
            "kpi_id": kpi.id,
            "company_id": self.company.id,
            "cycle": kpi.cycle,
            "scope": "company",
            "scope_id": self.company.id,
            "has_data": True,
            "is_latest": True,
        }
        Value.search([("kpi_id", "=", kpi.id)]).is_latest = False
        Value.create({**vals, "date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31), "band": "healthy"})
        april = {**vals, "date_from": date(2026, 4, 1), "date_to": date(2026, 4, 30), "band": "alert"}
        begun = Value.create(april)
        self.assertFalse(self._scan(rule, "2026-04-01 08:00:00"), "one deal was lost on the first day")
        rule.kpi_running = True
        self.assertFalse(self._scan(rule, "2026-04-15 08:00:00"))
        self.assertEqual(self._scan(rule, "2026-04-16 08:00:00").kpi_value_id, begun, "half of it is over")
        rule.kpi_running = False
        self.assertFalse(self._scan(rule, "2026-04-30 08:00:00"))
        self.assertEqual(self._scan(rule, "2026-04-30 22:00:00").kpi_value_id, begun, "May has begun in Brussels")
        begun.band = "healthy"
        self.assertFalse(self._scan(rule, "2026-05-02 08:00:00"), "mended by what came in late")
        kpi.basis, begun.band = "snapshot", "alert"
        self.assertEqual(self._scan(rule, "2026-04-01 08:00:00").kpi_value_id, begun, "how it stands today")

    def test_another_kind_is_one_class(self):
        kinds = dict(self.env["sales.process.alert.rule"]._fields["kind"]._description_selection(self.env))
        self.assertGreaterEqual(
            set(kinds),
            {
                "stage_time",
                "stage_days",
                "deliverable",
                "no_touch",
                "closing_past",
                "closing_pushed",
                "response_risk",
                "response_missed",
                "sla_risk",
                "sla_missed",
                "gate_refused",
                "data_incomplete",
                "kpi_band",
            },
        )
