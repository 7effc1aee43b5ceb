"""The ready map (T2) in three languages, and a journey as a file."""

import base64
import copy
import json
import re

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import JourneyCommon

CHINESE = ("zh_TW", "zh_CN")
#: T2 of the framework: phase, need, pain, touchpoints, owners, deliverable.
T2 = {
    "Awareness": (
        "solutions",
        "information",
        ("White paper", "Webinar", "Online case library"),
        ("Marketing",),
        "Industry trends white paper",
    ),
    "Interest": (
        "detail",
        "fits",
        ("Demo video", "Customer story video", "One-to-one call"),
        ("Sales representative",),
        "Product feature sheet",
    ),
    "Evaluation": (
        "Proof",
        "roll-out",
        ("Visit to a reference customer", "Technical workshop"),
        ("Sales manager", "Technical adviser"),
        "Tailored solution proposal",
    ),
    "Decision": (
        "quotes",
        "After-sales",
        ("Negotiation", "Contract talks", "Legal support"),
        ("Sales director", "Legal"),
        "Contract review form",
    ),
}


class TemplateCommon(JourneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in CHINESE:
            cls.env["res.lang"]._activate_lang(code)
        templates = cls.env["sales.process"]._get_ready_templates()
        cls.b2b = cls.env["sales.process"]._import_data(templates["b2b"], cls.company)

    @classmethod
    def _install(cls, lang="en_US", **vals):
        wizard = cls.env["sales.process.journey.import"].with_user(cls.manager).with_context(lang=lang)
        action = wizard.create(
            {"template": "b2b_manufacturing", "process_id": cls.b2b.id, **vals}
        ).action_create_draft()
        return cls.env["sales.process.journey"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestTemplate(TemplateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map = cls._install()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_draft_with_seven_phases_on_the_stages(self):
        self.assertEqual(self.map.state, "draft")
        self.assertEqual(
            self.map.phase_ids.mapped("kind"),
            ["awareness", "interest", "evaluation", "decision", "use", "repurchase", "churn"],
        )
        stages = {phase.kind: phase.process_stage_ids.mapped("key") for phase in self.map.phase_ids}
        self.assertEqual(stages["awareness"], ["lead_acquisition"])
        self.assertEqual(stages["evaluation"], ["needs_diagnosis", "solution_presentation"])
        self.assertEqual(stages["decision"], ["negotiation", "contract_signing"])
        spanned = self.map.phase_ids.process_stage_ids
        self.assertEqual(spanned, self.b2b.stage_ids, "the customer's way covers the whole process")
        data = self.env["sales.process.journey"]._get_ready_journeys()["b2b_manufacturing"]
        keys = {key for phase in data["phases"] for key in phase["stages"]}
        self.assertLessEqual(keys, set(self.b2b.stage_ids.mapped("key")))
        wanted = {
            key for phase in data["phases"] for row in phase["touchpoints"] for key in row.get("requirements", [])
        }
        self.assertEqual(set(self.map.touchpoint_ids.requirement_ids.mapped("key")), wanted)

    def test_t2_whole(self):
        for phase in self.map.phase_ids[:4]:
            need, pain, touchpoints, owners, deliverable = T2[phase.name]
            with self.subTest(phase=phase.name):
                self.assertIn(need, phase.need)
                self.assertIn(pain, phase.pain)
                self.assertLessEqual(set(touchpoints), set(phase.touchpoint_ids.mapped("name")))
                self.assertLessEqual(set(owners), set(phase.touchpoint_ids.role_id.mapped("name")))
                self.assertIn(deliverable, phase.touchpoint_ids.mapped("deliverable"))
        negotiation = self.map.touchpoint_ids.filtered(lambda one: one.key == "negotiation")
        self.assertIn("3 years", negotiation.action)
        self.assertIn("24-hour", negotiation.action)
        self.assertIn("15-minute demo", " ".join(self.map.touchpoint_ids.mapped("action")))

    def test_new_web_lead_is_answered_within_three_minutes(self):
        lead = self.map.touchpoint_ids.filtered(lambda one: one.key == "new_web_lead")
        self.assertEqual((lead.response_time, lead.response_unit), (3, "minutes"))
        self.assertEqual((lead.clock_start, lead.match_source), ("lead_created", "web_form"))
        self.assertEqual((lead.quadrant, lead.phase_id.kind), ("do_first", "awareness"))
        self.assertTrue(lead.script)
        self.assertEqual(lead.role_id.kind, "salesperson")

    def test_customers_mail_has_a_standard_wherever_a_lead_stands(self):
        covered = self.env["sales.process.stage"]
        for touchpoint in self.map.touchpoint_ids.filtered(lambda one: one.match_source == "email_in"):
            self.assertEqual((touchpoint.clock_start, touchpoint.direction), ("incoming", "customer"))
            self.assertGreater(touchpoint.response_time, 0)
            covered |= touchpoint.phase_id.process_stage_ids
        self.assertEqual(covered, self.b2b.stage_ids)

    def test_phase_without_stages_takes_no_touch_of_another_phase(self):
        """A rule of a phase that spans no stages would count wherever the lead stands."""
        free = self.map.phase_ids.filtered(lambda phase: not phase.process_stage_ids)
        self.assertEqual(free.mapped("kind"), ["churn"])
        self.assertEqual(set(free.touchpoint_ids.mapped("match_source")), {"none"})

    def test_later_phases_have_rules_and_touchpoints(self):
        rules = {p.kind: (p.days_without_contact, p.days_without_order) for p in self.map.phase_ids}
        self.assertEqual(rules["repurchase"], (0, 180))
        self.assertEqual(rules["churn"], (180, 365))
        self.assertTrue(all(phase.touchpoint_count >= 2 for phase in self.map.phase_ids))
        self.assertEqual(set(self.map.touchpoint_ids.mapped("channel_kind")), {"online", "offline", "internal"})

    def test_every_text_in_three_languages(self):
        touchpoints = self.map.touchpoint_ids
        fields = {
            self.map: ("name", "description"),
            self.map.persona_ids: ("name", "segment", "goals", "pains", "information_channels"),
            self.map.phase_ids: ("name", "need", "pain", "information_channels"),
            touchpoints: ("name", "need", "pain", "action", "script", "deliverable"),
            touchpoints.role_id: ("name",),
        }
        self.assertEqual(len(self.map.persona_ids), 4)
        for records, names in fields.items():
            for record in records:
                for name in names:
                    with self.subTest(model=record._name, record=record.name, field=name):
                        self._assert_translated(record, name)

    def _assert_translated(self, record, name):
        english = record.with_context(lang="en_US")[name]
        if not english:
            return
        self.assertNotRegex(str(english), r"[\u4e00-\u9fff]")
        for code in CHINESE:
            text = record.with_context(lang=code)[name]
            self.assertRegex(str(text), r"[\u4e00-\u9fff]", code)
            if record._fields[name].type == "html":
                for term in record._fields[name].get_trans_terms(str(text)):
                    self.assertRegex(term, r"[\u4e00-\u9fff]", code)

    def test_texts_of_the_file_in_three_languages(self):
        data = self.env["sales.process.journey"]._get_ready_journeys()["b2b_manufacturing"]
        # Terms that the two differ in: Taiwan's must not stand in the mainland's text, and the other way round.
        foreign = {"zh_TW": r"[们这么为对来时发问线业务统]", "zh_CN": r"[們這麼為對來時發問線業務統]"}

        def walk(value):
            if isinstance(value, dict) and "en_US" in value:
                self.assertEqual(set(value), {"en_US", *CHINESE}, value)
                for code in CHINESE:
                    self.assertNotRegex(value[code], foreign[code])
                    self.assertFalse(re.search(r"[\u4e00-\u9fff][,:;]", value[code]), value[code])
            elif isinstance(value, dict):
                for part in value.values():
                    walk(part)
            elif isinstance(value, list):
                for part in value:
                    walk(part)

        walk(data)

    def test_activated_as_it_is(self):
        self.map.with_user(self.manager).action_activate()
        self.assertEqual(self.map.state, "active")

    def test_second_journey_shares_roles_personas_channels(self):
        again = self._install()
        self.assertEqual(again.persona_ids, self.map.persona_ids)
        self.assertEqual(again.touchpoint_ids.role_id, self.map.touchpoint_ids.role_id)
        self.assertEqual(again.touchpoint_ids.channel_id, self.map.touchpoint_ids.channel_id)
        self.assertFalse(again.touchpoint_ids & self.map.touchpoint_ids)

    def test_wizard_in_the_users_language(self):
        data = self.env["sales.process.journey"]._get_ready_journeys()["b2b_manufacturing"]
        for code in ("en_US", *CHINESE):
            Wizard = self.env["sales.process.journey.import"].with_context(lang=code)
            self.assertEqual(Wizard._get_template_selection()[0][1], data["journey"]["name"][code])
            with Form(Wizard.with_user(self.manager)) as form:
                self.assertEqual(form.summary, data["journey"]["summary"][code])
                self.assertEqual(len(form.phase_names.split(" → ")), 7)
                self.assertEqual(set(form.process_id.stage_ids.mapped("key")), set(self.b2b.stage_ids.mapped("key")))

    def test_segment_in_the_language_of_who_installs(self):
        self.assertEqual(self._install("zh_TW").segment, "新客戶")

    def test_without_a_process_nothing_is_linked(self):
        free = self._install(process_id=False)
        self.assertFalse(free.process_ids | free.phase_ids.process_stage_ids.process_id)
        self.assertEqual(len(free.touchpoint_ids), len(self.map.touchpoint_ids))


@tagged("post_install", "-at_install")
class TestExchange(TemplateCommon):
    def _round_trip(self, journey, process):
        data = json.loads(json.dumps(journey._export_data()))
        return data, journey._import_data(data, self.company, process)

    def test_round_trip(self):
        journey = self._install()
        data, again = self._round_trip(journey, self.b2b)
        self.assertEqual(again._export_data(), data)
        self.assertNotEqual(again, journey)
        self.assertEqual(again.phase_ids.process_stage_ids, journey.phase_ids.process_stage_ids)
        self.assertEqual(again.with_context(lang="zh_CN").name, "B2B 制造业新客户")

    def test_file_keeps_what_the_ready_template_says(self):
        source = self.env["sales.process.journey"]._get_ready_journeys()["b2b_manufacturing"]
        data = self._install()._export_data()
        for phase, exported in zip(source["phases"], data["phases"], strict=True):
            self.assertEqual(exported["name"], phase["name"])
            self.assertEqual(exported["stages"], sorted(phase["stages"]))
            for row, out in zip(phase["touchpoints"], exported["touchpoints"], strict=True):
                for key, value in row.items():
                    self.assertEqual(out[key], sorted(value) if key == "requirements" else value, key)

    def test_round_trip_of_one_drawn_by_hand(self):
        self.second.copy()
        role = self.env["sales.process.role"].create({"name": "Somebody", "kind": "users"})
        self.first.write({"role_id": role.id, "script": "<p>Hello</p>", "match_text": "report"})
        data, again = self._round_trip(self.journey, self.process)
        self.assertEqual(len(again.touchpoint_ids), 3)
        self.assertEqual(again.touchpoint_ids[0].role_id.name, "Somebody")
        self.assertEqual(again.touchpoint_ids[0].match_text, "report")
        self.assertEqual(len({row["key"] for row in data["phases"][0]["touchpoints"]}), 3)

    def _import(self, data):
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        wizard = self.env["sales.process.journey.import"].with_user(self.manager)
        return wizard.create({"source": "file", "file": base64.b64encode(content)}).action_create_draft()

    def test_bad_files_create_nothing_and_say_where(self):
        good = self.env["sales.process.journey"]._get_ready_journeys()["b2b_manufacturing"]

        def changed(change):
            data = copy.deepcopy(good)
            change(data)
            return data

        touchpoint = "phases[0].touchpoints[0]"
        cases = (
            (b"not json", "not a journey exported as JSON"),
            (b"[" * 100000, "not a journey exported as JSON"),
            ([], "not a journey file"),
            (self.b2b._export_data(), "format is not a journey file"),
            (changed(lambda d: d.update(phases=[])), "phases lists no phase"),
            (changed(lambda d: d["journey"].pop("name")), "journey.name"),
            (changed(lambda d: d["phases"][0]["touchpoints"][0].update(urgency=9)), f"{touchpoint}.urgency"),
            (changed(lambda d: d["phases"][0]["touchpoints"][0].update(role="boss")), "unknown role “boss”"),
            (changed(lambda d: d["phases"][0]["touchpoints"][0].update(match_source={})), f"{touchpoint}.match_source"),
            (changed(lambda d: d["phases"][1]["touchpoints"][0].update(match_activity_type="mail.none")), "mail.none"),
        )
        models = ("journey", "journey.phase", "touchpoint", "persona", "channel")
        count = lambda: [self.env[f"sales.process.{name}"].search_count([]) for name in models]  # noqa: E731
        before = count()
        for data, message in cases:
            with self.subTest(message), self.assertRaises(UserError) as caught:
                self._import(data)
            self.assertIn(message, str(caught.exception))
            self.assertEqual(count(), before)

    def test_nothing_chosen(self):
        wizard = self.env["sales.process.journey.import"].with_user(self.manager)
        for vals, message in (({"source": "file"}, "Choose the file"), ({"template": False}, "Choose a template")):
            with self.assertRaisesRegex(UserError, message):
                wizard.create(vals).action_create_draft()
