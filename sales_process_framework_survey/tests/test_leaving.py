from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import SurveyCommon

NAMES = ("survey_nps", "survey_nps_mark", "survey_nps_why")


@tagged("post_install", "-at_install")
class TestLeaving(SurveyCommon):
    def _get_names(self):
        return self.env["ir.model.data"].search_count(
            [("module", "=", "sales_process_framework_survey"), ("name", "in", NAMES)]
        )

    def test_answers_stay_with_their_survey(self):
        invitation = self._invite()
        invitation._keep_answer(9, "Good")
        participation = invitation.user_input_id
        uninstall_hook(self.env)
        self.assertFalse(self.Program.search([]))
        self.assertTrue(participation.exists() and self.survey.exists())
        self.assertEqual(self._get_names(), 0, "it is the user's now")
        # nothing holds on to surveys any more
        self.survey.unlink()

    def test_an_unused_survey_goes(self):
        self.env["survey.user_input"].search([("survey_id", "=", self.survey.id)]).unlink()
        uninstall_hook(self.env)
        self.assertEqual(self._get_names(), 3)
        self.survey.unlink()
