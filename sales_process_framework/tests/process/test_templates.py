"""The ready templates: whole, in three languages, and each usable as it is."""

import re

from odoo import Command
from odoo.tests import tagged

from ..common import SalesProcessCommon

TEMPLATES = ("b2b", "b2c", "services", "technology")
CHINESE = ("zh_TW", "zh_CN")
UNTOUCHED = ("crm.lead", "crm.stage", "crm.team", "mail.activity", "res.users", "res.partner")


class TemplateCommon(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in CHINESE:
            cls.env["res.lang"]._activate_lang(code)

    @classmethod
    def _install(cls, template):
        wizard = cls.env["sales.process.import"].with_user(cls.manager).create({"template": template})
        return cls.env["sales.process"].browse(wizard.action_create_draft()["res_id"])

    def _by_key(self, process):
        return {requirement.key: requirement for requirement in process.stage_ids.requirement_ids}


@tagged("post_install", "-at_install")
class TestInstall(TemplateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.untouched = cls._lead()
        cls.env.flush_all()
        cls.values = cls.untouched.read()[0]
        cls.running = cls.env["sales.process"]._get_running_teams()
        cls.before = cls._list_untouched()
        cls.installed = {template: cls._install(template) for template in TEMPLATES}
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _list_untouched(cls):
        return {name: cls.env[name].with_context(active_test=False).search([]).ids for name in UNTOUCHED}

    def test_selection_in_a_fixed_order(self):
        keys = [key for key, _label in self.env["sales.process.import"]._get_template_selection()]
        self.assertEqual(keys, list(TEMPLATES))

    def test_draft_that_touches_nothing(self):
        for template, process in self.installed.items():
            with self.subTest(template=template):
                self.assertEqual(process.state, "draft")
                self.assertFalse(process.team_ids)
                self.assertFalse(process.stage_ids.stage_id, "columns come with activation")
                self.assertEqual(process.company_id, self.company)
                self.assertTrue(process.stage_ids.requirement_ids)
        self.assertEqual(self._list_untouched(), self.before)
        self.assertEqual(self.untouched.read()[0], self.values)
        self.assertEqual(self.env["sales.process"]._get_running_teams(), self.running)

    def test_every_text_in_three_languages(self):
        for template, process in self.installed.items():
            stages, requirements = process.stage_ids, process.stage_ids.requirement_ids
            fields = {
                process: ("name", "description"),
                stages: ("name", "guidance"),
                requirements: ("name", "standard", "script"),
                stages.role_id | requirements.role_id: ("name",),
            }
            for records, names in fields.items():
                for record in records:
                    for name in names:
                        with self.subTest(template=template, model=record._name, record=record.name, field=name):
                            self._assert_translated(record, name)

    def _assert_translated(self, record, name):
        english = record.with_context(lang="en_US")[name]
        if not english:
            return
        self.assertNotRegex(str(english), r"[\u4e00-\u9fff]", "English holds no Chinese")
        for code in CHINESE:
            text = record.with_context(lang=code)[name]
            self.assertTrue(text)
            self.assertNotEqual(str(text), str(english), code)
            self.assertRegex(str(text), r"[\u4e00-\u9fff]", code)
            if record._fields[name].type == "html":
                tags = re.findall(r"</?\w+", str(english))
                self.assertEqual(re.findall(r"</?\w+", str(text)), tags, f"{code}: built like the English text")
                for term in record._fields[name].get_trans_terms(str(text)):
                    self.assertRegex(term, r"[\u4e00-\u9fff]", f"{code}: a paragraph was left in English")

    def test_what_a_rep_needs_is_there(self):
        for template, process in self.installed.items():
            with self.subTest(template=template):
                self.assertTrue(process.description)
                self.assertTrue(all(process.stage_ids.mapped("guidance")))
                self.assertTrue(all(stage.time_limit_days for stage in process.stage_ids))
                self.assertTrue(all(stage.role_id for stage in process.stage_ids))
                self.assertTrue(all(req.standard for req in process.stage_ids.requirement_ids))
                self.assertTrue(process.stage_ids.filtered("is_won"))

    def test_wizard_in_the_users_language(self):
        for code in ("en_US", *CHINESE):
            wizard = self.env["sales.process.import"].with_context(lang=code)
            data = wizard.env["sales.process"]._get_ready_templates()
            for key, label in wizard._get_template_selection():
                self.assertEqual(label, data[key]["process"]["name"][code])
                made = wizard.create({"template": key})
                self.assertEqual(made.summary, data[key]["process"]["summary"][code])
                self.assertEqual(len(made.stage_names.split(" → ")), len(data[key]["stages"]))

    def test_forms_to_fill_in(self):
        for template, process in self.installed.items():
            for requirement in process.stage_ids.requirement_ids.filtered("template_ids"):
                with self.subTest(template=template, requirement=requirement.key):
                    files = requirement.template_ids
                    self.assertEqual(len(files), 3, "one in each language")
                    self.assertEqual(len(set(files.mapped("name"))), 3)
                    for file in files:
                        self.assertTrue(file.name.endswith(".xlsx"))
                        self.assertEqual(file.raw[:2], b"PK")
                        self.assertEqual(file.with_user(self.rep).raw[:2], b"PK")


@tagged("post_install", "-at_install")
class TestB2B(TemplateCommon):
    """S3.1 to S3.4 and T3, to the letter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.b2b = cls._install("b2b")

    def test_eight_stages(self):
        process = self.b2b
        self.assertEqual(
            process.stage_ids.mapped("name"),
            [
                "Lead acquisition",
                "Lead nurturing",
                "Needs diagnosis",
                "Solution presentation",
                "Business negotiation",
                "Contract signing",
                "Delivery",
                "After-sales follow-up",
            ],
        )
        self.assertEqual(process.stage_ids.mapped("is_won"), [False] * 6 + [True] * 2)
        self.assertEqual((process.skip_rule, process.enforcement), ("forbid", "block"))

    def test_budget_of_nurturing(self):
        budget = self._by_key(self.b2b)["budget_confirmed"]
        self.assertEqual(budget.process_stage_id.key, "nurturing")
        self.assertEqual((budget.gate, budget.judgement, budget.mandatory), ("exit", "condition", True))
        self.assertEqual(list(budget._get_condition()), [("expected_revenue", ">=", 500000)])
        for amount, met in ((499_999.99, False), (500_000, True)):
            lead = self._lead(expected_revenue=amount)
            self.assertEqual(bool(lead.filtered_domain(budget._get_condition())), met)

    def test_decision_chain_is_read_from_the_buying_group(self):
        clear = self._by_key(self.b2b)["decision_chain_clear"]
        self.assertEqual((clear.gate, clear.judgement, clear.mandatory), ("exit", "condition", True))
        self.assertEqual(clear.process_stage_id.key, "nurturing")
        lead = self._lead()
        for vals, met in (({"role": "user"}, False), ({"role": "decider"}, False), ({"attitude": "neutral"}, True)):
            group = lead.sales_buyer_ids
            group.write(vals) if group else group.create({"lead_id": lead.id, "name": "Ms Lin", **vals})
            self.assertEqual(bool(lead.filtered_domain(clear._get_condition())), met, vals)

    def test_spin_counts(self):
        requirements = self.b2b.stage_ids.requirement_ids.filtered("spin_technique")
        self.assertEqual(
            [(req.spin_technique, req.min_count, req.max_count) for req in requirements],
            [("situation", 5, 8), ("problem", 3, 5), ("implication", 2, 3), ("need_payoff", 2, 3)],
        )
        self.assertEqual(set(requirements.process_stage_id.mapped("key")), {"needs_diagnosis"})
        for requirement in requirements:
            self.assertEqual((requirement.kind, requirement.gate, requirement.mandatory), ("action", "exit", True))
            self.assertTrue(requirement.standard)
            questions = requirement._fields["script"].get_trans_terms(requirement.script)
            self.assertGreaterEqual(len(questions), requirement.min_count, "words for each question asked")

    def test_spin_order_and_records(self):
        by_key = self._by_key(self.b2b)
        chain = [
            "spin_situation",
            "customer_background_record",
            "spin_problem",
            "pain_list",
            "spin_implication",
            "pain_impact_analysis",
            "spin_need_payoff",
            "needs_confirmation_form",
        ]
        for before, after in zip(chain, chain[1:], strict=False):
            self.assertIn(by_key[before], by_key[after].after_ids, f"{after} comes after {before}")
        for key in chain[1::2]:
            self.assertEqual((by_key[key].kind, by_key[key].judgement), ("deliverable", "document"))
            self.assertTrue(by_key[key].template_ids, key)
        self.assertEqual(by_key["two_pains_named"].min_count, 2)


@tagged("post_install", "-at_install")
class TestUsableAsItIs(TemplateCommon):
    """One lead from the first stage to the last, by what people can do through the web client."""

    def test_b2b(self):
        self._walk("b2b")

    def test_b2c(self):
        self._walk("b2c")

    def test_services(self):
        self._walk("services")

    def test_technology(self):
        self._walk("technology")

    def _walk(self, template):
        process = self._install(template)
        wizard = self.env["sales.process.activation"].with_user(self.manager)
        wizard = wizard.create({"process_id": process.id, "team_ids": [Command.set(self.team.ids)]})
        wizard.action_dry_run()
        wizard.action_activate()
        lead = self._lead()
        self.assertEqual(lead.sales_process_id, process)
        mine = lead.with_user(self.rep)
        for position, stage in enumerate(process.stage_ids, 1):
            self.assertEqual(lead.stage_id, stage.stage_id)
            panel = mine.get_sales_process_panel()
            self.assertEqual((panel["stage"]["position"], panel["stage"]["name"]), (position, stage.name))
            self.assertEqual(bool(panel["stage"]["deadline"]), bool(panel["next"]), "nothing follows the last stage")
            self._satisfy(mine, panel)
            panel = mine.get_sales_process_panel()
            open_items = [item["name"] for item in panel["exit"] + panel["entry"] if item["state"] not in ("met", "na")]
            self.assertFalse(open_items)
            self.assertEqual((panel["state"], panel["progress"]["percent"]), ("ready", 100))
            self.assertFalse(panel["reopened"])
            if panel["next"]:
                mine.action_sales_process_advance()
        self.assertEqual(lead.stage_id, process.stage_ids[-1].stage_id)
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(len(lead.sales_visit_ids), len(process.stage_ids))
        self.assertFalse(self.env["sales.process.decision"].search([("lead_id", "=", lead.id)]), "nothing was forced")

    def _satisfy(self, lead, panel):
        """Do what the checklist says, in its order, until nothing is left; each step unlocks others."""
        for _round in range(20):
            items = [item for item in panel["exit"] + panel["entry"] if item["state"] not in ("met", "na")]
            todo = [item for item in items if item["state"] != "locked"]
            if not items:
                return
            self.assertTrue(todo, "everything left waits for something else")
            for item in todo:
                if item["state"] == "waiting":
                    self._decide(lead, item)
                else:
                    getattr(self, f"_satisfy_{item['judgement']}")(lead, item)
            panel = lead.get_sales_process_panel()
        self.fail(f"never done with {[item['name'] for item in items]}")

    def _satisfy_manual(self, lead, item):
        lead.sales_process_answer(item["id"], {"state": "done", "count": item["min_count"], "note": "Done"})

    def _satisfy_document(self, lead, item):
        self._hand_in(lead, self.env["sales.process.requirement"].browse(item["id"]))

    def _satisfy_approval(self, lead, item):
        lead.sales_process_request_approval(item["id"], "Please")

    def _satisfy_activity(self, lead, item):
        requirement = self.env["sales.process.requirement"].browse(item["id"])
        activity = lead.activity_schedule(activity_type_id=requirement.activity_type_id.id, user_id=self.rep.id)
        activity.action_feedback(feedback="Went well")

    def _satisfy_field(self, lead, item):
        values = {}
        for field in item["fields"]:
            if field["type"] == "many2one":
                values[field["name"]] = self.env[lead._fields[field["name"]].comodel_name].search([], limit=1).id
            elif field["type"] == "date":
                values[field["name"]] = "2030-01-01"
            else:
                values[field["name"]] = "Known"
        lead.sales_process_complete([{"requirement_id": item["id"], "values": values}])

    def _satisfy_condition(self, lead, item):
        requirement = self.env["sales.process.requirement"].browse(item["id"])
        values = {
            "expected_revenue": 600_000,
            "email_from": "customer@example.com",
            "partner_name": "Customer Ltd",
        }
        fields = {condition.field_expr for condition in requirement._get_condition().iter_conditions()}
        lead.write({name: value for name, value in values.items() if name in fields})
        if "sales_decision_chain_clear" in fields:
            buyer = {"lead_id": lead.id, "name": "Ms Lin", "role": "decider", "attitude": "supporter"}
            lead.env["sales.process.buyer"].create(buyer)

    def _decide(self, lead, item):
        """By whoever the checklist names, else the deputy; never by the rep himself."""
        requirement = self.env["sales.process.requirement"].browse(item["id"])
        approvers = requirement.role_id._get_approvers(lead.sudo(), self.rep)
        self.assertTrue(approvers)
        self.assertNotIn(self.rep, approvers)
        lead.with_user(approvers[0]).sales_process_decide(item["id"], True)
