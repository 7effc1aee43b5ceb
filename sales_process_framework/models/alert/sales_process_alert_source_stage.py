from odoo import models
from odoo.tools import SQL


class AlertSourceStageTime(models.AbstractModel):
    _name = "sales.process.alert.source.stage_time"
    _inherit = "sales.process.alert.source"
    _description = "Alert: over the time limit of the stage"
    _kind = "stage_time"
    _working_days = True
    _uses_stage = True
    _default_threshold = 0.0

    def _get_label(self):
        return self.env._("Over the time limit of the stage")

    def _get_unit(self):
        return self.env._("working days after the limit")

    def _get_sentence(self, rule):
        if not rule.threshold:
            return self.env._("a lead has used up the time limit of its stage")
        return self.env._("a lead is %g working days over the time limit of its stage", rule.threshold)

    def _get_advice(self):
        return self.env._("Finish what the stage still asks for and move the lead, or send it back or close it.")

    def _describe(self, alert, facts):
        return self.env._(
            "In “%(stage)s” since %(entered)s; its time was up on %(deadline)s.",
            stage=alert._get_stage_name(facts.get("stage")),
            entered=self._say_moment(facts.get("entered")),
            deadline=self._say_moment(facts.get("deadline")),
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'visit:' || visit.id AS cause_key, visit.deadline AS since,
                   jsonb_build_object('stage', visit.process_stage_id, 'entered', visit.entered,
                                      'deadline', visit.deadline) AS facts
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
             WHERE visit."left" IS NULL AND visit.deadline <= %(latest)s AND visit.deadline <= cut.moment
               AND visit.process_stage_id = ANY(%(stages)s) AND %(open)s %(among)s
            """,
            joins=self._get_lead_joins_sql(scan),
            latest=scan.latest,
            stages=scan.stage_ids,
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("visit.lead_id"), leads),
        )


class AlertSourceStageDays(models.AbstractModel):
    _name = "sales.process.alert.source.stage_days"
    _inherit = "sales.process.alert.source"
    _description = "Alert: days in a stage"
    _kind = "stage_days"
    _working_days = True
    _uses_stage = True
    _default_threshold = 5.0

    def _get_label(self):
        return self.env._("In the stage for N working days")

    def _get_sentence(self, rule):
        return self.env._("a lead has been in its stage for %g working days", rule.threshold)

    def _get_advice(self):
        return self.env._("See what keeps the lead in the stage; move it, send it back or close it.")

    def _describe(self, alert, facts):
        return self.env._(
            "In “%(stage)s” since %(entered)s.",
            stage=alert._get_stage_name(facts.get("stage")),
            entered=self._say_moment(facts.get("entered")),
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'visit:' || visit.id AS cause_key, visit.entered AS since,
                   jsonb_build_object('stage', visit.process_stage_id, 'entered', visit.entered) AS facts
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
             WHERE visit."left" IS NULL AND visit.entered <= %(latest)s AND visit.entered <= cut.moment
               AND visit.process_stage_id = ANY(%(stages)s) AND %(open)s %(among)s
            """,
            joins=self._get_lead_joins_sql(scan),
            latest=scan.latest,
            stages=scan.stage_ids,
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("visit.lead_id"), leads),
        )
