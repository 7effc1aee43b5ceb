import pytz

from odoo import models
from odoo.tools import SQL


class AlertSourceClosingPast(models.AbstractModel):
    _name = "sales.process.alert.source.closing_past"
    _inherit = "sales.process.alert.source"
    _description = "Alert: closing date past"
    _kind = "closing_past"
    _default_threshold = 0.0
    _needs_process = False

    def _get_label(self):
        return self.env._("Expected closing date is past")

    def _get_unit(self):
        return self.env._("working days after the date")

    def _get_sentence(self, rule):
        if not rule.threshold:
            return self.env._("the expected closing date of a lead is past")
        return self.env._("the expected closing date of a lead was %g working days ago", rule.threshold)

    def _get_advice(self):
        return self.env._("Ask the customer when they decide, and enter that date; or close the lead.")

    def _describe(self, alert, facts):
        return self.env._("Expected to close on %s.", self._say_date(facts.get("date")))

    def _get_causes_sql(self, rule, scan, leads=None):
        """The date is over at midnight in the company's zone."""
        days = {
            company: (zone, pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date())
            for company, moment in scan.cutoffs.items()
            for zone in [self.env["res.company"].browse(company or self.env.company.id)._get_sales_timezone()]
        }
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'lead:' || lead.id AS cause_key,
                   (lead.date_deadline + 1)::timestamp AT TIME ZONE today.zone AT TIME ZONE 'UTC' AS since,
                   jsonb_build_object('date', lead.date_deadline) AS facts
              FROM crm_lead AS lead
              %(joins)s
              JOIN (VALUES %(days)s) AS today (company_id, zone, date) ON today.company_id = cut.company_id
             WHERE lead.active AND lead.won_status = 'pending' AND lead.date_deadline < %(latest)s
               AND lead.date_deadline < today.date AND lead.type = 'opportunity' AND %(open)s %(process)s %(among)s
            """,
            joins=self._get_lead_joins_sql(scan),
            days=SQL(", ").join(SQL("(%s, %s, %s)", company, zone, date) for company, (zone, date) in days.items()),
            latest=max(date for _zone, date in days.values()),
            open=self._get_open_lead_sql(rule),
            process=self._get_process_sql(rule),
            among=self._among(SQL("lead.id"), leads),
        )

    def _get_process_sql(self, rule):
        if not rule.process_id:
            return SQL()
        return SQL("AND lead.sales_process_id = ANY(%s)", rule._get_versions(rule.process_id).ids)


class AlertSourceClosingPushed(models.AbstractModel):
    _name = "sales.process.alert.source.closing_pushed"
    _inherit = "sales.process.alert.source.closing_past"
    _description = "Alert: closing date pushed"
    _kind = "closing_pushed"
    _default_threshold = 3.0
    _incremental = True

    def _get_label(self):
        return self.env._("Closing date put off N times")

    def _get_unit(self):
        return self.env._("times")

    def _get_sentence(self, rule):
        return self.env._("the closing date of a lead has been put off %g times", rule.threshold)

    def _get_advice(self):
        return self.env._("Check what really holds the customer back, and agree on a date with whoever decides.")

    def _describe(self, alert, facts):
        return self.env._(
            "Put off %(count)s times, by %(days)s days in all; expected now on %(date)s.",
            count=facts.get("count"),
            days=facts.get("days"),
            date=self._say_date(facts.get("date")) or self.env._("no date"),
        )

    def _get_candidates_sql(self, rule, scan):
        return SQL(
            """SELECT moved.lead_id FROM sales_process_closing_change AS moved
                WHERE moved.date > %s - interval '1 hour' AND moved.days > 0""",
            scan.after,
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        """Put off as many times again, it is another cause."""
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id, cut.company_id,
                   'lead:' || lead.id || ':' || FLOOR(push.count / %(limit)s)::integer AS cause_key,
                   push.last AS since,
                   jsonb_build_object('count', push.count, 'days', push.days, 'date', lead.date_deadline) AS facts
              FROM (SELECT moved.lead_id, COUNT(*) AS count, SUM(moved.days) AS days, MAX(moved.date) AS last
                      FROM sales_process_closing_change AS moved
                     WHERE moved.days > 0 %(among)s
                     GROUP BY moved.lead_id
                    HAVING COUNT(*) >= %(limit)s) AS push
              JOIN crm_lead AS lead ON lead.id = push.lead_id
              %(joins)s
             WHERE %(open)s %(process)s
            """,
            limit=rule.threshold or 1,
            joins=self._get_lead_joins_sql(scan),
            open=self._get_open_lead_sql(rule),
            process=self._get_process_sql(rule),
            among=self._among(SQL("moved.lead_id"), leads),
        )
