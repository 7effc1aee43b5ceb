from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import ReviewCommon


@tagged("post_install", "-at_install")
class TestReviewSteps(ReviewCommon):
    def test_any_day_of_a_period_is_its_first(self):
        self.review.write({"cycle": "quarter", "date_from": "2025-05-17"})
        self.assertEqual((str(self.review.date_from), str(self.review.date_to)), ("2025-04-01", "2025-06-30"))
        self.assertEqual(self.review.name, "Quarterly review 2025-Q2")
        with self.assertRaisesRegex(ValidationError, "not begun yet"):
            self.review.date_from = self.today + timedelta(days=400)

    def test_step_by_step_and_back(self):
        self.assertEqual(self.review.state, "look_back")
        for state in ("assess", "conclude", "actions", "actions"):
            self.review.action_next()
            self.assertEqual(self.review.state, state)
        self.review.action_back()
        self.assertEqual(self.review.state, "conclude")
        with self.assertRaisesRegex(UserError, "go through all steps"):
            self.review.action_close()
        with self.assertRaisesRegex(UserError, "keeps this itself"):
            self.review.state = "closed"

    def test_a_critical_topic_wants_a_conclusion_or_a_reason(self):
        first, second = self._topic(), self._topic(name="Support is late")
        self._topic(name="Small", severity="warning")
        self.assertEqual((self.review.critical_count, self.review.unsettled_count), (2, 2))
        with self.assertRaisesRegex(UserError, "(?s)Few deals pass.*Support is late") as caught:
            self._close()
        self.assertNotIn("Small", str(caught.exception))
        first.with_user(self.manager).conclusion = "  "
        self.assertEqual(self.review.unsettled_count, 2)
        first.with_user(self.manager).conclusion = "Diagnose in two talks"
        second.with_user(self.manager).postponed = True
        with self.assertRaisesRegex(UserError, "Support is late” is postponed: say why"):
            self.review.action_close()
        second.with_user(self.manager).postponed_reason = "Marketing is away"
        self.review.action_close()
        self.assertEqual(self.review.state, "closed")
        self.assertEqual(self.review.closed_by_id, self.manager)

    def test_closed_minutes_never_change(self):
        topic, action = self._topic(conclusion="Yes"), self._action()
        self._close()
        calls = {
            "name": lambda: self.review.write({"name": "Other"}),
            "summary": lambda: self.review.write({"summary": "<p>Other</p>"}),
            "topic": lambda: topic.with_user(self.manager).write({"conclusion": "No"}),
            "new topic": lambda: self._topic(),
            "topic away": lambda: topic.with_user(self.manager).unlink(),
            "action": lambda: action.write({"name": "Other"}),
            "new action": lambda: self._action(),
            "action away": lambda: action.unlink(),
            "agenda": lambda: self.review.action_fill_agenda(),
            "step": lambda: self.review.action_back(),
            "again": lambda: self.review.action_close(),
            "improvement": lambda: topic.with_user(self.manager).action_make_improvement(),
            "unlink": lambda: self.review.unlink(),
        }
        for name, call in calls.items():
            for superuser in (False, True):
                with self.subTest(name, su=superuser), self.assertRaisesRegex(UserError, "is closed"):
                    call()
        with self.assertRaisesRegex(UserError, "is closed"):
            self.review.sudo().name = "Other"
        # Actions go on: somebody else, another day.
        action.write({"user_id": self.leader.id, "date_deadline": self.today + timedelta(days=30)})
        self.assertEqual((action.owner_agreed_id, action.date_agreed), (self.rep, self.today + timedelta(days=14)))

    def test_a_meeting_goes_with_its_review(self):
        self.review.action_plan_meeting()
        event = self.review.event_id
        self.assertEqual(event.start, self.review.date)
        self.assertEqual(event.partner_ids, (self.manager | self.leader | self.rep).partner_id)
        self.review.date += timedelta(days=1)
        self.assertEqual(event.start, self.review.date)
        event.sudo().write({"start": event.start + timedelta(days=2), "stop": event.stop + timedelta(days=2)})
        self.assertEqual(self.review.date, event.start)
        self.review.action_plan_meeting()
        self.assertEqual(self.review.event_id, event)


@tagged("post_install", "-at_install")
class TestReviewActions(ReviewCommon):
    def test_an_action_is_an_activity_of_its_owner(self):
        action = self._action()
        activity = action.activity_id
        self.assertEqual(
            (activity.user_id, activity.date_deadline, activity.summary, activity.res_id, activity.res_model),
            (self.rep, action.date_deadline, "Train the diagnosis", self.review.id, "sales.process.review"),
        )
        action.write({"user_id": self.leader.id, "date_deadline": self.today + timedelta(days=3)})
        self.assertEqual((activity.user_id, activity.date_deadline), (self.leader, self.today + timedelta(days=3)))
        activity.with_user(self.leader).write({"date_deadline": self.today + timedelta(days=5)})
        self.assertEqual(action.date_deadline, self.today + timedelta(days=5))

    def test_done_as_an_activity_by_the_rep(self):
        action = self._action()
        action.activity_id.with_user(self.rep).action_feedback(feedback="Twelve people came")
        self.assertEqual(
            (action.state, action.outcome, action.done_by_id, action.date_done),
            ("done", "Twelve people came", self.rep, self.today),
        )

    def test_done_by_the_button_marks_the_activity(self):
        action = self._action()
        activity = action.activity_id
        action.with_user(self.rep).action_done()
        self.assertEqual(action.state, "done")
        self.assertFalse(activity.active)
        with self.assertRaisesRegex(UserError, "not open any more"):
            action.action_done()
        action.action_reopen()
        self.assertEqual(action.state, "open")
        self.assertTrue(action.activity_id.active)

    def test_cancelling_needs_a_reason(self):
        action = self._action()
        with self.assertRaisesRegex(UserError, "why it will not be done"):
            action.action_cancel()
        action.outcome = "The course was called off"
        action.action_cancel()
        self.assertEqual(action.state, "cancelled")
        self.assertFalse(self.review.activity_ids)

    def test_a_colleague_does_not_settle_it(self):
        action = self._action()
        for user in (self.leader, self.colleague):
            self.assertFalse(action.with_user(user).may_settle)
            with self.assertRaises(AccessError):
                action.with_user(user).action_done()
        self.assertTrue(action.with_user(self.rep).may_settle)

    def test_owners_can_open_the_review(self):
        clerk = self._new_user("spf_clerk", "base.group_user")
        with self.assertRaisesRegex(ValidationError, "cannot open reviews"):
            self._action(user=clerk)

    def test_late_by_the_calendar_of_the_company(self):
        late, due = self._action(days=-1), self._action(days=0)
        self.assertEqual((late.is_late, due.is_late), (True, False))
        found = self.env["sales.process.review.action"].search([("is_late", "=", True)])
        self.assertIn(late, found)
        self.assertNotIn(due, found)
        # In Auckland the day is over sooner than anywhere.
        self.company.partner_id.tz = "Pacific/Auckland"
        due.invalidate_recordset()
        self.assertEqual(due.is_late, self.company._get_sales_today() > due.date_deadline)
        late.action_done()
        self.assertFalse(late.is_late)

    def test_the_next_review_asks_for_them(self):
        done, late, gone = self._action(name="A"), self._action(name="B", days=-40), self._action(name="C")
        oldest = self._review(date=self.now - timedelta(days=60), date_from="2025-01-01")
        forgotten = self._action(oldest, name="From long ago", days=-3)
        self._close()
        done.action_done()
        gone.outcome = "No use"
        gone.action_cancel()
        following = self._review(date=self.now + timedelta(days=20))
        self.assertEqual(following.previous_id, self.review)
        self.assertEqual(following.earlier_action_ids, done | late | gone | forgotten)
        self.assertEqual(following.earlier_text, "1 of 4 done, 2 late")
        following.action_fill_agenda()
        topics = following.topic_ids.filtered(lambda topic: topic.kind == "measure")
        self.assertEqual(topics.mapped("name"), ["B", "From long ago"])
        self.assertEqual(topics.mapped("severity"), ["critical", "warning"])
        late.action_done()
        following.action_fill_agenda()
        self.assertEqual(
            following.topic_ids.filtered(lambda topic: topic.kind == "measure").mapped("name"), ["From long ago"]
        )

    def test_the_minutes_say_how_they_stood_then(self):
        action = self._action()
        self._close()
        following = self._review(date=self.now + timedelta(days=30))
        self._close(following)
        action.action_done()
        row = following._prepare_minutes()["earlier"][0]
        self.assertEqual((row["name"], row["label"]), ("Train the diagnosis", "Open"))


@tagged("post_install", "-at_install")
class TestReviewMinutes(ReviewCommon):
    def _render(self, review, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        return report._render_qweb_html("sales_process_framework.report_review_minutes", review.ids)[0].decode()

    def test_everything_is_in_the_minutes_once(self):
        self._topic(
            text="12 of 40 went on", assessment="Too few <questions>", conclusion="Two talks", user_id=self.leader.id
        )
        self._topic(name="Elsewhere", severity="warning", kind="sla", postponed=True, postponed_reason="Next time")
        self._action()
        self.review.summary = "<p>Talk <b>first</b></p>"
        self._topic(name="For an idea", severity="info").with_user(self.manager).action_make_improvement()
        self._close()
        page = self._render(self.review)
        text = " ".join(html2plaintext(page).split())
        for part in (
            "12 of 40 went on",
            "Too few <questions>",
            "Two talks",
            "Next time",
            "Train the diagnosis",
            self.rep.name,
            "For an idea",
            "Talk",
        ):
            self.assertIn(part, text)
        self.assertIn("Too few &lt;questions&gt;", page)
        self.assertNotIn("not closed yet", text)

    def test_the_agenda_is_printed_before(self):
        self.assertIn("not closed yet", self._render(self.review, self.rep))

    def test_minutes_reach_who_took_part_as_a_file(self):
        self._action(user=self.colleague)
        with self.assertRaisesRegex(UserError, "close the review first"):
            self.review.action_send_minutes()
        self._close()
        before = self.review.message_ids
        self.review.action_send_minutes()
        message = self.review.message_ids - before
        self.assertEqual(message.partner_ids, (self.manager | self.leader | self.rep | self.colleague).partner_id)
        self.assertEqual(message.attachment_ids.name, f"Minutes: {self.review.name}.pdf")
        self.assertTrue(message.attachment_ids.raw)

    def test_an_improvement_comes_of_a_topic_once(self):
        topic = self._topic(kpi_id=self.env.ref("sales_process_framework.kpi_win_rate").id)
        topic.write({"process_id": self.process.id, "stage_id": self.p_diagnose.id, "conclusion": "Two talks"})
        topic = topic.with_user(self.manager)
        action = topic.action_make_improvement()
        idea = self.env["sales.process.improvement"].browse(action["res_id"])
        self.assertEqual(
            (idea.review_id, idea.stage_id, idea.kpi_id, idea.author_id, idea.state),
            (self.review, self.p_diagnose, topic.kpi_id, self.manager, "idea"),
        )
        self.assertEqual(topic.action_make_improvement()["res_id"], idea.id)
        self.assertEqual(self.review.improvement_count, 1)

    def test_a_change_of_a_version_says_where_it_comes_from(self):
        idea = self.env["sales.process.improvement"].create({"name": "Call it money", "company_id": self.company.id})
        self._twin(self.budget).name = "Money"
        self.next.action_log_changes()
        change = self.next.change_ids
        topic = self._topic()
        change.write({"improvement_ids": idea.ids, "review_ids": self.review.ids, "topic_ids": topic.ids})

        def sources(user):
            diff = self.next.with_user(user).get_version_diff()
            rows = [inner for row in diff["root"]["rows"] for inner in row["rows"] if inner["sources"]]
            return [(source["model"], source["id"]) for row in rows for source in row["sources"]]

        expected = [(record._name, record.id) for record in (idea, self.review, topic)]
        self.assertEqual(sources(self.manager), expected)
        stranger = self._new_user("spf_no_guest", "sales_team.group_sale_salesman")
        self.assertEqual(sources(stranger), expected[:1])
