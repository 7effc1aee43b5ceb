from dataclasses import replace
from datetime import timedelta

from odoo import models

from odoo.addons.sales_process_framework.tools.gate import Standing


class SalesProcessJudgementDocument(models.AbstractModel):
    _inherit = "sales.process.judgement.document"

    def _prepare_settings(self, requirement):
        return {**super()._prepare_settings(requirement), "quotation": requirement.quotation_counts, "expires": True}

    def _relax_passed(self, requirement):
        relaxed = super()._relax_passed(requirement)
        return replace(relaxed, settings={**relaxed.settings, "expires": False})

    def _get_configuration_problem(self, requirement):
        if requirement.judgement == "document" and requirement.quotation_counts and requirement.approval_required:
            return self.env._("a quotation is not approved here: ask for approval or let a quotation do, not both.")
        return super()._get_configuration_problem(requirement)

    def _judge(self, requirement, facts):
        standings = super()._judge(requirement, facts)
        if not requirement.settings["quotation"]:
            return standings
        quotations = facts.recall("quotations", self.env["sale.order"]._load_quotations)
        for lead_id, found in quotations.items():
            if lead_id in standings and any(self._is_proposal(requirement, quotation) for quotation in found):
                standings[lead_id] = Standing.MET
        return standings

    def _is_proposal(self, requirement, quotation):
        """A quotation as fresh as the document would have to be."""
        days = requirement.settings["fresh_days"]
        if days and quotation.sent and quotation.sent < self.env.cr.now() - timedelta(days=days):
            return False
        return not requirement.settings["expires"] or self.env["sale.order"]._is_quotation_valid(quotation)
