import json
from datetime import timedelta
from random import Random

from odoo import Command, api, models

from ...models.enablement.sales_process_resource_library import READY_LIBRARY

SEED = 23
INDUSTRIES = {"manufacturing": "Manufacturing", "technology": "Technology", "services": "Services"}
OWNERS = {"tool": "user_technical_adviser", "case": "user_support"}
#: (key, texts, key actions, days from now, state)
TRAININGS = [
    (
        "training_spin_basics",
        {
            "en_US": "SPIN: asking for situation and problem",
            "zh_TW": "SPIN：問背景與難點",
            "zh_CN": "SPIN：问背景与难点",
        },
        ("spin_situation", "spin_problem"),
        -120,
        "done",
    ),
    (
        "training_spin_advanced",
        {
            "en_US": "SPIN: implication and need-payoff",
            "zh_TW": "SPIN：暗示與效益提問",
            "zh_CN": "SPIN：暗示与效益提问",
        },
        ("spin_implication", "spin_need_payoff"),
        -45,
        "done",
    ),
    (
        "training_objections",
        {"en_US": "Handling objections about price", "zh_TW": "價格異議處理", "zh_CN": "价格异议处理"},
        ("objections_handled",),
        -20,
        "done",
    ),
    (
        "training_presentation",
        {"en_US": "Presenting a solution in fifteen minutes", "zh_TW": "十五分鐘方案簡報", "zh_CN": "十五分钟方案演示"},
        ("presentation_meeting", "solution_proposal"),
        9,
        "planned",
    ),
    (
        "training_first_response",
        {"en_US": "First response within three minutes", "zh_TW": "三分鐘首次回應", "zh_CN": "三分钟首次响应"},
        ("first_response",),
        16,
        "planned",
    ),
    (
        "training_contract",
        {"en_US": "Contract review with legal", "zh_TW": "與法務一起審合約", "zh_CN": "与法务一起审合同"},
        ("contract_review",),
        -5,
        "cancelled",
    ),
]


class SalesProcessEnablementDemo(models.AbstractModel):
    """Library, trainings and assessments of the demo company; called once, by the demo data."""

    _name = "sales.process.enablement.demo"
    _description = "Demo library and trainings"

    @api.model
    def _demo_build(self):
        if self.env.ref("sales_process_framework.training_spin_basics", raise_if_not_found=False):
            return
        quiet = self.sudo().with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True, lang="en_US"
        )
        demo = quiet.env["sales.process.demo"]
        process = demo._ref("process_b2b_demo")
        running = process | demo._ref("process_services_demo")
        quiet._build_library(demo, running)
        quiet._build_trainings(demo, process)

    def _build_library(self, demo, processes):
        data = json.loads(READY_LIBRARY.read_text(encoding="utf-8"))
        resources = self.env["sales.process.resource"]._load_library(data, processes)
        industries = {
            key: self.env["crm.tag"].search([("name", "=", name)], limit=1)
            or self.env["crm.tag"].create({"name": name})
            for key, name in INDUSTRIES.items()
        }
        industry_of = {entry["key"]: entry.get("industry") for entry in data["resources"]}
        for resource in resources:
            resource.user_id = demo._ref(OWNERS.get(resource.kind, "user_leader_maria"))
            if industry := industry_of[resource.key]:
                resource.industry_ids = industries[industry]
        # Every fifth deal carries its industry, so that the library has something to fit.
        for key in ("manufacturing", "technology"):
            leads = self.env["crm.lead"].search([("team_id", "=", demo._ref(f"team_{key}").id)])[::5]
            leads.write({"tag_ids": [Command.link(industries[key].id)]})
        named = {f"resource_{resource.key}": resource for resource in resources}
        for model, prefix in (("category", "category"), ("function", "function")):
            records = self.env[f"sales.process.resource.{model}"].search([("key", "!=", False)])
            named |= {f"resource_{prefix}_{record.key}": record for record in records}
        named |= {f"industry_{key}": tag for key, tag in industries.items() if not tag.get_external_id()[tag.id]}
        demo._name_records(named)

    def _build_trainings(self, demo, process):
        rng = Random(SEED)
        requirements = {req.key: req for req in process.stage_ids.requirement_ids}
        reps = (demo._ref("team_manufacturing") | demo._ref("team_technology")).member_ids.sorted("login")
        resources = {res.key: res for res in self.env["sales.process.resource"].search([("key", "!=", False)])}
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        named = {}
        for key, names, actions, days, state in TRAININGS:
            day = self.env.cr.now().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=days)
            while day.weekday() > 4:
                day += timedelta(days=1)
            serving = [res.id for res in resources.values() if set(res.requirement_ids.mapped("key")) & set(actions)]
            training = self.env["sales.process.training"].create(
                {
                    "name": names["en_US"],
                    "date": day,
                    "duration": 2 if days < 0 else 1.5,
                    "company_id": demo.env.ref("base.main_company").id,
                    "trainer_id": demo._ref("user_leader_maria").id,
                    "place": "Meeting room 2" if days < 0 else False,
                    "link": False if days < 0 else "https://meet.example.com/sales-training",
                    "requirement_ids": [Command.set([requirements[action].id for action in actions])],
                    "resource_ids": [Command.set(serving)],
                    "attendee_ids": [Command.create(self._prepare_attendee_vals(rng, rep, state)) for rep in reps],
                }
            )
            training.update_field_translations(
                "name", {code: text for code, text in names.items() if code in installed and code != "en_US"}
            )
            training.state = state
            if state == "planned":
                training._action_invite()
            named[key] = training
        demo._name_records(named)

    @api.model
    def _prepare_attendee_vals(self, rng, rep, state):
        attended = state == "done" and rng.random() < 0.85
        completed = attended and rng.random() < 0.9
        vals = {
            "user_id": rep.id,
            "state": "attended" if attended else "absent" if state == "done" else "invited",
            "completed": completed,
        }
        return vals | ({"assessed": True, "score": rng.randrange(60, 100, 4)} if completed else {})
