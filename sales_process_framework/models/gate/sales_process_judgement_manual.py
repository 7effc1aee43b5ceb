from odoo import models

from ...tools.gate import Standing, judge_answer


class SalesProcessJudgementManual(models.AbstractModel):
    _name = "sales.process.judgement.manual"
    _inherit = "sales.process.judgement"
    _description = "Judged by whoever ticks it"
    _judgement = "manual"

    def _get_label(self):
        return self.env._("Ticked or counted by hand")

    def _judge(self, requirement, facts):
        answers = self.env["sales.process.answer"]._recall(facts)
        standings = {}
        for lead_id in facts.leads.ids:
            answer = answers.get((lead_id, requirement.id))
            if answer:
                standings[lead_id] = judge_answer(requirement, answer.state, answer.count)
        return standings

    def _explain(self, requirement, standing, lead, facts):
        if standing == Standing.MISSING and requirement.min_count:
            answer = self.env["sales.process.answer"]._recall(facts).get((lead.id, requirement.id))
            return self.env._(
                "%(count)s of at least %(minimum)s done",
                count=answer.count if answer else 0,
                minimum=requirement.min_count,
            )
        return False
