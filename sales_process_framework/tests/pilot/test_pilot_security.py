from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PilotCommon


@tagged("post_install", "-at_install")
class TestPilotSecurity(PilotCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        cls.pilot = cls._start(cls._pilot())
        cls._arrive(8)
        cls.pilot._follow()
        cls.outsiders = [
            new_test_user(cls.env, login=f"spf_{name}", groups=f"base.group_{name}") for name in ("portal", "public")
        ]
        cls.outsiders.append(new_test_user(cls.env, login="spf_internal", groups="base.group_user"))

    def test_only_managers_run_pilots(self):
        for user in (*self.outsiders, self.rep, self.leader):
            pilot = self.pilot.with_user(user)
            for call in (pilot.action_plan, pilot.action_start, pilot.action_follow, pilot.action_open_decision):
                with self.subTest(user=user.login, call=call.__name__), self.assertRaises(AccessError):
                    call()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                pilot.write({"name": "Mine"})
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env["sales.process.pilot.decide"].with_user(user).create(
                    {"pilot_id": self.pilot.id, "decision": "dropped", "reason": "x"}
                )

    def test_reps_do_not_read_the_result(self):
        """Whoever works by a version shall not know how it is doing: that would change the work."""
        mine = self.pilot.with_user(self.rep)
        self.assertEqual(mine.name, "Shorter needs analysis")
        for name in ("analysis", "looks", "verdict_text", "report_html", "plan_html"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                mine.read([name])
        for name in ("sales.process.pilot.result", "sales.process.pilot.decision"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env[name].with_user(self.rep).search([])
        self.assertTrue(self.pilot.with_user(self.leader).verdict_text)

    def test_nobody_reads_the_draw(self):
        for user in (self.rep, self.leader, self.manager):
            for name in ("salt", "allocation"):
                with self.assertRaises(AccessError):
                    self.pilot.with_user(user).read([name])

    def test_assignments_follow_their_lead(self):
        stranger = self._new_user("spf_stranger", "sales_team.group_sale_salesman")
        Assignment = self.env["sales.process.pilot.assignment"]
        self.assertEqual(len(Assignment.with_user(self.rep).search([])), 4, "of the leads that are the rep's")
        self.assertFalse(Assignment.with_user(stranger).search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            Assignment.with_user(self.manager).search([], limit=1).write({"arm": "baseline"})
        action = self.pilot.with_user(stranger).action_view_leads()
        self.assertFalse(self.env["crm.lead"].with_user(stranger).search(action["domain"]))

    def test_outsiders_see_nothing(self):
        for user in self.outsiders:
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.pilot.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.pilot.with_user(user).action_view_leads()

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._new_user(
            "spf_elsewhere",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["sales.process.pilot"].with_user(user).search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.pilot.with_user(user).read(["name"])
        with self.assertRaises(UserError):
            self.env["sales.process.pilot"].with_user(user).create(
                {"name": "Theirs", "company_id": other.id, "team_ids": [Command.set(self.team.ids)]}
            )

    def test_what_people_type_is_shown_as_typed(self):
        nasty = "<script>alert(1)</script>"
        self.env["sales.process.pilot.decide"].with_user(self.manager).create(
            {"pilot_id": self.pilot.id, "decision": "dropped", "reason": nasty}
        ).action_decide()
        self.candidate.version = nasty
        self.pilot.invalidate_recordset()
        self.assertNotIn("<script", self.pilot.report_html)
        self.assertIn("&lt;script", self.pilot.report_html)
