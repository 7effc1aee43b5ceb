from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_process_framework.exceptions import SalesProcessGateError
from odoo.addons.sales_process_framework.tests.common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestJudgementTags(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tags = cls.env["crm.tag"].create([{"name": "Judged one"}, {"name": "Judged two"}])
        cls.tagged = cls._require(cls.p_qualify, "Sorted in", judgement="tags", min_count=2)

    def _start(self, **vals):
        self._activate(**vals)
        return self._lead()

    def _get_item(self, lead):
        [item] = lead.with_user(self.rep).get_sales_process_panel()["exit"]
        return item

    def test_admin_finds_it_in_the_requirement_form(self):
        selection = self.env["sales.process.requirement"].fields_get(["judgement"])["judgement"]["selection"]
        self.assertIn(("tags", "Tagged"), selection)
        Requirement = self.env["sales.process.requirement"].with_user(self.manager)
        with Form(Requirement.with_context(default_process_stage_id=self.p_diagnose.id)) as form:
            form.name = "Also sorted in"
            form.judgement = "tags"
        self.assertEqual(form.record.judgement, "tags")

    def test_its_own_check_of_the_requirement(self):
        with self.assertRaises(ValidationError) as caught:
            self.tagged.max_count = 5
        self.assertIn("Sorted in: tags have no highest number.", str(caught.exception))

    def test_refusal_says_what_is_missing(self):
        lead = self._start()
        lead.tag_ids = self.tags[0]
        payload = self.assertRefused(lead, self.diagnose, missing=["Sorted in (1 of 2 tags)"])
        [item] = payload["moves"][0]["items"]
        self.assertEqual((item["judgement"], item["state"], item["explanation"]), ("tags", "missing", "1 of 2 tags"))

    def test_move_passes_when_it_is_met(self):
        lead = self._start()
        lead.tag_ids = self.tags
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_values_of_the_same_write_count(self):
        lead = self._start()
        lead.with_user(self.rep).write({"stage_id": self.diagnose.id, "tag_ids": [Command.set(self.tags.ids)]})
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_each_lead_of_a_batch_alone(self):
        leads = self._start() + self._lead(name="Bare deal")
        leads[0].tag_ids = self.tags
        payload = self.assertRefused(leads, self.diagnose, user=self.manager, missing=["Bare deal"])
        self.assertEqual([move["lead_id"] for move in payload["moves"]], [leads[1].id])

    def test_panel_and_gate_state_follow_the_lead(self):
        lead = self._start()
        self.assertEqual(self._get_item(lead)["state"], "missing")
        self.assertEqual(lead.sales_gate_state, "open")
        lead.with_user(self.rep).tag_ids = self.tags
        self.assertEqual(self._get_item(lead)["state"], "met")
        self.assertEqual((lead.sales_gate_state, lead.sales_gate_progress), ("ready", 100))
        lead.with_user(self.rep).tag_ids = False
        self.assertEqual(self._get_item(lead)["explanation"], "0 of 2 tags")
        self.assertEqual(lead.sales_gate_state, "open")

    def test_taking_back_reopens_the_requirement(self):
        lead = self._start()
        lead.tag_ids = self.tags
        self._move(lead, self.diagnose)
        lead.tag_ids = False
        [item] = lead.with_user(self.rep).get_sales_process_panel()["reopened"]
        self.assertEqual((item["name"], item["state"]), ("Sorted in", "missing"))

    def test_order_and_not_applicable_work_as_with_all_others(self):
        self.tagged.allow_na = True
        later = self._require(self.p_qualify, "Asked", after_ids=[Command.set(self.tagged.ids)])
        lead = self._start()
        items = {item["id"]: item for item in lead.with_user(self.rep).get_sales_process_panel()["exit"]}
        self.assertEqual((items[later.id]["state"], items[later.id]["after"]), ("locked", ["Sorted in"]))
        lead.with_user(self.rep).sales_process_answer(self.tagged.id, {"state": "na"})
        self._tick(lead, later)
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_new_lead_in_a_late_stage(self):
        self._activate()
        values = {"name": "Late", "type": "opportunity", "team_id": self.team.id, "stage_id": self.diagnose.id}
        Lead = self.env["crm.lead"].with_user(self.rep)
        with self.assertRaises(SalesProcessGateError):
            Lead.create(values)
        lead = Lead.create({**values, "tag_ids": [Command.set(self.tags.ids)]})
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_queries_are_flat(self):
        self._activate()
        self._count_queries(1)
        self.assertEqual(self._count_queries(2), self._count_queries(50))

    def _count_queries(self, number):
        values = {"type": "opportunity", "team_id": self.team.id, "tag_ids": [Command.set(self.tags.ids)]}
        leads = self.env["crm.lead"].create([{**values, "name": f"Deal {index}"} for index in range(number)])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        leads.write({"stage_id": self.diagnose.id})
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_it_goes_with_its_process_into_a_file(self):
        data = self.process._export_data()
        twin = self.env["sales.process"]._import_data(data)
        self.assertEqual(twin.stage_ids.requirement_ids.mapped("judgement"), ["tags"])

    @mute_logger("odoo.addons.sales_process_framework.models.gate.sales_process_judgement")
    def test_requirement_outlives_its_addon(self):
        """Without the addon the rule cannot be judged: it says so and holds nothing else up."""
        other = self._require(self.p_qualify, "Asked")
        lead = self._start()
        self._tick(lead, other)
        judgements = self.env["sales.process.judgement"]._get_registered()
        self.patch(
            self.registry["sales.process.judgement"],
            "_get_registered",
            lambda self: {key: name for key, name in judgements.items() if key != "tags"},
        )
        payload = self.assertRefused(lead, self.diagnose, missing=["Sorted in"])
        [item] = payload["moves"][0]["items"]
        self.assertEqual(item["state"], "error")
