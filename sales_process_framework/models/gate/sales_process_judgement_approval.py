from odoo import models

from ...tools.gate import Standing


class SalesProcessJudgementApproval(models.AbstractModel):
    _name = "sales.process.judgement.approval"
    _inherit = "sales.process.judgement.manual"
    _description = "Judged by an approver"
    _judgement = "approval"

    def _get_label(self):
        return self.env._("Approval")

    def _explain(self, requirement, standing, lead, facts):
        if standing == Standing.MISSING:
            return self.env._("Ask for the approval")
        return False
