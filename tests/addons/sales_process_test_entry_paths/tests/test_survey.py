"""Surveys of which some answers make a lead."""

from odoo.tests import HttpCase, tagged

from odoo.addons.survey.tests.common import SurveyCase

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestSurvey(EntryPathsCommon, SurveyCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey_manager = cls._new_user("spf_survey", "survey.group_survey_manager")
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "Fit check",
                "access_mode": "public",
                "questions_layout": "page_per_question",
                "survey_type": "survey",
                "users_login_required": False,
                "team_id": cls.team.id,
                "user_id": cls.survey_manager.id,
            }
        )
        cls.question = cls._add_question(
            cls,
            None,
            "Do you have a project?",
            "simple_choice",
            labels=[{"value": "No"}, {"value": "Yes"}],
            survey_id=cls.survey.id,
            sequence=1,
            constr_mandatory=False,
        )
        cls.no, cls.yes = cls.question.suggested_answer_ids
        cls.yes.generate_lead = True

    def _answer(self, answer):
        """Fill in the survey in the browser's way; :return: the leads that it made"""
        created = self._capture_leads()
        self._access_start(self.survey)
        user_input = self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)])
        token = user_input.access_token
        page = self._access_page(self.survey, token)
        self._access_begin(self.survey, token)
        self._answer_question(self.question, answer.id, token, self._find_csrf_token(page.text), "submit")
        self.assertEqual(user_input.state, "done")
        return created()

    def test_visitor(self):
        self.authenticate(None, None)
        self.assertArrived(self._answer(self.yes))

    def test_other_answer_makes_no_lead(self):
        self.authenticate(None, None)
        self.assertFalse(self._answer(self.no))

    def test_portal_customer(self):
        self._new_portal_user()
        self.authenticate("spf_portal", "spf_portal")
        self.assertArrived(self._answer(self.yes))

    def test_employee_without_access_to_leads(self):
        self.authenticate("spf_survey", "spf_survey")
        self.assertArrived(self._answer(self.yes))

    def test_live_session(self):
        """Ending a session makes the leads of all participants at once, for somebody who sees no leads."""
        created = self._capture_leads()
        self.survey.survey_type = "live_session"
        self.survey.with_user(self.survey_manager).action_start_session()
        self.survey.session_start_time = self.env.cr.now()
        answers = [self.survey._create_answer(nickname=name, email=f"{name}@example.com") for name in ("ada", "bob")]
        for answer in answers:
            answer.is_session_answer = True
            self._add_answer_line(self.question, answer, self.yes.id)
        self.survey.with_user(self.survey_manager).action_end_session()
        leads = created()
        self.assertEqual(len(leads), 2)
        for lead in leads:
            self.assertArrived(lead)
