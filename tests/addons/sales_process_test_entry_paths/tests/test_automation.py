"""Automation rules that move leads."""

from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_process_framework.exceptions import SalesProcessGateError

from .common import EntryPathsCommon

GATE_ERROR = "odoo.addons.sales_process_framework.exceptions.SalesProcessGateError"


class AutomationCommon(EntryPathsCommon):
    def _automate(self, trigger, stage, trigger_fields=("priority",), action=None, **vals):
        """A rule that moves leads of the team to a stage when a field changes."""
        model = self.env["ir.model"]._get("crm.lead")
        fields = [self.env["ir.model.fields"]._get("crm.lead", name) for name in trigger_fields]
        action = action or {
            "state": "object_write",
            "update_path": "stage_id",
            "resource_ref": f"crm.stage,{stage.id}",
        }
        return self.env["base.automation"].create(
            {
                "name": "Move it",
                "model_id": model.id,
                "trigger": trigger,
                "trigger_field_ids": [Command.set([field.id for field in fields])],
                "filter_domain": repr([("team_id", "=", self.team.id)]),
                "action_server_ids": [Command.create({"name": "Move it", "model_id": model.id, **action})],
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestAutomation(AutomationCommon):
    def test_move_is_refused_with_the_write_that_triggers_it(self):
        lead = self._lead()
        self._automate("on_create_or_write", self.diagnose)
        with self.assertRaises(SalesProcessGateError) as caught:
            lead.with_user(self.rep).write({"priority": "3"})
        for name in ("Budget confirmed", "Fit for Diagnose"):
            self.assertIn(name, str(caught.exception))
        self.assertStands(lead, self.qualify)
        self.assertEqual(lead.priority, "0")

    def test_move_passes_when_all_is_there(self):
        lead = self._lead()
        self._automate("on_create_or_write", self.diagnose)
        self._meet(lead, self.budget, self.entries[0])
        lead.with_user(self.rep).write({"priority": "3"})
        self.assertStands(lead, self.diagnose)

    def test_skip_is_refused(self):
        lead = self._lead()
        self._automate("on_create_or_write", self.propose)
        self._meet(lead, self.budget, *self.entries)
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).write({"priority": "3"})
        self.assertStands(lead, self.qualify)

    def test_code_is_judged_like_an_update(self):
        lead = self._lead()
        code = f"records.sudo().write({{'stage_id': {self.diagnose.id}}})"
        self._automate("on_create_or_write", self.diagnose, action={"state": "code", "code": code})
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).write({"priority": "3"})
        self.assertStands(lead, self.qualify)

    def test_every_lead_of_a_batch_is_judged(self):
        ready, blocked = leads = self._lead() + self._lead(name="Blocked deal")
        self._automate("on_create_or_write", self.diagnose)
        self._meet(ready, self.budget, self.entries[0])
        with self.assertRaises(SalesProcessGateError) as caught:
            leads.with_user(self.manager).write({"priority": "3"})
        self.assertIn("Blocked deal", str(caught.exception))
        self.assertStands(ready, self.qualify)
        self.assertStands(blocked, self.qualify)

    def test_rule_that_moves_on_from_a_stage(self):
        """The rep's own move passes, the one that follows from it does not: neither happens."""
        lead = self._lead()
        self._automate(
            "on_stage_set",
            self.propose,
            ("stage_id",),
            trg_field_ref=self.diagnose.id,
            filter_domain=repr([("stage_id", "=", self.diagnose.id)]),
        )
        self._meet(lead, self.budget, self.entries[0])
        with self.assertRaises(SalesProcessGateError) as caught:
            self._move(lead, self.diagnose)
        self.assertIn("Fit for Propose", str(caught.exception))
        self.assertStands(lead, self.qualify)
        self._meet(lead, self.entries[1])
        self._move(lead, self.diagnose)
        self.assertStands(lead, self.propose)

    def test_rule_that_changes_the_team(self):
        """Handing over to a team whose process has a gate at the stage where the lead stands."""
        lead = self._lead(team_id=self.other_team.id, user_id=False)
        lead.stage_id = self.inbox
        self.process.write({"state": "retired"})
        process = self.process.copy({"name": "Starts elsewhere"})
        for stage, pipeline_stage in zip(
            process.stage_ids, self.qualify + self.inbox + self.propose + self.won, strict=True
        ):
            stage.stage_id = pipeline_stage
        process.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})
        action = {"state": "object_write", "update_path": "team_id", "resource_ref": f"crm.team,{self.team.id}"}
        self._automate("on_create_or_write", self.inbox, action=action, filter_domain=False)
        with self.assertRaises(SalesProcessGateError) as caught:
            lead.with_user(self.manager).write({"priority": "3"})
        self.assertIn("Fit for Diagnose", str(caught.exception))
        lead.invalidate_recordset()
        self.assertEqual(lead.team_id, self.other_team)

    def test_rule_on_new_leads_does_not_lose_a_customers_mail(self):
        """A mail nobody watches over arrives, even when a rule wants to put it where it may not go."""
        self._automate("on_create", self.propose, ())
        lead = self.env["crm.lead"].message_new(
            {"subject": "Hello", "from": "ada@example.com", "to": "sales@example.com", "message_id": "<1@x>"},
            {"team_id": self.team.id, "type": "opportunity"},
        )
        self.assertArrived(lead)

    def test_rule_on_new_leads_of_a_rep_is_judged(self):
        self._automate("on_create", self.propose, ())
        with self.assertRaises(SalesProcessGateError):
            self.env["crm.lead"].with_user(self.rep).create(
                {"name": "Deal", "type": "opportunity", "team_id": self.team.id}
            )

    @mute_logger("odoo.addons.base_automation.models.base_automation", "odoo.addons.base.models.ir_cron")
    def test_timed_rule(self):
        """The scheduled action that runs timed rules is the superuser: it is judged all the same."""
        ready, blocked = self._lead(), self._lead(name="Blocked deal")
        self._meet(ready, self.budget, self.entries[0])
        (ready + blocked).date_deadline = self.env.cr.now().date() - timedelta(days=2)
        for lead, stage in ((ready, self.diagnose), (blocked, self.qualify)):
            rule = self._automate(
                "on_time",
                self.diagnose,
                (),
                trg_date_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
                trg_date_range=0,
                trg_date_range_type="day",
                filter_domain=repr([("id", "=", lead.id)]),
            )
            rule.last_run = self.env.cr.now() - timedelta(days=5)
            with self.enter_registry_test_mode():
                self.env.ref("base_automation.ir_cron_data_base_automation_check").method_direct_trigger()
            self.assertStands(lead, stage)
            rule.active = False


@tagged("post_install", "-at_install")
class TestAutomationInWebClient(AutomationCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_refusal_reaches_the_web_client_whole(self):
        """base_automation writes its own context on errors: the dialog still needs what is missing."""
        lead = self._lead()
        self._automate("on_create_or_write", self.diagnose)
        self.authenticate("spf_rep", "spf_rep")
        arguments = {"model": "crm.lead", "method": "web_save", "args": [lead.ids, {"priority": "3"}]}
        answer = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw/crm.lead/web_save",
            json={"params": {**arguments, "kwargs": {"specification": {}}}},
        ).json()
        data = answer["error"]["data"]
        self.assertEqual(data["name"], GATE_ERROR)
        [move] = data["context"].get("moves", [None])
        self.assertTrue(move, "the dialog has nothing to show")
        self.assertEqual(move["lead_id"], lead.id)
        self.assertEqual([item["name"] for item in move["items"]], ["Budget confirmed", "Fit for Diagnose"])
