from odoo import models

from ...tools.gate import Standing


class SalesProcessJudgementActivity(models.AbstractModel):
    _name = "sales.process.judgement.activity"
    _inherit = "sales.process.judgement"
    _description = "Judged by activities done"
    _judgement = "activity"

    def _get_label(self):
        return self.env._("Activity done")

    def _prepare_settings(self, requirement):
        return {"activity_type": requirement.activity_type_id.id}

    def _get_configuration_problem(self, requirement):
        if not requirement.activity_type_id:
            return self.env._("choose the type of activity that has to be done.")
        return False

    def _judge(self, requirement, facts):
        done = facts.recall("activities", self._load_done)
        needed = max(requirement.min_count, 1)
        return {
            lead_id: Standing.MET
            if done.get((lead_id, requirement.settings["activity_type"]), 0) >= needed
            else Standing.MISSING
            for lead_id in facts.leads.ids
        }

    def _load_done(self, leads):
        """:return: {(lead id, activity type id): number of activities done}; Odoo archives what is done"""
        rows = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            ._read_group(
                [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids), ("active", "=", False)],
                ["res_id", "activity_type_id"],
                ["__count"],
            )
        )
        return {(lead_id, activity_type.id): count for lead_id, activity_type, count in rows}

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        activity_type = self.env["mail.activity.type"].browse(requirement.settings["activity_type"])
        return self.env._(
            "Done %(count)s of %(minimum)s: %(activity)s",
            count=facts.recall("activities", self._load_done).get((lead.id, activity_type.id), 0),
            minimum=max(requirement.min_count, 1),
            activity=activity_type.name,
        )
