from datetime import timedelta

from odoo.tests import tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestAnswer(SurveyCommon):
    def _activities(self, lead=None):
        return self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", (lead or self.lead).id), ("summary", "like", "who gave")]
        )

    def _lines(self, invitation):
        return {line.question_id: line for line in invitation.user_input_id.user_input_line_ids}

    def test_an_answer_is_one_of_the_survey(self):
        """Also 0, which Odoo's survey easily takes for nothing."""
        invitation = self._invite()
        self.assertFalse(invitation.user_input_id)
        self.assertTrue(invitation._keep_answer(0, " Late \n"))
        self.assertEqual((invitation.state, invitation.mark, invitation.band), ("answered", 0, "detractor"))
        self.assertEqual((invitation.comment, invitation.nps_points), ("Late", -100))
        participation = invitation.user_input_id
        self.assertEqual((participation.survey_id, participation.partner_id), (self.survey, self.customer))
        self.assertEqual((participation.state, participation.email), ("done", invitation.email))
        mark_question, why_question = self.survey._get_nps_questions()
        lines = self._lines(invitation)
        self.assertEqual((lines[mark_question].value_scale, lines[mark_question].skipped), (0, False))
        self.assertEqual(lines[why_question].value_text_box, "Late")

    def test_without_a_comment(self):
        invitation = self._invite()
        invitation._keep_answer(8)
        self.assertFalse(invitation.comment)
        self.assertTrue(self._lines(invitation)[self.survey._get_nps_questions()[1]].skipped)

    def test_an_answer_can_be_changed_for_some_hours(self):
        invitation = self._invite()
        invitation._keep_answer(3)
        self.assertTrue(invitation._keep_answer(10, "I mean 10"))
        self.assertEqual((invitation.mark, invitation.band, invitation.nps_points), (10, "promoter", 100))
        participation = invitation.user_input_id
        self.assertEqual(len(participation.user_input_line_ids), 2)
        self.assertEqual(self._lines(invitation)[self.survey._get_nps_questions()[0]].value_scale, 10)
        answered = self.env.cr.now().replace(microsecond=0) - timedelta(hours=24, minutes=1)
        invitation.date_answered = answered
        self.assertFalse(invitation._keep_answer(0))
        self.assertEqual((invitation.mark, invitation.date_answered), (10, answered))
        self.assertEqual(self.env["survey.user_input"].search_count([("survey_id", "=", self.survey.id)]), 1)

    def test_the_same_answer_twice_is_once(self):
        invitation = self._invite()
        before = len(self.lead.message_ids)
        for _click in range(2):
            self.assertTrue(invitation._keep_answer(2, "Late"))
        self.assertEqual(len(self._activities()), 1)
        notes = self.lead.message_ids[: len(self.lead.message_ids) - before]
        self.assertEqual(len(notes.filtered(lambda one: "Would recommend" in one.body)), 1)

    def test_what_does_not_count(self):
        """Not sent yet, expired, opted out."""
        self._deliver()
        invitation = self._collect()
        self.assertFalse(invitation._keep_answer(9))
        self._make_due(invitation)
        self._send()
        invitation.date_expires = self.env.cr.now() - timedelta(seconds=1)
        self.assertFalse(invitation._keep_answer(9))
        invitation.date_expires = self.env.cr.now() + timedelta(days=1)
        invitation._opt_out()
        self.assertFalse(invitation._keep_answer(9))
        self.assertFalse(invitation.band or invitation.user_input_id)

    def test_a_detractor_is_called_back(self):
        """By the salesperson, in working time, once however often the mark changes within the band."""
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Brussels"}
        )
        invitation = self._invite()
        invitation._keep_answer(6, "Delivery was <b>late</b>")
        activity = self._activities()
        self.assertEqual((len(activity), activity.user_id), (1, self.rep))
        planned = self.company.resource_calendar_id._plan_working_days(self.env.cr.now(), 1)
        self.assertLessEqual(abs((activity.date_deadline - planned.date()).days), 1)
        self.assertLess(activity.date_deadline.weekday(), 5)
        self.assertIn("6", activity.summary)
        self.assertIn("&lt;b&gt;", activity.note)
        invitation._keep_answer(2)
        self.assertEqual(self._activities(), activity)

    def test_passives_and_promoters_are_not_called_back(self):
        invitation = self._invite()
        for mark in (7, 8, 9, 10):
            invitation._keep_answer(mark)
        self.assertFalse(self._activities())

    def test_a_slip_of_the_finger_takes_the_follow_up_along(self):
        invitation = self._invite()
        invitation._keep_answer(1)
        self.assertTrue(self._activities())
        invitation._keep_answer(10)
        self.assertFalse(self._activities())
        # what was dealt with stays dealt with
        invitation._keep_answer(0)
        self._activities().action_feedback(feedback="Called")
        invitation._keep_answer(9)
        self.assertFalse(self._activities())

    def test_who_calls_back(self):
        """The salesperson, else the team's leader, else the program's responsible."""
        invitation = self._invite()
        self.assertEqual(invitation._get_followup_user(), self.rep)
        self.lead.user_id = False
        self.assertEqual(invitation._get_followup_user(), self.leader)
        self.leader.active = False
        self.assertEqual(invitation._get_followup_user(), self.manager)

    def test_the_lead_tells_of_it_inside_the_company(self):
        invitation = self._invite()
        invitation._keep_answer(9, "<script>alert(1)</script> good")
        note = self.lead.message_ids[0]
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertEqual(note.author_id, self.customer)
        self.assertIn("9 of 10", note.body)
        self.assertNotIn("<script>", note.body)

    def test_what_the_customer_writes_is_feedback(self):
        """Once, however often the answer is corrected; a bare mark is none."""
        invitation = self._invite()
        Feedback = self.env["sales.process.feedback"]
        domain = [("lead_id", "=", self.lead.id), ("source", "=", "customer")]
        invitation._keep_answer(5)
        self.assertFalse(Feedback.search(domain))
        invitation._keep_answer(5, "Installed two weeks late")
        invitation._keep_answer(4, "Installed three weeks late")
        feedback = Feedback.search(domain)
        self.assertEqual(len(feedback), 1)
        self.assertEqual((feedback.partner_id, feedback.score, feedback.has_score), (self.customer, 5, True))
        self.assertIn("Installed two weeks late", feedback.text)

    def test_lead_and_customer_show_the_latest_mark(self):
        lead, partner = self.lead.with_user(self.rep), self.customer.with_user(self.rep)
        self.assertFalse(lead.sales_nps_band or partner.sales_nps_band)
        before = self.lead.write_date
        invitation = self._invite()
        self.env.flush_all()
        before = self.lead.write_date
        invitation._keep_answer(4)
        self.env.invalidate_all()
        self.assertEqual((lead.sales_nps_mark, lead.sales_nps_band), (4, "detractor"))
        self.assertEqual((partner.sales_nps_mark, partner.sales_nps_band), (4, "detractor"))
        self.assertEqual(self.lead.write_date, before)
        self.assertIn(self.lead, self.env["crm.lead"].search([("sales_nps_band", "=", "detractor")]))
        other = self.env["res.company"].create({"name": "Other Company"})
        self.manager.company_ids += other
        elsewhere = partner.with_user(self.manager).with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.sales_nps_band, "each company has its own")

    def test_opening_a_lead_reads_no_answers(self):
        self._invite()._keep_answer(4)
        self.env.flush_all()
        self.env.invalidate_all()
        self.lead.read(["name", "stage_id"])
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.lead.read(["name", "stage_id"])
        plain = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.lead.read(["name", "stage_id", "sales_nps_mark", "sales_nps_band"])
        self.assertEqual(self.env.cr.sql_log_count - before, plain)

    def test_merging_leads_keeps_the_answers(self):
        older = self._lead(partner_id=self.customer.id)
        invitation = self._invite()
        invitation._keep_answer(10)
        merged = (older + self.lead).merge_opportunity()
        self.assertEqual(invitation.lead_id, merged)
        self.assertEqual((merged.sales_nps_mark, merged.sales_nps_band), (10, "promoter"))

    def test_the_score_of_a_program(self):
        """No data below the company's minimum, then the score with its interval."""
        leads = [self._lead(partner_id=self._person(f"P{number}").id) for number in range(5)]
        self._deliver(*leads)
        invitations = self._collect()
        self._make_due(invitations)
        self._send()
        for invitation, mark in zip(invitations, (9, 10), strict=False):
            invitation._keep_answer(mark)
        self.env.flush_all()
        self.program.invalidate_recordset()
        self.assertIn("no data (2 of 3 answers)", self.program.score_text)
        invitations[2]._keep_answer(3)
        self.env.flush_all()
        self.program.invalidate_recordset()
        self.assertTrue(self.program.score_text.startswith("33 ("), self.program.score_text)
        self.assertEqual((self.program.invitation_count, self.program.answer_count), (5, 3))
        self.assertAlmostEqual(self.program.answer_rate, 0.6)
