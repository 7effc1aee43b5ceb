"""The same verdict whichever way the stage changes; the ways that other apps add are in the root tests."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, tagged

from ...exceptions import SalesProcessGateError
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestEntryPaths(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget confirmed")
        cls.pains = cls._require(cls.p_diagnose, "Pains named")
        cls._activate()

    def test_lead_lands_in_first_stage_of_its_process(self):
        lead = self._lead()
        self.assertEqual(lead.sales_process_id, self.process)
        self.assertEqual(lead.stage_id, self.qualify)
        self.assertEqual(lead.sales_process_stage_id, self.p_qualify)

    def test_write_is_refused_and_then_passes(self):
        lead = self._lead()
        self.assertRefused(lead, self.diagnose, missing=["Budget confirmed", "Deal"])
        self._tick(lead, self.budget)
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_form(self):
        lead = self._lead()
        with self.assertRaises(SalesProcessGateError), Form(lead.with_user(self.rep)) as form:
            form.stage_id = self.diagnose
        self._tick(lead, self.budget)
        with Form(lead.with_user(self.rep)) as form:
            form.stage_id = self.diagnose
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_statusbar_and_drag_save_through_web_save(self):
        lead = self._lead()
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).web_save({"stage_id": self.diagnose.id}, {"stage_id": {}})
        self._tick(lead, self.budget)
        lead.with_user(self.rep).web_save({"stage_id": self.diagnose.id}, {"stage_id": {}})
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_list_multi_edit(self):
        leads = self._lead() + self._lead(name="Second deal")
        self._tick(leads[0], self.budget)
        with self.assertRaises(SalesProcessGateError) as caught:
            leads.with_user(self.rep).web_save_multi([{"stage_id": self.diagnose.id}] * 2, {"stage_id": {}})
        self.assertIn("Second deal", str(caught.exception))
        self.assertEqual([move["lead_id"] for move in caught.exception.context["moves"]], [leads[1].id])

    def test_import_judges_each_row_alone(self):
        ready, blocked = self._lead(name="Ready"), self._lead(name="Blocked")
        self._tick(ready, self.budget)
        ids = self.env["ir.model.data"]
        for lead in (ready, blocked):
            ids.create({"module": "__import__", "name": f"spf_{lead.id}", "model": "crm.lead", "res_id": lead.id})
        result = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load(
                ["id", "stage_id/.id"],
                [[f"__import__.spf_{lead.id}", str(self.diagnose.id)] for lead in (ready, blocked)],
            )
        )
        self.assertFalse(result["ids"])
        messages = "".join(message["message"] for message in result["messages"])
        self.assertIn("Budget confirmed", messages)
        self.assertIn("Blocked", messages)
        self.assertNotIn("Ready", messages)

    def test_import_creates(self):
        result = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load(
                ["name", "type", "team_id/.id", "stage_id/.id"],
                [["Imported", "opportunity", str(self.team.id), str(self.diagnose.id)]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("Budget confirmed", result["messages"][0]["message"])

    def test_create_in_late_stage_asks_the_same_as_dragging_there(self):
        lead = self._lead()
        dragged = self.assertRefused(lead, self.propose)
        with self.assertRaises(SalesProcessGateError) as caught:
            self.env["crm.lead"].with_user(self.rep).create(
                {"name": "Late", "type": "opportunity", "team_id": self.team.id, "stage_id": self.propose.id}
            )
        names = [
            [item["name"] for item in payload["moves"][0]["items"]] for payload in (dragged, caught.exception.context)
        ]
        self.assertEqual(names[0], names[1])
        self.assertEqual(names[0], ["Budget confirmed", "Pains named"])
        self.assertFalse(caught.exception.context["moves"][0]["lead_id"])

    def test_quick_create_in_late_column(self):
        Lead = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(default_stage_id=self.diagnose.id, default_team_id=self.team.id, default_type="opportunity")
        )
        with self.assertRaises(SalesProcessGateError):
            Lead.create({"name": "Quick"})
        with self.assertRaises(SalesProcessGateError):
            Lead.name_create("Quick")

    def test_won_button_and_rainbow_man(self):
        lead = self._lead()
        for action in ("action_set_won", "action_set_won_rainbowman"):
            with self.assertRaises(SalesProcessGateError):
                getattr(lead.with_user(self.rep), action)()
        lead.invalidate_recordset()
        self._tick(lead, self.budget)
        self._tick(lead, self.pains)
        lead.with_user(self.rep).action_set_won_rainbowman()
        self.assertEqual(lead.stage_id, self.won)
        self.assertEqual(lead.won_status, "won")

    def test_team_change_that_moves_the_stage_by_recompute(self):
        late = self.env["crm.stage"].create(
            {"name": "Late start", "sequence": -5, "team_ids": [Command.set(self.other_team.ids)]}
        )
        second = self.process.copy({"name": "Second"})
        second.stage_ids[2].write({"stage_id": late.id})
        second.stage_ids[0].write({"stage_id": self.qualify.id})
        second.write({"team_ids": [Command.set(self.other_team.ids)], "state": "active"})
        lead = self._lead()
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).write({"team_id": self.other_team.id})
        lead.invalidate_recordset()
        self.assertEqual((lead.team_id, lead.stage_id), (self.team, self.qualify))

    def test_recompute_outside_write_is_judged_too(self):
        lead = self._lead()

        # Another addon making the stage depend on something else ends in a plain recompute.
        def compute(leads):
            leads.stage_id = self.diagnose

        Lead = self.env.registry["crm.lead"]
        with patch.object(Lead, "_compute_stage_id", compute), self.assertRaises(SalesProcessGateError):
            self.env.add_to_compute(self.env["crm.lead"]._fields["stage_id"], lead)
            self.env.flush_all()

    def test_merge_keeps_the_gate(self):
        head, tail = self._lead(name="Head", probability=50), self._lead(name="Tail")
        self._tick(tail, self.budget)
        merged = (head + tail).with_user(self.manager).merge_opportunity()
        self.assertEqual(merged.stage_id, self.qualify)
        self._move(merged, self.diagnose)
        self.assertEqual(merged.stage_id, self.diagnose, "the answers of both leads count for the merged one")

    def test_merge_into_another_stage_is_judged(self):
        late = self._lead(name="Late")
        self._tick(late, self.budget)
        self._move(late, self.diagnose)
        lead = self._lead(name="Early")
        head = (late + lead).with_user(self.manager).merge_opportunity()
        self.assertEqual(head, late)
        self.assertEqual(head.stage_id, self.diagnose)

    def test_single_conversion(self):
        lead = self._lead(type="lead")
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose, "a lead is exempt until it is converted")
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).convert_opportunity(False)
        lead.invalidate_recordset()
        self.assertEqual(lead.type, "lead")
        lead.with_user(self.rep).write({"stage_id": self.qualify.id})
        lead.with_user(self.rep).convert_opportunity(False)
        self.assertEqual(lead.type, "opportunity")

    def test_conversion_wizards(self):
        leads = self._lead(type="lead", email_from="a@example.com") + self._lead(
            type="lead", email_from="b@example.com"
        )
        self._move(leads, self.diagnose)
        single = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads[0].ids)
            .create({"name": "convert", "action": "create"})
        )
        with self.assertRaises(SalesProcessGateError):
            single.action_apply()
        leads.invalidate_recordset()
        mass = (
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_ids=leads.ids)
            .create({"deduplicate": False, "action": "create", "name": "convert"})
        )
        with self.assertRaises(SalesProcessGateError) as caught:
            mass.action_mass_convert()
        self.assertTrue(caught.exception.context["moves"])

    def test_write_of_another_user_on_many(self):
        leads = self._lead() + self._lead(name="Other", user=self.colleague)
        payload = self.assertRefused(leads, self.diagnose, user=self.manager)
        self.assertEqual({move["lead_id"] for move in payload["moves"]}, set(leads.ids))

    def test_superuser_and_portal_under_sudo_are_judged(self):
        lead = self._lead()
        portal = self._new_portal_user()
        for judged in (lead.sudo(), lead.with_user(portal).sudo()):
            with self.assertRaises(SalesProcessGateError):
                judged.write({"stage_id": self.diagnose.id})
            lead.invalidate_recordset()
            self.assertEqual(lead.stage_id, self.qualify)

    def test_portal_creation_is_intake(self):
        portal = self._new_portal_user()
        lead = (
            self.env["crm.lead"]
            .with_user(portal)
            .sudo()
            .create({"name": "Form", "type": "opportunity", "team_id": self.team.id, "stage_id": self.propose.id})
        )
        self.assertEqual(lead.stage_id, self.qualify)

    def _new_portal_user(self):
        return self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "spf_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )

    def test_mail_alias_lands_in_first_stage(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Hello", "from": "customer@example.com", "to": "sales@example.com", "message_id": "<1@x>"},
            {"team_id": self.team.id, "type": "opportunity", "stage_id": self.propose.id},
        )
        self.assertEqual(lead.stage_id, self.qualify)
        self.assertEqual(lead.sales_process_id, self.process)

    def test_assignment_lands_in_first_stage(self):
        lead = self._lead(team_id=self.other_team.id, user_id=False)
        plain_stage = self.env["crm.stage"].create({"name": "Anywhere", "sequence": 99})
        lead.write({"stage_id": plain_stage.id})
        self._set_stage_in_process(plain_stage)
        lead.with_context(sales_process_intake=True).write({"team_id": self.team.id})
        self.assertEqual(lead.stage_id, self.qualify)
        decision = self.env["sales.process.decision"].search([("lead_id", "=", lead.id)])
        self.assertEqual(decision.outcome, "exempt")

    def _set_stage_in_process(self, stage):
        """The process has a gate to enter the stage that the other team already uses."""
        draft = self.process.copy({"name": "With a shared stage"})
        draft.stage_ids[0].write({"stage_id": self.qualify.id})
        draft.stage_ids[1].write({"stage_id": stage.id})
        self._require(draft.stage_ids[1], "Known", gate="entry")
        self.process.write({"state": "retired"})
        draft.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})

    def test_context_key_opens_no_gate(self):
        lead = self._lead()
        lead.with_user(self.rep).with_context(sales_process_intake=True).web_save({"stage_id": self.won.id}, {})
        self.assertEqual(lead.stage_id, self.qualify)

    def test_pipeline_shows_the_columns_of_the_process(self):
        anybodys = self.env["crm.stage"].create({"name": "For everybody", "sequence": 2})
        lead = self._lead()
        Lead = self.env["crm.lead"].with_user(self.rep).with_context(show_user_team_stages=True)
        none = self.env["crm.stage"]
        columns = Lead._read_group_stage_ids(none, [])
        self.assertEqual(columns, self.stages)
        self.assertIn(anybodys, Lead._read_group_stage_ids(anybodys, []), "a column with leads always shows")
        plain = lead.with_user(self.leader).with_context(default_team_id=self.other_team.id)
        self.assertIn(anybodys, plain._read_group_stage_ids(none, []))
