"""Who may do what: every model and every public method of the addon, found in the registry, against every role."""

from contextlib import suppress
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SalesProcessCommon

NASTY = "<script>alert(1)</script><b>bold</b>"

#: Configuration: read by salespeople, changed by sales administrators.
CONFIGURATION = {
    "sales.process",
    "sales.process.stage",
    "sales.process.requirement",
    "sales.process.role",
    "sales.process.journey",
    "sales.process.journey.phase",
    "sales.process.persona",
    "sales.process.channel",
    "sales.process.touchpoint",
    "sales.process.resource",
    "sales.process.resource.category",
    "sales.process.resource.function",
    "sales.process.resource.rating",
    "sales.process.training",
    "sales.process.training.attendee",
    "sales.process.department",
    "sales.process.sla.policy",
    "sales.process.kpi",
    "sales.process.target.scenario",
    "sales.process.alert.rule",
    "sales.process.change",
    "sales.process.improvement",
    "sales.process.review",
    "sales.process.review.action",
    "sales.process.review.topic",
    "sales.process.migration",
    "sales.process.migration.stage.map",
    "sales.process.migration.requirement.map",
    "sales.process.alert.escalation",
    "sales.process.pilot",
    "sales.process.completeness.rule",
    "sales.process.feedback",
    "sales.process.feedback.theme",
    "sales.process.award",
    "sales.process.scorecard.scheme",
    "sales.process.scorecard.weight",
    "sales.process.rollout",
    "sales.process.rollout.phase",
    "sales.process.rollout.condition",
    "sales.process.rollout.check",
    "sales.process.variant.allowed",
}
#: Facts about leads: read by whoever sees the lead, changed by nobody directly.
FACTS = {
    "sales.process.answer",
    "sales.process.decision",
    "sales.process.deliverable",
    "sales.process.exception",
    "sales.process.visit",
}
#: Facts as well, with tests of their own in the folders of their parts.
MORE_FACTS = {
    "sales.process.alert",
    "sales.process.closing.change",
    "sales.process.kpi.value",
    "sales.process.migration.lead",
    "sales.process.pilot.assignment",
    "sales.process.scorecard",
    "sales.process.scorecard.line",
    "sales.process.stage.load",
    "sales.process.customer",
    "sales.process.feedback.voice",
    "sales.process.response",
    "sales.process.support.pause",
    "sales.process.support.request",
    "sales.process.touch",
}
#: What reps write down about their leads.
LEAD_DATA = {"sales.process.buyer"}
#: What everybody keeps for oneself, as record rules see to.
OWN_DATA = {"sales.process.dashboard.favorite"}
#: Made by leaders for their people as well, deleted by sales administrators alone; record rules say whose.
GOALS = {"sales.process.target"}
#: Reports for whoever sees all deals, and for sales administrators.
LEADERS_REPORTS = {
    "sales.process.alert.effect",
    "sales.process.pilot.decision",
    "sales.process.pilot.result",
    "sales.process.rollout.event",
    "sales.process.rollout.former",
}
#: Made, archived and deleted by sales administrators, read by whoever sees all deals; the numbers changed by nobody.
HEALTH_REPORTS = {"sales.process.health.report"}
HEALTH_SCHEDULES = {"sales.process.health.report.schedule", "sales.process.review.schedule"}
MANAGER_REPORTS = {"sales.process.alert.notice"}
#: Computed from facts, stored nowhere.
REPORTS = {
    "sales.process.skill",
    "sales.process.fact.alert",
    "sales.process.fact.answer",
    "sales.process.fact.decision",
    "sales.process.fact.deliverable",
    "sales.process.fact.exception",
    "sales.process.fact.response",
    "sales.process.fact.support",
    "sales.process.fact.touch",
    "sales.process.fact.training",
}
#: Wizards for sales administrators only.
MANAGER_WIZARDS = {
    "sales.process.activation",
    "sales.process.activation.line",
    "sales.process.activation.stage",
    "sales.process.import",
    "sales.process.journey.import",
    "sales.process.kpi.backfill",
    "sales.process.kpi.correct",
    "sales.process.target.import",
    "sales.process.alert.preview",
    "sales.process.alert.preview.line",
    "sales.process.pilot.decide",
    "sales.process.retirement",
    "sales.process.rollout.open",
    "sales.process.rollout.back",
    "sales.process.feedback.interview",
    "sales.process.feedback.answer",
    "sales.process.feedback.merge",
    "sales.process.health.report.make",
}
#: Wizards for whoever sees all deals.
LEADERS_WIZARDS = {"sales.process.health.report.compare"}
#: Wizards for everybody who sells.
WIZARDS = {
    "sales.process.rejection",
    "sales.process.support.ask",
    "sales.process.support.step",
    "sales.process.alert.snooze",
    "sales.process.breakdown",
    "sales.process.breakdown.line",
}
READ_ONLY = FACTS | MORE_FACTS | REPORTS
KNOWN = (
    CONFIGURATION
    | READ_ONLY
    | LEAD_DATA
    | OWN_DATA
    | GOALS
    | LEADERS_REPORTS
    | MANAGER_REPORTS
    | HEALTH_REPORTS
    | HEALTH_SCHEDULES
    | MANAGER_WIZARDS
    | LEADERS_WIZARDS
    | WIZARDS
)

ALL = ("read", "write", "create", "unlink")
RPC_ARGUMENTS = {
    "action_sales_process_advance": (),
    "get_sales_process_panel": (),
    "sales_process_answer": ("requirement", {"state": "done"}),
    "sales_process_complete": ([{"requirement_id": "requirement", "state": "done"}],),
    "sales_process_decide": ("requirement", True),
    "sales_process_decide_exception": ("exception", True),
    "sales_process_mark_contact": (0,),
    "sales_process_record_touch": (0,),
    "sales_process_remove_touch": (0,),
    "sales_process_remove_document": ("document", "file"),
    "sales_process_request_approval": ("approval",),
    "sales_process_request_exception": ("stage", "Please"),
    "sales_process_submit_document": ("document", ["file"]),
}


class SecurityCommon(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner_role = cls.env["sales.process.role"].create(
            {"name": "Legal", "kind": "users", "user_ids": cls.colleague.ids}
        )
        cls.criterion = cls._require(cls.p_qualify, "Budget")
        cls.report = cls._require(
            cls.p_qualify,
            "Report",
            kind="deliverable",
            judgement="document",
            approval_required=True,
            role_id=cls.owner_role.id,
        )
        cls.approval = cls._require(cls.p_qualify, "Review", judgement="approval", role_id=cls.owner_role.id)
        cls._activate()
        cls.own_rep = cls.rep
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal_user", groups="base.group_portal")
        cls.public = new_test_user(cls.env, login="spf_public_user", groups="base.group_public")
        cls.lead = cls._lead(name="Guarded deal")

    def _make_facts(self):
        """One fact of every kind on the rep's lead."""
        lead = self.lead.with_user(self.rep)
        self._tick(self.lead, self.criterion)
        self._hand_in(self.lead, self.report)
        lead.sales_process_request_approval(self.approval.id)
        lead.sales_process_request_exception(self.diagnose.id, "Customer waits")
        self.env["sales.process.decision"].create(
            {
                "lead_id": self.lead.id,
                "lead_name": self.lead.name,
                "outcome": "refused",
                "user_id": self.rep.id,
                "company_id": self.company.id,
                "process_id": self.process.id,
            }
        )
        self.env.flush_all()
        facts = {name: self.env[name].search([("lead_id", "=", self.lead.id)]) for name in sorted(FACTS)}
        for name, records in facts.items():
            self.assertTrue(records, f"no {name} to guard")
        return facts


@tagged("post_install", "-at_install")
class TestModelAccess(SecurityCommon):
    def _get_models(self):
        return {
            name
            for name, model in self.env.registry.items()
            if name.startswith("sales.process") and not model._abstract
        }

    def test_every_model_is_known_here(self):
        self.assertEqual(self._get_models(), KNOWN)

    def _allowed(self, name, user):
        """What a role may do with a model."""
        if user in (self.internal, self.portal, self.public):
            return set()
        if name in LEADERS_WIZARDS and user in (self.manager, self.colleague):
            return set(ALL)
        if name in HEALTH_REPORTS and user in (self.manager, self.colleague):
            return set(ALL) if user == self.manager else {"read"}
        if user == self.manager:
            return {"read"} if name in READ_ONLY | LEADERS_REPORTS | MANAGER_REPORTS else set(ALL)
        if name in CONFIGURATION | READ_ONLY or (name in LEADERS_REPORTS and user == self.colleague):
            return {"read"}
        if name in GOALS:
            return set(ALL) - {"unlink"}
        if name in LEADERS_REPORTS | MANAGER_REPORTS:
            return set()
        hidden = MANAGER_WIZARDS | LEADERS_WIZARDS | HEALTH_REPORTS | HEALTH_SCHEDULES
        return set() if name in hidden else set(ALL)

    def test_matrix(self):
        users = (self.public, self.portal, self.internal, self.own_rep, self.stranger, self.colleague, self.manager)
        for name in sorted(self._get_models()):
            for user in users:
                allowed = self._allowed(name, user)
                model = self.env[name].with_user(user)
                for operation in ALL:
                    with self.subTest(model=name, user=user.login, operation=operation):
                        self.assertEqual(model.has_access(operation), operation in allowed)

    def test_operations_are_refused_through_the_orm(self):
        """The access list is asked by the calls that a client makes, not only by ``has_access``."""
        facts = self._make_facts()
        draft = self.process.copy({"name": "Draft"})
        records = {
            "sales.process": draft,
            "sales.process.stage": draft.stage_ids[0],
            "sales.process.requirement": draft.stage_ids.requirement_ids[0],
            "sales.process.role": self.owner_role,
            **{name: recs[:1] for name, recs in facts.items()},
        }
        for name, record in records.items():
            for user in (self.public, self.portal, self.internal, self.own_rep, self.colleague, self.manager):
                allowed = self._allowed(name, user)
                record.invalidate_recordset()
                mine = record.with_user(user)
                calls = {
                    "read": lambda mine=mine: (mine.read(["display_name"]), mine.search([])),
                    "write": lambda mine=mine: mine.write({"display_name": "x"}),
                    "create": lambda mine=mine: mine.create({}),
                    "unlink": lambda mine=mine: mine.unlink(),
                }
                for operation, call in calls.items():
                    if operation in allowed:
                        continue
                    with (
                        self.subTest(model=name, user=user.login, operation=operation),
                        mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"),
                        self.assertRaises(AccessError),
                    ):
                        call()

    def test_menus_and_actions_of_the_addon_need_a_sales_group(self):
        menus = self.env["ir.model.data"].search(
            [("module", "=", "sales_process_framework"), ("model", "=", "ir.ui.menu")]
        )
        configuration = self.env.ref("sales_process_framework.sales_process_action")
        Menu = self.env["ir.ui.menu"]
        ours = set(menus.mapped("res_id"))
        for user, expected in ((self.manager, True), (self.own_rep, False)):
            visible = Menu.browse(Menu.with_user(user)._visible_menu_ids())
            shown = visible.filtered(lambda menu, visible=visible: not menu.parent_id or menu.parent_id in visible)
            actions = [menu.action for menu in shown if menu.id in ours]
            self.assertEqual(configuration in actions, expected, user.login)
        self.assertFalse(Menu.with_user(self.internal)._visible_menu_ids() & ours)


@tagged("post_install", "-at_install")
class TestFactsFollowTheLead(SecurityCommon):
    def test_stranger_sees_nothing_of_a_lead_that_is_not_his(self):
        facts = self._make_facts()
        for name, records in facts.items():
            with self.subTest(model=name):
                mine = self.env[name].with_user(self.stranger)
                self.assertFalse(mine.search([("id", "in", records.ids)]), "search")
                self.assertFalse(mine.search_count([("id", "in", records.ids)]), "search_count")
                self.assertFalse(mine.name_search("Guarded"), "name_search")
                groups = mine.formatted_read_group([("id", "in", records.ids)], ["lead_id"], ["__count"])
                self.assertFalse(groups, "read_group")
                self.assertFalse(mine.search_read([("lead_id", "=", self.lead.id)], ["id"]), "search_read")
                records.invalidate_recordset()
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                    records.with_user(self.stranger).read(["lead_id"])

    def test_whoever_sees_the_lead_sees_its_facts(self):
        facts = self._make_facts()
        for user in (self.rep, self.colleague, self.manager):
            for name, records in facts.items():
                with self.subTest(model=name, user=user.login):
                    self.assertEqual(self.env[name].with_user(user).search([("id", "in", records.ids)]), records)

    def test_refusal_of_a_lead_never_created_is_seen_by_its_author_and_managers(self):
        decision = self.env["sales.process.decision"].create(
            {"lead_name": "Never born", "outcome": "refused", "user_id": self.rep.id, "company_id": self.company.id}
        )
        for user, seen in ((self.rep, True), (self.manager, True), (self.stranger, False)):
            found = self.env["sales.process.decision"].with_user(user).search([("id", "=", decision.id)])
            self.assertEqual(bool(found), seen, user.login)

    def test_facts_follow_a_rule_that_another_addon_adds(self):
        facts = self._make_facts()
        self.env["ir.rule"].create(
            {
                "name": "Secret deals",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('name', 'not ilike', 'guarded')]",
            }
        )
        for name, records in facts.items():
            with self.subTest(model=name):
                self.assertFalse(self.env[name].with_user(self.colleague).search([("id", "in", records.ids)]))

    def test_files_follow_the_lead(self):
        self._make_facts()
        file = self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)]).attachment_ids
        self.assertEqual(file.with_user(self.rep).raw, b"content")
        self.assertEqual(file.with_user(self.colleague).raw, b"content")
        for user in (self.stranger, self.internal, self.portal, self.public):
            file.invalidate_recordset()
            with self.subTest(user=user.login):
                self.assertFalse(self.env["ir.attachment"].with_user(user).search([("id", "=", file.id)]))
                with self.assertRaises(AccessError):
                    file.with_user(user).read(["raw"])
        for operation in (lambda mine: mine.write({"raw": b"forged"}), lambda mine: mine.unlink()):
            with self.assertRaises(AccessError):
                operation(file.with_user(self.colleague))

    def test_messages_of_facts_follow_the_lead(self):
        facts = self._make_facts()
        for name in ("sales.process.deliverable", "sales.process.exception"):
            record = facts[name]
            message = self._post(record, "Between us")
            found = self.env["mail.message"].with_user(self.stranger).search([("id", "=", message.id)])
            self.assertFalse(found, name)


@tagged("post_install", "-at_install")
class TestPublicMethods(SecurityCommon):
    def _get_names(self):
        Lead = self.env["crm.lead"]
        return {
            name
            for name in dir(Lead)
            if "sales_process" in name and not name.startswith("_") and name not in Lead._fields
        }

    def _arguments(self, name):
        self.env.flush_all()
        known = {
            "requirement": self.criterion.id,
            "approval": self.approval.id,
            "document": self.report.id,
            "stage": self.diagnose.id,
            "file": self.file.id,
            "exception": self.exception.id,
        }

        def fill(value):
            if isinstance(value, list):
                return [fill(entry) for entry in value]
            if isinstance(value, dict):
                return {key: fill(entry) if key == "requirement_id" else entry for key, entry in value.items()}
            return known.get(value, value) if isinstance(value, str) else value

        return [fill(value) for value in RPC_ARGUMENTS[name]]

    def setUp(self):
        super().setUp()
        self.file = self._upload(self.lead)
        self.exception = self.env["sales.process.exception"].create(
            {
                "lead_id": self.lead.id,
                "process_id": self.process.id,
                "to_stage_id": self.propose.id,
                "reason": "x",
                "requested_by_id": self.rep.id,
                "approver_ids": [Command.set(self.colleague.ids)],
            }
        )
        self.foreign_exception = self.env["sales.process.exception"].create(
            {
                "lead_id": self._lead(name="Foreign").id,
                "to_stage_id": self.propose.id,
                "reason": "x",
                "requested_by_id": self.rep.id,
                "approver_ids": [Command.set(self.colleague.ids)],
            }
        )

    def test_every_method_is_known_here(self):
        self.assertEqual(self._get_names(), set(RPC_ARGUMENTS))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_without_access_to_the_lead_every_method_is_refused(self):
        for name in sorted(self._get_names()):
            for user in (self.stranger, self.internal, self.portal, self.public):
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(method=name, user=user.login), self.assertRaises(AccessError):
                    getattr(self.lead.with_user(user), name)(*self._arguments(name))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_read_access_alone_answers_nothing(self):
        self.env["ir.rule"].create(
            {
                "name": "Only one's own is written",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('user_id', '=', user.id)]",
                "perm_read": False,
                "perm_create": False,
                "perm_unlink": False,
            }
        )
        reader = self.leader
        lead = self.lead.with_user(reader)
        panel = lead.get_sales_process_panel()
        self.assertFalse(panel["can_advance"])
        self.assertFalse(any(item["can_answer"] for item in panel["exit"] + panel["entry"]))
        reading = {"get_sales_process_panel", "sales_process_decide", "sales_process_decide_exception"}
        for name in sorted(self._get_names() - reading):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(method=name), self.assertRaises(AccessError):
                getattr(lead, name)(*self._arguments(name))
        self.assertFalse(self.env["sales.process.answer"].search([("lead_id", "=", self.lead.id)]))

    def test_requirement_of_another_process_is_refused(self):
        other = self.process.copy({"name": "Other"})
        strange = other.stage_ids.requirement_ids
        lead = self.lead.with_user(self.rep)
        manual, document, approval = (
            strange.filtered(lambda req, kind=kind: req.judgement == kind)
            for kind in ("manual", "document", "approval")
        )
        calls = (
            lambda: lead.sales_process_answer(manual.id, {"state": "done"}),
            lambda: lead.sales_process_submit_document(document.id, self.file.ids),
            lambda: lead.sales_process_remove_document(document.id, self.file.id),
            lambda: lead.sales_process_request_approval(approval.id),
            lambda: lead.sales_process_decide(approval.id, True),
            lambda: lead.sales_process_complete([{"requirement_id": manual.id, "state": "done"}]),
            lambda: lead.sales_process_answer(0, {"state": "done"}),
        )
        for index, call in enumerate(calls):
            with self.subTest(index), self.assertRaises(UserError) as caught:
                call()
            self.assertIn("process", str(caught.exception))
        self.assertFalse(self.env["sales.process.answer"].search([("lead_id", "=", self.lead.id)]))

    def test_exception_of_another_lead_is_refused(self):
        with self.assertRaises(UserError):
            self.lead.with_user(self.colleague).sales_process_decide_exception(self.foreign_exception.id, True)
        self.assertEqual(self.foreign_exception.state, "requested")

    def test_complete_writes_only_what_is_asked_for(self):
        lead = self.lead.with_user(self.rep)
        for values in (
            {"user_id": self.colleague.id},
            {"expected_revenue": 1, "stage_id": self.won.id},
            {"team_id": 1},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                lead.sales_process_complete([{"requirement_id": self.criterion.id, "values": values}])
        self.assertEqual(
            (self.lead.user_id, self.lead.stage_id, self.lead.team_id), (self.rep, self.qualify, self.team)
        )

    def test_complete_stores_all_or_nothing(self):
        lead = self.lead.with_user(self.rep)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            lead.sales_process_complete(
                [
                    {"requirement_id": self.criterion.id, "state": "done"},
                    {"requirement_id": self.report.id, "state": "done"},
                ]
            )
        self.assertFalse(self.env["sales.process.answer"].search([("lead_id", "=", self.lead.id)]))

    def test_private_methods_are_not_reachable(self):
        reachable = []
        models = [name for name in self.env.registry if name.startswith("sales.process")]
        for name in [*models, "crm.lead", "resource.calendar", "res.users"]:
            model = self.env[name]
            for method in dir(type(model)):
                inside = any(
                    method in vars(cls)
                    for cls in type(model).__mro__
                    if cls.__module__.startswith("odoo.addons.sales_process_framework")
                )
                if inside and method.startswith("_") and callable(getattr(type(model), method, None)):
                    with suppress(AccessError):
                        get_public_method(model, method)
                        reachable.append(f"{name}.{method}")
        self.assertFalse(reachable)
        with self.assertRaises(AccessError):
            get_public_method(self.env["crm.lead"], "_attach_to_process")
        get_public_method(self.env["crm.lead"], "get_sales_process_panel")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_public_methods_of_the_other_models(self):
        """Buttons can be called by anybody with an id."""
        self.lead.with_user(self.rep).sales_process_submit_document(self.report.id, self.file.ids)
        deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)])
        visit = self.lead.sales_visit_ids
        draft = self.process.copy({"name": "Draft"})
        calls = [
            (deliverable, "action_approve"),
            (deliverable, "action_revoke"),
            (deliverable, "action_open_lead"),
            (self.exception, "action_approve"),
            (self.exception, "action_reject"),
            (visit, "action_open_lead"),
            (draft, "action_retire"),
            (draft, "action_new_version"),
            (draft, "action_export_json"),
        ]
        for record, method, *arguments in calls:
            for user in (self.stranger, self.internal, self.portal, self.public):
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(model=record._name, method=method, user=user.login), self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)(*arguments)
        self.assertEqual(deliverable.state, "submitted")
        self.assertEqual(self.exception.state, "requested")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_administrator_of_another_company_decides_nothing_here(self):
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        outsider = self._new_user(
            "spf_outsider",
            "sales_team.group_sale_manager",
            company_id=foreign.id,
            company_ids=[Command.set(foreign.ids)],
        )
        self.lead.with_user(self.rep).sales_process_submit_document(self.report.id, self.file.ids)
        deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)])
        for method in ("action_approve", "action_revoke"):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(deliverable.with_user(outsider), method)()
        with self.assertRaises(AccessError):
            self.exception.with_user(outsider).action_approve()
        self.assertEqual((deliverable.state, self.exception.state), ("submitted", "requested"))


@tagged("post_install", "-at_install")
class TestForeignFiles(SecurityCommon):
    def _assert_not_taken(self, file, user=None):
        before = (file.res_model, file.res_id)
        with self.assertRaises(AccessError):
            self.lead.with_user(user or self.rep).sales_process_submit_document(self.report.id, file.ids)
        self.assertEqual((file.res_model, file.res_id), before)
        self.assertFalse(self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)]).attachment_ids)

    def test_file_of_another_lead(self):
        self._assert_not_taken(self._upload(self._lead(name="Other", user=self.stranger), user=self.stranger))

    def test_file_of_ones_own_other_lead(self):
        self._assert_not_taken(self._upload(self._lead(name="Mine too")))

    def test_document_of_another_lead(self):
        other = self._lead(name="Other", user=self.stranger)
        self._hand_in(other, self.report, user=self.stranger)
        file = self.env["sales.process.deliverable"].search([("lead_id", "=", other.id)]).attachment_ids
        self._assert_not_taken(file)

    def test_file_of_any_other_record(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        for values in (
            {"res_model": "res.partner", "res_id": partner.id},
            {"res_model": "sales.process.requirement", "res_id": self.report.id},
            {"res_model": "ir.ui.view", "res_id": 0},
            {"type": "url", "url": "/web/content/1"},
        ):
            with self.subTest(values=values):
                self._assert_not_taken(self.env["ir.attachment"].create({"name": "Secret", **values}))

    def test_loose_file_of_somebody_else(self):
        self._assert_not_taken(
            self.env["ir.attachment"].with_user(self.stranger).create({"name": "Loose", "raw": b"x"})
        )

    def test_missing_file(self):
        with self.assertRaises(AccessError):
            self.lead.with_user(self.rep).sales_process_submit_document(self.report.id, [2**30])
        with self.assertRaises(AccessError):
            self.lead.with_user(self.rep).sales_process_submit_document(self.report.id, [])

    def test_loose_file_of_ones_own_is_taken(self):
        file = self.env["ir.attachment"].with_user(self.rep).create({"name": "Loose", "raw": b"x"})
        self.lead.with_user(self.rep).sales_process_submit_document(self.report.id, file.ids)
        self.assertEqual(file.res_model, "sales.process.deliverable")


@tagged("post_install", "-at_install")
class TestNobodyDecidesAboutHimself(SecurityCommon):
    def test_document(self):
        for user in (self.rep, self.colleague, self.manager):
            lead = self._lead(name=f"Of {user.login}", user=user)
            self._hand_in(lead, self.report, user=user)
            deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)])
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    lead.with_user(user).sales_process_decide(self.report.id, True)
                with self.assertRaises(UserError):
                    deliverable.with_user(user).action_approve()
                self.assertEqual(deliverable.state, "submitted")

    def test_approval(self):
        for user in (self.rep, self.colleague, self.manager):
            lead = self._lead(name=f"Of {user.login}", user=user)
            lead.with_user(user).sales_process_request_approval(self.approval.id)
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    lead.with_user(user).sales_process_decide(self.approval.id, True)
                answer = self.env["sales.process.answer"].search([("lead_id", "=", lead.id)])
                self.assertEqual(answer.state, "requested")

    def test_exception(self):
        self.lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Please")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(exception.state, "requested")
        with self.assertRaises(UserError):
            self.lead.with_user(self.rep).sales_process_decide_exception(exception.id, True)
        with self.assertRaises(UserError):
            exception.with_user(self.rep).action_approve()
        self.assertEqual(exception.state, "requested")

    def test_whoever_has_no_say_decides_nothing(self):
        self._make_facts()
        other = self._new_user("spf_bystander", "sales_team.group_sale_salesman_all_leads")
        lead = self.lead.with_user(other)
        exception = self.env["sales.process.exception"].search([("lead_id", "=", self.lead.id)])
        for call in (
            lambda: lead.sales_process_decide(self.approval.id, True),
            lambda: lead.sales_process_decide(self.report.id, True),
            lambda: lead.sales_process_decide_exception(exception.id, True),
        ):
            with self.assertRaises(UserError):
                call()

    def test_an_approval_is_not_ticked(self):
        lead = self.lead.with_user(self.rep)
        for values in ({"state": "done"}, {"state": "approved"}, {"state": "requested"}, {"state": False, "count": 3}):
            with self.subTest(values=values), self.assertRaises(UserError):
                lead.sales_process_answer(self.approval.id, values)
        self.assertFalse(self.env["sales.process.answer"].search([("lead_id", "=", self.lead.id)]))


@tagged("post_install", "-at_install")
class TestTextIsText(SecurityCommon):
    """Whatever people type is shown as typed, nowhere taken for markup."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("UPDATE sales_process_requirement SET name = jsonb_build_object('en_US', %s)", [NASTY])
        cls.env.invalidate_all()
        cls.lead.name = NASTY

    def _assert_escaped(self, bodies):
        self.assertTrue(bodies)
        for body in bodies:
            self.assertNotIn("<script", body)
            self.assertNotIn("<b>bold", body)

    def test_chatter(self):
        lead = self.lead.with_user(self.rep)
        self._tick(self.lead, self.criterion, note=NASTY)
        self._hand_in(self.lead, self.report)
        lead.sales_process_request_approval(self.approval.id, NASTY)
        lead.sales_process_request_exception(self.diagnose.id, NASTY)
        exception = self.env["sales.process.exception"].search([("lead_id", "=", self.lead.id)])
        deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", self.lead.id)])
        activities = (self.lead.activity_ids | exception.activity_ids).filtered("note")
        self.assertEqual(len(activities), 2)
        self._assert_escaped(activities.mapped("note"))
        for note in activities.mapped("note"):
            self.assertIn("&lt;b&gt;bold", note, "nothing of the reason is lost")
        decider = self.lead.with_user(self.colleague)
        decider.sales_process_decide(self.approval.id, False, NASTY)
        decider.sales_process_decide(self.report.id, False, NASTY)
        self.lead.with_user(self.leader).sales_process_decide_exception(exception.id, False, NASTY)
        self._hand_in(self.lead, self.report)
        messages = self.lead.message_ids | exception.message_ids | deliverable.message_ids
        self._assert_escaped(messages.mapped("body"))
        self.assertTrue([body for body in self.lead.message_ids.mapped("body") if "&lt;script&gt;" in body])

    def test_payloads_carry_plain_text(self):
        self._tick(self.lead, self.criterion, note=NASTY)
        panel = self.lead.with_user(self.rep).get_sales_process_panel()
        self.assertEqual(panel["lead"]["name"], NASTY)
        item = panel["exit"][0]
        self.assertEqual((item["name"], item["note"]), (NASTY, NASTY))
        for text in (panel["lead"]["name"], item["name"], item["note"]):
            self.assertIs(type(text), str, "not marked as safe markup")

    def test_scripts_of_the_playbook_are_sanitized(self):
        draft = self.process.copy({"name": "Draft"})
        stage = draft.stage_ids[0]
        stage.guidance = f"<p>Hello</p>{NASTY}<img src=x onerror=alert(1)>"
        stage.requirement_ids[0].script = f"<p>Say</p>{NASTY}"
        preview = stage.get_preview()
        for html in (preview["stage"]["guidance"], preview["exit"][0]["script"]):
            self.assertNotIn("<script", html)
            self.assertNotIn("onerror", html)

    def test_refusal_message_is_plain(self):
        payload = self.assertRefused(self.lead, self.diagnose)
        self.assertIs(type(payload["moves"][0]["lead_name"]), str)

    def test_warning_is_plain(self):
        self.process.enforcement = "warn"
        sent = []
        users = self.env.registry["res.users"]
        with patch.object(users, "_bus_send", lambda _user, kind, message, **_kw: sent.append((kind, message))):
            self._move(self.lead, self.diagnose)
        messages = [message["message"] for kind, message in sent if kind == "simple_notification"]
        self.assertEqual(len(messages), 1)
        self.assertIs(type(messages[0]), str)
