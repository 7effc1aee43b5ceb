from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestRolloutTour(RolloutCommon, HttpCase):
    def test_manager_rolls_out_a_version_and_takes_it_back(self):
        self._lead(name="Core deal")

        self.start_tour(f"/odoo/sales-processes/{self.next.id}", "sales_process_rollout_tour", login=self.manager.login)

        self._refresh()
        [plan] = self.next.rollout_ids
        core, everybody = self._phases(plan)
        self.assertEqual((core.state, everybody.state, plan.state), ("open", "back", "running"))
        self.assertEqual(everybody.condition_ids.mapped("kind"), ["checks"])
        self.assertEqual(everybody.check_ids.done_by_id, self.manager)
        self.assertFollow(core.team_ids, self.next)
        self.assertFollow(everybody.team_ids, self.process)
        self.assertEqual(plan.event_ids.sorted("id").mapped("kind"), ["started", "opened", "opened", "back"])
