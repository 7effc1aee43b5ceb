from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import FeedbackCommon

NASTY = "<script>alert(1)</script>Budget in the first call"


@tagged("post_install", "-at_install")
class TestFeedbackStatus(FeedbackCommon):
    def test_givers_hear_what_becomes_of_it(self):
        feedback = self._give(NASTY)
        feedback.with_user(self.other_rep).me_too()
        self._managed(feedback).write({"state": "planned", "answer": "With <b>version 1.1</b>"})
        for user in (self.rep, self.other_rep):
            message = self._told(user)
            with self.subTest(user=user.login):
                self.assertEqual(len(message), 1)
                self.assertEqual(message.subject, "Your feedback: Planned")
                self.assertNotIn("<script", message.body)
                self.assertIn("&lt;script&gt;", message.body)
                self.assertIn("&lt;b&gt;version 1.1&lt;/b&gt;", message.body)
                self.assertIn(f"/odoo/my-feedback/{feedback.id}", message.body)
                self.assertEqual(message.notified_partner_ids, user.partner_id, "nobody else is on it")
        self.assertEqual((feedback.answered_by_id, bool(feedback.answered_on)), (self.manager, True))
        self._managed(feedback).write({"state": "planned"})
        self.assertEqual(len(self._told(self.rep)), 1, "nothing has changed")

    def test_in_the_givers_language(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        self.rep.lang = "zh_TW"
        self.env["ir.module.module"]._load_module_terms(["sales_process_framework"], ["zh_TW"])
        labels = dict(
            self.Feedback.with_context(lang="zh_TW")
            ._fields["state"]
            ._description_selection(self.env(context={"lang": "zh_TW"}))
        )
        feedback = self._give()
        self._managed(feedback).write({"state": "done"})
        self.assertIn(labels["done"], self._told(self.rep).body)

    def test_whoever_answers_is_not_told(self):
        feedback = self._give(user=self.manager)
        self._managed(feedback).write({"state": "done"})
        self.assertFalse(self._told(self.manager))

    def test_one_message_for_many(self):
        """Queries grow with the people who are told, not with the feedback of theirs that is answered."""
        single, many = self._give("One"), self.Feedback
        for number in range(12):
            many |= self._give(f"Number {number}", about={})
        counts = []
        for feedback in (single, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._managed(feedback).with_context(tracking_disable=True).write({"state": "review"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(self._told(self.rep)), 2)
        self.assertEqual(self._told(self.rep)[-1].subject, "News about 12 pieces of your feedback")
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_declined_needs_an_answer(self):
        feedback = self._managed(self._give())
        for answer in (False, "   "):
            with self.subTest(answer=answer), self.assertRaises(ValidationError):
                feedback.write({"state": "declined", "answer": answer})
        feedback.write({"state": "declined", "answer": "Required by law"})
        with self.assertRaises(ValidationError):
            feedback.write({"answer": False})
        self.assertEqual(feedback.with_user(self.rep).answer, "Required by law")

    def test_answer_wizard(self):
        feedback = self._managed(self._give())
        feedback.with_user(self.other_rep).me_too()
        action = feedback.action_open_answer()
        wizard = Form(self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]))
        self.assertEqual(wizard.people, 2)
        wizard.state = "declined"
        with self.assertRaises(AssertionError):
            wizard.save()
        wizard.answer = "Required by law"
        wizard.save().action_answer()
        self.assertEqual((feedback.state, feedback.answer), ("declined", "Required by law"))

    # -- merging --------------------------------------------------------------

    def test_merge(self):
        main = self._give("Budget in the first call")
        twin = self._give("No budget in a first call", user=self.other_rep)
        twin.with_user(self.colleague).me_too()
        customer = self.Feedback._log_customer(self.env["res.partner"].create({"name": "Meyer"}), "Budget again")
        twin.with_user(self.rep).me_too()
        self._managed(main).write({"state": "planned", "answer": "In version 1.1"})
        told = len(self._told(self.other_rep))
        self._managed(twin | customer)._merge_into(self._managed(main))
        self.assertEqual(main.merged_ids, twin | customer)
        self.assertEqual(main.vote_count, 4, "rep once, although heard twice; the customer has no login")
        self.assertEqual(twin.text, "No budget in a first call", "kept")
        self.assertEqual((twin.state, twin.answer, twin.vote_count), ("planned", "In version 1.1", 4))
        self.assertEqual(len(self._told(self.other_rep)), told + 1)
        self.assertEqual(main.merged_count, 2)
        self._managed(main).write({"state": "done"})
        self.assertEqual(set((twin | customer).mapped("state")), {"done"})
        message = self._told(self.other_rep)[-1]
        self.assertIn("No budget in a first call", message.body, "in the own words")
        self.assertEqual(len(self._told(self.rep)), 3, "planned, merged, done: told once each time")
        with self.assertRaises(UserError):
            self._managed(twin).write({"state": "review"})

    def test_merged_again_and_split(self):
        first, second, third = (self._give(f"Text {number}", about={}) for number in range(3))
        self._managed(second)._merge_into(self._managed(first))
        self._managed(first)._merge_into(self._managed(third))
        self.assertEqual((first | second).merged_into_id, third, "no chains")
        self.assertEqual(third._merge_into(second), third, "into itself: nothing")
        self._managed(second).action_split()
        self.assertFalse(second.merged_into_id)
        self.assertEqual((third.vote_count, second.vote_count), (1, 1))
        with self.assertRaises(ValidationError):
            third.write({"merged_into_id": third.id})

    def test_merge_wizard(self):
        main = self._give("Budget in the first call")
        main.with_user(self.other_rep).me_too()
        twin = self._give("The first call is too early for a budget", user=self.other_rep)
        self._give("Holidays", about={})
        action = self._managed(main).action_open_merge()
        wizard = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]).create({})
        self.assertEqual((wizard.main_id, wizard.feedback_ids), (main, main | twin), "found by itself")
        result = wizard.action_merge()
        self.assertEqual(result["res_id"], main.id)
        self.assertEqual(twin.merged_into_id, main)
        several = (self._give("A", about={}) | self._give("B", about={})).ids
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(active_model="sales.process.feedback", active_ids=several)
            .create({})
        )
        self.assertEqual(wizard.feedback_ids.ids, several, "chosen in the list")
        wizard.feedback_ids = wizard.main_id
        with self.assertRaises(UserError):
            wizard.action_merge()

    @mute_logger("odoo.sql_db")
    def test_companies_stay_apart(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.Feedback.create({"text": "Theirs", "company_id": company.id})
        with self.assertRaises(ValidationError):
            foreign._merge_into(self._give())

    # -- improvements and thank-yous ------------------------------------------

    def test_improvement_carries_its_feedback(self):
        feedback = self._give("Ask for the budget later", kind="idea")
        action = self._managed(feedback).action_open_improvement()
        improvement = self.env["sales.process.improvement"].browse(action["res_id"])
        self.assertEqual(feedback.improvement_id, improvement)
        self.assertEqual((improvement.author_id, improvement.requirement_id), (self.rep, self.budget))
        self.assertEqual(improvement.with_user(self.manager).feedback_count, 1)
        improvement.user_id = self.manager
        improvement.with_user(self.manager).action_accept()
        self.assertEqual(feedback.state, "planned")
        improvement.date_in_use = "2026-01-01"
        self.assertEqual(feedback.state, "done")
        self.assertEqual(
            self._told(self.rep).mapped("subject"),
            ["Your feedback: Under Review", "Your feedback: Planned", "Your feedback: Done"],
        )
        again = self._managed(feedback).action_open_improvement()
        self.assertEqual(again["res_id"], improvement.id, "the same one")

    def test_thank_you(self):
        feedback = self._give("Ask later", kind="idea")
        Awards = self.env["sales.process.award"].with_user(self.manager)
        with self.assertRaises(ValidationError):
            Awards.create({"feedback_id": feedback.id, "reason": "Good"})
        self._managed(feedback).write({"state": "done"})
        award = Awards.create(
            {"feedback_id": feedback.id, "reason": "A <i>week</i> faster", "user_id": self.other_rep.id}
        )
        self.assertEqual(award.user_id, self.rep, "nobody else")
        self.assertEqual(award.company_id, self.company)
        posted = self.team.message_ids.filtered(lambda message: "week" in (message.body or ""))
        self.assertEqual(len(posted), 1, "in public")
        self.assertIn("&lt;i&gt;", posted.body)
        self.assertIn(self.other_rep.partner_id, posted.notified_partner_ids)
        self.assertEqual(self._told(self.rep)[-1].subject, "Thank you for your feedback")
        self.assertEqual(feedback.with_user(self.rep).thanks_ids.reason, "A <i>week</i> faster", "on one's feedback")
        self.env.invalidate_all()
        own = self.env.ref("sales_process_framework.sales_process_feedback_view_form_own")
        Form(feedback.with_user(self.rep), view=own)
        for user in (self.other_rep, self.colleague, self.rep):
            found = self.env["sales.process.award"].with_user(user).search([("id", "=", award.id)])
            self.assertEqual(found.receiver, self.rep.name)
        with self.assertRaises(UserError):
            award.write({"user_id": self.other_rep.id})
        with self.assertRaises(UserError):
            own = self._give("Mine", user=self.manager, kind="idea")
            own.state = "done"
            Awards.create({"feedback_id": own.id, "reason": "I am great"})

    def test_deletion(self):
        given = self._managed(self._give())
        with self.assertRaises(UserError):
            given.unlink()
        own = self.Feedback.with_user(self.manager).create({"text": "Note", "author_id": self.rep.id})
        self.assertEqual(own.logged_by_id, self.manager)
        own.unlink()
        self.assertFalse(own.exists())
        given.theme_id = self.theme
        with self.assertRaises(UserError):
            self.theme.with_user(self.manager).unlink()
        unused = self.env["sales.process.feedback.theme"].with_user(self.manager).create({"name": "Unused"})
        self.assertEqual((unused.feedback_count, self.theme.with_user(self.manager).feedback_count), (0, 1))
        unused.unlink()
