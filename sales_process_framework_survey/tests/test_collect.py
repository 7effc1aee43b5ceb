from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SurveyCommon

LOGGER = "odoo.addons.sales_process_framework_survey.models.survey.sales_process_survey_collect"


@tagged("post_install", "-at_install")
class TestCollect(SurveyCommon):
    def test_a_stage_asks_the_contact_once(self):
        self.assertFalse(self._collect())
        self._deliver()
        invitation = self._collect()
        self.assertEqual(invitation.lead_id, self.lead)
        self.assertEqual((invitation.partner_id, invitation.email), (self.customer, "ada@customer.example.com"))
        self.assertEqual((invitation.state, invitation.program_id), ("to_send", self.program))
        self.assertEqual(self._collect(), invitation)

    def test_the_scheduled_action_twice_asks_once(self):
        self._deliver()
        cron = self.env.ref("sales_process_framework_survey.ir_cron_collect_invitations")
        for _run in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(len(self._invitations()), 1)

    def test_a_crash_in_between_asks_once(self):
        other = self._program("Another", process_stage_ids=[Command.set(self.p_diagnose.ids)])
        self._deliver()
        self._lead(partner_id=self._person("Bo").id).stage_id = self.diagnose
        insert, crashed = type(self.program)._insert_invitations, []

        def crash(program, chosen):
            insert(program, chosen)
            if program == self.program and not crashed:
                crashed.append(True)
                raise ValueError("crash")

        with (
            patch.object(type(self.program), "_insert_invitations", crash),
            mute_logger(LOGGER),
            self._without_commits(),
        ):
            self.assertIsInstance(self._call(self.Program._cron_collect), ValueError)
            # the other program was not held up
            self.assertEqual(self._invitations().program_id, other)
            self.assertIsNone(self._call(self.Program._cron_collect))
        self.assertEqual(sorted(self._invitations().mapped("program_id.id")), sorted((self.program + other).ids))

    def test_nobody_is_asked_about_the_past(self):
        self._deliver()
        program = self._program("New", process_stage_ids=[Command.set(self.p_propose.ids)], start=False)
        program.action_start()
        program.date_start = self.env.cr.now() + timedelta(seconds=1)
        self.assertFalse(self._collect(program))

    def test_what_happened_while_paused_is_not_asked_about(self):
        self.program.action_pause()
        self._deliver()
        self.program.action_start()
        self.program.date_start += timedelta(seconds=1)
        self.program.scanned_until += timedelta(seconds=1)
        self.assertFalse(self._collect())

    def test_once_per_person_and_period_across_programs(self):
        """Two programs, two leads and two contacts with one address are one person."""
        won = self._program("Won", trigger="won", team_ids=[Command.set(self.team.ids)])
        double = self._person("Ada B", email="Ada <ADA@customer.example.com>")
        other = self._lead(partner_id=double.id)
        self._deliver(self.lead, other)
        self._win(self.lead)
        self.assertEqual(len(self._collect(self.program, won)), 1)
        # a period later there is a new occasion
        invitation = self._invitations()
        invitation.date_planned -= timedelta(days=91)
        self.env.flush_all()
        self.assertEqual(len(self._collect(won)), 2)

    def test_won(self):
        program = self._program("Won", trigger="won", team_ids=[Command.set(self.team.ids)])
        self._win(self.lead)
        self.assertEqual(self._collect(program).event_key, f"won:{self.lead.id}")
        self.lead.write({"stage_id": self.propose.id})
        self._win(self.lead)
        self.assertEqual(len(self._collect(program)), 1)

    def test_touchpoint(self):
        program = self._program("Visit", trigger="touchpoint", touchpoint_ids=[Command.set(self.service.ids)])
        self.lead.with_user(self.rep).sales_process_record_touch(self.first_call.id)
        self.assertFalse(self._collect(program))
        self.lead.with_user(self.rep).sales_process_record_touch(self.service.id)
        invitation = self._collect(program)
        self.assertEqual(invitation.lead_id, self.lead)

    def test_being_asked_is_no_reason_to_ask(self):
        asked = self._touchpoint(self.use, "Asked for an opinion", match_source="survey")
        self.company.sales_survey_rest_days = 0
        program = self._program("Loop", trigger="touchpoint", touchpoint_ids=[Command.set(asked.ids)])
        self._invite()
        self.assertIn(asked, self._touches().touchpoint_id)
        self.assertEqual(self._collect(program).program_id, self.program)

    def test_delivered_orders(self):
        """Without Sales and Inventory the trigger says what it needs; with them the last delivery asks."""
        program = self._program("Delivered", start=False, trigger="delivered")
        if "sale.order" not in self.env or "delivery_status" not in self.env["sale.order"]._fields:
            self.assertIn("Install Sales and Inventory", program.availability_note)
            with self.assertRaises(ValidationError):
                program.action_start()
            return
        self.assertFalse(program.availability_note)
        program.action_start()
        program.date_start -= timedelta(days=1)
        product = self.env["product.product"].create({"name": "Machine", "type": "consu"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": self.lead.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.assertFalse(self._collect(program))
        order.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        order.picking_ids.button_validate()
        # Done by the clock, which in a transaction is ahead of its own time.
        order.picking_ids.date_done = self.env.cr.now() - timedelta(hours=1)
        self.assertEqual(self._collect(program).event_key, f"order:{order.id}")

    def test_delay_in_working_days(self):
        """Friday evening in Brussels and two working days: Tuesday evening, whatever the zone of the server."""
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "Europe/Brussels"})
        self.company.resource_calendar_id = calendar
        self.program.write({"delay_days": 2, "date_start": datetime(2026, 1, 1)})
        self._deliver()
        visit = self.env["sales.process.visit"].sudo().search([("lead_id", "=", self.lead.id)], limit=1)
        self.env.flush_all()
        # 16:00 in winter; the calendar works until 17:00
        self.env.cr.execute(
            "UPDATE sales_process_visit SET entered = %s WHERE id = %s", [datetime(2026, 3, 6, 15), visit.id]
        )
        self.program.scanned_until = False
        self.assertEqual(self._collect().date_planned, datetime(2026, 3, 10, 15))

    def test_who_is_not_asked(self):
        """No address, our own people, an archived contact or lead, another team, somebody who does not want it."""
        nobody = self._lead(partner_id=self._person("Nobody", email=False).id)
        ours = self._lead(partner_id=self.colleague.partner_id.id)
        gone = self._person("Gone")
        of_gone = self._lead(partner_id=gone.id)
        lost = self._lead(partner_id=self._person("Lost").id)
        refused = self._lead(partner_id=self._person("Refused").id)
        blocked = self._lead(partner_id=self._person("Blocked").id)
        self._deliver(nobody, ours, of_gone, lost, refused, blocked)
        gone.active = False
        lost.action_set_lost()
        self.env["sales.process.survey.optout"].create({"email": "REFUSED@customer.example.com"})
        self.env["mail.blacklist"].create({"email": "blocked@customer.example.com"})
        self.assertFalse(self._collect())
        self._deliver()
        self.program.team_ids = self.other_team
        self.assertFalse(self._collect())
        self.program.team_ids = self.team
        self.assertEqual(self._collect().lead_id, self.lead)

    def test_a_lead_without_a_contact_is_asked_at_its_address(self):
        lead = self._lead(email_from="Zoe <zoe@elsewhere.example.com>", contact_name="Zoe")
        self._deliver(lead)
        invitation = self._collect()
        self.assertEqual(
            (invitation.email, invitation.partner_id), ("zoe@elsewhere.example.com", self.customer.browse())
        )

    def test_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        program = self.Program.create(
            {"name": "Theirs", "company_id": other.id, "trigger": "won", "delay_days": 0, "user_id": self.manager.id}
        )
        program.action_start()
        program.date_start -= timedelta(days=1)
        team = self.env["crm.team"].create({"name": "Their Team", "company_id": other.id})
        theirs = self.env["crm.lead"].create(
            {
                "name": "Theirs",
                "type": "opportunity",
                "company_id": other.id,
                "team_id": team.id,
                "user_id": False,
                "partner_id": self.customer.id,
            }
        )
        self._win(theirs)
        self._deliver()
        self._collect(self.program, program)
        # the same person is asked by both: periods are of one company
        asked = self.Invitation.search([("email", "=", "ada@customer.example.com")])
        self.assertEqual({(one.company_id, one.lead_id) for one in asked}, {(self.company, self.lead), (other, theirs)})

    def test_later_versions_of_the_stage(self):
        following = self.process.copy({"name": "Version 2", "team_ids": False})
        stage = following.stage_ids.filtered(lambda one: one.name == "Propose")
        stage.previous_id = self.p_propose
        self._deliver()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_process_visit SET process_stage_id = %s WHERE lead_id = %s", [stage.id, self.lead.id]
        )
        self.assertEqual(self._collect().lead_id, self.lead)

    def test_the_same_queries_for_one_and_for_many(self):
        def collect():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._collect()
            return self.env.cr.sql_log_count - before

        self._deliver()
        collect()
        first, many = self._people(1), self._people(15)
        self._deliver(*first)
        one = collect()
        self._deliver(*many)
        self.assertEqual(collect(), one)
        self.assertEqual(len(self._invitations()), 17)

    def _people(self, count):
        people = self.env["res.partner"].create(
            [{"name": f"P{count}-{number}", "email": f"p{count}-{number}@x.example.com"} for number in range(count)]
        )
        return [self._lead(partner_id=person.id) for person in people]

    def test_batches_go_on_where_they_stopped(self):
        self._deliver(*self._people(5))
        position, rounds = (self.program._get_collect_start(), ""), 0
        while position:
            _count, position = self.program._collect(position, limit=2)
            rounds += 1
        self.assertEqual((rounds, len(self._invitations())), (3, 5))

    def test_programs_are_set_up_sensibly(self):
        with self.assertRaisesRegex(ValidationError, "choose the stages"):
            self._program("Without stages")
        with self.assertRaisesRegex(ValidationError, "choose the touchpoints"):
            self._program("Without touchpoints", trigger="touchpoint")
        other = self.env["survey.survey"].create({"title": "Anything"})
        with self.assertRaisesRegex(ValidationError, "scale from 0 to 10"):
            self._program("No scale", start=False, survey_id=other.id)
        self._program("Questionnaire", start=False, survey_id=other.id, kind="questionnaire")
        self._deliver()
        self._collect()
        with self.assertRaisesRegex(UserError, "archive it"):
            self.program.unlink()
