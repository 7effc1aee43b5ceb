from odoo import SUPERUSER_ID, models


class SalesProcessReviewGates(models.AbstractModel):
    """Gates that only cost time, and those that are mostly passed by, as topics of a review."""

    _name = "sales.process.review.gates"
    _description = "Gates on an Agenda"

    def _find_gates(self):
        """:return: list of values of ``sales.process.review.topic``"""
        # As for the other topics: the numbers are of the review's company, whoever fills the agenda.
        gates = (
            self.env["sales.process.effectiveness"]
            .with_user(SUPERUSER_ID)
            .with_context(allowed_company_ids=self.company_id.ids)
        )
        return [
            {
                "key": f"{finding['code']} {finding['res_id']}",
                "kind": "node",
                "severity": finding["severity"],
                "name": finding["title"],
                "text": "\n".join(filter(None, (finding["text"], finding["advice"]))),
                "target": {name: finding[name] for name in ("model", "res_id", "domain")},
                "process_id": finding["process_id"],
                "stage_id": finding["stage_id"],
                "requirement_id": finding["res_id"],
            }
            for finding in gates._get_findings(self.company_id, self._get_period())
            if finding["severity"] == "warning"
        ]
