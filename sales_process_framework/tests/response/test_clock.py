"""When a clock starts, what answers it, and that it goes on whatever happens to the lead."""

from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common import ResponseCommon

MONDAY = "2026-03-02 09:00:00"


@tagged("post_install", "-at_install")
class TestClock(ResponseCommon):
    # -- start ------------------------------------------------------------------------

    def test_new_web_lead_has_three_minutes(self):
        with self._at(MONDAY):
            lead = self._web_lead()
            clock = self._clocks(lead)
            self.assertEqual(
                (clock.touchpoint_id, clock.source, clock.state, clock.company_id),
                (self.web, "web_form", "running", self.company),
            )
            self.assertEqual(clock.deadline, datetime(2026, 3, 2, 9, 3))
            self.assertEqual(lead.sales_response_started, datetime(2026, 3, 2, 9))
            self.assertEqual(lead.sales_response_deadline, clock.deadline)
            self.assertEqual(lead.sales_response_state, "running")
        with self._at("2026-03-02 09:03:01"):
            lead.invalidate_recordset()
            self.assertEqual(lead.sales_response_state, "late")

    def test_assigned_to_a_team_later_it_has_waited_since_its_creation(self):
        leads = self.env["crm.lead"]
        for _number in range(4):
            leads += self._web_lead(team_id=self.other_team.id)
        self.assertFalse(self._clocks(leads))
        created = datetime(2026, 3, 2, 8, 30)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)", [created, leads.ids])
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [datetime(2026, 1, 5), leads[2].id])
        self.env.invalidate_all()
        with self._at(MONDAY):
            self._reply(leads[1])
            call = leads[3].with_user(self.rep).activity_schedule("mail.mail_activity_data_call", user_id=self.rep.id)
            call.action_feedback(feedback="They expect an offer")
            leads.write({"team_id": self.team.id})
        # neither one that was written to or called before nor one from long ago
        clock = self._clocks(leads)
        self.assertEqual((clock.lead_id, clock.source, clock.started), (leads[0], "web_form", created))
        self.assertEqual(leads[0].sales_response_started, created)

    def test_reps_own_lead_starts_no_clock(self):
        self.web.match_source = "none"
        own = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create({"name": "Mine", "type": "opportunity", "team_id": self.team.id, "user_id": self.rep.id})
        )
        self.assertFalse(self._clocks(own))
        for_a_colleague = (
            self.env["crm.lead"]
            .with_user(self.colleague)
            .create({"name": "Yours", "type": "opportunity", "team_id": self.team.id, "user_id": self.rep.id})
        )
        self.assertEqual(self._clocks(for_a_colleague).source, "manual")

    def test_import_starts_no_clock(self):
        self.web.match_source = "none"
        lead = self.env["crm.lead"].with_context(import_file=True).create({"name": "Old", "team_id": self.team.id})
        self.assertFalse(self._clocks(lead))

    def test_what_the_touchpoint_matches_decides(self):
        lead = self._lead()
        self.assertFalse(self._clocks(lead), "typed, not from the website")
        self.web.match_text = "demo"
        self.assertFalse(self._clocks(self._web_lead(name="Offer")))
        self.assertTrue(self._clocks(self._web_lead(name="Demo wanted")))

    def test_email_that_makes_a_lead(self):
        self.web.write({"match_source": "email_in"})
        self.env["mail.alias.domain"]
        lead = (
            self.env["crm.lead"]
            .with_context(mail_create_nolog=True)
            .message_new(
                {"subject": "Please call", "email_from": "new@example.com", "to": "sales@example.com"},
                {"team_id": self.team.id},
            )
        )
        self.assertEqual(self._clocks(lead).source, "email_in")

    def test_without_a_journey_nothing_starts(self):
        self.journey.action_retire()
        self.assertFalse(self._clocks(self._web_lead()))

    def test_team_without_the_process_starts_nothing(self):
        self.assertFalse(self._clocks(self._web_lead(team_id=self.other_team.id)))

    def test_incoming_message_starts_a_clock_once(self):
        lead = self._lead(partner_id=self.customer.id)
        with self._at(MONDAY):
            self._receive(lead)
        with self._at("2026-03-02 09:30:00"):
            self._receive(lead)
        clock = self._clocks(lead)
        self.assertEqual(len(clock), 1)
        self.assertEqual((clock.touchpoint_id, clock.started), (self.mail, datetime(2026, 3, 2, 9)))
        self.assertEqual(clock.deadline, datetime(2026, 3, 2, 11))
        with self._at("2026-03-02 10:00:00"):
            self._reply(lead)
        self.assertEqual((clock.state, clock.seconds_working), ("kept", 3600))
        with self._at("2026-03-02 10:30:00"):
            self._receive(lead)
        self.assertEqual(self._clocks(lead).mapped("state"), ["kept", "running"], "a new question, a new clock")

    # -- answer -----------------------------------------------------------------------

    def test_answer_in_time(self):
        with self._at(MONDAY):
            lead = self._web_lead()
        with self._at("2026-03-02 09:02:10"):
            self._reply(lead)
        clock = self._clocks(lead)
        self.assertEqual((clock.state, clock.answered_by_id, clock.seconds_working), ("kept", self.rep, 130))
        self.assertEqual(clock.touch_id.lead_id, lead)
        self.assertEqual((clock.kept_rate, clock.breached), (1.0, False))
        self.assertFalse(lead.sales_response_deadline)
        self.assertEqual(lead.sales_response_state, "none")

    def test_answer_on_the_dot_is_kept_and_later_is_not(self):
        with self._at(MONDAY):
            leads = self._web_lead() + self._web_lead()
        with self._at("2026-03-02 09:03:00"):
            self._reply(leads[0])
        with self._at("2026-03-02 09:03:01"):
            self._reply(leads[1])
        clocks = self._clocks(leads)
        self.assertEqual(clocks.mapped("state"), ["kept", "breached_answered"])
        self.assertEqual(clocks[1].breached, datetime(2026, 3, 2, 9, 3), "the scan had not been there yet")

    def test_answer_over_the_weekend_counts_working_time(self):
        with self._at("2026-03-06 20:00:00"):
            lead = self._web_lead()
        with self._at("2026-03-09 07:02:00"):
            self._reply(lead)
        self.assertEqual((self._clocks(lead).state, self._clocks(lead).seconds_working), ("kept", 120))

    def test_notes_and_robots_do_not_answer(self):
        with self._at(MONDAY):
            lead = self._web_lead()
        with self._at("2026-03-02 09:01:00"):
            self._post(lead.with_user(self.rep), "Call her", subtype_xmlid="mail.mt_note")
            self._post(
                lead,
                "Thank you for your message",
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            self._post(
                lead,
                "We got it",
                author_id=self.env.ref("base.partner_root").id,
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            self._receive(lead)
        self.assertEqual(self._clocks(lead)[0].state, "running")

    def test_done_call_answers(self):
        with self._at(MONDAY):
            lead = self._web_lead()
            activity = lead.activity_schedule("mail.mail_activity_data_call", user_id=self.rep.id)
        with self._at("2026-03-02 09:02:00"):
            activity.with_user(self.rep)._action_done(feedback="Spoke with her")
        self.assertEqual(self._clocks(lead).state, "kept")

    def test_contact_from_before_does_not_answer(self):
        with self._at(MONDAY):
            lead = self._web_lead()
            Clock = self.env["sales.process.response"].sudo()
            Clock._answer({lead.id: [(datetime(2026, 3, 2, 8, 59), self.rep.id, False)]})
            self.assertEqual(self._clocks(lead).state, "running")

    # -- what happens to the lead ----------------------------------------------------------

    def test_reassigning_does_not_reset(self):
        with self._at(MONDAY):
            lead = self._web_lead()
        with self._at("2026-03-02 09:02:00"):
            lead.user_id = self.colleague
        with self._at("2026-03-02 09:04:00"):
            self._reply(lead, self.colleague)
        clock = self._clocks(lead)
        self.assertEqual((clock.started, clock.state), (datetime(2026, 3, 2, 9), "breached_answered"))
        self.assertEqual(clock.answered_by_id, self.colleague)

    def test_conversion_carries_it_on(self):
        with self._at(MONDAY):
            lead = self._web_lead(type="lead")
            self.assertTrue(self._clocks(lead))
        with self._at("2026-03-02 09:01:00"):
            lead.convert_opportunity(self.customer, user_ids=self.rep.ids, team_id=self.team.id)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.sales_response_started, datetime(2026, 3, 2, 9))
        with self._at("2026-03-02 09:02:00"):
            self._reply(lead)
        self.assertEqual(self._clocks(lead).mapped("state"), ["kept"])

    def _merge(self, *leads):
        return self.env["crm.lead"].union(*leads).with_user(self.leader).merge_opportunity()

    def test_merge_carries_on_from_the_earliest_start(self):
        with self._at(MONDAY):
            first = self._web_lead(type="lead")
        with self._at("2026-03-02 09:01:00"):
            second = self._web_lead()
            head = self._merge(first, second)
        self.assertEqual(head, second, "the opportunity stays")
        clocks = self._clocks(head)
        self.assertEqual(sorted(clocks.mapped("state")), ["running", "void"])
        running = clocks.filtered(lambda clock: clock.state == "running")
        self.assertEqual(running.started, datetime(2026, 3, 2, 9))
        self.assertEqual(head.sales_response_deadline, datetime(2026, 3, 2, 9, 3))

    def test_merge_with_a_lead_that_was_answered(self):
        with self._at(MONDAY):
            first = self._web_lead()
        with self._at("2026-03-02 09:01:00"):
            second = self._web_lead(type="lead")
        with self._at("2026-03-02 09:02:00"):
            self._reply(first)
            head = self._merge(first, second)
        self.assertEqual(self._clocks(head).mapped("state"), ["kept", "kept"], "it is one customer")
        self.assertFalse(head.sales_response_deadline)

    def test_merge_keeps_facts_of_tails(self):
        with self._at(MONDAY):
            tail = self._web_lead(type="lead")
        with self._at("2026-03-02 09:10:00"):
            self._reply(tail)
            head = self._merge(self._lead(), tail)
        self.assertEqual(self._clocks(head).state, "breached_answered")

    def test_copy_starts_nothing_of_its_own(self):
        lead = self._web_lead()
        copy = lead.copy()
        self.assertFalse(copy.sales_response_deadline)
        self.assertFalse(self._clocks(copy))

    def test_nobody_writes_the_clock(self):
        lead = self._web_lead()
        with self.assertRaises(UserError):
            lead.with_user(self.rep).write({"sales_response_deadline": "2030-01-01 00:00:00"})
        with self.assertRaises(UserError):
            self.env["crm.lead"].with_user(self.rep).create(
                {"name": "x", "sales_response_started": "2030-01-01 00:00:00"}
            )

    # -- the scan -------------------------------------------------------------------------

    def _scan(self, moment):
        self.env.flush_all()
        with self._at(moment), self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_check_responses").method_direct_trigger()
        self.env.invalidate_all()

    def test_breach_is_a_fact(self):
        with self._at(MONDAY):
            late, kept = self._web_lead(), self._web_lead()
        with self._at("2026-03-02 09:01:00"):
            self._reply(kept)
        self._scan("2026-03-02 09:02:59")
        self.assertEqual(self._clocks(late).state, "running")
        self._scan("2026-03-02 09:10:00")
        clock = self._clocks(late)
        self.assertEqual((clock.state, clock.breached), ("breached_open", datetime(2026, 3, 2, 9, 3)))
        self.assertEqual(clock.kept_rate, 0.0)
        self.assertEqual(self._clocks(kept).state, "kept")
        with self._at("2026-03-02 09:20:00"):
            self._reply(late)
        self.assertEqual((clock.state, clock.seconds_working), ("breached_answered", 1200))
        self.assertEqual(clock.breached, datetime(2026, 3, 2, 9, 3))

    def test_lead_closed_in_time_needs_no_answer(self):
        with self._at(MONDAY):
            lead = self._web_lead()
        with self._at("2026-03-02 09:01:00"):
            lead.with_user(self.rep).action_set_lost()
            self.assertEqual(lead.sales_response_state, "none")
        self._scan("2026-03-02 09:10:00")
        self.assertEqual(self._clocks(lead).state, "void")
        self.assertFalse(lead.sales_response_deadline)

    def test_scan_reads_an_index_of_what_is_open(self):
        with self._at(MONDAY):
            lead = self._web_lead()
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO sales_process_response (lead_id, company_id, started, deadline, answered, state)
            SELECT %s, %s, moment, moment, moment, 'kept'
              FROM generate_series(timestamp '2026-01-01', timestamp '2026-01-08', interval '1 minute') AS moment
            """,
            [lead.id, self.company.id],
        )
        self.env.cr.execute("ANALYZE sales_process_response")
        self.env.cr.execute(
            """
            EXPLAIN SELECT clock.id FROM sales_process_response AS clock
             WHERE clock.state = 'running' AND clock.deadline < '2026-03-02 10:00:00'
             ORDER BY clock.deadline LIMIT 500 FOR UPDATE OF clock SKIP LOCKED
            """
        )
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        self.assertRegex(plan, "sales_process_response_(running|one_open)_idx")
        self.assertNotIn("Seq Scan", plan)

    def test_scan_in_batches(self):
        module = "odoo.addons.sales_process_framework.models.response.sales_process_response.SCAN_BATCH"
        with self._at(MONDAY):
            leads = self._web_lead().browse([self._web_lead().id for _index in range(5)])
        self.env.flush_all()
        with patch(module, 2):
            self._scan("2026-03-02 09:10:00")
        self.assertEqual(set(self._clocks(leads).mapped("state")), {"breached_open"})

    # -- lists and cost ----------------------------------------------------------------------

    def test_search(self):
        with self._at(MONDAY):
            running = self._web_lead()
        with self._at("2026-03-02 08:00:00"):
            late = self._web_lead()
        plain = self._lead()
        leads = running + late + plain
        with self._at("2026-03-02 09:01:00"):

            def found(*domain):
                return self.env["crm.lead"].search([("id", "in", leads.ids), *domain])

            leads.invalidate_recordset()
            for state, expected in (("running", running), ("late", late), ("none", plain)):
                self.assertEqual(found(("sales_response_state", "=", state)), expected)
                self.assertEqual(leads.filtered_domain([("sales_response_state", "=", state)]), expected)
            self.assertEqual(found(("sales_response_state", "in", ["running", "late"])), running + late)
            self.assertEqual(found(("sales_response_state", "!=", "none")), running + late)

    def _count_creation(self, count):
        """Queries of creating leads that nobody is assigned to: CRM itself writes an email for each assigned one."""
        values = {"name": "Web lead", "type": "opportunity", "team_id": self.team.id, "company_id": self.company.id}
        website = self.env["crm.lead"].with_user(self.env.ref("base.public_user")).sudo()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        leads = website.create([{**values, "user_id": False} for _index in range(count)])
        self.env.flush_all()
        return leads, self.env.cr.sql_log_count - before

    def test_bulk_create_is_flat(self):
        """What the clocks add to creating leads is the same for two and for fifty."""
        self._count_creation(1)
        added = []
        for number in (2, 50):
            leads, with_clocks = self._count_creation(number)
            self.assertEqual(len(self._clocks(leads)), number)
            with patch.object(type(leads), "_start_response_clocks", lambda *args: None):
                _leads, without = self._count_creation(number)
            added.append(with_clocks - without)
        self.assertLessEqual(added[1], added[0])
        self.assertLessEqual(added[1], 4)

    def test_plain_crm_asks_nothing(self):
        self.journey.action_retire()
        self._web_lead()
        Touchpoint = self.env["sales.process.touchpoint"]
        self.assertFalse(Touchpoint._get_response_standards())
        lead = self._lead()
        self.env.flush_all()
        with self.assertQueryCount(0):
            lead._on_leads_created()

    def test_two_companies(self):
        """Each company's clocks count its own working time, and are seen by those who work there."""
        other = self.env["res.company"].create({"name": "Other Co"})
        other.resource_calendar_id = self._new_calendar(tz="Asia/Taipei", company_id=other.id)
        stages = self.env["crm.stage"].create([{"name": name, "sequence": 200} for name in ("Start", "End")])
        team = self.env["crm.team"].create({"name": "Other Team", "company_id": other.id})
        process = self.env["sales.process"].create(
            {
                "name": "Other Process",
                "company_id": other.id,
                "team_ids": [Command.set(team.ids)],
                "stage_ids": [Command.create({"name": stage.name, "stage_id": stage.id}) for stage in stages],
            }
        )
        process.state = "active"
        journey = self.journey.copy({"company_id": other.id, "process_ids": [Command.set(process.ids)]})
        journey.action_activate()
        with self._at("2026-03-06 20:00:00"):
            here = self._web_lead()
            there = self._web_lead(company_id=other.id, team_id=team.id, user_id=False)
        self.assertEqual(self._clocks(here).deadline, datetime(2026, 3, 9, 7, 3))
        clock = self._clocks(there)
        self.assertEqual((clock.company_id, clock.touchpoint_id.journey_id), (other, journey))
        self.assertEqual(clock.deadline, datetime(2026, 3, 9, 0, 3))
        reader = new_test_user(
            self.env,
            login="other_manager",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        seen = self.env["sales.process.response"].with_user(reader).search([("lead_id", "in", (here + there).ids)])
        self.assertEqual(seen, clock)
