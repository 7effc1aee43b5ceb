from odoo import models
from odoo.tools import SQL


class AlertSourceGate(models.AbstractModel):
    """Refusals count from the entry into the stage: a lead that moves on starts anew."""

    _name = "sales.process.alert.source.gate_refused"
    _inherit = "sales.process.alert.source"
    _description = "Alert: gate refused"
    _kind = "gate_refused"
    _uses_stage = True
    _incremental = True

    def _get_label(self):
        return self.env._("Gate refused N times")

    def _get_unit(self):
        return self.env._("times")

    def _get_sentence(self, rule):
        return self.env._("a gate has refused a lead %g times", rule.threshold)

    def _get_advice(self):
        return self.env._("Look at what is missing together; ask for an exception if the gate asks too much here.")

    def _describe(self, alert, facts):
        return self.env._(
            "Refused %(count)s times in “%(stage)s”, the last time on %(moment)s.",
            count=facts.get("count"),
            stage=alert._get_stage_name(facts.get("stage")),
            moment=self._say_moment(facts.get("last")),
        )

    def _get_candidates_sql(self, rule, scan):
        return SQL(
            """SELECT decision.lead_id FROM sales_process_decision AS decision
                WHERE decision.outcome = 'refused' AND decision.date > %s - interval '1 hour'
                  AND decision.lead_id IS NOT NULL""",
            scan.after,
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'visit:' || refusal.visit_id AS cause_key, refusal.last AS since,
                   jsonb_build_object('stage', refusal.stage_id, 'count', refusal.count,
                                      'last', refusal.last) AS facts
              FROM (SELECT decision.lead_id, visit.id AS visit_id, visit.process_stage_id AS stage_id,
                           COUNT(*) AS count, MAX(decision.date) AS last
                      FROM sales_process_decision AS decision
                      JOIN sales_process_visit AS visit ON visit.lead_id = decision.lead_id AND visit."left" IS NULL
                     WHERE decision.outcome = 'refused' AND decision.date >= visit.entered
                       AND visit.process_stage_id = ANY(%(stages)s) %(among)s
                     GROUP BY decision.lead_id, visit.id, visit.process_stage_id
                    HAVING COUNT(*) >= %(limit)s) AS refusal
              JOIN crm_lead AS lead ON lead.id = refusal.lead_id
              %(joins)s
             WHERE %(open)s
            """,
            stages=scan.stage_ids,
            limit=rule.threshold or 1,
            joins=self._get_lead_joins_sql(scan),
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("decision.lead_id"), leads),
        )
