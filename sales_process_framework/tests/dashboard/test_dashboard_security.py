"""Who may see which figures, method by method, and company by company."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboardSecurity(DashboardCommon):
    def _calls(self, user, **filters):
        mine = self.Dashboard.with_user(user)
        return (
            lambda: mine.get_dashboard(filters),
            lambda: mine.get_stages(filters),
            lambda: mine.get_goals(filters),
            lambda: mine.get_deals_action(filters, self.p_qualify.id),
            lambda: mine.get_passed_action(filters, self.p_qualify.id),
        )

    def test_outsiders_are_refused(self):
        for login, group in (
            ("spf_portal_user", "base.group_portal"),
            ("spf_public_user", "base.group_public"),
            ("spf_internal", "base.group_user"),
        ):
            user = new_test_user(self.env, login=login, groups=group)
            for number, call in enumerate(self._calls(user)):
                with self.subTest(user=login, call=number), self.assertRaises(AccessError):
                    call()
            with self.assertRaises(AccessError):
                self.Dashboard.with_user(user).action_compute({})

    def test_a_rep_sees_no_other_person(self):
        for number, call in enumerate(self._calls(self.rep, user_id=self.colleague.id)):
            with self.subTest(call=number), self.assertRaisesRegex(AccessError, "your own figures"):
                call()
        for call in self._calls(self.rep, team_id=self.second_team.id):
            with self.assertRaises(AccessError):
                call()
        for filters in ({"user_id": self.rep.id}, {"team_id": self.team.id}, {"company_id": self.company.id}):
            for call in self._calls(self.rep, **filters):
                self.assertTrue(call())

    def test_a_leader_sees_the_members(self):
        for call in self._calls(self.leader, user_id=self.rep.id):
            self.assertTrue(call())
        with self.assertRaises(AccessError):
            self._read(self.leader, user_id=self.manager.id)

    def test_a_rep_reads_the_company_but_not_its_deals(self):
        action = self.Dashboard.with_user(self.rep).get_deals_action(
            {"company_id": self.company.id}, self.p_diagnose.id
        )

        self.assertEqual(self.env["crm.lead"].with_user(self.rep).search(action["domain"]), self.stuck[:1])

    def test_numbers_of_other_teams_stay_out(self):
        other = self._lead(self.colleague, name="Other team", team_id=self.second_team.id)
        self.assertEqual(other.sales_process_id, self.process)
        self._compute()

        def teams(user):
            stages = self._read(user, company_id=self.company.id)["stages"]
            return {team["id"] for team in stages["teams"]}, set(self._stage(stages, self.p_qualify)["teams"])

        self.assertEqual(teams(self.rep), ({self.team.id}, {self.team.id}))
        self.assertLessEqual({self.team.id, self.second_team.id}, teams(self.manager)[0])

    def test_stage_loads(self):
        Load = self.env["sales.process.stage.load"]
        own = Load.with_user(self.rep).search([])
        self.assertTrue(own)
        self.assertFalse(own.filtered(lambda row: row.user_id != self.rep and row.team_id != self.team))
        self.assertFalse(Load.with_user(self.manager_b).search([("company_id", "=", self.company.id)]))
        for user in (self.rep, self.manager):
            with self.assertRaises(AccessError):
                own[:1].with_user(user).write({"deals": 1})
            with self.assertRaises(AccessError):
                own[:1].with_user(user).unlink()

    def test_another_company(self):
        for number, call in enumerate(self._calls(self.manager, company_id=self.company_b.id)):
            with self.subTest(call=number), self.assertRaisesRegex(UserError, "company menu"):
                call()
        for filters in ({"team_id": self.team_b.id}, {"process_id": self.process_b.id}):
            with self.assertRaises(UserError):
                self._read(**filters)
        data = self._read(self.manager_b, company_id=self.company_b.id)
        self.assertFalse([row for row in data["indicators"] if row["code"] == "open_leads" and row["value"]])
        ours = [stage["id"] for process in data["stages"]["processes"] for stage in process["stages"]]
        self.assertFalse(set(ours) & set(self.process.stage_ids.ids))

    def test_only_managers_have_figures_computed(self):
        with self.assertRaises(AccessError):
            self.Dashboard.with_user(self.rep).action_compute({})
        with self.assertRaises(AccessError):
            self.Dashboard.with_user(self.leader).action_compute({})

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_favorites(self):
        Favorite = self.env["sales.process.dashboard.favorite"]
        mine = Favorite.with_user(self.rep).create({"name": "Mine", "filters": {}})
        shared = Favorite.with_user(self.manager).create({"name": "Ours", "filters": {}, "user_id": False})

        self.assertEqual(mine.user_id, self.rep)
        self.assertNotIn(mine, Favorite.with_user(self.colleague).search([]))
        self.assertIn(shared, Favorite.with_user(self.colleague).search([]))
        for vals in ({"user_id": False}, {"user_id": self.colleague.id}):
            with self.assertRaises(AccessError):
                Favorite.with_user(self.rep).create({"name": "Forced", "filters": {}, **vals})
            with self.assertRaises(AccessError):
                mine.with_user(self.rep).write(vals)
        with self.assertRaises(AccessError):
            shared.with_user(self.rep).unlink()
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague).write({"name": "Taken"})
        shared.with_user(self.manager).name = "Renamed"
        mine.with_user(self.rep).unlink()
        internal = new_test_user(self.env, login="spf_internal", groups="base.group_user")
        with self.assertRaises(AccessError):
            Favorite.with_user(internal).search([])
