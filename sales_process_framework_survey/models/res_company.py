from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_survey_rest_days = fields.Integer(
        string="Days Between Surveys",
        default=90,
        required=True,
        help="A person is asked once in so many days, whichever programs would ask.",
    )
    sales_nps_minimum = fields.Integer(
        string="Answers Needed for a Score",
        default=10,
        required=True,
        help="With fewer answers the net promoter score says “no data”.",
    )

    _sales_survey_rest_days_check = models.Constraint(
        "CHECK(sales_survey_rest_days >= 0)", "Days between surveys cannot be negative."
    )
    _sales_nps_minimum_check = models.Constraint("CHECK(sales_nps_minimum >= 1)", "A score needs one answer at least.")
