"""The playbook itself: what may change when, versions, teams, and the screens it is built on."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...exceptions import SalesProcessGateError
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestFrozen(SalesProcessCommon):
    """Nothing that leads are judged by changes under them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget")
        cls.pains = cls._require(cls.p_qualify, "Pains", after_ids=[Command.set(cls.budget.ids)])
        cls.draft = cls.process.copy({"name": "Draft"})
        cls._activate()

    def _assert_frozen(self, call):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.assertIn("Test Process 1.0", str(caught.exception))
        self.assertIn("new version", str(caught.exception))
        self.env.invalidate_all()

    def test_process(self):
        process = self.process.with_user(self.manager)
        for vals in (
            {"skip_rule": "free"},
            {"back_rule": "forbid"},
            {"company_id": False},
            {"stage_ids": [Command.create({"name": "Extra"})]},
            {"stage_ids": [Command.delete(self.p_won.id)]},
            {"stage_ids": [Command.update(self.p_won.id, {"name": "Other"})]},
            {"state": "draft"},
        ):
            for state in ("active", "retired"):
                self.process.state = state
                with self.subTest(vals=vals, state=state):
                    self._assert_frozen(lambda vals=vals: process.write(vals))

    def test_stages(self):
        stage = self.p_qualify.with_user(self.manager)
        for vals in (
            {"name": "Other"},
            {"sequence": 99},
            {"is_won": True},
            {"time_limit_days": 3},
            {"guidance": "<p>New</p>"},
            {"flexible": True},
            {"process_id": self.draft.id},
            {"requirement_ids": [Command.create({"name": "New"})]},
            {"exit_requirement_ids": [Command.create({"name": "New"})]},
        ):
            with self.subTest(vals=vals):
                self._assert_frozen(lambda vals=vals: stage.write(vals))
        self._assert_frozen(lambda: stage.create({"process_id": self.process.id, "name": "New"}))
        self._assert_frozen(lambda: stage.copy({"process_id": self.process.id}))
        self._assert_frozen(stage.unlink)

    def test_stage_does_not_move_in(self):
        stage = self.draft.stage_ids[0].with_user(self.manager)
        self._assert_frozen(lambda: stage.write({"process_id": self.process.id}))

    def test_requirements(self):
        requirement = self.budget.with_user(self.manager)
        for vals in (
            {"name": "Other"},
            {"mandatory": False},
            {"allow_na": True},
            {"sequence": 99},
            {"gate": "entry"},
            {"judgement": "condition", "domain": "[('id', '>', 0)]"},
            {"after_ids": [Command.set([])]},
            {"standard": "New"},
            {"script": "<p>New</p>"},
            {"process_stage_id": self.draft.stage_ids[0].id},
        ):
            with self.subTest(vals=vals):
                self._assert_frozen(lambda vals=vals: requirement.write(vals))
        self._assert_frozen(lambda: requirement.create({"process_stage_id": self.p_qualify.id, "name": "New"}))
        self._assert_frozen(requirement.copy)
        self._assert_frozen(requirement.unlink)

    def test_requirement_does_not_move_in(self):
        requirement = self.draft.stage_ids.requirement_ids[0].with_user(self.manager)
        requirement.after_ids = False
        self._assert_frozen(lambda: requirement.write({"process_stage_id": self.p_qualify.id}))

    def test_stays_free(self):
        process = self.process.with_user(self.manager)
        process.write({"enforcement": "warn", "description": "<p>About</p>", "color": 3})
        process.write({"team_ids": [Command.link(self.other_team.id)]})
        self.assertEqual(self._lead(team_id=self.other_team.id).sales_process_id, self.process)
        process.write({"team_ids": [Command.unlink(self.other_team.id)]})
        self.assertFalse(self._lead(team_id=self.other_team.id).sales_process_id)

    def test_draft_is_free(self):
        stage = self.draft.with_user(self.manager).stage_ids[0]
        stage.write({"name": "Other", "time_limit_days": 2})
        stage.requirement_ids[0].name = "Renamed"
        stage.requirement_ids.unlink()
        self.draft.with_user(self.manager).unlink()
        self.assertFalse(stage.exists())

    def test_in_use_is_not_deleted(self):
        for state in ("pilot", "active", "retired"):
            self.process.state = state
            with self.subTest(state=state), self.assertRaises(UserError) as caught:
                self.process.with_user(self.manager).unlink()
            self.assertIn("archive", str(caught.exception))

    def test_pipeline_stage_of_a_process_is_not_deleted(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.propose.unlink()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestVersions(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["ir.attachment"].create({"name": "form.txt", "raw": b"Fill in"})
        cls.background = cls._require(
            cls.p_qualify,
            "Background",
            kind="deliverable",
            judgement="document",
            template_ids=[Command.set(cls.template.ids)],
            key="background",
        )
        cls.problem = cls._require(cls.p_diagnose, "Problem", gate="entry", after_ids=[Command.set(cls.background.ids)])
        cls.last = cls._require(cls.p_diagnose, "Last", after_ids=[Command.set((cls.background | cls.problem).ids)])
        cls._activate()

    def _new_version(self, process=None):
        action = (process or self.process).with_user(self.manager).action_new_version()
        return self.env["sales.process"].browse(action["res_id"])

    def test_numbers(self):
        for version, following in (
            ("1.0", "1.1"),
            ("1.9", "1.10"),
            ("2", "2.1"),
            ("2026-a", "2026-a.1"),
            ("1.2.3", "1.2.4"),
        ):
            self.process.version = version
            self.assertEqual(self.process._next_version(), following)

    def test_copy_is_a_draft_of_its_own(self):
        new = self._new_version()
        self.assertEqual((new.state, new.version, new.name), ("draft", "1.1", "Test Process"))
        self.assertEqual(new.predecessor_id, self.process)
        self.assertFalse(new.team_ids)
        self.assertFalse(new.date_activated)
        self.assertEqual(new.stage_ids.mapped("name"), self.process.stage_ids.mapped("name"))
        self.assertEqual(new.stage_ids.mapped("is_won"), [False, False, False, True])
        self.assertFalse(new.stage_ids & self.process.stage_ids)
        new.stage_ids[0].requirement_ids.name = "Changed"
        self.assertEqual(self.background.name, "Background")

    def test_order_points_at_the_copies(self):
        new = self._new_version()
        requirements = {requirement.name: requirement for requirement in new.stage_ids.requirement_ids}
        self.assertEqual(set(requirements), {"Background", "Problem", "Last"})
        self.assertEqual(requirements["Problem"].after_ids, requirements["Background"])
        self.assertEqual(requirements["Last"].after_ids, requirements["Background"] | requirements["Problem"])
        self.assertEqual(requirements["Problem"].gate, "entry")
        self.assertEqual(self.problem.after_ids, self.background)

    def test_order_survives_a_reordered_copy(self):
        """The order of copying is not the order of the database: sequences were just changed."""
        draft = self._new_version()
        draft.stage_ids[0].sequence = 50
        draft.stage_ids[1].requirement_ids[0].sequence = 90
        second = self._new_version(draft)
        self.env.flush_all()
        self.env.invalidate_all()
        requirements = {requirement.name: requirement for requirement in second.stage_ids.requirement_ids}
        self.assertEqual(requirements["Problem"].after_ids, requirements["Background"])
        self.assertEqual(requirements["Last"].after_ids, requirements["Background"] | requirements["Problem"])
        self.assertEqual(second.stage_ids.mapped("name"), ["Diagnose", "Propose", "Won!", "Qualify"])

    def test_templates_and_keys_are_kept(self):
        new = self._new_version().stage_ids.requirement_ids.filtered("template_ids")
        self.assertEqual(new.key, "background")
        self.assertEqual(new.template_ids.raw, b"Fill in")
        self.assertEqual(new.with_user(self.rep).template_ids.raw, b"Fill in")

    def test_templates_survive_the_deletion_of_the_original(self):
        first = self.env["sales.process"].browse(self._new_version().id)
        second = first.copy({"name": "Second"})
        first.stage_ids.requirement_ids.unlink()
        first.unlink()
        self.env.invalidate_all()
        copied = second.stage_ids.requirement_ids.filtered(lambda req: req.key == "background")
        self.assertEqual(copied.template_ids.with_user(self.rep).raw, b"Fill in")

    def test_each_of_several_templates_is_copied_once(self):
        draft = self.env["sales.process"].create({"name": "Forms", "stage_ids": [Command.create({"name": "A"})]})
        files = self.env["ir.attachment"].create([{"name": f"{name}.txt", "raw": b"x"} for name in "abc"])
        self._require(draft.stage_ids, "Doc", judgement="document", kind="deliverable", template_ids=files.ids)
        twins = draft.copy().stage_ids.requirement_ids.template_ids
        self.assertEqual(sorted(twins.mapped("name")), ["a.txt", "b.txt", "c.txt"])
        self.assertFalse(twins & files)

    def test_templates_of_a_duplicated_draft_are_its_own(self):
        draft = self.env["sales.process"].create({"name": "Draft", "stage_ids": [Command.create({"name": "One"})]})
        file = self.env["ir.attachment"].create({"name": "own.txt", "raw": b"Own"})
        self._require(draft.stage_ids, "Doc", judgement="document", kind="deliverable", template_ids=file.ids)
        twin = draft.copy()
        draft.stage_ids.requirement_ids.unlink()
        self.env.invalidate_all()
        self.assertEqual(twin.stage_ids.requirement_ids.template_ids.with_user(self.rep).raw, b"Own")

    def test_rep_opens_a_template(self):
        self.assertEqual(self.template.with_user(self.rep).raw, b"Fill in")
        item = self._lead().with_user(self.rep).get_sales_process_panel()["exit"][0]
        self.assertEqual([file["name"] for file in item["templates"]], ["form.txt"])

    def test_leads_stay_on_their_version(self):
        lead = self._lead()
        self._new_version()
        self.assertEqual(lead.sales_process_id, self.process)
        self.assertRefused(lead, self.diagnose, missing=["Background"])


@tagged("post_install", "-at_install")
class TestTeams(SalesProcessCommon):
    def test_one_running_process_per_team(self):
        self._activate()
        second = self.process.copy({"name": "Second"})
        for state in ("active", "pilot"):
            with self.assertRaises(ValidationError) as caught:
                second.write({"team_ids": [Command.set(self.team.ids)], "state": state})
            self.assertIn("Gate Team", str(caught.exception))
            self.assertIn("Test Process 1.0", str(caught.exception))
        second.write({"team_ids": [Command.set(self.other_team.ids)], "state": "active"})
        with self.assertRaises(ValidationError):
            self.process.team_ids |= self.other_team

    def test_archived_process_runs_no_longer(self):
        self._activate()
        self.process.active = False
        self.assertFalse(self._lead().sales_process_id)
        second = self.process.copy({"name": "Second"})
        second.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})
        with self.assertRaises(ValidationError):
            self.process.active = True

    def test_draft_shares_teams(self):
        self._activate()
        draft = self.process.copy({"name": "Draft"})
        draft.team_ids = self.team
        self.assertEqual(self._lead().sales_process_id, self.process)

    def test_deleted_team_is_forgotten(self):
        self.process.write({"team_ids": [Command.link(self.other_team.id)]})
        self._activate()
        self.other_team.unlink()
        self.assertEqual(self.process.team_ids, self.team)

    def test_retire(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        lost = self._lead(name="Lost")
        lost.action_set_lost()
        lead.with_user(self.rep).sales_process_request_exception(self.diagnose.id, "Please")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", lead.id)])
        self.assertRefused(lead, self.diagnose)
        self.process.with_user(self.manager).action_retire()
        self.assertEqual(self.process.state, "retired")
        for freed in (lead, lost):
            self.assertFalse(freed.sales_process_id)
            self.assertFalse(freed.sales_gate_state)
            self.assertFalse(freed.sales_process_stage_id)
        self.assertEqual(exception.state, "cancelled")
        self.assertFalse(lead.with_user(self.rep).get_sales_process_panel())
        self._move(lead, self.propose)
        self.assertEqual(lead.stage_id, self.propose, "as in plain CRM")
        self.assertFalse(self._lead().sales_process_id)
        self.assertTrue(lead.sales_visit_ids, "history stays")

    def test_retired_is_not_for_reps(self):
        self._activate()
        with self.assertRaises(UserError):
            self.process.with_user(self.rep).action_retire()
        self.assertEqual(self.process.state, "active")


@tagged("post_install", "-at_install")
class TestRequirementRules(SalesProcessCommon):
    def test_values_that_make_no_sense(self):
        for vals in (
            {"min_count": -1},
            {"min_count": 5, "max_count": 3},
            {"freshness_days": -1},
        ):
            with self.subTest(vals=vals), self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._require(self.p_qualify, "Bad", **vals)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.p_qualify.time_limit_days = -1
            self.env.flush_all()

    def test_pipeline_stage_only_once(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.p_propose.stage_id = self.qualify
            self.env.flush_all()

    def test_pipeline_stage_has_to_be_shown_to_the_teams(self):
        hidden = self.env["crm.stage"].create({"name": "Hidden", "team_ids": [Command.set(self.other_team.ids)]})
        with self.assertRaises(ValidationError) as caught:
            self.p_propose.stage_id = hidden
        self.assertIn("Hidden", str(caught.exception))
        self.assertIn("Gate Team", str(caught.exception))

    def test_judgement_needs_its_settings(self):
        for vals, hint in (
            ({"judgement": "field"}, "field"),
            ({"judgement": "activity"}, "activity"),
            ({"judgement": "condition"}, "condition"),
            ({"judgement": "condition", "domain": "[]"}, "condition"),
            ({"judgement": "condition", "domain": "[('nothing', '=', 1)]"}, "nothing"),
            ({"judgement": "condition", "domain": "[('create_date', '>', 'soon')]"}, ""),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                self._require(self.p_qualify, "Unfinished", **vals)
            self.assertIn("Unfinished", str(caught.exception))
            self.assertIn(hint, str(caught.exception))

    def test_waits_for_its_own_process_only(self):
        other = self.process.copy({"name": "Other"})
        stranger = self._require(other.stage_ids[0], "Stranger")
        with self.assertRaises(ValidationError) as caught:
            self._require(self.p_qualify, "Budget", after_ids=[Command.set(stranger.ids)])
        self.assertIn("Stranger", str(caught.exception))

    def test_no_circle(self):
        first = self._require(self.p_qualify, "First")
        second = self._require(self.p_qualify, "Second", after_ids=[Command.set(first.ids)])
        third = self._require(self.p_qualify, "Third", after_ids=[Command.set(second.ids)])
        for waits in (first, third):
            with self.assertRaises(ValidationError):
                first.after_ids = waits

    def test_order_by_dragging(self):
        names = ["One", "Two", "Three"]
        one, two, three = (self._require(self.p_qualify, name, sequence=10) for name in names)
        advisory = self._require(self.p_qualify, "Hint", sequence=5, mandatory=False)
        for sequence, requirement in enumerate([three, one, two]):
            requirement.sequence = sequence
        self.p_propose.sequence, self.p_diagnose.sequence = 1, 2
        preview = self.p_qualify.get_preview()
        self.assertEqual([item["name"] for item in preview["exit"]], ["Three", "One", "Two", "Hint"])
        self.assertEqual([stage["name"] for stage in preview["stages"]], ["Qualify", "Propose", "Diagnose", "Won!"])
        self._activate()
        lead = self._lead()
        payload = self.assertRefused(lead, self.propose)
        self.assertEqual([item["name"] for item in payload["moves"][0]["items"]], ["Three", "One", "Two", "Hint"])
        self.assertFalse(payload["moves"][0]["items"][-1]["mandatory"])
        panel = lead.with_user(self.rep).get_sales_process_panel()
        self.assertEqual(panel["exit"][-1]["id"], advisory.id)
        self.assertEqual(panel["next"]["name"], "Propose")


@tagged("post_install", "-at_install")
class TestScreens(SalesProcessCommon):
    """Every screen an administrator builds a playbook on, saved as the web client would save it."""

    def test_process_form(self):
        Process = self.env["sales.process"].with_user(self.manager)
        with Form(Process) as form:
            form.name = "By hand"
            form.enforcement = "warn"
            with form.stage_ids.new() as stage:
                stage.name = "First"
            with form.stage_ids.new() as stage:
                stage.name = "Second"
        process = form.record
        self.assertEqual(process.stage_ids.mapped("name"), ["First", "Second"])
        self.assertEqual((process.state, process.enforcement), ("draft", "warn"))

    def test_stage_form_with_requirements(self):
        stage = self.p_qualify.with_user(self.manager)
        with Form(stage) as form:
            form.time_limit_days = 5
            form.guidance = "<p>Listen first</p>"
            with form.exit_requirement_ids.new() as requirement:
                requirement.name = "Budget"
            with form.entry_requirement_ids.new() as requirement:
                requirement.name = "Fits"
        self.assertEqual(stage.exit_requirement_ids.mapped("name"), ["Budget"])
        self.assertEqual(stage.entry_requirement_ids.mapped("name"), ["Fits"])
        self.assertEqual(stage.entry_requirement_ids.gate, "entry")
        self.assertTrue(stage.exit_requirement_ids.mandatory)

    def test_requirement_form(self):
        Requirement = self.env["sales.process.requirement"].with_user(self.manager)
        Requirement = Requirement.with_context(default_process_stage_id=self.p_qualify.id)
        with Form(Requirement) as form:
            form.name = "Report"
            form.kind = "deliverable"
            self.assertEqual(form.judgement, "document")
            form.approval_required = True
            form.freshness_days = 30
        self.assertEqual(form.record.judgement, "document")
        with Form(Requirement) as form:
            form.name = "Budget"
            form.judgement = "condition"
            form.domain = "[('expected_revenue', '>', 0)]"
        with Form(Requirement) as form:
            form.name = "Filled in"
            form.judgement = "field"
            form.field_ids.add(self.env["ir.model.fields"]._get("crm.lead", "partner_id"))
        self.assertEqual(form.record.with_user(self.manager).field_ids.mapped("name"), ["partner_id"])
        with Form(Requirement) as form:
            form.name = "Questions"
            form.kind = "action"
            form.spin_technique = "situation"
            form.min_count = 5
            form.max_count = 8
            form.after_ids.add(self.p_qualify.requirement_ids[0])
        self.assertEqual(form.record.after_ids, self.p_qualify.requirement_ids[0])

    def test_condition_is_refused_in_the_form(self):
        Requirement = self.env["sales.process.requirement"].with_user(self.manager)
        form = Form(Requirement.with_context(default_process_stage_id=self.p_qualify.id))
        form.name = "Budget"
        form.judgement = "condition"
        form.domain = "[('gone', '>', 0)]"
        with self.assertRaises(UserError) as caught:
            form.save()
        self.assertIn("Budget", str(caught.exception))

    def test_role_form(self):
        with Form(self.env["sales.process.role"].with_user(self.manager)) as form:
            form.name = "Legal"
            form.kind = "users"
            form.user_ids.add(self.colleague)
        self.assertEqual(form.record.user_ids, self.colleague)

    def test_views_of_every_model_load(self):
        models = ("sales.process", "sales.process.stage", "sales.process.requirement", "sales.process.role")
        for name in models:
            for kind in ("form", "list", "search"):
                with self.subTest(model=name, view=kind):
                    self.assertTrue(self.env[name].with_user(self.manager).get_view(view_type=kind)["arch"])

    def test_crm_stage_form_shows_gates(self):
        self._require(self.p_qualify, "Budget")
        with Form(self.qualify.with_user(self.manager), view="crm.crm_stage_form") as form:
            self.assertEqual(len(form.sales_process_stage_ids), 1)
        self.assertEqual(self.qualify.sales_process_stage_ids, self.p_qualify)
        self.assertEqual(self.qualify.sales_process_stage_ids.requirement_count, 1)
        action = self.p_qualify.with_user(self.manager).action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("sales.process.stage", self.p_qualify.id))

    def test_crm_stage_joins_a_process(self):
        fresh = self.env["crm.stage"].create({"name": "Fresh", "is_won": True})
        action = fresh.with_user(self.manager).action_add_to_process()
        context = action["context"]
        drafts = self.env["sales.process"].with_user(self.manager).search([("state", "=", "draft")])
        self.assertEqual(context["default_process_id"], self.process.id if len(drafts) == 1 else False)
        with Form(
            self.env["sales.process.stage"]
            .with_user(self.manager)
            .with_context(**{**context, "default_process_id": self.process.id})
        ) as form:
            self.assertEqual((form.name, form.is_won, form.stage_id), ("Fresh", True, fresh))
        self.assertEqual(form.record.process_id, self.process)
        drafts.write({"active": False})
        with self.assertRaises(UserError) as caught:
            fresh.with_user(self.manager).action_add_to_process()
        self.assertIn("Configuration", str(caught.exception))

    def test_settings_write_through(self):
        calendar = self.env["resource.calendar"].create({"name": "Odd hours", "company_id": self.company.id})
        admin = self._new_user("spf_admin", "base.group_system,sales_team.group_sale_manager")
        with Form(self.env["res.config.settings"].with_user(admin)) as form:
            form.sales_process_enforcement = "warn"
            form.sales_process_ceiling = "off"
            form.sales_process_mandatory = False
            form.sales_process_calendar_id = calendar
        form.record.execute()
        company = self.company
        self.assertEqual(company.sales_process_enforcement, "warn")
        self.assertEqual(company.sales_process_ceiling, "off")
        self.assertFalse(company.sales_process_mandatory)
        self.assertEqual(company.resource_calendar_id, calendar)
        self.assertEqual(self.env["sales.process"].create({"name": "New"}).enforcement, "warn")
        requirement = self.env["sales.process.requirement"].create({"name": "R", "process_stage_id": self.p_qualify.id})
        self.assertFalse(requirement.mandatory)
        action = self.env["res.config.settings"].action_open_sales_processes()
        self.assertEqual(action["res_model"], "sales.process")

    def test_preview_is_what_a_rep_will_see(self):
        role = self.env["sales.process.role"].create({"name": "Legal", "kind": "users", "user_ids": self.colleague.ids})
        background = self._require(self.p_qualify, "Background", kind="deliverable", judgement="document")
        self._require(self.p_qualify, "Review", judgement="approval", role_id=role.id)
        self._require(self.p_qualify, "After", after_ids=[Command.set(background.ids)])
        self._require(self.p_diagnose, "Fits", gate="entry", mandatory=False)
        self.p_qualify.write({"guidance": "<p>Listen</p>", "time_limit_days": 2})
        preview = self.p_qualify.with_user(self.manager).get_preview()
        self.assertEqual(preview["process"]["enforcement"], "block")
        self._activate()
        panel = self._lead().with_user(self.rep).get_sales_process_panel()

        def shape(value):
            if isinstance(value, dict):
                return {key: shape(entry) if isinstance(entry, (dict, list)) else ... for key, entry in value.items()}
            return [shape(entry) for entry in value] if isinstance(value, list) else ...

        self.assertEqual(shape(preview), shape(panel))
        for part in ("exit", "entry"):
            self.assertEqual(
                [(item["name"], item["state"], item["mandatory"]) for item in preview[part]],
                [(item["name"], item["state"], item["mandatory"]) for item in panel[part]],
            )
            self.assertFalse(any(item["can_answer"] or item["can_approve"] for item in preview[part]))
        self.assertEqual({item["state"] for item in preview["exit"]}, {"missing", "locked"})
        self.assertEqual(preview["progress"], panel["progress"])
        self.assertEqual(preview["stage"]["guidance"], panel["stage"]["guidance"])
        self.assertEqual(preview["next"], panel["next"])

    def test_preview_of_every_stage(self):
        for index, stage in enumerate(self.process.stage_ids):
            preview = stage.with_user(self.manager).get_preview()
            self.assertEqual((preview["stage"]["position"], preview["stage"]["count"]), (index + 1, 4))
            self.assertEqual(bool(preview["next"]), index < 3)

    def test_lead_list_of_a_process(self):
        self._activate()
        lead = self._lead()
        lost = self._lead(name="Lost")
        lost.action_set_lost()
        self.assertEqual(self.process.lead_count, 1)
        action = self.process.with_user(self.manager).action_view_leads()
        found = self.env["crm.lead"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, lead | lost)

    def test_gate_is_gone_when_a_process_is_switched_off(self):
        self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        with self.assertRaises(SalesProcessGateError):
            self._move(lead, self.diagnose)
        lead.invalidate_recordset()
        self.process.with_user(self.manager).enforcement = "off"
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)
