from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...tools.nps import band_of

#: What a visitor may write.
COMMENT_LENGTH = 2000
POINTS = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}


class SalesProcessSurveyAnswer(models.AbstractModel):
    """The answer of a person who has the link."""

    _name = "sales.process.survey.answer"
    _description = "Answers to Survey Invitations"

    def _is_open(self):
        """Whether the page can be shown: it was sent, and its time has not run out."""
        return bool(self) and bool(self.date_expires) and self.date_expires >= self.env.cr.now()

    def _can_answer(self):
        """Whether an answer counts: there is none yet, or it was given a short time ago."""
        if not self._is_open() or self.program_id.kind != "nps":
            return False
        if self.state == "answered":
            return self.env.cr.now() <= self.date_answered + timedelta(hours=self.program_id.change_hours)
        return self.state == "sent"

    def _keep_answer(self, mark, comment=None):
        """Keep an answer, here and as an answer of the survey; a later one takes its place as long as that is allowed.

        :param mark: 0 to 10
        :param comment: text of the visitor
        :return: whether it counts
        """
        self.ensure_one()
        band = band_of(mark)
        # Two clicks at once: the second one waits and is a change of the first.
        self.env.cr.execute(
            SQL("SELECT FROM sales_process_survey_invitation WHERE id = %s FOR UPDATE", self.id), log_exceptions=False
        )
        self.invalidate_recordset()
        if not self._can_answer():
            return False
        first, previous = self.state != "answered", self.band or None
        comment = (comment or "").replace("\0", "").strip()[:COMMENT_LENGTH] or False
        changed = first or (self.mark, self.comment) != (mark, comment)
        if not changed:
            return True
        now = self.env.cr.now().replace(microsecond=0)
        had_comment = bool(self.comment)
        vals = {"mark": mark, "band": band, "nps_points": POINTS[band], "comment": comment, "date_next": False}
        self.write(vals | ({"state": "answered", "date_answered": now} if first else {}))
        self._save_participation()
        self.lead_id._set_nps(mark)
        self._follow_up(previous)
        if first:
            self._record_survey_touches("answer")
        if comment and not had_comment:
            self._log_feedback()
        return True

    def _save_participation(self):
        """The answer as an answer of the survey, so that its results show it."""
        survey = self.program_id.survey_id
        mark_question, why_question = survey._get_nps_questions()
        first = not self.user_input_id
        if first:
            langs = {lang.code: lang.id for lang in self.env["res.lang"].sudo().search([])}
            vals = self._prepare_participation_vals(langs) | {"start_datetime": self.date_answered}
            self.user_input_id = self.env["survey.user_input"].sudo().create(vals)
        # Survey takes the number 0 for no answer, and the text "0" for 0.
        if mark_question:
            self.user_input_id._save_lines(mark_question, str(self.mark))
        if why_question:
            self.user_input_id._save_lines(why_question, self.comment or "")
        if first:
            self.user_input_id._mark_done()

    def _settle_questionnaires(self):
        """Participations of these invitations were completed on the page of the survey."""
        if self:
            self.write(
                {
                    "state": "answered",
                    "date_answered": self.env.cr.now().replace(microsecond=0),
                    "date_next": False,
                }
            )
            self._record_survey_touches("answer")

    def _opt_out(self):
        """The person is not asked any more by any program of the company."""
        self.ensure_one()
        self.env["sales.process.survey.optout"].sudo()._opt_out(self.company_id, self.email)
