from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import EnablementCommon


@tagged("post_install", "-at_install")
class TestEnablementSecurity(EnablementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = new_test_user(cls.env, login="spf_enable_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_enable_portal", groups="base.group_portal")
        cls.other_rep = cls._new_user("spf_enable_other", "sales_team.group_sale_salesman")
        cls.tool = cls._resource("Tool", kind="tool")
        cls.function = cls.env["sales.process.resource.function"].create({"name": "Chat"})
        cls.training = cls._training(cls.rep | cls.colleague)
        cls.training.attendee_ids.write({"state": "attended", "completed": True, "score": 90})
        cls._activate()
        cls.lead = cls._lead()
        cls.env.flush_all()

    def _others(self):
        """Who has nothing to do with selling, or with nothing here."""
        return self.internal | self.portal

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_results_are_seen_by_their_owner_trainer_leader_and_managers(self):
        def seen(user, model="sales.process.training.attendee"):
            self.env.invalidate_all()
            return self.env[model].with_user(user).search([("user_id", "in", (self.rep | self.colleague).ids)]).user_id

        for model in ("sales.process.training.attendee", "sales.process.skill"):
            with self.subTest(model=model):
                self.assertEqual(seen(self.rep, model), self.rep)
                self.assertFalse(seen(self.other_rep, model))
                self.assertEqual(seen(self.leader, model), self.rep | self.colleague)
                self.assertEqual(seen(self.manager, model), self.rep | self.colleague)
                for user in self._others():
                    with self.assertRaises(AccessError):
                        seen(user, model)
        self.training.trainer_id = self.other_rep
        self.assertEqual(seen(self.other_rep), self.rep | self.colleague)

    def test_sessions_are_seen_by_whoever_takes_part(self):
        for user, visible in ((self.rep, True), (self.other_rep, False), (self.leader, True), (self.manager, True)):
            found = self.env["sales.process.training"].with_user(user).search([("id", "=", self.training.id)])
            with self.subTest(user=user.login):
                self.assertEqual(bool(found), visible)

    def test_counts_and_lists_on_the_session_show_ones_own_only(self):
        self.env.invalidate_all()
        mine = self.training.with_user(self.rep)
        self.assertEqual(mine.attendee_ids.user_id, self.rep)
        self.assertEqual((mine.attendee_count, mine.passed_count), (1, 1))
        self.assertEqual(mine.user_ids, self.rep)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_but_managers_changes_anything(self):
        attendee = self.training.attendee_ids[0]
        for user in (self.rep, self.colleague, self.leader, self.internal, self.portal):
            calls = [
                lambda user=user: attendee.with_user(user).write({"score": 100}),
                lambda user=user: self.tool.with_user(user).set_function_rating(self.function.id, 5),
                lambda user=user: self.tool.with_user(user).action_load_ready_library(),
                lambda user=user: self.training.with_user(user).action_invite(),
                lambda user=user: self.training.with_user(user).action_done(),
                lambda user=user: self.training.with_user(user).action_everybody_attended(),
                lambda user=user: self.training.with_user(user).action_cancel(),
                lambda user=user: self.training.with_user(user).action_plan_again(),
                lambda user=user: self.training.with_user(user).action_add_team(),
            ]
            for index, call in enumerate(calls):
                self.env.invalidate_all()
                with self.subTest(user=user.login, call=index), self.assertRaises(AccessError):
                    call()
        self.assertEqual(self.training.state, "planned")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_reading_methods(self):
        for user in self._others():
            calls = [
                lambda user=user: self.lead.with_user(user).get_sales_resources(),
                lambda user=user: self.tool.with_user(user).get_comparison_matrix(),
                lambda user=user: self.tool.with_user(user).action_export_list(),
                lambda user=user: self.env["sales.process.skill"].with_user(user).get_skills_matrix(),
            ]
            for index, call in enumerate(calls):
                self.env.invalidate_all()
                with self.subTest(user=user.login, call=index), self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            self.lead.with_user(self.other_rep).get_sales_resources()

    def test_skills_matrix_shows_whom_one_may_see(self):
        def rows(user, team):
            self.env.invalidate_all()
            matrix = self.env["sales.process.skill"].with_user(user).get_skills_matrix(team.id, self.process.id)
            return {row["user_id"]: bool(row["cells"]) for row in matrix["rows"]}

        both = {self.rep.id: True, self.colleague.id: True}
        self.assertEqual(rows(self.manager, self.team), both)
        self.assertEqual(rows(self.leader, self.team), both | {self.leader.id: False})
        self.assertEqual(rows(self.rep, self.team), {self.rep.id: True})
        self.assertEqual(rows(self.other_rep, self.team), {self.other_rep.id: False})
        self.assertEqual(set(rows(self.rep, self.env["crm.team"])), {self.rep.id})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_companies(self):
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        outsider = self._new_user(
            "spf_enable_outsider",
            "sales_team.group_sale_manager",
            company_id=foreign.id,
            company_ids=[Command.set(foreign.ids)],
        )
        ours = self._resource("Ours only", company_id=self.company.id, content="<p>secret</p>")
        theirs = self._resource("Theirs only", company_id=foreign.id)
        everybodys = self._resource("Everybody's")
        everything = ours | theirs | everybodys

        def found(user, domain=()):
            Resource = self.env["sales.process.resource"].with_user(user)
            return Resource.search([("id", "in", everything.ids), *domain]).sudo()

        self.assertEqual(found(outsider), theirs | everybodys)
        self.assertEqual(found(self.rep), ours | everybodys)
        self.assertFalse(found(outsider, [("search_text", "ilike", "secret")]))
        names = {entry["name"] for entry in self.lead.with_user(self.rep).get_sales_resources("only")}
        self.assertIn("Ours only", names)
        self.assertNotIn("Theirs only", names)
        self.assertFalse(self.env["sales.process.training"].with_user(outsider).search([("id", "=", self.training.id)]))
        self.assertFalse(
            self.env["sales.process.training.attendee"]
            .with_user(outsider)
            .search([("training_id", "=", self.training.id)])
        )
        skills = self.env["sales.process.skill"].with_user(outsider)
        self.assertFalse(skills.search([("requirement_id", "=", self.spin.id)]))
        self.assertFalse(skills.get_skills_matrix(self.team.id, self.process.id)["process_id"] == self.process.id)
        with self.assertRaises(AccessError):
            ours.with_user(outsider).set_function_rating(self.function.id, 1)

    def test_content_is_cleaned(self):
        self.tool.content = "<p>Say</p><script>alert(1)</script><img src=x onerror=alert(1)>"
        entry = next(
            entry for entry in self.lead.with_user(self.rep).get_sales_resources("Tool") if entry["id"] == self.tool.id
        )
        self.assertNotIn("<script", entry["content"])
        self.assertNotIn("onerror", entry["content"])
        self.assertIs(type(entry["name"]), str)

    def test_files_of_others_are_not_taken(self):
        file = self._upload(self.lead)
        self.tool.with_user(self.manager).write({"attachment_ids": [Command.link(file.id)]})
        self.assertEqual((file.res_model, file.res_id), ("crm.lead", self.lead.id))
