from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PathsCommon


@tagged("post_install", "-at_install")
class TestConformanceSecurity(PathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls.process_b.write({"state": "active"})
        cls.deal = cls._walk(cls.qualify, cls.diagnose)
        cls.secret = cls._walk(cls.qualify, cls.diagnose, name="Secret deal")

    def _calls(self, user):
        paths = self.Paths.with_user(user)
        gates = self.env["sales.process.effectiveness"].with_user(user)
        return (
            lambda: paths.get_paths(),
            lambda: paths.get_deals_action({}, "started", {}),
            lambda: gates.get_effectiveness(),
            lambda: gates.get_records_action({}, 0, "asked"),
        )

    def test_outsiders_and_reps_are_refused(self):
        users = [
            new_test_user(self.env, login=f"spf_paths_{group}", groups=f"base.group_{group}")
            for group in ("portal", "public", "user")
        ]
        for user in [*users, self.rep]:
            for number, call in enumerate(self._calls(user)):
                with self.subTest(user=user.login, call=number), self.assertRaises(AccessError):
                    call()

    def test_leaders_read(self):
        self.assertEqual(self._read(self.leader)["total"], 2)
        self.assertFalse(self._read(self.leader)["choices"]["is_manager"])
        self.assertTrue(self._read(self.manager)["choices"]["is_manager"])

    def test_rules_of_leads_hold(self):
        self.env["ir.rule"].create(
            {
                "name": "Secret deals",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('name', 'not ilike', 'secret')]",
            }
        )
        self.assertEqual(self._read(self.leader)["total"], 1)
        self.assertEqual(self._deals({}, self.leader), self.deal.with_user(self.leader))

    def test_other_company(self):
        mine = self.Paths.with_user(self.manager_b)
        self.assertEqual(mine.get_paths()["total"], 0)
        with self.assertRaises(UserError):
            mine.get_paths({"process_id": self.process.id})
        with self.assertRaises(UserError):
            mine.get_paths({"company_id": self.company.id})
        with self.assertRaises(UserError):
            self._read(team_id=self.team_b.id)

    def test_own_company_of_the_other(self):
        stage, following = self.stages_b
        deal = self._lead_b()
        deal.with_user(self.rep_b).write({"stage_id": following.id})
        page = self.Paths.with_user(self.manager_b).get_paths({"company_id": self.company_b.id})
        self.assertEqual((page["total"], page["variants"][0]["path"]), (1, [1, 2]))
        self.assertEqual([row["name"] for row in page["stages"]], [stage.name, following.name])
