from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import EnablementCommon


@tagged("post_install", "-at_install")
class TestTraining(EnablementCommon):
    def test_passing(self):
        training = self._training(pass_score=70)
        attendee = training.attendee_ids
        for values, passed in (
            ({}, False),
            ({"state": "attended", "completed": True}, False),
            ({"score": 69.5}, False),
            ({"score": 70}, True),
            ({"completed": False}, False),
            ({"completed": True}, True),
            ({"state": "absent"}, False),
        ):
            attendee.write(values)
            with self.subTest(values=values):
                self.assertEqual(attendee.passed, passed)
        attendee.state = "attended"
        training.pass_score = 90
        self.assertFalse(attendee.passed)

    def test_without_an_assessment_completing_is_enough(self):
        training = self._training(assessment=False)
        training.attendee_ids.write({"state": "attended", "completed": True})
        self.assertTrue(training.attendee_ids.passed)

    def test_zero_is_a_score(self):
        training = self._training(pass_score=0)
        attendee = training.attendee_ids
        attendee.write({"state": "attended", "completed": True})
        self.assertFalse(attendee.passed, "not assessed yet")
        attendee.write({"assessed": True, "score": 0})
        self.assertTrue(attendee.passed)

    def test_invitation(self):
        training = self._training(self.rep | self.colleague)
        training.with_user(self.manager).action_invite()
        self.assertEqual(training.activity_ids.user_id, self.rep | self.colleague)
        training.with_user(self.manager).action_invite()
        self.assertEqual(len(training.activity_ids), 2, "nobody is told twice")
        self.assertEqual(training.activity_ids[0].with_user(self.rep).summary, "Training: SPIN workshop")
        training.with_user(self.manager).action_cancel()
        self.assertFalse(training.activity_ids)

    def test_invitation_is_refused(self):
        empty = self._training()
        empty.attendee_ids.unlink()
        with self.assertRaises(UserError):
            empty.action_invite()
        done = self._training()
        done.action_done()
        with self.assertRaises(UserError):
            done.action_invite()

    def test_day_of_the_invitation_is_the_attendees_own(self):
        self.rep.tz = "Asia/Taipei"
        training = self._training(date="2026-03-02 23:00:00")
        training.with_user(self.manager).action_invite()
        self.assertEqual(str(training.activity_ids.date_deadline), "2026-03-03")

    def test_done(self):
        training = self._training(self.rep | self.colleague)
        training.with_user(self.manager).action_invite()
        training.attendee_ids[0].state = "attended"
        training.with_user(self.manager).action_done()
        self.assertEqual(training.attendee_ids.mapped("state"), ["attended", "absent"])
        self.assertFalse(training.activity_ids)
        training.action_plan_again()
        self.assertEqual(training.state, "planned")

    def test_everybody_attended(self):
        training = self._training(self.rep | self.colleague)
        training.attendee_ids[1].state = "absent"
        training.with_user(self.manager).action_everybody_attended()
        self.assertEqual(training.attendee_ids.mapped("state"), ["attended", "absent"])
        self.assertEqual(training.attendee_ids.mapped("completed"), [True, False])

    def test_add_the_team(self):
        training = self._training(self.rep)
        training.with_user(self.manager).action_add_team()
        self.assertEqual(training.attendee_ids.user_id, self.rep | self.colleague)

    @mute_logger("odoo.sql_db")
    def test_constraints(self):
        training = self._training()
        for call in (
            lambda: training.attendee_ids.write({"score": 101}),
            lambda: training.write({"pass_score": -1}),
            lambda: training.write({"duration": 0}),
            lambda: training.attendee_ids.copy(),
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                call()
                self.env.flush_all()

    def test_form(self):
        with Form(self.env["sales.process.training"].with_user(self.manager)) as form:
            form.name = "Objections"
            form.duration = 1.5
            with form.attendee_ids.new() as line:
                line.user_id = self.rep
                line.state = "attended"
                line.completed = True
                line.score = 95
        training = form.record
        self.assertTrue(training.attendee_ids.assessed)
        self.assertTrue(training.attendee_ids.passed)
        self.assertEqual((training.date_end - training.date).total_seconds(), 5400)
