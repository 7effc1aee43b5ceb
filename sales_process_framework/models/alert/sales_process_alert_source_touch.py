from odoo import models
from odoo.tools import SQL


class AlertSourceTouch(models.AbstractModel):
    _name = "sales.process.alert.source.no_touch"
    _inherit = "sales.process.alert.source"
    _description = "Alert: no contact with the customer"
    _kind = "no_touch"
    _working_days = True
    _uses_stage = True
    _default_threshold = 7.0
    _incremental = True

    def _get_label(self):
        return self.env._("No contact for N working days")

    def _get_sentence(self, rule):
        return self.env._("nobody has been in contact with the customer for %g working days", rule.threshold)

    def _get_advice(self):
        return self.env._("Call or write to the customer today, with something of use to them.")

    def _get_configuration_problem(self, rule):
        if not self.env["sales.process.touch"]._is_recording():
            return self.env._(
                "No customer journey is active, so contacts are not recorded and nobody would be told. "
                "Activate a customer journey first."
            )
        return super()._get_configuration_problem(rule)

    def _filter_stages(self, stages):
        """Contacts are recorded where a journey is active; of other leads nobody knows."""
        journeys = self.env["sales.process.journey"].sudo().search([("state", "=", "active")])
        if any(not journey.process_ids for journey in journeys):
            return stages
        return stages.filtered(lambda stage: stage.process_id in journeys.process_ids)

    def _describe(self, alert, facts):
        if facts.get("touch"):
            return self.env._("Last contact on %s.", self._say_moment(facts["touch"]))
        return self.env._("No contact since the lead came in on %s.", self._say_moment(facts.get("created")))

    def _get_candidates_sql(self, rule, scan):
        """Leads whose contact, or whose beginning, grew old since the last scan."""
        return SQL(
            """
            SELECT touch.lead_id FROM sales_process_touch AS touch
             WHERE touch.date > %(previous)s AND touch.date <= %(latest)s
             UNION
            SELECT visit.lead_id FROM sales_process_visit AS visit
             WHERE visit."left" IS NULL AND visit.process_stage_id = ANY(%(stages)s)
               AND visit.entered > %(previous)s AND visit.entered <= %(latest)s
            """,
            previous=scan.previous,
            latest=scan.latest,
            stages=scan.stage_ids,
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'lead:' || lead.id AS cause_key,
                   COALESCE(contact.date, lead.create_date) AS since,
                   jsonb_build_object('touch', contact.date, 'created', lead.create_date) AS facts
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
        CROSS JOIN LATERAL (
                SELECT MAX(touch.date) AS date
                  FROM sales_process_touch AS touch
                 WHERE touch.lead_id = lead.id AND touch.human AND touch.direction IN ('in', 'out')
                   AND touch.date <= %(now)s
              ) AS contact
             WHERE visit."left" IS NULL AND visit.process_stage_id = ANY(%(stages)s)
               AND %(open)s %(among)s AND COALESCE(contact.date, lead.create_date) <= cut.moment
            """,
            joins=self._get_lead_joins_sql(scan),
            now=scan.now,
            stages=scan.stage_ids,
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("visit.lead_id"), leads),
        )
