"""Each lead of a batch alone, on the new values, whatever the order; movement rules; what is never held."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...exceptions import SalesProcessGateError
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestVerdict(SalesProcessCommon):
    def test_judged_on_the_values_of_the_same_write(self):
        self._require(self.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>=', 500000)]")
        self._activate()
        lead = self._lead(expected_revenue=1)
        self.assertRefused(lead, self.diagnose, missing=["Budget"])
        lead.with_user(self.rep).write({"stage_id": self.diagnose.id, "expected_revenue": 500000})
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_values_taken_away_in_the_same_write(self):
        self._require(self.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>=', 500000)]")
        self._activate()
        lead = self._lead(expected_revenue=600000)
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).write({"stage_id": self.diagnose.id, "expected_revenue": 0})

    def test_batch_is_judged_lead_by_lead_in_any_order(self):
        criterion = self._require(self.p_qualify, "Budget")
        self._activate()
        leads = self.env["crm.lead"].union(*(self._lead(name=f"Deal {index}") for index in range(6)))
        for lead in leads[::2]:
            self._tick(lead, criterion)
        for batch in (leads, leads[::-1]):
            payload = self.assertRefused(batch, self.diagnose)
            self.assertEqual({move["lead_name"] for move in payload["moves"]}, {"Deal 1", "Deal 3", "Deal 5"})
        self._move(leads[::2], self.diagnose)
        self.assertEqual(set(leads[::2].mapped("stage_id.id")), {self.diagnose.id})

    def test_batch_with_and_without_process(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        plain = self._lead(team_id=self.other_team.id, name="Plain")
        lead = self._lead()
        free = self.env["crm.stage"].create({"name": "Free", "sequence": 500})
        self.assertRefused(plain + lead, free, user=self.manager)
        self._move(plain, free)
        self.assertEqual(plain.stage_id, free)
        self.assertFalse(plain.sales_visit_ids)

    def test_no_op_and_unrelated_writes_pass(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        self._move(lead, self.qualify)
        lead.with_user(self.rep).write({"name": "Renamed", "priority": "2", "stage_id": self.qualify.id})
        self.assertEqual(lead.name, "Renamed")
        self.assertEqual(len(lead.sales_visit_ids), 1)

    def test_one_message_with_everything_missing(self):
        self._require(self.p_qualify, "Budget")
        self._require(self.p_qualify, "Decider known")
        self._require(self.p_qualify, "Nice to have", mandatory=False)
        self._require(self.p_diagnose, "Meeting agreed", gate="entry")
        self._activate()
        lead = self._lead()
        with self.assertRaises(UserError) as caught:
            self._move(lead, self.diagnose)
        message = str(caught.exception)
        for name in ("Deal", "Qualify", "Diagnose", "Budget", "Decider known", "Meeting agreed"):
            self.assertIn(name, message)
        self.assertNotIn("Nice to have", message)
        items = caught.exception.context["moves"][0]["items"]
        self.assertEqual([item["mandatory"] for item in items], [True, True, True, False])

    def test_message_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        criterion = self._require(self.p_qualify, "Budget")
        criterion.update_field_translations("name", {"fr_FR": "Budget confirmé"})
        self._activate()
        self.rep.lang = "fr_FR"
        with self.assertRaises(SalesProcessGateError) as caught:
            self._move(self._lead(), self.diagnose)
        self.assertIn("Budget confirmé", str(caught.exception))

    def test_advisory_holds_nobody(self):
        self._require(self.p_qualify, "Nice to have", mandatory=False)
        self._activate()
        lead = self._lead()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_skip_rules(self):
        late = self._require(self.p_diagnose, "Pains named")
        for rule, refused in (("gates", True), ("forbid", True), ("free", False)):
            with self.subTest(rule=rule):
                process = self.process.copy({"skip_rule": rule, "name": rule})
                for stage, pipeline in zip(process.stage_ids, self.stages, strict=True):
                    stage.write({"stage_id": pipeline.id})
                process.write({"team_ids": self.team.ids, "state": "active"})
                lead = self._lead()
                self.assertEqual(lead.sales_process_id, process)
                if not refused:
                    self._move(lead, self.propose)
                    self.assertEqual(lead.stage_id, self.propose)
                else:
                    [move] = self.assertRefused(lead, self.propose)["moves"]
                    self.assertEqual(bool(move["movement"]), rule == "forbid")
                    self.assertEqual([item["name"] for item in move["items"]], [late.name] if rule == "gates" else [])
                process.write({"state": "retired"})

    def test_won_jump_follows_the_movement_rule(self):
        self.process.skip_rule = "forbid"
        self._activate()
        lead = self._lead()
        with self.assertRaises(SalesProcessGateError) as caught:
            lead.with_user(self.rep).action_set_won()
        self.assertIn("Diagnose", caught.exception.context["moves"][0]["movement"])
        for stage in (self.diagnose, self.propose):
            self._move(lead, stage)
        lead.with_user(self.rep).action_set_won()
        self.assertEqual(lead.won_status, "won")

    def test_back_rules(self):
        self._require(self.p_diagnose, "Pains named")
        self._activate()
        lead = self._lead()
        self._move(lead, self.diagnose)
        self._move(lead, self.qualify)
        self.assertEqual(lead.stage_id, self.qualify, "going back asks for nothing")

    def test_going_back_can_be_forbidden(self):
        self.process.back_rule = "forbid"
        self._activate()
        lead = self._lead()
        self._move(lead, self.diagnose)
        [move] = self.assertRefused(lead, self.qualify)["moves"]
        self.assertIn("Qualify", move["movement"])

    def test_lost_restored_archived_are_never_trapped(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual(lead.won_status, "lost")
        lead.with_user(self.rep).action_restore()
        self.assertTrue(lead.active)
        lead.with_user(self.rep).action_archive()
        lead.with_user(self.rep).action_unarchive()
        self.assertEqual(lead.stage_id, self.qualify)
        self.assertEqual(
            lead.sales_visit_ids.sorted("id").mapped("outcome"),
            ["lost", "archived", "open"],
            "each stay tells how it ended",
        )

    def test_copy_carries_no_answers(self):
        criterion = self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        self._tick(lead, criterion)
        self._move(lead, self.diagnose)
        copy = lead.with_user(self.rep).copy()
        self.assertEqual(copy.stage_id, self.qualify)
        self.assertEqual(copy.sales_process_id, self.process)
        self.assertFalse(self.env["sales.process.answer"].search([("lead_id", "=", copy.id)]))
        self.assertEqual(copy.sales_gate_state, "open")

    def test_aside_and_back(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        parked = self.env["crm.stage"].create({"name": "Parked", "sequence": 1})
        won_outside = self.env["crm.stage"].create({"name": "Won elsewhere", "sequence": 900, "is_won": True})
        lead = self._lead()
        self._move(lead, parked)
        self.assertEqual(lead.sales_process_stage_id, self.p_qualify)
        self.assertRefused(lead, self.diagnose, missing=["Budget"])
        self._move(lead, self.qualify)
        self.assertRefused(lead, won_outside, missing=["Budget"])

    def test_warn_and_off(self):
        self._require(self.p_qualify, "Budget")
        self._activate(enforcement="warn")
        lead = self._lead()
        self._move(lead, self.diagnose)
        decision = self.env["sales.process.decision"].search([("lead_id", "=", lead.id)])
        self.assertEqual((decision.outcome, decision.unmet_summary), ("warned", "Budget"))
        self.process.enforcement = "off"
        other = self._lead()
        self._move(other, self.diagnose)
        self.assertFalse(self.env["sales.process.decision"].search([("lead_id", "=", other.id)]))

    def test_company_can_soften_all_its_gates(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        self.company.sales_process_ceiling = "off"
        lead = self._lead()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_fields_of_the_gate_cannot_be_written(self):
        self._activate()
        lead = self._lead()
        for name, value in (
            ("sales_process_id", False),
            ("sales_gate_state", "ready"),
            ("sales_process_stage_id", False),
        ):
            with self.assertRaises(UserError):
                lead.with_user(self.manager).write({name: value})
            with self.assertRaises(UserError):
                self.env["crm.lead"].with_user(self.manager).create({"name": "x", name: value})
        grouped = self.env["crm.lead"].with_context(default_sales_process_id=False, default_sales_gate_state="ready")
        lead = grouped.create({"name": "From a grouped view", "team_id": self.team.id, "type": "opportunity"})
        self.assertEqual(lead.sales_process_id, self.process)
        self.assertEqual(lead.sales_stage_entered, self.env.cr.now())

    def test_queries_are_flat(self):
        criterion = self._require(self.p_qualify, "Budget")
        self._require(self.p_qualify, "Value", judgement="condition", domain="[('name', 'ilike', 'deal')]")
        document = self._require(self.p_qualify, "Report", judgement="document", kind="deliverable")
        self._activate()
        leads = self.env["crm.lead"].union(*(self._lead(name=f"Deal {index}") for index in range(52)))
        for lead in leads:
            self._tick(lead, criterion)
            self._hand_in(lead, document)
        self.env.flush_all()

        def count(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._move(batch, self.diagnose)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(leads[0])
        self.assertEqual(count(leads[1]), count(leads[2:]))
