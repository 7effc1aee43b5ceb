"""Rules that make leads from registrations for an event."""

from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestEvent(EntryPathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["event.lead.rule"].search([]).active = False
        now = cls.env.cr.now()
        cls.event = cls.env["event.event"].create(
            {"name": "Fair", "date_begin": now + timedelta(days=3), "date_end": now + timedelta(days=4)}
        )
        cls.rule = cls.env["event.lead.rule"].create(
            {
                "name": "Visitors of the fair",
                "lead_creation_basis": "attendee",
                "lead_creation_trigger": "create",
                "lead_type": "opportunity",
                "lead_sales_team_id": cls.team.id,
                "event_id": cls.event.id,
            }
        )

    def _register(self, user, count=1):
        """:return: the leads that registrations of some people, through this user, make"""
        created = self._capture_leads()
        # The website and the front desk register under sudo.
        self.env["event.registration"].with_user(user).sudo().create(
            [
                {"event_id": self.event.id, "name": f"Guest {index}", "email": f"guest{index}@example.com"}
                for index in range(count)
            ]
        )
        return created()

    def test_visitor_of_the_website(self):
        self.assertArrived(self._register(self.env.ref("base.public_user")))

    def test_front_desk(self):
        desk = new_test_user(self.env, "spf_desk", "base.group_user,event.group_event_registration_desk")
        for lead in self._register(desk, count=3):
            self.assertArrived(lead)

    def test_one_lead_for_an_order(self):
        self.rule.lead_creation_basis = "order"
        lead = self._register(self.env.ref("base.public_user"), count=3)
        self.assertArrived(lead)
        self.assertEqual(len(lead.registration_ids), 3)

    def test_rule_with_a_salesperson(self):
        self.rule.write({"lead_user_id": self.rep.id, "lead_tag_ids": [Command.create({"name": "Fair"})]})
        lead = self._register(self.env.ref("base.public_user"))
        self.assertArrived(lead)
        self.assertEqual(lead.user_id, self.rep)

    def test_attendance(self):
        self.rule.lead_creation_trigger = "done"
        self.assertFalse(self._register(self.env.ref("base.public_user")))
        created = self._capture_leads()
        self.event.registration_ids.action_set_done()
        self.assertArrived(created())

    def test_leads_made_later_for_all(self):
        self.rule.active = False
        self.assertFalse(self._register(self.env.ref("base.public_user"), count=2))
        created = self._capture_leads()
        self.rule.active = True
        self.event.action_generate_leads(event_lead_rules=self.rule)
        leads = created()
        self.assertEqual(len(leads), 2)
        for lead in leads:
            self.assertArrived(lead)

    def test_change_of_a_registration_moves_nothing(self):
        lead = self._register(self.env.ref("base.public_user"))
        self._meet(lead, self.budget, self.entries[0])
        self._move(lead, self.diagnose, user=self.manager)
        self.event.registration_ids.write({"name": "Ada", "email": "ada@example.com"})
        lead.invalidate_recordset()
        self.assertEqual(lead.email_from, "ada@example.com")
        self.assertStands(lead, self.diagnose)
