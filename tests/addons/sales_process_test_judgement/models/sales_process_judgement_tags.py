from odoo import models

from odoo.addons.sales_process_framework.tools.gate import Standing


class SalesProcessJudgementTags(models.AbstractModel):
    """Everything another addon has to write for a new kind of judgement."""

    _name = "sales.process.judgement.tags"
    _inherit = "sales.process.judgement"
    _description = "Judged by the tags on the lead"
    _judgement = "tags"

    def _get_label(self):
        return self.env._("Tagged")

    def _prepare_settings(self, requirement):
        return {"tags": max(requirement.min_count, 1)}

    def _get_lead_fields(self, requirement):
        return {"tag_ids"}

    def _get_configuration_problem(self, requirement):
        if requirement.max_count:
            return self.env._("tags have no highest number.")
        return False

    def _judge(self, requirement, facts):
        counts = facts.recall("tags", self._load_counts)
        needed = requirement.settings["tags"]
        return {lead_id: Standing.MET if counts[lead_id] >= needed else Standing.MISSING for lead_id in facts.leads.ids}

    def _load_counts(self, leads):
        """:return: {lead id: number of tags}"""
        return {lead.id: len(lead.tag_ids) for lead in leads}

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        return self.env._(
            "%(count)s of %(needed)s tags",
            count=facts.recall("tags", self._load_counts)[lead.id],
            needed=requirement.settings["tags"],
        )
