from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..crm_lead import BANDS

STATES = [
    ("to_send", "To send"),
    ("sent", "Sent"),
    ("answered", "Answered"),
    ("expired", "Expired"),
    ("opted_out", "Opted out"),
]


class SalesProcessSurveyInvitation(models.Model):
    """A person asked by a program because something happened on a lead, and the answer. Written by programs alone."""

    _name = "sales.process.survey.invitation"
    _description = "Survey Invitation"
    _inherit = [
        "sales.process.survey.link",
        "sales.process.survey.delivery",
        "sales.process.survey.followup",
        "sales.process.survey.answer",
    ]
    _order = "event_date desc, id desc"
    _log_access = False

    program_id = fields.Many2one("sales.process.survey.program", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(related="lead_id.user_id", string="Salesperson")
    team_id = fields.Many2one(related="lead_id.team_id", string="Sales Team")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, index="btree_not_null", ondelete="set null"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer", store=True, index="btree_not_null"
    )
    email = fields.Char(required=True, readonly=True)
    event_key = fields.Char(required=True, readonly=True, help="What happened, so that it is asked about once.")
    event_date = fields.Datetime(string="Happened", required=True, readonly=True)
    state = fields.Selection(STATES, string="Status", required=True, readonly=True, default="to_send")
    date_planned = fields.Datetime(string="Planned", required=True, readonly=True)
    date_sent = fields.Datetime(string="Sent On", readonly=True)
    date_next = fields.Datetime(string="Next Reminder", readonly=True)
    reminders_sent = fields.Integer(string="Reminders", readonly=True, default=0, aggregator="sum")
    date_expires = fields.Datetime(string="Valid Until", readonly=True)
    date_answered = fields.Datetime(string="Answered On", readonly=True)
    selector = fields.Char(required=True, readonly=True, copy=False, default=False, groups="base.group_system")
    mark = fields.Integer(readonly=True, aggregator="avg", help="0 to 10.")
    band = fields.Selection(BANDS, string="Answer", readonly=True)
    nps_points = fields.Float(
        string="Net Promoter Score",
        readonly=True,
        aggregator="avg",
        help="A promoter is 100, a passive 0, a detractor −100; the average is the net promoter score.",
    )
    comment = fields.Text(readonly=True)
    user_input_id = fields.Many2one(
        "survey.user_input", string="Participation", readonly=True, index="btree_not_null", ondelete="set null"
    )
    followup_activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    lang = fields.Char(compute="_compute_lang")

    _event_idx = models.UniqueIndex("(program_id, event_key)", "This was asked about already.")
    _selector_idx = models.UniqueIndex("(selector)", "A link belongs to one invitation.")
    _person_idx = models.Index("(company_id, email)")
    _planned_idx = models.Index("(date_planned) WHERE state = 'to_send'")
    _next_idx = models.Index("(date_next) WHERE state = 'sent' AND date_next IS NOT NULL")
    _expires_idx = models.Index("(date_expires) WHERE state = 'sent'")
    _answered_idx = models.Index("(company_id, date_answered) WHERE band IS NOT NULL")

    @api.depends("program_id", "partner_id", "email")
    def _compute_display_name(self):
        for invitation in self:
            person = invitation.partner_id.name or invitation.email
            invitation.display_name = f"{invitation.program_id.name} – {person}"

    @api.depends("partner_id", "lead_id", "company_id")
    def _compute_lang(self):
        """The language of the person; the lead's, else the company's, where it is not known or no longer installed."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for invitation in self:
            known = (
                invitation.partner_id.lang,
                invitation.lead_id.lang_id.code,
                invitation.company_id.partner_id.lang,
            )
            invitation.lang = next((code for code in known if code in installed), False)

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether anybody was ever asked; forms of customers and of surveys ask this and stop"""
        return bool(self.sudo().search_count([], limit=1))

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()

    @api.model
    def _withdraw_refused(self, company=None):
        """Nobody is sent anything, or reminded, who has opted out since; one statement for all.

        :param company: only of this ``res.company``
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_survey_invitation AS invitation
                      SET state = 'opted_out', date_next = NULL
                    WHERE invitation.state IN ('to_send', 'sent') AND %(company)s AND %(refused)s""",
                company=SQL("invitation.company_id = %s", company.id) if company else SQL("TRUE"),
                refused=self.env["sales.process.survey.optout"]._sql_refused(
                    SQL("invitation.company_id"), SQL("invitation.email")
                ),
            )
        )
        self.invalidate_model()
