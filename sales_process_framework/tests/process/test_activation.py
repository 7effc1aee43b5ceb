"""The activation wizard: the dry run tells before anything happens, activation does what it told."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import SalesProcessCommon

MODELS = ("crm.lead", "crm.stage", "crm.team", "sales.process.visit", "sales.process.decision", "mail.message")


class ActivationCommon(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process.write({"team_ids": [Command.clear()]})
        cls.budget = cls._require(
            cls.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>', 0)]"
        )
        cls.contact = cls._require(
            cls.p_qualify, "Contact", judgement="condition", domain="[('contact_name', '!=', False)]"
        )
        cls._require(cls.p_qualify, "Hint", mandatory=False)
        cls.fits = cls._require(cls.p_propose, "Fits", gate="entry")

    @classmethod
    def _lead(cls, user=None, **vals):
        """In plain CRM a lead starts in the first of all columns: put it into that of the team."""
        if "stage_id" not in vals and vals.get("team_id", cls.team.id) == cls.team.id and cls.process.state == "draft":
            vals["stage_id"] = cls.qualify.id
        return super()._lead(user, **vals)

    def _wizard(self, process=None, teams=None, **vals):
        wizard = (
            self.env["sales.process.activation"]
            .with_user(self.manager)
            .create(
                {
                    "process_id": (process or self.process).id,
                    "team_ids": [Command.set((teams or self.team).ids)],
                    **vals,
                }
            )
        )
        return wizard.sudo(False)

    def _activate_by_wizard(self, *args, **kwargs):
        wizard = self._wizard(*args, **kwargs)
        wizard.action_dry_run()
        wizard.action_activate()
        return wizard


@tagged("post_install", "-at_install")
class TestDryRun(ActivationCommon):
    def test_counts_and_lists(self):
        nothing = self._lead(name="Nothing")
        money = self._lead(name="Money", expected_revenue=5)
        ready = self._lead(name="Ready", expected_revenue=5, contact_name="Ann")
        later = self._lead(name="Later", stage_id=self.diagnose.id)
        end = self._lead(name="End", stage_id=self.propose.id)
        outside = self._lead(name="Outside", stage_id=self.env["crm.stage"].create({"name": "Elsewhere"}).id)
        wizard = self._wizard()
        action = wizard.action_dry_run()
        self.assertEqual((action["res_model"], action["res_id"], action["target"]), (wizard._name, wizard.id, "new"))
        self.assertEqual((wizard.open_count, wizard.held_count, wizard.ready_count, wizard.outside_count), (6, 3, 2, 1))
        self.assertEqual(wizard.held_lead_ids, nothing | money | later)
        self.assertEqual(wizard.outside_lead_ids, outside)
        lines = {line.requirement_id: line for line in wizard.line_ids}
        self.assertEqual(set(lines), {self.budget, self.contact, self.fits}, "advisory requirements hold nobody back")
        self.assertEqual(lines[self.contact].lead_ids, nothing | money)
        self.assertEqual(lines[self.budget].lead_ids, nothing)
        self.assertEqual(lines[self.fits].lead_ids, later)
        self.assertEqual(wizard.line_ids.mapped("lead_count"), [2, 1, 1], "worst first")
        self.assertNotIn(ready | end, wizard.held_lead_ids)
        for action, leads in (
            (wizard.action_view_held(), wizard.held_lead_ids),
            (wizard.action_view_outside(), outside),
            (lines[self.contact].action_view_leads(), nothing | money),
        ):
            self.assertEqual(self.env["crm.lead"].search(action["domain"]), leads)

    def test_changes_nothing(self):
        lead = self._lead()
        self.env.flush_all()
        counts = {name: self.env[name].search_count([]) for name in MODELS}
        before = lead.read()[0]
        self._wizard().action_dry_run()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual({name: self.env[name].search_count([]) for name in MODELS}, counts)
        self.assertEqual(lead.read()[0], before)
        self.assertEqual((self.process.state, self.process.team_ids.ids), ("draft", []))

    def test_looks_at_the_columns_chosen_in_the_wizard(self):
        draft = self.process.copy({"name": "Without columns"})
        plain = self.env["crm.stage"].create({"name": "Plain", "sequence": 1})
        lead = self._lead(stage_id=plain.id)
        wizard = self._wizard(draft)
        self.assertEqual(wizard.stage_ids.process_stage_id, draft.stage_ids)
        self.assertFalse(wizard.stage_ids.stage_id)
        wizard.action_dry_run()
        self.assertEqual((wizard.outside_lead_ids, wizard.held_count), (lead, 0))
        wizard.stage_ids[0].stage_id = plain
        wizard.action_dry_run()
        self.assertEqual((wizard.outside_count, wizard.held_lead_ids), (0, lead))
        self.assertFalse(draft.stage_ids[0].stage_id, "only chosen, not written")

    def test_closed_and_other_leads_do_not_count(self):
        won, lost, archived = (self._lead(name=name) for name in ("Won", "Lost", "Archived"))
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        self._lead(team_id=self.other_team.id)
        self._lead(type="lead")
        wizard = self._wizard()
        wizard.action_dry_run()
        self.assertEqual((wizard.open_count, wizard.held_count, wizard.outside_count), (0, 0, 0))

    def test_leads_of_other_reps_are_counted(self):
        """The manager decides for the team: what he may not open himself still counts."""
        for user in (self.rep, self.colleague, self.leader):
            self._lead(user=user)
        wizard = self._wizard()
        wizard.action_dry_run()
        self.assertEqual(wizard.open_count, 3)

    def test_queries_are_flat(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._require(self.p_qualify, "After", after_ids=[Command.set(report.ids)])

        def count():
            wizard = self._wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            wizard.action_dry_run()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        Lead = self.env["crm.lead"]
        vals = {"name": "Deal", "type": "opportunity", "team_id": self.team.id, "company_id": self.company.id}
        Lead.create([{**vals, "user_id": self.rep.id} for _index in range(10)])
        count()
        few = count()
        Lead.create([{**vals, "user_id": self.rep.id} for _index in range(50)])
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestActivation(ActivationCommon):
    def test_dry_run_comes_first(self):
        wizard = self._wizard()
        with self.assertRaises(UserError) as caught:
            wizard.action_activate()
        self.assertIn("dry run", str(caught.exception))
        self.assertEqual(self.process.state, "draft")

    def test_input_is_checked(self):
        with self.assertRaises(UserError):
            self._wizard(team_ids=[Command.clear()]).action_dry_run()
        wizard = self._wizard()
        wizard.stage_ids[1].stage_id = wizard.stage_ids[0].stage_id
        with self.assertRaises(UserError):
            wizard.action_dry_run()
        wizard = self._wizard()
        self._activate(team_ids=[Command.set(self.team.ids)])
        for method in (wizard.action_dry_run, wizard.action_activate):
            with self.assertRaises(UserError) as caught:
                method()
            self.assertIn("Test Process 1.0", str(caught.exception))

    def test_form(self):
        action = self.process.with_user(self.manager).action_open_activation()
        model = self.env["sales.process.activation"].with_user(self.manager).with_context(**action["context"])
        with Form(model) as form:
            form.team_ids.add(self.team)
            self.assertEqual(len(form.stage_ids), 4)
        wizard = form.record
        self.assertEqual(wizard.stage_ids.stage_id, self.stages)
        wizard.action_dry_run()
        with Form(wizard) as form:
            form.team_ids.add(self.other_team)
            self.assertFalse(form.is_checked, "other teams, another dry run")

    def test_process_without_stages(self):
        empty = self.env["sales.process"].create({"name": "Empty"})
        with self.assertRaises(UserError):
            empty.with_user(self.manager).action_open_activation()

    def test_creates_missing_columns_for_these_teams(self):
        draft = self.process.copy({"name": "Without columns"})
        self.env["res.lang"]._activate_lang("zh_TW")
        draft.stage_ids[1].with_context(lang="zh_TW").name = "診斷"
        last = max(self.env["crm.stage"].search([]).mapped("sequence"))
        wizard = self._wizard(draft)
        wizard.stage_ids[0].stage_id = self.qualify
        wizard.action_dry_run()
        before = self.env["crm.stage"].search([])
        wizard.action_activate()
        made = self.env["crm.stage"].search([]) - before
        self.assertEqual(made.mapped("name"), ["Diagnose", "Propose", "Won!"])
        self.assertEqual(made[0].with_context(lang="zh_TW").name, "診斷")
        self.assertEqual(made.mapped("is_won"), [False, False, True])
        self.assertEqual(made.team_ids, self.team)
        self.assertGreater(min(made.mapped("sequence")), last)
        self.assertEqual(draft.stage_ids.stage_id, self.qualify | made)
        self.assertEqual(self._lead().stage_id, self.qualify)
        self.assertNotIn(made[0], self._lead(team_id=self.other_team.id).stage_id)

    def test_column_of_other_teams_is_shown_to_these_as_well(self):
        wizard = self._wizard(teams=self.team | self.other_team)
        wizard.action_dry_run()
        wizard.action_activate()
        for stage in self.stages:
            self.assertEqual(stage.team_ids, self.team | self.other_team)
        everybodys = self.env["crm.stage"].create({"name": "Everybody's"})
        draft = self.process.copy({"name": "Second"})
        third = self.env["crm.team"].create({"name": "Third", "company_id": self.company.id})
        wizard = self._wizard(draft, third)
        wizard.stage_ids[0].stage_id = everybodys
        wizard.action_dry_run()
        wizard.action_activate()
        self.assertFalse(everybodys.team_ids, "a column of everybody stays one")

    def test_teams_of_the_draft_can_be_changed_in_the_wizard(self):
        draft = self.process.copy({"name": "Without columns"})
        draft.team_ids = self.other_team
        self._activate_by_wizard(draft)
        self.assertEqual(draft.team_ids, self.team)
        self.assertEqual(draft.stage_ids.stage_id.team_ids, self.team)

    def test_open_leads_follow(self):
        held = self._lead(name="Held")
        ready = self._lead(name="Ready", expected_revenue=5, contact_name="Ann")
        self.p_diagnose.time_limit_days = 2
        late = self._lead(name="Late")
        self.env.flush_all()
        late.write({"stage_id": self.diagnose.id})
        past = self.env.cr.now().replace(microsecond=0) - timedelta(days=30)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s WHERE id = %s", [past, past, late.id]
        )
        self.env.invalidate_all()
        outside = self._lead(name="Outside", stage_id=self.env["crm.stage"].create({"name": "Elsewhere"}).id)
        self._activate_by_wizard()
        self.assertEqual(self.process.state, "active")
        self.assertEqual(self.process.date_activated, self.env.cr.now())
        leads = held | ready | late | outside
        self.assertEqual(leads.sales_process_id, self.process)
        self.assertEqual(held.sales_gate_state, "open")
        self.assertEqual((held.sales_gate_progress, ready.sales_gate_progress), (0, 100))
        self.assertEqual(ready.sales_gate_state, "ready")
        self.assertEqual(late.sales_process_stage_id, self.p_diagnose)
        self.assertEqual(outside.sales_gate_state, "none")
        self.assertFalse(outside.sales_process_stage_id)
        for lead in leads:
            [visit] = lead.sales_visit_ids
            self.assertEqual((visit.stage_id, visit.process_id), (lead.stage_id, self.process))
            self.assertTrue(visit.is_rebuilt)
            self.assertEqual(visit.outcome, "open")
        self.assertEqual(late.sales_stage_entered, past)
        self.assertTrue(late.sales_stage_deadline)
        self.assertTrue(late.sales_stage_overdue, "a limit counts from the day the lead came")
        self.assertEqual(late.sales_visit_ids.deadline, late.sales_stage_deadline)
        self.assertFalse(held.sales_stage_deadline)
        self.assertFalse(self.env["sales.process.decision"].search([("lead_id", "in", leads.ids)]))
        self.assertEqual(leads.mapped("stage_id"), self.qualify | self.diagnose | outside.stage_id, "nobody was moved")
        self.assertRefused(held, self.diagnose, missing=["Budget", "Contact"])
        self._move(ready, self.diagnose)

    def test_only_new_leads_follow(self):
        old = self._lead(name="Old")
        self._activate_by_wizard(migrate="new")
        self.assertFalse(old.sales_process_id)
        self._move(old, self.diagnose)
        new = self._lead(name="New")
        self.assertEqual(new.sales_process_id, self.process)
        self.assertRefused(new, self.diagnose)

    def test_closed_leads_and_other_teams_are_untouched(self):
        won, lost, archived = (self._lead(name=name) for name in ("Won", "Lost", "Archived"))
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        foreign = self._lead(team_id=self.other_team.id)
        leads = won | lost | archived | foreign
        self.env.flush_all()
        before = leads.read(["stage_id", "active", "probability", "write_date", "sales_process_id", "sales_gate_state"])
        self._activate_by_wizard()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(leads.read(list(before[0].keys() - {"id"})), before)
        self.assertFalse(leads.sales_process_id)

    def test_restored_lead_goes_on(self):
        lost = self._lead(name="Lost")
        lost.action_set_lost()
        self._activate_by_wizard()
        lost.with_user(self.rep).action_restore()
        self.assertEqual((lost.active, lost.stage_id), (True, self.qualify))


@tagged("post_install", "-at_install")
class TestReplacing(ActivationCommon):
    """A new version takes over from the one in use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process.write({"team_ids": [Command.set((cls.team | cls.other_team).ids)]})
        cls._activate()
        cls.lead = cls._lead()
        cls.second = cls.env["sales.process"].browse(cls.process.with_user(cls.manager).action_new_version()["res_id"])
        cls.second.stage_ids[0].requirement_ids.unlink()
        cls._require(cls.second.stage_ids[0], "Only this")

    def _replace(self, teams, **vals):
        wizard = self._wizard(self.second, teams, **vals)
        for line, stage in zip(wizard.stage_ids, self.stages, strict=True):
            line.stage_id = stage
        wizard.action_dry_run()
        wizard.action_activate()

    def test_all_leads_change_over(self):
        self._replace(self.team | self.other_team)
        self.assertEqual((self.process.state, self.second.state), ("retired", "active"))
        self.assertEqual(self.lead.sales_process_id, self.second)
        self.assertEqual(self.lead.sales_process_stage_id, self.second.stage_ids[0])
        self.assertRefused(self.lead, self.diagnose, missing=["Only this"])
        [visit] = self.lead.sales_visit_ids
        self.assertEqual((visit.process_id, visit.process_stage_id), (self.second, self.second.stage_ids[0]))

    def test_leads_stay_on_the_old_version(self):
        self._replace(self.team | self.other_team, migrate="new")
        self.assertEqual(self.process.state, "retired")
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.assertRefused(self.lead, self.diagnose, missing=["Budget"])
        self.lead.write({"expected_revenue": 5, "contact_name": "Ann"})
        self._move(self.lead, self.diagnose)
        self.assertEqual(self.lead.sales_process_stage_id, self.p_diagnose)
        self.assertEqual(self._lead(name="New").sales_process_id, self.second)

    def test_one_of_two_teams_changes_over(self):
        foreign = self._lead(team_id=self.other_team.id)
        self._replace(self.team)
        self.assertEqual((self.process.state, self.process.team_ids), ("active", self.other_team))
        self.assertEqual((self.lead.sales_process_id, foreign.sales_process_id), (self.second, self.process))

    def test_one_of_two_teams_changes_over_for_new_leads_only(self):
        self._replace(self.team, migrate="new")
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.lead.write({"expected_revenue": 1, "contact_name": "Ann"})
        self._move(self.lead, self.diagnose)
        self.assertEqual(self.lead.sales_process_id, self.process)
        self.assertEqual(self._lead(name="New").sales_process_id, self.second)

    def test_predecessor_is_remembered(self):
        other = self.env["sales.process"].create(
            {"name": "Another", "stage_ids": [Command.create({"name": "One", "stage_id": self.qualify.id})]}
        )
        self._activate_by_wizard(other)
        self.assertEqual(other.predecessor_id, self.process)
        self._activate_by_wizard(self.second, self.other_team)
        self.assertEqual(self.second.predecessor_id, self.process)


@tagged("post_install", "-at_install")
class TestSuggestedColumns(ActivationCommon):
    def test_column_of_the_same_name_is_suggested(self):
        draft = self.env["sales.process"].create(
            {
                "name": "Fresh",
                "stage_ids": [
                    Command.create({"name": "ANYBODY’s first"}),
                    Command.create({"name": "Nothing like it"}),
                ],
            }
        )
        column = self.env["crm.stage"].create({"name": "Anybody’s first", "sequence": 1})
        lines = self._wizard(process=draft).stage_ids
        self.assertEqual(lines.mapped("stage_id"), column)
        self.assertEqual(lines.mapped("hint"), [False, "New column for these teams"])

    def test_next_version_takes_over_the_columns(self):
        self.process.write({"team_ids": [Command.set(self.team.ids)], "state": "active"})
        action = self.process.with_user(self.manager).action_new_version()
        version = self.env["sales.process"].browse(action["res_id"])
        self.assertEqual(version.stage_ids.mapped("stage_id"), self.stages)
        self.assertEqual(version.version, "1.1")
        lead = self._lead(expected_revenue=0)
        wizard = self._wizard(process=version)
        wizard.action_dry_run()
        self.assertIn(lead, wizard.held_lead_ids)
        self.assertFalse(wizard.outside_count)
