from odoo import models

from ..tools.nps import HIGHEST, LOWEST


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    def _get_nps_questions(self):
        """:return: (the question with a scale from 0 to 10, the question for the reason); empty where there is none"""
        self.ensure_one()
        questions = self.sudo().question_ids
        scales = questions.filtered(
            lambda one: (one.question_type, one.scale_min, one.scale_max) == ("scale", LOWEST, HIGHEST)
        )
        return scales[:1], questions.filtered(lambda one: one.question_type == "text_box")[:1]
