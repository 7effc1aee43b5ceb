"""A process as a file: what goes out comes in again, and a bad file changes nothing."""

import base64
import copy
import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import SalesProcessCommon

MODELS = (
    "sales.process",
    "sales.process.stage",
    "sales.process.requirement",
    "sales.process.role",
    "sales.process.department",
    "sales.process.sla.policy",
    "ir.attachment",
    "crm.stage",
    "crm.lead",
    "crm.team",
)


class ExchangeCommon(SalesProcessCommon):
    def _import_file(self, content):
        """Through the wizard, as an administrator uploads it."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        wizard = (
            self.env["sales.process.import"]
            .with_user(self.manager)
            .create({"source": "file", "file": base64.b64encode(data), "filename": "process.json"})
        )
        return self.env["sales.process"].browse(wizard.action_create_draft()["res_id"])

    def _count(self):
        self.env.flush_all()
        return {name: self.env[name].with_context(active_test=False).search_count([]) for name in MODELS}


@tagged("post_install", "-at_install")
class TestRoundTrip(ExchangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("zh_TW", "zh_CN"):
            cls.env["res.lang"]._activate_lang(code)

    def _assert_round_trip(self, process):
        exported = process._export_data()
        again = self._import_file(exported)
        self.assertNotEqual(again, process)
        self.assertEqual(again.state, "draft")
        self.assertFalse(again.team_ids)
        self.assertEqual(again._export_data(), exported)
        return again

    def test_ready_templates(self):
        for key, data in self.env["sales.process"]._get_ready_templates().items():
            with self.subTest(template=key):
                process = self.env["sales.process"]._import_data(data)
                again = self._assert_round_trip(process)
                for code in ("en_US", "zh_TW", "zh_CN"):
                    self.assertEqual(
                        again.with_context(lang=code).stage_ids.requirement_ids.mapped("name"),
                        process.with_context(lang=code).stage_ids.requirement_ids.mapped("name"),
                    )

    def test_everything_a_requirement_has(self):
        role = self.env["sales.process.role"].create({"name": "Legal", "kind": "users"})
        role.with_context(lang="zh_TW").name = "法務"
        file = self.env["ir.attachment"].create({"name": "form.bin", "raw": bytes(range(256))})
        self.p_qualify.write(
            {"time_limit_days": 2.5, "flexible": True, "role_id": role.id, "guidance": "<p>Listen <b>well</b></p>"}
        )
        self.process.write(
            {"skip_rule": "forbid", "back_rule": "forbid", "enforcement": "warn", "description": "<p>About</p>"}
        )
        first = self._require(
            self.p_qualify,
            "First",
            gate="entry",
            kind="action",
            spin_technique="problem",
            min_count=2,
            max_count=4,
            allow_na=True,
            mandatory=False,
            standard="Twice",
            script="<p>What hurts?</p>",
            role_id=role.id,
        )
        second = self._require(
            self.p_diagnose,
            "Second",
            kind="deliverable",
            judgement="document",
            approval_required=True,
            freshness_days=7,
            template_ids=[Command.set(file.ids)],
            after_ids=[Command.set(first.ids)],
        )
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        self._require(self.p_diagnose, "Met", judgement="activity", activity_type_id=meeting.id)
        self._require(self.p_diagnose, "Value", judgement="condition", domain="[('expected_revenue', '>', 0)]")
        names = [self.env["ir.model.fields"]._get("crm.lead", name).id for name in ("partner_id", "phone")]
        self._require(self.p_diagnose, "Known", judgement="field", field_ids=[Command.set(names)])
        self._require(
            self.p_diagnose, "All", judgement="approval", after_ids=[Command.set((first | second).ids)], role_id=role.id
        )
        for code, text in (("zh_TW", "第一"), ("zh_CN", "第一步")):
            first.with_context(lang=code).write({"name": text, "standard": text})
            self.p_qualify.with_context(lang=code).name = text
            first.update_field_translations("script", {code: {"What hurts?": text}})
        again = self._assert_round_trip(self.process)
        requirements = {requirement.name: requirement for requirement in again.stage_ids.requirement_ids}
        self.assertEqual(requirements["All"].after_ids, requirements["First"] | requirements["Second"])
        self.assertEqual(requirements["Second"].template_ids.raw, bytes(range(256)))
        self.assertEqual(requirements["First"].with_context(lang="zh_TW").name, "第一")
        self.assertEqual(requirements["First"].with_context(lang="zh_CN").script, "<p>第一步</p>")
        self.assertFalse(again.stage_ids.stage_id, "columns are chosen when it is activated")

    def _prepare_support(self):
        """The stage raises one thing, its gate waits for another of the same department."""
        department = self.env["sales.process.department"].create({"name": "Research", "company_id": self.company.id})
        department.with_context(lang="zh_TW").name = "研究"
        raised, awaited = self.env["sales.process.sla.policy"].create(
            [
                {"name": "Study", "department_id": department.id, "description": "In short", "resolution_days": 2.5},
                {"name": "Sample", "department_id": department.id, "response_hours": 0, "at_risk_percent": 50},
            ]
        )
        raised.with_context(lang="zh_CN").write({"name": "调研", "description": "简短"})
        self.p_qualify.support_policy_ids = raised
        self._require(self.p_diagnose, "Sample sent", judgement="support", support_policy_id=awaited.id)
        return department, raised, awaited

    def test_support_of_the_company_is_used_again(self):
        department, raised, awaited = self._prepare_support()
        before = self._count()
        again = self._assert_round_trip(self.process)
        self.assertEqual(again.stage_ids[0].support_policy_ids, raised)
        self.assertEqual(again.stage_ids.requirement_ids.support_policy_id, awaited)
        after = self._count()
        for name in ("sales.process.department", "sales.process.sla.policy"):
            self.assertEqual(after[name], before[name])
        self.assertEqual(department.policy_ids, raised | awaited)

    def test_support_is_created_where_it_is_missing(self):
        _department, raised, _awaited = self._prepare_support()
        exported = self.process._export_data()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids |= elsewhere
        process = self.env["sales.process"].with_user(self.manager)._import_data(exported, elsewhere).sudo()
        self.assertEqual(process._export_data(), exported)
        study, sample = process.stage_ids[0].support_policy_ids, process.stage_ids.requirement_ids.support_policy_id
        self.assertNotEqual(study, raised)
        self.assertEqual((study | sample).company_id, elsewhere)
        self.assertEqual(len(study.department_id | sample.department_id), 1, "one department for both")
        self.assertEqual((study.resolution_days, sample.at_risk_percent), (2.5, 50))
        self.assertEqual(study.department_id.with_context(lang="zh_TW").name, "研究")
        self.assertEqual(study.with_context(lang="zh_CN").description, "简短")

    def test_support_of_an_existing_department_joins_it(self):
        department, raised, awaited = self._prepare_support()
        exported = self.process._export_data()
        raised.name = "Something else"
        again = self._import_file(exported)
        new = again.stage_ids[0].support_policy_ids
        self.assertEqual((new.name, new.department_id), ("Study", department))
        self.assertEqual(department.policy_ids, raised | awaited | new)

    def test_duplicated_requirement_still_has_a_key_of_its_own(self):
        requirement = self._require(self.p_qualify, "First", key="first")
        waiting = self._require(self.p_qualify, "Waiting", after_ids=[Command.set(requirement.ids)])
        requirement.copy({"name": "Twin"})
        again = self._assert_round_trip(self.process)
        waiting = again.stage_ids.requirement_ids.filtered(lambda req: req.name == "Waiting")
        self.assertEqual(waiting.after_ids.mapped("name"), ["First"])

    def test_twice_from_one_file_shares_roles(self):
        data = self.env["sales.process"]._get_ready_templates()["b2b"]
        self._import_file(data)
        roles = self.env["sales.process.role"].search_count([])
        self._import_file(data)
        self.assertEqual(self.env["sales.process.role"].search_count([]), roles)

    def test_import_in_another_language_than_english(self):
        """Texts land in their language whatever the administrator reads."""
        self.manager.lang = "zh_TW"
        data = self.env["sales.process"]._get_ready_templates()["b2c"]
        wizard = self.env["sales.process.import"].with_user(self.manager).with_context(lang="zh_TW")
        process = self.env["sales.process"].browse(
            wizard.create({"source": "template", "template": "b2c"}).action_create_draft()["res_id"]
        )
        for code in ("en_US", "zh_TW", "zh_CN"):
            self.assertEqual(process.with_context(lang=code).name, data["process"]["name"][code])
            self.assertEqual(
                process.with_context(lang=code).stage_ids.mapped("name"),
                [stage["name"][code] for stage in data["stages"]],
            )

    def test_english_only_database(self):
        process = self.env["sales.process"]._import_data(
            {
                "format": "sales_process_framework.process",
                "format_version": 1,
                "process": {"name": {"en_US": "Small", "xx_XX": "Unknown"}},
                "stages": [{"name": {"en_US": "One", "fr_FR": "Un"}}],
            }
        )
        self.assertEqual((process.name, process.stage_ids.name), ("Small", "One"))
        self.assertEqual((process.version, process.state), ("1.0", "draft"))

    def test_download(self):
        action = self.process.with_user(self.manager).action_export_json()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "download"))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "sales.process"), ("res_id", "=", self.process.id)]
        )
        self.assertEqual(attachment.name, "Test Process 1.0.json")
        self.assertEqual(self._import_file(attachment.raw)._export_data(), self.process._export_data())

    def test_company_of_the_wizard(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids |= company
        wizard = self.env["sales.process.import"].with_user(self.manager)
        wizard = wizard.with_context(allowed_company_ids=[self.company.id, company.id])
        action = wizard.create({"template": "b2c", "company_id": company.id}).action_create_draft()
        process = self.env["sales.process"].browse(action["res_id"])
        self.assertEqual(process.company_id, company)
        self.assertEqual(process.stage_ids.company_id, company)

    def test_form(self):
        with Form(self.env["sales.process.import"].with_user(self.manager)) as form:
            self.assertEqual(form.source, "template")
            form.template = "services"
            self.assertIn("→", form.stage_names)
            self.assertTrue(form.summary)
        self.assertEqual(form.record.action_create_draft()["res_model"], "sales.process")


@tagged("post_install", "-at_install")
class TestBadFiles(ExchangeCommon):
    """Each gives exactly one sentence, and nothing is there afterwards that was not before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        requirement = {"key": "first", "name": {"en_US": "First"}}
        cls.good = {
            "format": "sales_process_framework.process",
            "format_version": 1,
            "process": {"name": {"en_US": "Fine"}},
            "roles": [{"key": "rep", "name": {"en_US": "Rep"}, "kind": "salesperson"}],
            "support": [{"key": "study", "name": {"en_US": "Study"}, "department": {"en_US": "Research"}}],
            "stages": [
                {
                    "key": "one",
                    "name": {"en_US": "One"},
                    "role": "rep",
                    "support": ["study"],
                    "requirements": [requirement],
                },
                {"key": "two", "name": {"en_US": "Two"}, "requirements": [{**requirement, "key": "second"}]},
            ],
        }

    def _broken(self, path, value):
        data = copy.deepcopy(self.good)
        *way, last = path
        place = data
        for step in way:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value
        return data

    def _assert_refused(self, content):
        before = self._count()
        with self.assertRaises(UserError) as caught:
            self._import_file(content)
        self.assertEqual(self._count(), before)
        message = str(caught.exception)
        self.assertTrue(message.startswith("The file cannot be imported: "), message)
        self.assertEqual(len(message.splitlines()), 1, message)
        for technical in ("Traceback", "object is not", "unhashable", "indices must be", "psycopg2", "DETAIL"):
            self.assertNotIn(technical, message)
        return message

    def test_the_good_one_is_good(self):
        self.assertEqual(self._import_file(self.good).stage_ids.mapped("name"), ["One", "Two"])

    def test_not_json(self):
        for content in (b"", b"PK\x03\x04binary\xff\xfe", b"<xml/>", b"{'single': 1}", b'{"format": ', b"[" * 100_000):
            with self.subTest(content=content[:20]):
                if content:
                    self._assert_refused(content)
                else:
                    with self.assertRaises(UserError):
                        self._import_file(content)

    def test_wrong_shape(self):
        for content in ([], "text", 5, None, True, {}, [self.good]):
            with self.subTest(content=content):
                self._assert_refused(content)

    def test_one_thing_wrong(self):
        requirement = ("stages", 0, "requirements", 0)
        many = [
            (("format",), "something.else"),
            (("format",), ...),
            (("format_version",), 2),
            (("format_version",), "1"),
            (("format_version",), ...),
            (("process",), ...),
            (("process",), "Fine"),
            (("process", "name"), ...),
            (("process", "name"), {}),
            (("process", "name"), "Fine"),
            (("process", "name"), {"zh_TW": "只有中文"}),
            (("process", "name"), {"en_US": "  "}),
            (("process", "enforcement"), "strict"),
            (("process", "skip_rule"), 1),
            (("process", "back_rule"), []),
            (("roles",), {}),
            (("roles", 0), "rep"),
            (("roles", 0, "key"), ...),
            (("roles", 0, "key"), ["rep"]),
            (("roles", 0, "name"), ...),
            (("roles", 0, "kind"), ...),
            (("roles", 0, "kind"), "boss"),
            (("roles",), [{"key": "rep", "name": {"en_US": "R"}, "kind": "users"}] * 2),
            (("support",), {}),
            (("support", 0), "study"),
            (("support", 0, "key"), ...),
            (("support", 0, "key"), ["study"]),
            (("support", 0, "name"), "Study"),
            (("support", 0, "department"), ...),
            (("support", 0, "department"), {"en_US": ""}),
            (("support", 0, "description"), "Text"),
            (("support", 0, "response_hours"), -1),
            (("support", 0, "resolution_days"), 0),
            (("support", 0, "resolution_days"), None),
            (("support", 0, "at_risk_percent"), 101),
            (("support",), [{"key": "study", "name": {"en_US": "S"}, "department": {"en_US": "R"}}] * 2),
            (("stages", 0, "support"), "study"),
            (("stages", 0, "support"), ["nothing"]),
            (("stages", 0, "support"), [["study"]]),
            (("stages",), ...),
            (("stages",), []),
            (("stages",), {"one": {}}),
            (("stages", 0), "One"),
            (("stages", 0, "name"), ...),
            (("stages", 0, "role"), "nobody"),
            (("stages", 0, "role"), ["rep"]),
            (("stages", 0, "time_limit_days"), -1),
            (("stages", 0, "time_limit_days"), "two"),
            (("stages", 0, "time_limit_days"), True),
            (("stages", 0, "guidance"), "<p>Text</p>"),
            (("stages", 0, "requirements"), {}),
            ((*requirement,), "First"),
            ((*requirement, "key"), ...),
            ((*requirement, "key"), "second"),
            ((*requirement, "name"), ...),
            ((*requirement, "gate"), "middle"),
            ((*requirement, "kind"), "wish"),
            ((*requirement, "judgement"), "oracle"),
            ((*requirement, "judgement"), 7),
            ((*requirement, "spin_technique"), "spin"),
            ((*requirement, "role"), "nobody"),
            ((*requirement, "support"), "nothing"),
            ((*requirement, "support"), ["study"]),
            ((*requirement, "mandatory"), "yes"),
            ((*requirement, "min_count"), -1),
            ((*requirement, "min_count"), 1.5),
            ((*requirement, "min_count"), 10**12),
            ((*requirement, "max_count"), "many"),
            ((*requirement, "freshness_days"), -5),
            ((*requirement, "domain"), 5),
            ((*requirement, "standard"), "Text"),
            ((*requirement, "after"), "second"),
            ((*requirement, "after"), ["nobody"]),
            ((*requirement, "after"), [1]),
            ((*requirement, "after"), ["first"]),
            ((*requirement, "fields"), "partner_id"),
            ((*requirement, "templates"), [{}]),
            ((*requirement, "templates"), [{"name": {"en_US": "T"}}]),
            ((*requirement, "templates"), [{"name": {"en_US": "T"}, "content": "!not base64!"}]),
            ((*requirement, "templates"), [{"name": {"en_US": "T"}, "content": 5}]),
            ((*requirement, "templates"), [{"name": {"en_US": "T"}, "form": 5}]),
            ((*requirement, "templates"), [{"name": {"en_US": "T"}, "form": [{"zh_TW": "問"}]}]),
            (("process", "description"), "<p>Text</p>"),
            (("stages", 0, "name"), {"en_US": "One\u0000"}),
        ]
        for path, value in many:
            with self.subTest(path=path, value=value):
                self._assert_refused(self._broken(path, value))

    def test_what_only_this_database_knows(self):
        requirement = ("stages", 1, "requirements", 0)
        for vals, named in (
            ({"judgement": "field", "fields": ["no_such_field"]}, "no_such_field"),
            ({"judgement": "field"}, "First"),
            ({"judgement": "activity", "activity_type": "mail.gone"}, "mail.gone"),
            ({"judgement": "activity", "activity_type": "base.main_company"}, "base.main_company"),
            ({"judgement": "activity", "activity_type": "nonsense"}, "nonsense"),
            ({"judgement": "activity"}, "First"),
            ({"judgement": "condition", "domain": "[('gone', '=', 1)]"}, "gone"),
            ({"judgement": "condition", "domain": "[('name', '=',"}, "First"),
            ({"judgement": "condition", "domain": "__import__('os').system('true')"}, "First"),
            ({"judgement": "condition"}, "First"),
            ({"judgement": "support"}, "First"),
            ({"min_count": 5, "max_count": 3}, ""),
        ):
            data = copy.deepcopy(self.good)
            data["stages"][1]["requirements"][0].update(vals)
            with self.subTest(vals=vals):
                self.assertIn(named, self._assert_refused(data))
        self.assertEqual(requirement[0], "stages")

    def test_circle(self):
        data = copy.deepcopy(self.good)
        data["stages"][0]["requirements"][0]["after"] = ["second"]
        data["stages"][1]["requirements"][0]["after"] = ["first"]
        self.assertIn("circle", self._assert_refused(data))

    def test_long_chain_is_no_circle(self):
        data = copy.deepcopy(self.good)
        data["stages"][0]["requirements"] = [
            {"key": f"r{index}", "name": {"en_US": f"R{index}"}, "after": [f"r{index - 1}"] if index else []}
            for index in range(60)
        ]
        self.assertEqual(len(self._import_file(data).stage_ids[0].requirement_ids), 60)

    def test_message_names_the_place(self):
        message = self._assert_refused(self._broken(("stages", 0, "requirements", 0, "gate"), "middle"))
        self.assertIn("stages[0].requirements[0].gate", message)
        self.assertIn("middle", message)

    def test_nothing_chosen(self):
        for vals in ({"source": "file"}, {"source": "template", "template": False}):
            wizard = self.env["sales.process.import"].with_user(self.manager).create(vals)
            with self.assertRaises(UserError):
                wizard.action_create_draft()

    def test_not_for_reps(self):
        with self.assertRaises(UserError):
            self.env["sales.process.import"].with_user(self.rep).create({"template": "b2b"})
