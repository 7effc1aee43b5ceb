from collections import namedtuple

from odoo import models
from odoo.tools import SQL, format_datetime

from ...tools.gate import Standing

SupportRow = namedtuple("SupportRow", "state deadline department")


class SalesProcessJudgementSupport(models.AbstractModel):
    _name = "sales.process.judgement.support"
    _inherit = "sales.process.judgement"
    _description = "Judged by support delivered by a department"
    _judgement = "support"

    def _get_label(self):
        return self.env._("Support delivered")

    def _prepare_settings(self, requirement):
        return {"policy": requirement.support_policy_id.id}

    def _get_configuration_problem(self, requirement):
        if not requirement.support_policy_id:
            return self.env._("choose the support that it waits for.")
        return False

    def _judge(self, requirement, facts):
        rows = facts.recall("support", self._load_rows)
        policy_id = requirement.settings["policy"]
        return {
            lead_id: Standing.MET
            if any(row.state in ("delivered", "accepted") for row in rows.get((lead_id, policy_id), ()))
            else Standing.MISSING
            for lead_id in facts.leads.ids
        }

    def _load_rows(self, leads):
        """:return: {(lead id, policy id): [SupportRow]} without what was withdrawn, oldest first"""
        self.env["sales.process.support.request"].flush_model(["lead_id", "policy_id", "state", "resolution_deadline"])
        rows = {}
        for lead_id, policy_id, *row in self.env.execute_query(
            SQL(
                """SELECT lead_id, policy_id, state, resolution_deadline, department_id
                     FROM sales_process_support_request
                    WHERE lead_id = ANY(%s) AND state != 'cancelled'
                    ORDER BY id""",
                leads.ids,
            )
        ):
            rows.setdefault((lead_id, policy_id), []).append(SupportRow(*row))
        return rows

    def _explain(self, requirement, standing, lead, facts):
        if standing != Standing.MISSING:
            return False
        rows = facts.recall("support", self._load_rows).get((lead.id, requirement.settings["policy"]), ())
        policy = self.env["sales.process.sla.policy"].sudo().browse(requirement.settings["policy"])
        department = policy.department_id.name
        if not rows:
            return self.env._("Ask %(department)s for it: %(policy)s", department=department, policy=policy.name)
        if rows[-1].state == "waiting":
            return self.env._("%(department)s waits for your answer", department=department)
        return self.env._(
            "%(department)s delivers by %(deadline)s",
            department=department,
            deadline=format_datetime(self.env, rows[-1].deadline),
        )
