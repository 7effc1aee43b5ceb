from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import ImprovementCommon


@tagged("post_install", "-at_install")
class TestImprovementSteps(ImprovementCommon):
    def test_accepting_needs_somebody_who_answers_for_it(self):
        with self.assertRaisesRegex(UserError, "Two proof points.*accept"):
            self.idea.action_accept()
        self.assertEqual(self.idea.state, "idea")
        self.idea.user_id = self.leader
        self.idea.action_accept()
        self.assertEqual(self.idea.state, "accepted")
        self.assertEqual(self.idea.date_accepted, self.company._get_sales_today())

    def test_a_batch_is_accepted_as_a_whole_or_not_at_all(self):
        other = self._idea(name="Other", user_id=self.manager.id)
        with self.assertRaises(UserError):
            (other | self.idea).action_accept()
        self.assertEqual(other.state, "idea")

    def test_into_a_version_by_the_version_its_changes_or_a_day(self):
        self.idea.user_id = self.manager
        with self.assertRaisesRegex(UserError, "is in the step “Idea”"):
            self.idea.action_put_in_version()
        self.idea.action_accept()
        with self.assertRaisesRegex(UserError, "choose the version"):
            self.idea.action_put_in_version()
        self._twin(self.budget).name = "Money"
        self.next.action_log_changes()
        self.idea.change_ids = self.next.change_ids
        self.idea.action_put_in_version()
        self.assertEqual((self.idea.state, self.idea.version_id), ("in_version", self.next))
        self.assertEqual(self.next.change_ids.improvement_ids, self.idea)
        self.assertFalse(self.idea.date_in_use)

        training = self._in_use(name="Training")
        self.assertEqual((training.state, training.version_id), ("in_version", self.env["sales.process"]))

    def test_in_use_when_its_version_is_activated(self):
        """By the company's calendar: at 23:30 UTC on the 31st it is the 1st in Brussels."""
        self.idea.write({"user_id": self.manager.id, "version_id": self.next.id})
        self.idea.action_accept()
        waiting = self._idea(name="Only accepted", user_id=self.manager.id, version_id=self.next.id)
        waiting.action_accept()
        self.idea.action_put_in_version()
        moment = self.env.cr.now().replace(year=2025, month=3, day=31, hour=23, minute=30)
        self.next.write({"state": "active", "date_activated": moment})
        self.assertEqual(self.idea.date_in_use, date(2025, 4, 1))
        self.assertFalse(waiting.date_in_use)
        # What is put into a version in use is in use since then as well.
        waiting.action_put_in_version()
        self.assertEqual(waiting.date_in_use, date(2025, 4, 1))
        self.assertEqual(self.next.improvement_count, 2)

    def test_activating_through_the_dialog_sets_it(self):
        self.idea.write({"user_id": self.manager.id, "version_id": self.next.id})
        self.idea.action_accept()
        self.idea.action_put_in_version()
        activation = (
            self.env["sales.process.activation"]
            .with_user(self.manager)
            .create({"process_id": self.next.id, "team_ids": self.team.ids})
        )
        activation.action_dry_run()
        activation.action_activate()
        self.assertEqual(self.idea.date_in_use, self.company._get_sales_today())

    def test_no_query_more_for_a_process_write_that_activates_nothing(self):
        self.next.description = "<p>Warm</p>"
        self.env.flush_all()
        improvements = type(self.Improvement)
        with patch.object(improvements, "_on_versions_activated") as hook:
            self.next.description = "<p>Changed</p>"
            self.next.state = "active"
            self.next.description = "<p>Again</p>"
            self.assertEqual(hook.call_count, 1)

    def test_dropped_and_reopened(self):
        self.idea.action_drop()
        self.assertEqual(self.idea.state, "dropped")
        with self.assertRaises(UserError):
            self.idea.action_drop()
        self.idea.action_reopen()
        self.assertEqual(self.idea.state, "idea")

    def test_steps_are_no_fields_to_write(self):
        for name, value in (("state", "measured"), ("verdict", "better"), ("date_measured", "2025-01-01")):
            with self.subTest(name), self.assertRaisesRegex(UserError, "keeps this itself"):
                self.idea.write({name: value})
        with self.assertRaises(UserError):
            self._idea(state="measured")

    def test_whose_idea_it_was_is_thanked(self):
        self.idea.write({"author_id": self.rep.id, "user_id": self.manager.id})
        context = self.idea.with_user(self.manager).action_open_award()["context"]
        Awards = self.env["sales.process.award"].with_user(self.manager).with_context(**context)
        with self.assertRaisesRegex(ValidationError, "neither planned nor done"), self.cr.savepoint():
            Awards.create({"reason": "Faster"})
        self.idea.action_accept()
        with Form(Awards) as form:
            form.reason = "An hour less for each offer"
        award = form.record
        self.assertEqual((award.user_id, award.company_id, award.given_by_id), (self.rep, self.company, self.manager))
        self.assertIn("An hour less", "".join(self.idea.message_ids.mapped("body")))
        told = self.env["mail.message"].search([("partner_ids", "=", self.rep.partner_id.id)], order="id desc", limit=1)
        self.assertEqual(told.subject, "Thank you for your feedback")
        self.assertEqual(award.with_user(self.rep).receiver, self.rep.name)
        self.idea.author_id = False
        with self.assertRaisesRegex(UserError, "whose idea"):
            Awards.create({"reason": "Again", "kind": "sharp_eye"})
        self.idea.author_id = self.manager
        with self.assertRaisesRegex(UserError, "Nobody thanks oneself"):
            Awards.create({"reason": "Again", "kind": "sharp_eye"})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.idea.with_user(self.rep).action_open_award()

    def test_only_ideas_are_deleted(self):
        self.idea.user_id = self.manager
        self.idea.action_accept()
        with self.assertRaisesRegex(UserError, "has been accepted"):
            self.idea.unlink()
        self.idea.action_drop()
        self.idea.unlink()

    def test_a_stage_of_another_process_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "another process"):
            self.idea.stage_id = self.n_qualify
        self.idea.stage_id = self.p_qualify
        with self.assertRaisesRegex(ValidationError, "another stage"):
            self.idea.requirement_id = self.report

    def test_dates_in_order(self):
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            self.idea.write({"date_start": "2025-05-01", "date_end": "2025-04-01"})
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestImprovementSecurity(ImprovementCommon):
    @users("spf_rep")
    def test_reps_read_and_talk_but_change_nothing(self):
        idea = self.idea.with_env(self.env)
        self.assertEqual(idea.name, "Two proof points")
        words = "I like it"
        idea.message_post(body=words)
        for call in (
            lambda: idea.write({"name": "Mine"}),
            idea.action_accept,
            idea.action_put_in_version,
            idea.action_measure,
            idea.action_drop,
            idea.action_reopen,
            idea.action_refresh_effect,
            idea.unlink,
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                call()

    def test_other_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        idea = self.Improvement.sudo().create({"name": "Secret", "company_id": other.id})
        for user in (self.rep, self.leader, self.manager):
            self.assertNotIn(idea, self.Improvement.with_user(user).search([]))
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                idea.with_user(user).read(["name"])
        with self.assertRaises(UserError):
            self.idea.with_user(self.manager).write({"process_id": self._foreign_process(other).id})

    def _foreign_process(self, company):
        return self.env["sales.process"].create({"name": "Foreign", "company_id": company.id})

    def test_the_reminder_comes_once(self):
        idea = self._in_use(self.company._get_sales_today() - timedelta(days=400))
        idea._measure()
        idea._remind()
        idea._remind()
        self.assertEqual(len(idea.activity_ids), 1)
        self.assertEqual(idea.activity_ids.user_id, self.manager)
