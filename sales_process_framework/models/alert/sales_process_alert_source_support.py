from odoo import models
from odoo.tools import SQL


class AlertSourceSlaMissed(models.AbstractModel):
    """A promise of a department to a lead; what waits for sales itself does not count."""

    _name = "sales.process.alert.source.sla_missed"
    _inherit = "sales.process.alert.source"
    _description = "Alert: support late"
    _kind = "sla_missed"
    _default_threshold = 0.0

    def _get_label(self):
        return self.env._("Support late")

    def _get_unit(self):
        return False

    def _get_sentence(self, rule):
        return self.env._("a department is late with its answer or with what it promised for a lead")

    def _get_advice(self):
        return self.env._("Ask the department when it delivers, and tell the customer before they ask.")

    def _describe(self, alert, facts):
        return self.env._(
            "“%(request)s” of %(department)s was due by %(deadline)s.",
            request=alert.request_id.name or "",
            department=alert.request_id.sudo().department_id.name or "",
            deadline=self._say_moment(facts.get("deadline")),
        )

    def _get_moments(self):
        """:return: (what is due, the moment it counts from), each an SQL condition and an SQL expression"""
        return (
            (SQL("request.state IN ('new', 'in_progress')"), SQL("request.resolution_deadline"), "delivery"),
            (
                SQL("request.state = 'new' AND request.date_first_response IS NULL"),
                SQL("request.response_deadline"),
                "answer",
            ),
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT lead.id AS lead_id, request.id AS request_id, NULL::integer AS kpi_value_id, cut.company_id,
                       'request:' || request.id || %(suffix)s::text AS cause_key, %(moment)s AS since,
                       jsonb_build_object('deadline', CASE WHEN %(is_answer)s THEN request.response_deadline
                                                           ELSE request.resolution_deadline END) AS facts
                  FROM sales_process_support_request AS request
                  JOIN crm_lead AS lead ON lead.id = request.lead_id
                  %(joins)s
                 WHERE %(state)s AND %(moment)s <= %(now)s AND %(open)s %(among)s
                """,
                suffix=f":{part}",
                is_answer=part == "answer",
                moment=moment,
                joins=self._get_lead_joins_sql(scan),
                state=state,
                now=scan.now,
                open=self._get_open_lead_sql(rule),
                among=self._among(SQL("request.lead_id"), leads),
            )
            for state, moment, part in self._get_moments()
        )


class AlertSourceSlaRisk(models.AbstractModel):
    _name = "sales.process.alert.source.sla_risk"
    _inherit = "sales.process.alert.source.sla_missed"
    _description = "Alert: support about to be late"
    _kind = "sla_risk"

    def _get_label(self):
        return self.env._("Support about to be late")

    def _get_sentence(self, rule):
        return self.env._("a department has used up most of the time it has for a lead")

    def _describe(self, alert, facts):
        return self.env._(
            "“%(request)s” of %(department)s is due by %(deadline)s.",
            request=alert.request_id.name or "",
            department=alert.request_id.sudo().department_id.name or "",
            deadline=self._say_moment(facts.get("deadline")),
        )

    def _get_moments(self):
        return ((SQL("request.state IN ('new', 'in_progress')"), SQL("request.at_risk_from"), "risk"),)
