from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class AlertSourceResponseMissed(models.AbstractModel):
    _name = "sales.process.alert.source.response_missed"
    _inherit = "sales.process.alert.source"
    _description = "Alert: first response missed"
    _kind = "response_missed"
    _default_threshold = 0.0
    _sign = -1

    def _get_label(self):
        return self.env._("First response missed")

    def _get_unit(self):
        return self.env._("minutes after the deadline")

    def _get_sentence(self, rule):
        if not rule.threshold:
            return self.env._("a customer has not got the first response in time")
        return self.env._("the first response to a customer is %g minutes late", rule.threshold)

    def _get_advice(self):
        return self.env._("Answer the customer now, or hand the lead to somebody who can.")

    def _describe(self, alert, facts):
        return self.env._(
            "Waiting since %(started)s; an answer was due by %(deadline)s.",
            started=self._say_moment(facts.get("started")),
            deadline=self._say_moment(facts.get("deadline")),
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'response:' || clock.id AS cause_key,
                   clock.deadline + %(sign)s * %(margin)s * interval '1 minute' AS since,
                   jsonb_build_object('started', clock.started, 'deadline', clock.deadline) AS facts
              FROM sales_process_response AS clock
              JOIN crm_lead AS lead ON lead.id = clock.lead_id
              %(joins)s
             WHERE clock.state IN ('running', 'breached_open') AND clock.deadline <= %(limit)s
               AND %(open)s %(among)s
            """,
            joins=self._get_lead_joins_sql(scan),
            sign=-self._sign,
            margin=rule.threshold,
            limit=scan.now + self._sign * timedelta(minutes=rule.threshold),
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("clock.lead_id"), leads),
        )


class AlertSourceResponseRisk(models.AbstractModel):
    _name = "sales.process.alert.source.response_risk"
    _inherit = "sales.process.alert.source.response_missed"
    _description = "Alert: first response about to be missed"
    _kind = "response_risk"
    _default_threshold = 30.0
    _sign = 1

    def _get_label(self):
        return self.env._("First response about to be missed")

    def _get_unit(self):
        return self.env._("minutes before the deadline")

    def _get_sentence(self, rule):
        return self.env._("%g minutes are left for the first response to a customer", rule.threshold)

    def _describe(self, alert, facts):
        return self.env._(
            "Waiting since %(started)s; an answer is due by %(deadline)s.",
            started=self._say_moment(facts.get("started")),
            deadline=self._say_moment(facts.get("deadline")),
        )
