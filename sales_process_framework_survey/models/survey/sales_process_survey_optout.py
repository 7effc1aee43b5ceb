from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize


class SalesProcessSurveyOptout(models.Model):
    """A person who is not asked any more, by any program of a company."""

    _name = "sales.process.survey.optout"
    _description = "Survey Opt-Out"
    _order = "date desc, id desc"
    _rec_name = "email"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    email = fields.Char(required=True)
    date = fields.Datetime(required=True, readonly=True, default=lambda self: self.env.cr.now())
    by_customer = fields.Boolean(string="By the Customer", readonly=True)

    _person_idx = models.UniqueIndex("(company_id, email)", "This person has opted out already.")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalize(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalize(vals) if "email" in vals else vals)

    def _normalize(self, vals):
        email = email_normalize(vals.get("email"))
        if not email:
            raise ValidationError(self.env._("%s is no mail address.", vals.get("email") or ""))
        return {**vals, "email": email}

    @api.model
    def _opt_out(self, company, email):
        """Somebody asked not to be asked any more; saying it twice is once.

        :param email: normalized address
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO sales_process_survey_optout (company_id, email, date, by_customer)
                   VALUES (%s, %s, %s, TRUE) ON CONFLICT DO NOTHING""",
                company.id,
                email,
                self.env.cr.now(),
            )
        )
        self.invalidate_model()
        self.env["sales.process.survey.invitation"].sudo()._withdraw_refused(company)

    @api.model
    def _sql_refused(self, company, email):
        """:param company, email: SQL of the company's id and a normalized address
        :return: condition: the person opted out, or is on the black list of mailings
        """
        return SQL(
            """(EXISTS (SELECT FROM sales_process_survey_optout AS optout
                         WHERE optout.company_id = %(company)s AND optout.email = %(email)s)
                OR EXISTS (SELECT FROM mail_blacklist AS blocked
                            WHERE blocked.active AND blocked.email = %(email)s))""",
            company=company,
            email=email,
        )
