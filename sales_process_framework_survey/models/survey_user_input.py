from odoo import models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        """A questionnaire that was filled in answers its invitation."""
        result = super()._mark_done()
        # Visitors and surveyors have no access to invitations.
        invitations = self.env["sales.process.survey.invitation"].sudo()
        if invitations._is_in_use():
            invitations.search(
                [
                    ("user_input_id", "in", self.ids),
                    ("state", "in", ("sent", "expired")),
                    ("program_id.kind", "=", "questionnaire"),
                ]
            )._settle_questionnaires()
        return result
