from odoo import models
from odoo.tools import SQL

from ...tools.period import local_day


class SalesProcessPilotDaily(models.AbstractModel):
    """The figures of each day, arm by arm. They describe; what may be concluded from them, the verdict says."""

    _name = "sales.process.pilot.daily"
    _description = "Daily Figures of Pilots"

    def _record_day(self):
        """Write today's figures, in a few statements whatever the number of leads; a second run replaces them."""
        self.ensure_one()
        self.env.flush_all()
        parts = [self._get_count_sql(), *self._get_visit_parts(), self._get_gate_sql()]
        parts += [self._get_kpi_sql(kpi) for kpi in self.kpi_id | self.guardrail_ids]
        if "sales.process.feedback" in self.env:
            parts.append(self._get_feedback_sql())
        day = local_day(self._now(), self.company_id._get_sales_timezone())
        self.env.cr.execute(
            SQL(
                """DELETE FROM sales_process_pilot_result WHERE pilot_id = %s AND date = %s""",
                self.id,
                day,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                WITH member AS MATERIALIZED (%(members)s)
                INSERT INTO sales_process_pilot_result (pilot_id, company_id, date, arm, metric, kpi_id, stage_id,
                            numerator, denominator, value, sample)
                SELECT %(pilot)s, %(company)s, %(day)s, figure.* FROM (%(figures)s) AS figure
                """,
                members=self._get_members_sql(),
                pilot=self.id,
                company=self.company_id.id,
                day=day,
                figures=SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts),
            )
        )
        self.env["sales.process.pilot.result"].invalidate_model()

    # Each yields: arm, metric, kpi_id, stage_id, numerator, denominator, value, sample; of the leads in ``member``.

    def _get_count_sql(self):
        return SQL(
            """SELECT arm::varchar, 'leads'::varchar, NULL::integer, NULL::integer, COUNT(*)::float8, NULL::float8,
                      COUNT(*)::float8, COUNT(*)::integer FROM member GROUP BY arm"""
        )

    def _get_visit_parts(self):
        time = SQL(
            """
            SELECT member.arm, 'stage_time', NULL::integer, visit.stage_id, SUM(visit.duration_days)::float8,
                   COUNT(*)::float8,
                   (percentile_cont(0.5) WITHIN GROUP (ORDER BY visit.duration_days))::float8, COUNT(*)::integer
              FROM member JOIN sales_process_visit AS visit ON visit.lead_id = member.lead_id
             WHERE visit."left" IS NOT NULL AND visit.stage_id IS NOT NULL GROUP BY member.arm, visit.stage_id
            """
        )
        conversion = SQL(
            """
            SELECT member.arm, 'conversion', NULL::integer, visit.stage_id,
                   COUNT(*) FILTER (WHERE visit.outcome IN ('advanced', 'won'))::float8, COUNT(*)::float8,
                   100.0 * COUNT(*) FILTER (WHERE visit.outcome IN ('advanced', 'won')) / COUNT(*), COUNT(*)::integer
              FROM member JOIN sales_process_visit AS visit ON visit.lead_id = member.lead_id
             WHERE visit."left" IS NOT NULL AND visit.stage_id IS NOT NULL GROUP BY member.arm, visit.stage_id
            """
        )
        return time, conversion

    def _get_gate_sql(self):
        """Leads that left a stage forward without ever having been refused there, of all that left it forward."""
        return SQL(
            """
            SELECT arm, 'stage_pass', NULL::integer, stage_id, COUNT(*) FILTER (WHERE NOT refused)::float8,
                   COUNT(*)::float8, 100.0 * COUNT(*) FILTER (WHERE NOT refused) / COUNT(*), COUNT(*)::integer
              FROM (SELECT DISTINCT member.arm, visit.lead_id, visit.stage_id,
                           EXISTS (SELECT FROM sales_process_decision AS decision
                                    WHERE decision.lead_id = visit.lead_id AND decision.from_stage_id = visit.stage_id
                                      AND decision.outcome = 'refused') AS refused
                      FROM member JOIN sales_process_visit AS visit ON visit.lead_id = member.lead_id
                     WHERE visit.outcome IN ('advanced', 'won') AND visit.stage_id IS NOT NULL) AS passed
             GROUP BY arm, stage_id
            """
        )

    def _get_kpi_sql(self, kpi):
        kpi = kpi.sudo()
        return SQL(
            """
            SELECT total.arm, 'kpi', %(kpi)s::integer, NULL::integer, total.numerator, total.denominator,
                   %(value)s, total.sample::integer
              FROM (SELECT member.arm, %(measures)s FROM member JOIN (%(facts)s) AS fact
                        ON fact.lead_id = member.lead_id GROUP BY member.arm) AS total
             WHERE %(value)s IS NOT NULL
            """,
            kpi=kpi.id,
            value=kpi._get_value_sql(),
            measures=kpi._get_measures_sql(),
            facts=kpi._get_facts_sql(self.date_start, self._now(), [self.company_id.id]),
        )

    def _get_feedback_sql(self):
        """By the lead it was about; what names no lead, as nothing does that was given anonymously, by the version."""
        given = SQL(
            """SELECT member.arm FROM member
                 JOIN sales_process_feedback AS feedback ON feedback.lead_id = member.lead_id"""
        )
        if self._tells_versions_apart():
            given = SQL(
                """%(given)s UNION ALL
                   SELECT CASE WHEN feedback.process_id = %(candidate)s THEN 'candidate' ELSE 'baseline' END
                     FROM sales_process_feedback AS feedback
                    WHERE feedback.lead_id IS NULL AND feedback.process_id IN (%(candidate)s, %(baseline)s)
                      AND feedback.company_id = %(company)s AND feedback.given_on >= %(start)s""",
                given=given,
                candidate=self.candidate_process_id.id,
                baseline=self.baseline_process_id.id,
                company=self.company_id.id,
                start=local_day(self.date_start, self.company_id._get_sales_timezone()),
            )
        return SQL(
            """SELECT given.arm::varchar, 'feedback', NULL::integer, NULL::integer, COUNT(*)::float8, NULL::float8,
                      COUNT(*)::float8, COUNT(*)::integer
                 FROM (%s) AS given GROUP BY given.arm""",
            given,
        )

    def _tells_versions_apart(self):
        """:return: whether both versions are worked by in this pilot only, so that feedback on one is of its arm"""
        pilot = self.sudo()
        teams = pilot.team_ids | pilot._get_control_teams()
        return pilot.baseline_kind == "version" and not pilot.tag_ids and pilot.baseline_process_id.team_ids <= teams
