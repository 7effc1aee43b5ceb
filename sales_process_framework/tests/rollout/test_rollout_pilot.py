"""Adopting a candidate can spread it in phases: the pilot teams at once, the others when they are trained."""

from odoo import Command
from odoo.tests import tagged

from ..pilot.common import PilotCommon


@tagged("post_install", "-at_install")
class TestAdoptInPhases(PilotCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["crm.team"].create({"name": "Second Team", "company_id": cls.company.id})
        cls.process.team_ids = [Command.link(cls.second.id)]
        cls._history()
        cls.pilot = cls._start(cls._pilot())
        cls._arrive(6)

    def _adopt(self, **vals):
        wizard = self.env["sales.process.pilot.decide"].with_user(self.manager)
        decided = {"pilot_id": self.pilot.id, "decision": "adopted", "reason": "Twice as many deals."}
        action = wizard.create({**decided, **vals}).action_decide()
        self.env.flush_all()
        self.env.invalidate_all()
        return action

    def _following(self):
        running, _teams = self.env["sales.process"]._get_running_teams()
        return {team.name: running.get(team.id) for team in (self.team, self.second)}

    def test_pilot_teams_now_the_others_later(self):
        action = self._adopt(spread="phases")
        self.assertEqual(action["res_model"], "sales.process.rollout")
        plan = self.env["sales.process.rollout"].browse(action["res_id"])
        core, everybody = plan.phase_ids.sorted("sequence")
        self.assertEqual((plan.state, plan.pilot_id, plan.process_id), ("running", self.pilot, self.candidate))
        self.assertEqual((core.state, core.team_ids), ("open", self.team))
        self.assertEqual((everybody.state, everybody.team_ids), ("waiting", self.second))
        self.assertIn("trained", everybody.condition_ids.mapped("kind"))
        self.assertEqual((self.candidate.state, self.process.state), ("active", "active"))
        self.assertEqual(self._following(), {"Gate Team": self.candidate.id, "Second Team": self.process.id})
        self.assertEqual((self.pilot.state, self.pilot.decision_ids.reason), ("adopted", "Twice as many deals."))
        self.assertEqual(self.pilot.rollout_count, 1)
        self.assertEqual(self.pilot.with_user(self.manager).action_roll_out()["res_id"], plan.id)

    def test_open_leads_of_the_pilot_teams_go_along(self):
        self._adopt(spread="phases", migrate_leads=True)
        leads = self.env["crm.lead"].search([("team_id", "=", self.team.id), ("won_status", "=", "pending")])
        arrived = leads.filtered(lambda lead: lead.name.startswith("New"))
        self.assertTrue(arrived)
        self.assertEqual(arrived.sales_process_id, self.candidate)

    def test_all_at_once_as_before_and_rolled_out_later(self):
        action = self._adopt(team_ids=[Command.set(self.team.ids)])
        self.assertEqual(action["res_model"], "sales.process.pilot")
        self.assertFalse(self.pilot.rollout_count)
        plan = self.env["sales.process.rollout"].browse(self.pilot.with_user(self.manager).action_roll_out()["res_id"])
        self.assertEqual((plan.pilot_id, plan.state), (self.pilot, "draft"))
        self.assertEqual(plan.phase_ids.team_ids, self.second, "who follows it already needs no phase")
        self.assertIn("trained", plan.phase_ids.condition_ids.mapped("kind"))
