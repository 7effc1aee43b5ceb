from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_pilot_verdict import VerdictCommon


@tagged("post_install", "-at_install")
class TestPilotTour(VerdictCommon, HttpCase):
    def test_manager_sets_up_follows_and_closes_a_pilot(self):
        self._history()
        running = self._run(self._pilot(), 0.3, 0.6, count=200)
        running.sudo().planned_size = 200
        self.process.team_ids = [Command.link(self.other_team.id)]
        self.process.copy({"name": "Tour Process", "version": "2.0", "predecessor_id": self.process.id})

        self.start_tour("/odoo/sales-pilots", "sales_process_pilot_tour", login=self.manager.login)

        made = self.Pilot.search([("name", "=", "Fewer questions")])
        self.assertEqual((made.state, made.team_ids, made.kpi_id), ("running", self.other_team, self.sales_cycle))
        self.assertEqual(made.baseline_process_id, self.process)
        self.assertEqual((made.plan["method"], made.planned_size), ("times", 60))
        self.assertEqual(made.candidate_process_id.state, "pilot")
        self.assertEqual((running.state, running.verdict), ("adopted", "better"))
        self.assertEqual(running.decision_ids.reason, "Twice as many deals.")
        self.assertEqual(running.decision_ids.user_id, self.manager)
