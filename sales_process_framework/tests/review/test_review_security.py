from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ReviewCommon


@tagged("post_install", "-at_install")
class TestReviewSecurity(ReviewCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.helper = cls._new_user("spf_owner", "sales_team.group_sale_salesman")
        cls.topic = cls._topic(conclusion="Yes")
        cls.action = cls._action(user=cls.helper)
        cls.records = (cls.review, cls.topic, cls.action)

    def test_who_reads(self):
        """Attendees, owners of actions, and whoever sees all deals."""
        for user, seen in (
            (self.manager, True),
            (self.leader, True),
            (self.colleague, True),
            (self.rep, True),
            (self.helper, True),
            (self.stranger, False),
        ):
            for record in self.records:
                with self.subTest(user=user.login, model=record._name):
                    mine = record.with_user(user)
                    self.assertEqual(bool(mine.search([("id", "=", record.id)])), seen)
                    record.invalidate_recordset()
                    if not seen:
                        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                            mine.read(["display_name"])

    def test_nobody_else_writes_or_presses(self):
        internal = new_test_user(self.env, login="spf_internal", groups="base.group_user")
        portal = new_test_user(self.env, login="spf_portal", groups="base.group_portal")
        calls = {
            "sales.process.review": (
                *("action_next", "action_back", "action_close", "action_fill_agenda", "action_plan_meeting"),
                *("action_send_minutes", "unlink"),
            ),
            "sales.process.review.topic": ("action_make_improvement", "unlink"),
            "sales.process.review.action": ("action_cancel", "action_reopen", "unlink"),
        }
        for record in self.records:
            for user in (self.rep, self.leader, self.stranger, internal, portal):
                for name in (*calls[record._name], "write"):
                    with (
                        self.subTest(model=record._name, user=user.login, call=name),
                        mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"),
                        self.assertRaises(AccessError),
                    ):
                        method = getattr(record.with_user(user), name)
                        method({"name": "x"}) if name == "write" else method()

    def test_readers_print_and_strangers_do_not(self):
        self.assertTrue(self.review.with_user(self.rep).action_print_minutes())
        for call in (
            self.review.with_user(self.stranger).action_print_minutes,
            self.review.with_user(self.stranger).action_print_support_agenda,
            self.topic.with_user(self.stranger).action_open_target,
            self.action.with_user(self.stranger).action_done,
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                call()

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        review = self.Review.sudo().create({"company_id": other.id, "user_id": self.env.uid})
        topic = self._topic(review)
        for record in (review, topic):
            self.assertFalse(record.with_user(self.manager).search([("id", "=", record.id)]))
        self.assertNotEqual(review.previous_id, self.review)

    def test_what_people_write_is_text(self):
        topic = self._topic(name="<script>alert(1)</script>", assessment="<b>bold</b>", conclusion="x")
        html = self.env["ir.qweb"]._render(
            "sales_process_framework.report_review_minutes", {"docs": self.review, "doc_ids": self.review.ids}
        )
        self.assertNotIn("<script>alert(1)", html)
        self.assertIn("&lt;b&gt;bold", html)
        self.assertTrue(topic)

    def test_keys_and_agreed_dates_are_not_forged(self):
        for name, value in (("state", "done"), ("activity_id", False), ("date_agreed", "2025-01-01")):
            with self.subTest(name), self.assertRaisesRegex(UserError, "keeps this itself"):
                self.action.write({name: value})
