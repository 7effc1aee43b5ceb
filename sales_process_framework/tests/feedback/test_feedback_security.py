"""Who sees what was said, and that nobody learns who said it anonymously."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import FeedbackCommon

RULES = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestFeedbackSecurity(FeedbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feedback = cls._give(about={"lead_id": cls.lead.id, "requirement_id": cls.budget.id})
        cls.internal = new_test_user(cls.env, login="spf_f_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_f_portal", groups="base.group_portal")
        cls.public = new_test_user(cls.env, login="spf_f_public", groups="base.group_public")

    def _search(self, user, domain=()):
        return self.Feedback.with_user(user).search([("id", "in", self.feedback.ids), *domain])

    @mute_logger(*RULES)
    def test_reps_see_their_own(self):
        self.assertEqual(self._search(self.rep), self.feedback)
        self.assertEqual(self._search(self.manager), self.feedback)
        for user in (self.other_rep, self.colleague, self.leader):
            with self.subTest(user=user.login):
                self.assertFalse(self._search(user))
                with self.assertRaises(AccessError):
                    self.feedback.with_user(user).read(["text"])
        self.feedback.with_user(self.other_rep).me_too()
        self.assertEqual(self._search(self.other_rep), self.feedback, "joined: the status is visible")
        joined = self.feedback.with_user(self.other_rep)
        for name in ("author_id", "lead_id", "decision_id", "partner_id", "context", "interview_id", "logged_by_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                joined.read([name])
            with self.subTest(field=name), self.assertRaises(AccessError):
                self._search(self.other_rep, [(name, "!=", False)])
        self.assertFalse(joined.situation, "the deal is the giver's")
        self.assertFalse(joined.unmet_summary)

    @mute_logger(*RULES)
    def test_nobody_else_comes_near(self):
        for user in (self.internal, self.portal, self.public):
            mine = self.Feedback.with_user(user)
            calls = {
                "get_form": lambda mine=mine: mine.get_form({}),
                "get_similar": lambda mine=mine: mine.get_similar("budget", {}),
                "give": lambda mine=mine: mine.give("Mine"),
                "me_too": lambda user=user: self.feedback.with_user(user).me_too(),
                "take_back": lambda user=user: self.feedback.with_user(user).take_back(),
                "show_my_name": lambda user=user: self.feedback.with_user(user).show_my_name(),
                "action_log_customer": lambda mine=mine: mine.action_log_customer("crm.lead", self.lead.id),
                "search": lambda mine=mine: mine.search([]),
            }
            for name, call in calls.items():
                if name == "take_back":
                    call()  # there is nothing of theirs to take back
                    continue
                with self.subTest(user=user.login, method=name), self.assertRaises(AccessError):
                    call()
        self.assertEqual(self.feedback.vote_count, 1)

    @mute_logger(*RULES)
    def test_reps_change_nothing(self):
        own = self.feedback.with_user(self.rep)
        for method, arguments in (
            ("write", ({"state": "done"},)),
            ("write", ({"vote_count": 99},)),
            ("unlink", ()),
            ("action_open_answer", ()),
            ("action_open_merge", ()),
            ("action_open_improvement", ()),
            ("action_open_award", ()),
            ("action_review", ()),
            ("action_split", ()),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(own, method)(*arguments)
        with self.assertRaises(AccessError):
            self.Feedback.with_user(self.rep).create({"text": "Not this way"})
        voice = self.feedback.voice_ids.with_user(self.rep)
        for method, arguments in (("write", ({"role": "me_too"},)), ("unlink", ()), ("copy", ())):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(voice, method)(*arguments)
        with self.assertRaises(AccessError):
            self.env["sales.process.award"].with_user(self.rep).create(
                {"feedback_id": self.feedback.id, "reason": "I am great"}
            )
        for model in ("sales.process.feedback.interview", "sales.process.feedback.merge"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.rep).search([])

    @mute_logger(*RULES)
    def test_who_may_not_see_the_lead_sees_not_what_was_said_about_it(self):
        self.env["ir.rule"].create(
            {
                "name": "Secret deals",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('name', 'not ilike', 'pump')]",
            }
        )
        self.assertFalse(self._search(self.manager))
        self.assertEqual(self._search(self.rep), self.feedback, "one's own words stay one's own")

    @mute_logger(*RULES)
    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign, foreign_rep = (
            self._new_user(login, group, company_id=company.id, company_ids=[Command.set(company.ids)])
            for login, group in (
                ("spf_f_foreign", "sales_team.group_sale_manager"),
                ("spf_f_foreign_rep", "sales_team.group_sale_salesman"),
            )
        )
        self.assertFalse(self._search(foreign))
        self.assertFalse(self.Feedback.with_user(foreign_rep).get_similar("Nobody tells the budget in the first call"))
        for method in ("me_too", "action_open_answer", "action_open_merge"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self.feedback.with_user(foreign), method)()
        interview = self.env["sales.process.feedback.interview"].create({"spoken_with_id": self.rep.id})
        self.assertFalse(interview.with_user(foreign).search([("id", "=", interview.id)]))
        theme = self.env["sales.process.feedback.theme"].create({"name": "Ours", "company_id": self.company.id})
        self.assertFalse(theme.with_user(foreign).search([("id", "=", theme.id)]))
        self.feedback.state = "done"
        award = (
            self.env["sales.process.award"]
            .with_user(self.manager)
            .create({"feedback_id": self.feedback.id, "reason": "Good"})
        )
        self.assertFalse(award.with_user(foreign).search([("id", "=", award.id)]))

    # -- anonymous ------------------------------------------------------------

    @mute_logger(*RULES)
    def test_anonymous_is_anonymous(self):
        """No field, message, follower, notice or search tells a manager, or a system administrator, who it was."""
        feedback = self._give(
            "The boss does not read the report",
            anonymous=True,
            about={"lead_id": self.lead.id, "requirement_id": self.budget.id, "unmet": [self.budget.id]},
        )
        boss = self._new_user("spf_f_boss", "sales_team.group_sale_manager,base.group_system")
        self._managed(feedback).write({"state": "declined", "answer": "I do"})
        self.env.flush_all()
        self.assertEqual(len(self._told(self.rep)), 1, "the giver is told all the same")
        self.assertEqual(self._search_mine(feedback, self.rep), feedback)
        for user in (self.manager, boss):
            seen = feedback.with_user(user)
            readable = [
                name
                for name, field in seen._fields.items()
                if seen._has_field_access(field, "read") and name not in ("display_name",)
            ]
            self.env.invalidate_all()
            values = str(seen.read(readable))
            names = (self.rep.name, self.rep.login, self.lead.name, f"({self.rep.id},", f"({self.rep.partner_id.id},")
            for hint in names:
                with self.subTest(user=user.login, hint=hint):
                    self.assertNotIn(hint, values)
            self.assertFalse(seen.voice_ids, "not even through the rows")
            self.assertFalse(self.env["sales.process.feedback.voice"].with_user(user).search([]))
            for domain in (
                [("voice_ids.user_id", "=", self.rep.id)],
                [("voice_ids", "any", [("user_id", "=", self.rep.id)])],
                [("create_uid", "=", self.rep.id)],
                [("write_uid", "=", self.rep.id)],
                [("message_partner_ids", "in", self.rep.partner_id.ids)],
                [("author_id", "=", self.rep.id)],
                [("message_ids.author_id", "=", self.rep.partner_id.id)],
                [("is_mine", "=", True)],
            ):
                with self.subTest(user=user.login, domain=domain):
                    self.assertFalse(seen.search([("id", "=", feedback.id), *domain]))
            told = self._told(self.rep).ids
            self.assertFalse(self.env["mail.message"].with_user(user).search([("id", "in", told)]))
            with self.assertRaises(AccessError):
                self.env["mail.message"].with_user(user).browse(told).read(["partner_ids"])
        self.assertEqual((feedback.create_date.hour, feedback.create_date.minute), (0, 0), "the day, not the moment")
        self.assertFalse(feedback.lead_id or feedback.decision_id or feedback.context.get("lead"))

    def _search_mine(self, feedback, user):
        return feedback.with_user(user).search([("id", "=", feedback.id), ("is_mine", "=", True)])

    @mute_logger(*RULES)
    def test_joining_and_thanks_name_nobody(self):
        feedback = self._give("Something", kind="idea", anonymous=True)
        feedback.with_user(self.other_rep).me_too()
        self.assertFalse(feedback.with_user(self.manager).voice_ids)
        self.assertNotIn(self.other_rep, feedback.create_uid | feedback.write_uid)
        self._managed(feedback).write({"state": "done"})
        award = (
            self.env["sales.process.award"]
            .with_user(self.manager)
            .create({"feedback_id": feedback.id, "reason": "Good"})
        )
        self.assertFalse(award.user_id)
        self.assertEqual(award.receiver, "Somebody who stays unnamed")
        self.assertEqual(self._told(self.rep)[-1].subject, "Thank you for your feedback")
        self.assertFalse(self.team.message_ids.filtered(lambda message: "Good" in (message.body or "")))
        for user in (self.other_rep, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                feedback.with_user(user).show_my_name()
        feedback.with_user(self.rep).show_my_name()
        self.assertEqual((feedback.author_id, feedback.anonymous, award.user_id), (self.rep, False, self.rep))
