from dataclasses import replace
from datetime import timedelta

from odoo import models

from ...tools.gate import Standing


class SalesProcessJudgementDocument(models.AbstractModel):
    _name = "sales.process.judgement.document"
    _inherit = "sales.process.judgement"
    _description = "Judged by a document handed in"
    _judgement = "document"

    def _get_label(self):
        return self.env._("Document handed in")

    def _prepare_settings(self, requirement):
        return {"approval": requirement.approval_required, "fresh_days": requirement.freshness_days}

    def _relax_passed(self, requirement):
        return replace(requirement, settings={**requirement.settings, "fresh_days": 0})

    def _judge(self, requirement, facts):
        documents = self.env["sales.process.deliverable"]._recall(facts)
        today = self.env.cr.now().date()
        return {
            lead_id: max(
                (self._judge_document(requirement, row, today) for row in documents.get((lead_id, requirement.id), ())),
                key=[Standing.MISSING, Standing.REJECTED, Standing.WAITING, Standing.MET].index,
                default=Standing.MISSING,
            )
            for lead_id in facts.leads.ids
        }

    def _judge_document(self, requirement, row, today):
        if not row.has_files or row.state == "draft":
            return Standing.MISSING
        if self._is_stale(requirement, row, today):
            return Standing.MISSING
        if row.state == "rejected":
            return Standing.REJECTED
        if requirement.settings["approval"] and row.state != "approved":
            return Standing.WAITING
        return Standing.MET

    def _is_stale(self, requirement, row, today):
        days = requirement.settings["fresh_days"]
        return bool(days and row.content_date and row.content_date < today - timedelta(days=days))

    def _explain(self, requirement, standing, lead, facts):
        rows = self.env["sales.process.deliverable"]._recall(facts).get((lead.id, requirement.id), ())
        today = self.env.cr.now().date()
        if standing == Standing.MISSING and any(row.has_files for row in rows):
            if any(self._is_stale(requirement, row, today) for row in rows):
                return self.env._(
                    "The document is older than %s days, hand in a current one", requirement.settings["fresh_days"]
                )
            return False
        if standing == Standing.MISSING and rows:
            return self.env._("The file was removed, hand it in again")
        if standing == Standing.MISSING:
            return self.env._("Hand in the document")
        return False
