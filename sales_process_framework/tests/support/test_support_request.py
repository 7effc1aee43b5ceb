from contextlib import suppress
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SupportCommon


@tagged("post_install", "-at_install")
class TestSupportRequest(SupportCommon):
    def test_ask_in_one_dialog(self):
        lead = self._lead(name="Steel mill")
        action = lead.with_user(self.rep).action_ask_sales_support()
        Ask = self.env[action["res_model"]].with_user(self.rep).with_context(**action["context"])
        with self._at("2026-03-02 08:00:00"):
            with Form(Ask) as form:
                form.policy_id = self.report.with_user(self.rep)
                self.assertIn("Marketing", form.promise)
                form.need = "Benchmarks for the board"
            ask = form.save()
            ask.file_ids = self._file(self.rep, "brief.txt")
            ask.action_ask()
        request = self.env["sales.process.support.request"].search([("lead_id", "=", lead.id)])
        self.assertEqual((request.state, request.asker_id, request.department_id), ("new", self.rep, self.marketing))
        self.assertEqual(request.need, "Benchmarks for the board")
        self.assertEqual(request.wanted_file_ids.res_model, request._name)
        self.assertEqual(request.message_follower_ids.partner_id, (self.rep + self.head).partner_id)
        self.assertIn("Steel mill", request.display_name)
        with Form(Ask) as form:
            form.policy_id = self.report.with_user(self.rep)
            self.assertIn("Industry report", form.open_request)
            form.need = "x"

    def test_asking_needs_a_need_and_an_offer(self):
        with self.assertRaisesRegex(UserError, "Say what you need"):
            self._ask(need="  ")
        self.report.active = False
        with self.assertRaisesRegex(UserError, "no longer"):
            self._ask()

    def test_life_of_a_request(self):
        with self._at("2026-03-02 08:00:00"):
            request = self._ask()
        with self._at("2026-03-02 09:00:00"):
            request.with_user(self.member).action_take()
        self.assertEqual((request.state, request.assignee_id), ("in_progress", self.member))
        self.assertEqual(fields.Datetime.to_string(request.date_first_response), "2026-03-02 09:00:00")
        self.assertFalse(request.response_breached)
        with self._at("2026-03-03 09:00:00"):
            self._deliver(request)
        self.assertEqual((request.state, request.clock), ("delivered", "kept"))
        self.assertIn(self.rep.partner_id, request.message_ids[0].notified_partner_ids)
        with self._at("2026-03-09 09:00:00"):
            request.with_user(self.rep).action_accept()
            self.assertEqual((request.state, request.clock), ("accepted", "kept"))
            self.assertFalse(request.pause_ids.filtered(lambda pause: not pause.stop))

    def test_late_delivery_is_a_fact(self):
        with self._at("2026-03-02 08:00:00"):
            request = self._ask()
        with self._at("2026-03-05 10:00:00"):
            self.assertEqual((request.clock, request.is_late, request.days_late), ("late", True, 0.1))
            self._deliver(request)
        self.assertTrue(request.resolution_breached)
        self.assertTrue(request.response_breached)
        self.assertEqual((request.clock, request.is_late), ("broken", False))
        self._holiday("2026-03-04 00:00:00", "2026-03-04 22:59:59")
        self.assertTrue(request.resolution_breached, "what was delivered late stays so")

    def test_late_and_at_risk_can_be_searched(self):
        Request = self.env["sales.process.support.request"]
        with self._at("2026-03-02 08:00:00"):
            risky, late, paused, done = self._ask(), self._ask(policy=self.case), self._ask(), self._ask()
        ours = [("id", "in", (risky + late + paused + done).ids)]
        with self._at("2026-03-02 09:00:00"):
            paused.with_user(self.member)._step_wait("?")
            self._deliver(done)
        with self._at("2026-03-04 12:00:00"):
            self.assertEqual(Request.search([*ours, ("is_late", "=", True)]), late)
            self.assertEqual(Request.search([*ours, ("is_at_risk", "=", True)]), risky)
            self.assertEqual(Request.search([*ours, ("is_late", "!=", True)]), risky + paused + done)
            for request in risky + late + paused + done:
                self.assertEqual(request.is_late, request == late)
                self.assertEqual(request.is_at_risk, request == risky)
        with self._at("2026-03-04 12:30:00"):
            late.with_user(self.member)._step_wait("Too late to ask")
            self.assertTrue(late.is_late, "a pause heals nothing")
            self.assertEqual(Request.search([*ours, ("is_late", "=", True)]), late)

    def test_answer_of_the_asker_ends_the_pause(self):
        with self._at("2026-03-02 08:00:00"):
            request = self._ask()
            request.with_user(self.member)._step_wait("Which market?")
            self._post(request.with_user(self.head), "We wait", subtype_xmlid="mail.mt_comment")
            self.assertEqual(request.state, "waiting")
            self._post(request.with_user(self.rep), "A thought", subtype_xmlid="mail.mt_note")
            self.assertEqual(request.state, "waiting")
            self._post(request.with_user(self.rep), "Germany", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(request.state, "in_progress")

    def test_first_word_of_the_department_is_the_first_response(self):
        with self._at("2026-03-02 08:00:00"):
            request = self._ask()
            self._post(request.with_user(self.rep), "Hello?", message_type="comment", subtype_xmlid="mail.mt_comment")
            self.assertFalse(request.date_first_response)
            self._post(request.with_user(self.member), "On it", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertTrue(request.date_first_response)

    def test_steps_say_why_they_are_refused(self):
        request = self._ask()
        for user, step, words in (
            (self.rep, lambda row: row.action_take(), "members of the department"),
            (self.member, lambda row: row.action_accept(), "may change the lead"),
            (self.rep, lambda row: row.action_accept(), "New"),
            (self.member, lambda row: row._step_wait(" "), "what you are waiting for"),
            (self.member, lambda row: row._step_deliver("", self.env["ir.attachment"]), "files you deliver"),
            (self.member, lambda row: row._step_assign(self.head, ""), "leader"),
            (self.head, lambda row: row._step_assign(self.lawyer, ""), "no member"),
            (self.member, lambda row: row._step_cancel(""), "cancels"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                step(request.with_user(user))
        self.assertEqual(request.state, "new")

    def test_leader_reassigns(self):
        request = self._ask()
        step = self.env["sales.process.support.step"].with_user(self.head)
        step.create({"request_id": request.id, "kind": "assign", "user_id": self.member.id}).action_apply()
        self.assertEqual(request.assignee_id, self.member)

    def test_escalates_once(self):
        with self._at("2026-03-02 08:00:00"):
            late, early = self._ask(), self._ask(policy=self.review)
            early.with_user(self.lawyer).action_take()
        Request = self.env["sales.process.support.request"]
        scan = patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)
        with self._at("2026-03-02 14:00:00"), scan:
            Request._cron_escalate_late()
        self.assertTrue(late.response_breached)
        self.assertFalse(late.activity_ids)
        for moment in ("2026-03-05 09:00:00", "2026-03-06 09:00:00"):
            with self._at(moment), scan:
                Request._cron_escalate_late()
        self.assertEqual(late.activity_ids.user_id, self.head)
        self.assertEqual(len(late.activity_ids), 1)
        self.assertTrue(late.resolution_breached)
        self.assertEqual(fields.Datetime.to_string(late.date_escalated), "2026-03-05 09:00:00")

    def test_scan_runs_as_a_scheduled_job(self):
        with self._at("2026-03-02 08:00:00"):
            late = self._ask()
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_escalate_support").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(late.date_escalated)

    def test_scan_goes_on_after_a_failure(self):
        with self._at("2026-03-02 08:00:00"):
            broken, late = self._ask(), self._ask()
        Request = self.env.registry["sales.process.support.request"]
        escalate = Request._escalate

        def fail(request):
            if request == broken:
                raise ValueError("broken")
            escalate(request)

        with (
            self._at("2026-03-06 09:00:00"),
            patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1),
            patch.object(Request, "_escalate", fail),
            mute_logger("odoo.addons.sales_process_framework.models.support.sales_process_support_request"),
            suppress(ValueError),  # raised at the end; assertRaises would roll back what was done
        ):
            self.env["sales.process.support.request"]._cron_escalate_late()
            self.fail("the last error is not raised again")
        self.assertTrue(late.date_escalated)
        self.assertFalse(broken.date_escalated)

    def test_scan_reads_an_index_of_what_is_open(self):
        """Closed requests, the most of them in time, cost the scan nothing."""
        request = self._ask(self._lead())
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO sales_process_support_request
                   (name, policy_id, lead_id, department_id, company_id, asker_id, date_requested, state,
                    resolution_deadline)
            SELECT name, policy_id, lead_id, department_id, company_id, asker_id, moment, 'accepted', moment
              FROM sales_process_support_request,
                   generate_series(timestamp '2026-01-01', timestamp '2026-01-08', interval '1 minute') AS moment
             WHERE id = %s
            """,
            [request.id],
        )
        self.env.cr.execute("ANALYZE sales_process_support_request")
        self.env.cr.execute(
            """
            EXPLAIN SELECT id FROM sales_process_support_request
             WHERE date_escalated IS NULL AND state IN ('new', 'in_progress') AND resolution_deadline < now()
             ORDER BY resolution_deadline
            """
        )
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        # which of the indexes that hold open requests alone, the planner decides
        self.assertRegex(plan, "sales_process_support_request_(to_escalate|running_deadline|running_at_risk)")
        self.assertNotIn("Seq Scan", plan)

    def test_delivered_file_becomes_the_lead_s_document(self):
        document = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._activate()
        lead = self._lead()
        request = self._ask(lead)
        self._deliver(request)
        action = request.with_user(self.rep).action_open_hand_in()
        step = self.env[action["res_model"]].with_user(self.rep).with_context(**action["context"]).create({})
        self.assertEqual(step.document_ids, document)
        step.requirement_id = document
        step.action_apply()
        deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)])
        self.assertEqual(deliverable.attachment_ids.raw, b"facts")
        self.assertEqual(request.deliverable_id, deliverable)
        self.assertTrue(request.delivered_file_ids, "the request keeps its own files")
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_agenda(self):
        with self._at("2026-03-02 08:00:00"):
            late, later, open_one = self._ask(policy=self.case), self._ask(), self._ask(policy=self.review)
        with self._at("2026-03-04 12:00:00"):
            requests = open_one + later + late
            entries = requests._prepare_agenda()
            self.assertEqual([entry["department"] for entry in entries], [self.marketing, self.legal])
            self.assertEqual(entries[0]["requests"], late + later)
            self.assertEqual((entries[0]["late"], entries[0]["open"]), (1, 2))
            html = str(
                self.env["ir.actions.report"]._render_qweb_html(
                    "sales_process_framework.sales_process_support_agenda", requests.ids
                )[0]
            )
        for words in ("Marketing", "Tailored case", "Deal", late.stage_id.name, self.rep.name, "For the board"):
            self.assertIn(words, html)
        self.assertLess(html.index("Tailored case"), html.index("Industry report"))
        action = self.env["sales.process.support.request"].with_user(self.member).action_print_agenda()
        self.assertEqual(action["report_type"], "qweb-pdf")

    def test_policy_limits(self):
        for vals in ({"resolution_days": 0}, {"response_hours": -1}, {"at_risk_percent": 0}):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self._make_policy("Bad", self.marketing, **vals)

    def test_members_are_employees(self):
        portal = self._new_portal()
        with self.assertRaises(ValidationError):
            self.marketing.member_ids += portal

    def _new_portal(self):
        return new_test_user(self.env, login="spf_portal_member", groups="base.group_portal")

    def test_asking_is_flat(self):
        leads = [self._lead(name=f"Deal {number}") for number in range(42)]
        Request = self.env["sales.process.support.request"]

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Request._raise_for_leads(dict.fromkeys(some, self.report.ids))
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(leads[:1])
        self.assertLessEqual(count(leads[2:]), count(leads[1:2]) + 3)
