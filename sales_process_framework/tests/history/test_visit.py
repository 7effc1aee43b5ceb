"""One visit a stay, with times of the lead's own, however the stage changed."""

from datetime import timedelta

from odoo.tests import tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestVisit(SalesProcessCommon):
    def _visits(self, lead):
        return lead.sales_visit_ids.sorted("id")

    def _age(self, lead, **delta):
        """Let the stay the lead is in have begun earlier."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE sales_process_visit SET entered = entered - %s WHERE lead_id = %s AND "left" IS NULL""",
            [timedelta(**delta), lead.id],
        )
        self.env.invalidate_all()

    def test_way_through_the_process(self):
        self.p_qualify.time_limit_days = 2
        self._activate()
        lead = self._lead()
        self._age(lead, days=3)
        self._move(lead, self.diagnose)
        self._move(lead, self.qualify)
        self._move(lead, self.diagnose)
        lead.with_user(self.rep).action_set_won()
        visits = self._visits(lead)
        self.assertEqual(
            [(visit.stage_id.name, visit.direction, visit.outcome) for visit in visits],
            [
                ("Qualify", "entry", "advanced"),
                ("Diagnose", "forward", "returned"),
                ("Qualify", "backward", "advanced"),
                ("Diagnose", "forward", "won"),
                ("Won!", "forward", "open"),
            ],
        )
        self.assertEqual(visits[0].seconds, 3 * 86400)
        self.assertAlmostEqual(visits[0].duration_days, 3.0)
        self.assertEqual(visits.mapped("advanced_rate"), [1.0, 0.0, 1.0, 1.0, 0.0])
        self.assertEqual((visits.process_id, visits.team_id, visits.user_id), (self.process, self.team, self.rep))

    def test_last_won_stage_has_no_limit_and_wins_once(self):
        self.p_propose.is_won = self.propose.is_won = True
        self.p_propose.time_limit_days = self.p_won.time_limit_days = 5
        self._activate()
        lead = self._lead()
        self._move(lead, self.propose)
        self.assertTrue(lead.sales_stage_deadline, "delivery has to be done in time, won or not")
        self._move(lead, self.won)
        self.assertFalse(lead.sales_stage_deadline, "nothing follows the last stage")
        self.assertEqual(self._visits(lead).mapped("outcome"), ["won", "advanced", "open"])

    def test_batch_write_keeps_each_leads_own_time(self):
        self._activate()
        leads = self._lead() + self._lead(name="Older") + self._lead(name="Already there")
        self._move(leads[2], self.diagnose)
        already = self._visits(leads[2])
        self._age(leads[1], days=7)
        self._move(leads, self.diagnose)
        self.assertEqual(self._visits(leads[0])[0].seconds, 0)
        self.assertEqual(self._visits(leads[1])[0].seconds, 7 * 86400)
        self.assertEqual(self._visits(leads[2]), already, "a lead that did not move gets no visit")

    def test_lost_and_reopened(self):
        self._activate()
        lead = self._lead()
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual(self._visits(lead).mapped("outcome"), ["lost"])
        lead.with_user(self.rep).action_restore()
        self.assertEqual(self._visits(lead).mapped("direction"), ["entry", "reopened"])

    def test_stage_changed_by_recompute(self):
        self._activate()
        lead = self._lead()
        other_stage = self.env["crm.stage"].create(
            {"name": "Other start", "sequence": -9, "team_ids": self.other_team.ids}
        )
        lead.with_user(self.rep).team_id = self.other_team
        self.assertEqual(lead.stage_id, other_stage)
        self.assertEqual(self._visits(lead).mapped("outcome"), ["moved"])

    def test_latest_and_cumulative_time(self):
        self._activate()
        lead = self._lead()
        self._age(lead, days=2)
        self._move(lead, self.diagnose)
        self._move(lead, self.qualify)
        self._age(lead, days=1)
        stage = lead.with_user(self.rep).get_sales_process_panel()["stage"]
        self.assertEqual(stage["visits"], 2)
        self.assertEqual(stage["total_days"], 3.0)

    def test_left_too_late(self):
        self.p_qualify.time_limit_days = 1
        self._activate()
        lead = self._lead()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_process_visit SET deadline = deadline - interval '30 days' WHERE lead_id = %s", [lead.id]
        )
        self.env.invalidate_all()
        self._move(lead, self.diagnose)
        self.assertTrue(self._visits(lead)[0].overdue)

    def test_leads_that_follow_no_process_write_nothing(self):
        self._activate()
        lead = self._lead(team_id=self.other_team.id)
        lead.stage_id = self.env["crm.stage"].create({"name": "Next", "sequence": 600})
        self.assertFalse(lead.sales_visit_ids)

    def test_moving_many_writes_visits_and_nothing_else(self):
        self._activate()
        leads = self.env["crm.lead"].union(*(self._lead(name=f"Deal {index}") for index in range(5)))
        models = [name for name in self.registry if name.startswith("sales.process") and self.env[name]._auto]
        models = [name for name in models if not self.env[name]._abstract]
        before = {name: self.env[name].search_count([]) for name in models}
        self._move(leads, self.diagnose)
        after = {name: self.env[name].search_count([]) for name in models}
        self.assertEqual(after.pop("sales.process.visit") - before.pop("sales.process.visit"), 5)
        self.assertEqual(after, before)
