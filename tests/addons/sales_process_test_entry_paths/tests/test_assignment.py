"""The scheduled action that deals leads out to teams and reps."""

from odoo.tests import tagged

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestAssignment(EntryPathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["crm.team"].search([("id", "!=", cls.team.id)])
        others.assignment_optout = True
        cls.env["crm.lead"].search([("team_id", "=", False)]).active = False
        cls.team.write({"use_leads": True, "use_opportunities": True})
        cls.team.crm_team_member_ids.write({"assignment_max": 60})  # two a day
        cls.cron = cls.env.ref("crm.ir_cron_crm_lead_assign")
        cls.cron.active = True

    def _arrive(self, count=1, **vals):
        """Leads that nobody has taken yet, as an unsorted channel leaves them."""
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Raw {index}",
                    "email_from": f"raw{index}@example.com",
                    "type": "lead",
                    "team_id": False,
                    "user_id": False,
                    **vals,
                }
                for index in range(count)
            ]
        )

    def _assign(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def assertDealtOut(self, leads):
        for lead in leads:
            self.assertIn(lead.user_id, self.rep + self.colleague)
            self.assertArrived(lead)

    def test_raw_leads(self):
        leads = self._arrive(count=3)
        self.assertEqual(leads.stage_id, self.inbox)
        self._assign()
        self.assertDealtOut(leads)

    def test_quota_leaves_the_rest_in_the_first_stage(self):
        leads = self._arrive(count=6)
        self._assign()
        dealt = leads.filtered("user_id")
        self.assertEqual(len(dealt), 4)
        self.assertDealtOut(dealt)
        for lead in leads - dealt:
            self.assertArrived(lead, lead_type="lead")

    def test_opportunity_without_team(self):
        lead = self._arrive(type="opportunity")
        self._assign()
        self.assertDealtOut(lead)

    def test_leads_that_stand_late(self):
        """Raw leads are free of gates and may have been dragged anywhere."""
        leads = self._arrive(count=2)
        leads[0].stage_id = self.diagnose
        leads[1].stage_id = self.propose
        self._assign()
        self.assertDealtOut(leads)

    def test_lead_of_the_team_that_stands_late(self):
        lead = self._arrive(team_id=self.team.id)
        lead.stage_id = self.propose
        self._assign()
        self.assertDealtOut(lead)

    def test_lead_that_has_what_its_stage_asks_for(self):
        """Assigning takes nothing away from a lead that satisfies the gates."""
        lead = self._arrive(team_id=self.team.id)
        self._meet(lead, self.budget, self.entries[0])
        lead.stage_id = self.diagnose
        self._assign()
        self.assertEqual(lead.type, "opportunity")
        self.assertStands(lead, self.diagnose)

    def test_duplicates(self):
        leads = self._arrive(count=2, email_from="same@example.com")
        leads[1].stage_id = self.propose
        self._assign()
        self.assertDealtOut(leads.exists())

    def test_run_by_a_manager(self):
        leads = self._arrive(count=2)
        leads[1].stage_id = self.propose
        self.team.with_user(self.manager).action_assign_leads()
        self.env.invalidate_all()
        self.assertDealtOut(leads)
