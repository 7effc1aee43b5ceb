from odoo import models
from odoo.tools import SQL


class AlertSourceDocument(models.AbstractModel):
    """FRAMEWORK S6.2: needs analysis not updated for more than three days → remind the sales manager."""

    _name = "sales.process.alert.source.deliverable"
    _inherit = "sales.process.alert.source"
    _description = "Alert: document not updated"
    _kind = "deliverable"
    _working_days = True
    _uses_stage = True
    _incremental = True

    def _get_label(self):
        return self.env._("Document not updated for N working days")

    def _get_sentence(self, rule):
        if rule.requirement_id:
            return self.env._(
                "the document “%(document)s” of a lead has not been updated for %(days)g working days",
                document=rule.requirement_id.name,
                days=rule.threshold,
            )
        return self.env._("no document of a lead has been updated for %g working days", rule.threshold)

    def _get_advice(self):
        return self.env._("Ask what is known by now, bring the document up to date and hand it in.")

    def _describe(self, alert, facts):
        stage = alert._get_stage_name(facts.get("stage"))
        if facts.get("updated"):
            return self.env._(
                "Documents of “%(stage)s” last updated on %(moment)s.",
                stage=stage,
                moment=self._say_moment(facts["updated"]),
            )
        return self.env._(
            "Nothing handed in for “%(stage)s”, which the lead entered on %(moment)s.",
            stage=stage,
            moment=self._say_moment(facts.get("entered")),
        )

    def _get_documents_sql(self, rule):
        if rule.requirement_id:
            requirement = rule.requirement_id
            if requirement.key:
                return SQL("need.key = %s", requirement.key)
            return SQL("need.id = %s", requirement.id)
        return SQL("TRUE")

    def _get_candidates_sql(self, rule, scan):
        """Stays and documents that grew old since the last scan."""
        return SQL(
            """
            SELECT visit.lead_id FROM sales_process_visit AS visit
             WHERE visit."left" IS NULL AND visit.entered > %(previous)s AND visit.entered <= %(latest)s
               AND visit.process_stage_id = ANY(%(stages)s)
             UNION
            SELECT document.lead_id FROM sales_process_deliverable AS document
             WHERE document.write_date > %(previous)s AND document.write_date <= %(latest)s
            """,
            previous=scan.previous,
            latest=scan.latest,
            stages=scan.stage_ids,
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        return SQL(
            """
            SELECT lead.id AS lead_id, NULL::integer AS request_id, NULL::integer AS kpi_value_id,
                   cut.company_id, 'visit:' || visit.id AS cause_key, work.last AS since,
                   jsonb_build_object('stage', visit.process_stage_id, 'entered', visit.entered,
                                      'updated', work.updated) AS facts
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
        CROSS JOIN LATERAL (
                SELECT MAX(document.write_date) AS updated,
                       GREATEST(visit.entered, MAX(document.write_date)) AS last,
                       -- Everything approved: nothing is left to be kept up to date.
                       COALESCE(BOOL_AND(document.approved) FILTER (WHERE need.mandatory),
                                BOOL_AND(document.approved)) AS finished
                  FROM sales_process_requirement AS need
            CROSS JOIN LATERAL (
                    SELECT MAX(paper.write_date) AS write_date,
                           COALESCE(BOOL_OR(paper.state = 'approved'), FALSE) AS approved
                      FROM sales_process_deliverable AS paper
                     WHERE paper.requirement_id = need.id AND paper.lead_id = visit.lead_id
                  ) AS document
                 WHERE need.process_stage_id = visit.process_stage_id AND need.judgement = 'document'
                   AND %(documents)s
                HAVING COUNT(need.id) > 0
              ) AS work
             WHERE visit."left" IS NULL AND visit.entered <= %(latest)s AND visit.process_stage_id = ANY(%(stages)s)
               AND %(open)s %(among)s AND work.last <= cut.moment AND NOT work.finished
            """,
            joins=self._get_lead_joins_sql(scan),
            documents=self._get_documents_sql(rule),
            latest=scan.latest,
            stages=scan.stage_ids,
            open=self._get_open_lead_sql(rule),
            among=self._among(SQL("visit.lead_id"), leads),
        )
