from dataclasses import replace

from odoo import models
from odoo.tools import format_amount

from odoo.addons.sales_process_framework.tools.gate import Standing


class SalesProcessJudgementQuotation(models.AbstractModel):
    _name = "sales.process.judgement.quotation"
    _inherit = "sales.process.judgement"
    _description = "Judged by a quotation of the opportunity"
    _judgement = "quotation"

    def _get_label(self):
        return self.env._("Quotation")

    def _prepare_settings(self, requirement):
        return {
            "state": requirement.quotation_state or "sent",
            "amount": requirement.quotation_min_amount,
            "currency": requirement.quotation_currency_id.id,
            "expires": True,
        }

    def _relax_passed(self, requirement):
        return replace(requirement, settings={**requirement.settings, "expires": False})

    def _get_configuration_problem(self, requirement):
        if requirement.quotation_min_amount < 0:
            return self.env._("enter 0 or a positive amount for the quotation.")
        return False

    def _judge(self, requirement, facts):
        quotations = facts.recall("quotations", self.env["sale.order"]._load_quotations)
        return {
            lead_id: Standing.MET
            if any(self._is_enough(requirement, quotation) for quotation in quotations.get(lead_id, ()))
            else Standing.MISSING
            for lead_id in facts.leads.ids
        }

    def _is_enough(self, requirement, quotation):
        settings = requirement.settings
        if settings["state"] == "sale" and quotation.state != "sale":
            return False
        if settings["expires"] and not self.env["sale.order"]._is_quotation_valid(quotation):
            return False
        return not settings["amount"] or self._convert(quotation, settings["currency"]) >= settings["amount"]

    def _convert(self, quotation, currency_id):
        """The amount in the currency of the requirement, by the rate of the day on which it was sent."""
        currencies = self.env["res.currency"].sudo()
        return currencies.browse(quotation.currency_id)._convert(
            quotation.amount,
            currencies.browse(currency_id),
            self.env["res.company"].sudo().browse(quotation.company_id),
            (quotation.sent or self.env.cr.now()).date(),
        )

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        settings = requirement.settings
        quotations = facts.recall("quotations", self.env["sale.order"]._load_quotations).get(lead.id, ())
        valid = [one for one in quotations if self.env["sale.order"]._is_quotation_valid(one)]
        if quotations and not valid:
            return self.env._("The quotation has expired: send one that is valid")
        if settings["state"] == "sale":
            return self.env._("The customer has not confirmed a quotation of this opportunity yet")
        if settings["amount"] and valid:
            currency = self.env["res.currency"].sudo().browse(settings["currency"])
            return self.env._("The quotation is below %s", format_amount(self.env, settings["amount"], currency))
        return self.env._("Send a quotation of this opportunity to the customer")
