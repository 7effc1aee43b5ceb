from datetime import timedelta
from random import Random

from odoo import Command, api, models

from odoo.addons.sales_process_framework.demo import sql
from odoo.addons.sales_process_framework.tools.period import periods_between

from ..models.survey.sales_process_survey_answer import POINTS
from ..models.survey.sales_process_survey_link import new_selector
from ..tools.nps import band_of

SEED = "surveys of the demo company"
#: Days from the sale to the question, and back to the oldest question.
AFTER, BACK = 12, 365
#: How many of the customers asked have answered, and with which marks.
ANSWERED = 0.62
MARKS = (10, 10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 3)
WHY = {
    "promoter": (
        "They did what they said, and on the day they said.",
        "The technician explained everything to our people.",
        "One contact person from the first call to the last screw.",
        "",
        "",
    ),
    "passive": ("Good machine, but the manual came a week later.", "Answers on Fridays could be faster.", ""),
    "detractor": (
        "Nobody called back for three days after the start-up.",
        "Delivery was two weeks late and we heard it from the carrier.",
        "The spare part list does not match the machine.",
    ),
}


class SalesProcessSurveyDemo(models.AbstractModel):
    """A year of answers of customers who bought, and a follow-up of those who were not content."""

    _name = "sales.process.demo.survey"
    _inherit = "sales.process.demo"
    _description = "Demo company: surveys"

    @api.model
    def _demo_build_surveys(self):
        company = self._ref("team_manufacturing").company_id
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        Program = quiet.env["sales.process.survey.program"]
        if Program.search_count([("company_id", "=", company.id)], limit=1):
            return
        program = Program.create(
            {
                "name": "Two weeks after the sale",
                "company_id": company.id,
                "user_id": self._ref("user_manager").id,
                "trigger": "won",
                "delay_days": 10,
            }
        )
        program.action_start()
        quiet.env["sales.process.survey.program"].create(
            {
                "name": "After-sales follow-up",
                "company_id": company.id,
                "user_id": self._ref("user_manager").id,
                "trigger": "stage",
                "process_stage_ids": [Command.set(quiet._find_last_stages(company).ids)],
                "delay_days": 3,
            }
        )
        quiet._build_answers(program)
        kpi, today = quiet._ref("kpi_nps"), self.env.cr.now().date()
        for cycle in ("month", "quarter", "year"):
            for period in periods_between(today - timedelta(days=BACK), today, cycle):
                kpi._compute_values(period, company)
        kpi._close_periods(company)

    def _find_last_stages(self, company):
        """The last stage of each process in use: after-sales, satisfaction, adoption."""
        processes = self.env["sales.process"].search([("company_id", "=", company.id), ("state", "=", "active")])
        stages = self.env["sales.process.stage"]
        return stages.union(*(process.stage_ids[-1:] for process in processes))

    def _build_answers(self, program):
        rng, now, company = Random(SEED), self.env.cr.now().replace(microsecond=0), program.company_id
        since = now - timedelta(days=BACK)
        leads = self.env["crm.lead"].search(
            [("company_id", "=", company.id), ("won_status", "=", "won"), ("date_closed", ">=", since)],
            order="date_closed",
        )
        asked, vals_list = {}, []
        for lead in leads.filtered("email_normalized"):
            sent = lead.date_closed + timedelta(days=AFTER, hours=rng.randint(0, 6))
            person = lead.email_normalized
            if sent > now or (person in asked and sent - asked[person] < timedelta(days=90)):
                continue
            asked[person] = sent
            vals_list.append(self._prepare_invitation(rng, program, lead, sent, now))
        invitations = self.env["sales.process.survey.invitation"].create(vals_list)
        answered = invitations.filtered("band").sorted("date_answered")
        self._build_participations(program, answered)
        for invitation in answered:
            invitation.lead_id._set_nps(invitation.mark)
        for invitation in answered.filtered(lambda one: one.band == "detractor")[-3:]:
            invitation._open_followup(invitation._get_followup_user())
        self.env.registry.clear_cache("stable")

    def _prepare_invitation(self, rng, program, lead, sent, now):
        vals = {
            "program_id": program.id,
            "company_id": program.company_id.id,
            "lead_id": lead.id,
            "partner_id": lead.partner_id.id,
            "email": lead.email_normalized,
            "event_key": f"won:{lead.id}",
            "event_date": lead.date_closed,
            "date_planned": sent,
            "date_sent": sent,
            "date_expires": sent + timedelta(days=program.expiry_days),
            "selector": new_selector(),
            "state": "sent" if sent + timedelta(days=program.expiry_days) > now else "expired",
        }
        answered = sent + timedelta(hours=rng.randint(1, 150))
        if rng.random() < ANSWERED and answered < now:
            mark = rng.choice(MARKS)
            band = band_of(mark)
            vals |= {"state": "answered", "date_answered": answered, "mark": mark, "band": band}
            vals |= {"nps_points": POINTS[band], "comment": rng.choice(WHY[band]) or False}
        return vals

    def _build_participations(self, program, answered):
        """The answers as answers of the survey, at the moments when they were given."""
        mark_question, why_question = program.survey_id._get_nps_questions()
        inputs = self.env["survey.user_input"].create(
            [
                {
                    **invitation._prepare_participation_vals({}),
                    "state": "done",
                    "start_datetime": invitation.date_answered,
                    "end_datetime": invitation.date_answered,
                    "user_input_line_ids": [
                        Command.create(
                            {"question_id": mark_question.id, "answer_type": "scale", "value_scale": invitation.mark}
                        ),
                        Command.create(
                            {
                                "question_id": why_question.id,
                                "answer_type": "text_box" if invitation.comment else False,
                                "value_text_box": invitation.comment,
                                "skipped": not invitation.comment,
                            }
                        ),
                    ],
                }
                for invitation in answered
            ]
        )
        for invitation, user_input in zip(answered, inputs, strict=True):
            invitation.user_input_id = user_input
        sql.update(
            self.env,
            "survey_user_input",
            [{"id": one.user_input_id.id, "create_date": one.date_answered} for one in answered],
        )
