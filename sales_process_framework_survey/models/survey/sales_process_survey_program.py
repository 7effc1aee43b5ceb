from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import nps

#: The score of a program is that of its last answers.
SCORE_DAYS = 365


class SalesProcessSurveyProgram(models.Model):
    """Whom to ask what, after what, and how often."""

    _name = "sales.process.survey.program"
    _description = "Survey Program"
    _inherit = ["sales.process.survey.trigger", "sales.process.survey.collect"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("paused", "Paused")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        help="Only what happens while a program runs leads to invitations.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Calls detractors whose lead has neither a salesperson nor a team leader.",
    )
    kind = fields.Selection(
        [("nps", "Net promoter score"), ("questionnaire", "Questionnaire")],
        required=True,
        default="nps",
        help="A net promoter score is answered with one click in the mail; a questionnaire opens its survey.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        required=True,
        default=lambda self: self.env.ref("sales_process_framework_survey.survey_nps", raise_if_not_found=False),
        ondelete="restrict",
        domain=[("survey_type", "in", ("survey", "custom", "assessment"))],
    )
    trigger = fields.Selection(
        [
            ("stage", "A lead comes into a stage"),
            ("won", "A lead is won"),
            ("delivered", "An order is delivered"),
            ("touchpoint", "A touchpoint takes place"),
        ],
        string="Ask After",
        required=True,
        default="stage",
    )
    process_stage_ids = fields.Many2many(
        "sales.process.stage",
        "sales_process_survey_program_stage_rel",
        "program_id",
        "stage_id",
        string="Stages",
        check_company=True,
        help="Such as delivery or after-sales. Later versions of the process are meant as well.",
    )
    touchpoint_ids = fields.Many2many(
        "sales.process.touchpoint",
        "sales_process_survey_program_touchpoint_rel",
        "program_id",
        "touchpoint_id",
        string="Touchpoints",
        check_company=True,
    )
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_survey_program_team_rel",
        "program_id",
        "team_id",
        string="Sales Teams",
        check_company=True,
        help="Empty: all teams.",
    )
    availability_note = fields.Char(compute="_compute_availability_note")
    delay_days = fields.Float(string="Delay", default=3, help="In working days.")
    reminder_count = fields.Integer(string="Reminders", default=1, help="0 to 3.")
    reminder_days = fields.Float(string="Days Between Reminders", default=5, help="In working days.")
    expiry_days = fields.Integer(string="Link Valid For", default=30, help="In days, from the invitation on.")
    change_hours = fields.Integer(
        string="Answer Can Be Changed For", default=24, help="In hours, from the first answer on."
    )
    followup_days = fields.Float(
        string="Call Detractors Within", default=1, help="In working days, from the answer on."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Invitation Mail",
        domain=[("model", "=", "sales.process.survey.invitation")],
        ondelete="restrict",
        help="Empty: the standard mail.",
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        string="Reminder Mail",
        domain=[("model", "=", "sales.process.survey.invitation")],
        ondelete="restrict",
        help="Empty: the standard mail.",
    )
    date_start = fields.Datetime(string="Running Since", readonly=True, copy=False)
    scanned_until = fields.Datetime(readonly=True, copy=False)
    invitation_ids = fields.One2many("sales.process.survey.invitation", "program_id")
    invitation_count = fields.Integer(string="Invitations", compute="_compute_score")
    answer_count = fields.Integer(string="Answers", compute="_compute_score")
    answer_rate = fields.Float(compute="_compute_score", help="Answers of the invitations sent, in the last year.")
    score_text = fields.Char(
        string="Net Promoter Score",
        compute="_compute_score",
        help="Of the last year, with its 95 % confidence interval.",
    )

    _numbers_check = models.Constraint(
        "CHECK(delay_days >= 0 AND reminder_days > 0 AND reminder_count BETWEEN 0 AND 3"
        " AND expiry_days BETWEEN 1 AND 365 AND change_hours >= 0 AND followup_days >= 0)",
        "Days and hours cannot be negative, a link is valid for 1 to 365 days, "
        "and nobody is reminded more than 3 times.",
    )

    @api.depends("trigger")
    def _compute_availability_note(self):
        for program in self:
            program.availability_note = program._get_missing_app(program.trigger)

    @api.depends("invitation_ids.state", "invitation_ids.band")
    def _compute_score(self):
        """Two grouped queries for all programs."""
        Invitation = self.env["sales.process.survey.invitation"]
        since = self.env.cr.now() - timedelta(days=SCORE_DAYS)
        domain = [("program_id", "in", self.ids)]
        planned = dict(Invitation._read_group(domain, ["program_id"], ["__count"]))
        states, bands = {}, {}
        for program, state, band, count in Invitation._read_group(
            [*domain, ("date_sent", ">=", since)], ["program_id", "state", "band"], ["__count"]
        ):
            states.setdefault(program, {}).setdefault(state, 0)
            states[program][state] += count
            if band:
                bands.setdefault(program, dict.fromkeys(nps.BANDS, 0))[band] += count
        for program in self:
            asked, answers = states.get(program._origin, {}), bands.get(program._origin, {})
            program.invitation_count = planned.get(program._origin, 0)
            program.answer_count = asked.get("answered", 0)
            program.answer_rate = program.answer_count / sum(asked.values()) if asked else 0.0
            minimum = program.company_id.sales_nps_minimum
            score = nps.score(*(answers.get(band, 0) for band in nps.BANDS), minimum=minimum)
            program.score_text = program.kind == "nps" and program._format_score(score, minimum)

    def _format_score(self, score, minimum):
        """:return: a score with its interval in words, or why there is none"""
        if not score.has_data:
            return self.env._("no data (%(answers)s of %(minimum)s answers)", answers=score.answers, minimum=minimum)
        return self.env._(
            "%(value)s (%(low)s to %(high)s)",
            value=f"{score.value:.0f}",
            low=f"{score.low:.0f}",
            high=f"{score.high:.0f}",
        )

    @api.constrains("kind", "survey_id")
    def _check_questions(self):
        for program in self.filtered(lambda one: one.kind == "nps"):
            if not program.sudo().survey_id._get_nps_questions()[0]:
                raise ValidationError(
                    self.env._(
                        "%s has no question with a scale from 0 to 10, which a net promoter score is made of.",
                        program.sudo().survey_id.title,
                    )
                )

    @api.constrains("state", "trigger", "process_stage_ids", "touchpoint_ids")
    def _check_trigger(self):
        for program in self.filtered(lambda one: one.state == "running"):
            if program.availability_note:
                raise ValidationError(program.availability_note)
            if program.trigger == "stage" and not program.process_stage_ids:
                raise ValidationError(
                    self.env._("%s: choose the stages after which customers are asked.", program.name)
                )
            if program.trigger == "touchpoint" and not program.touchpoint_ids:
                raise ValidationError(
                    self.env._("%s: choose the touchpoints after which customers are asked.", program.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.sudo().filtered("invitation_ids")
        if used:
            raise UserError(
                self.env._("Customers were asked by %s already: archive it.", ", ".join(used.mapped("name")))
            )

    def _get_template(self, reminder):
        """:return: the ``mail.template`` of an invitation or a reminder"""
        self.ensure_one()
        if reminder:
            return self.reminder_template_id or self.env.ref("sales_process_framework_survey.mail_template_reminder")
        if self.mail_template_id:
            return self.mail_template_id
        name = "mail_template_nps" if self.kind == "nps" else "mail_template_questionnaire"
        return self.env.ref(f"sales_process_framework_survey.{name}")

    def _plan_reminder(self, now, sent):
        """:param sent: reminders that were sent already
        :return: when the next one is due; False when there is none
        """
        self.ensure_one()
        if sent >= self.reminder_count:
            return False
        return self.company_id.resource_calendar_id._plan_working_days(now, self.reminder_days)

    def action_start(self):
        """Ask about what happens from now on; nobody is asked about the past."""
        for program in self:
            vals = {"state": "running"}
            if program.state == "draft":
                vals["date_start"] = self.env.cr.now().replace(microsecond=0)
            elif program.state == "paused":
                vals["scanned_until"] = self.env.cr.now().replace(microsecond=0)
                vals["date_start"] = vals["scanned_until"]
            program.write(vals)
        return True

    def action_pause(self):
        """Nothing more is planned, sent or reminded of; links that were sent stay open."""
        self.filtered(lambda program: program.state == "running").write({"state": "paused"})
        return True

    def action_view_invitations(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework_survey.sales_process_survey_invitation_action"
        )
        return action | {"domain": [("program_id", "in", self.ids)], "context": {}}

    def action_view_results(self):
        """The results as Odoo's survey shows them."""
        self.ensure_one()
        return self.survey_id.action_result_survey()
