from odoo import api, fields, models


class SalesProcessRequirement(models.Model):
    _inherit = "sales.process.requirement"

    quotation_state = fields.Selection(
        [("sent", "Sent to the customer"), ("sale", "Confirmed by the customer")],
        string="Quotation",
        default="sent",
        help="How far a quotation of the opportunity has to be.",
    )
    quotation_min_amount = fields.Monetary(
        string="Untaxed Amount",
        currency_field="quotation_currency_id",
        help="Smaller quotations do not count; 0 for any. In the currency of the process's company.",
    )
    quotation_currency_id = fields.Many2one("res.currency", compute="_compute_quotation_currency")
    quotation_counts = fields.Boolean(
        string="A Sent Quotation Will Do",
        help="A quotation sent from the opportunity counts as this document handed in.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_quotation_currency(self):
        for requirement in self:
            requirement.quotation_currency_id = (requirement.company_id or self.env.company).currency_id

    @api.constrains("quotation_counts", "approval_required", "quotation_min_amount")
    def _check_quotation(self):
        self._check_judgement()
