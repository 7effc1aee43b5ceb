from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: Documents that offer a solution, by key or name of their requirement: those of the ready processes, and usual words.
PROPOSALS = r"proposal|\yoffer|提案|方案書|方案书|解決方案|解决方案|建議書|建议书"
#: Documents in which the customer confirms what is needed.
NEEDS = (
    r"needs?[ _-]confirm|scope[ _]sheet|use[ _]case[ _]sheet|preference[ _]card|"
    "需求確認|需求确认|範圍表|范围表|應用場景|应用场景"
)
#: Decisions that let a deal go on although something was missing.
LET_PASS = ("overridden", "warned", "exempt")


class SalesProcessKpiFactsExecution(models.AbstractModel):
    """How the process is worked: what its gates ask for, and its documents."""

    _name = "sales.process.kpi.facts.execution"
    _description = "Facts about the work along the process"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        return {
            **super()._get_fact_models(),
            "node_completion_rate": "sales.process.visit",
            "node_pass_rate": "sales.process.visit",
            "proposals_on_time": "sales.process.visit",
            "needs_match": "sales.process.deliverable",
            "deliverable_freshness": "sales.process.deliverable",
        }

    def _get_event_builtins(self):
        return super()._get_event_builtins() | {"node_completion_rate", "node_pass_rate"}

    # ------------------------------------------------------------------
    # Gates
    # ------------------------------------------------------------------

    @api.model
    def _sql_passed(self, start, stop):
        """Stays that ended in the period because the deal went on, in a process that was in force then."""
        return SQL(
            """(%s AND visit.outcome IN ('advanced', 'won') AND visit.is_rebuilt IS NOT TRUE
                AND visit.process_stage_id IS NOT NULL)""",
            self._sql_between(SQL('visit."left"'), start, stop),
        )

    def _facts_node_completion_rate(self, start, stop, company_ids):
        """T4: mandatory requirements met on leaving a stage / mandatory requirements asked for there, in percent.

        Flow: stages that deals left forward in the period; being lost, sent back or parked asks for nothing. Asked is
        what the exit gate of the stage makes mandatory. A gate that is passed without a word has everything; what an
        exception, a flexible stage, a warning or an exemption let pass counts as not completed, as the decision names
        it. Processes whose gates are off ask for nothing; so does a past that was rebuilt from CRM's own log.
        """
        joins = SQL(
            """
              JOIN sales_process AS process ON process.id = visit.process_id AND process.enforcement <> 'off'
              JOIN (SELECT process_stage_id, COUNT(*) AS count
                      FROM sales_process_requirement WHERE mandatory AND gate = 'exit'
                     GROUP BY process_stage_id) AS asked ON asked.process_stage_id = visit.process_stage_id
              LEFT JOIN (%s) AS missing ON missing.visit_id = visit.id
            """,
            self._select_missing(start, stop),
        )
        return self._select_visits(
            company_ids,
            where=self._sql_passed(start, stop),
            joins=joins,
            num=SQL("asked.count - COALESCE(missing.count, 0)"),
            den=SQL("asked.count"),
        )

    @api.model
    def _select_missing(self, start, stop):
        """How many mandatory exit requirements were missing when a stay ended, as decisions of that moment say.

        Decisions that let something pass are few: their stays are looked up by the index on leads.
        """
        return SQL(
            """
            SELECT visit.id AS visit_id, COUNT(DISTINCT requirement.id) AS count
              FROM sales_process_decision AS decision
             CROSS JOIN LATERAL jsonb_array_elements(
                   CASE jsonb_typeof(decision.unmet) WHEN 'array' THEN decision.unmet ELSE '[]' END) AS unmet(entry)
              JOIN sales_process_requirement AS requirement
                ON requirement.id = (unmet.entry ->> 'id')::integer AND requirement.mandatory
                   AND requirement.gate = 'exit'
              JOIN sales_process_visit AS visit
                ON visit.lead_id = decision.lead_id AND visit.process_stage_id = requirement.process_stage_id
                   AND visit."left" BETWEEN decision.date - INTERVAL '1 second' AND decision.date + INTERVAL '1 second'
             WHERE decision.outcome = ANY(%(outcomes)s)
               AND decision.date >= %(start)s - INTERVAL '1 second' AND decision.date < %(stop)s + INTERVAL '1 second'
             GROUP BY visit.id
            """,
            outcomes=list(LET_PASS),
            start=start,
            stop=stop,
        )

    def _facts_node_pass_rate(self, start, stop, company_ids):
        """Stages left at the first attempt / attempts to leave a stage, in percent. Flow, a row for each attempt.

        Attempts are the refusals of the period and the stays that ended forward in it. A stay is left at the first
        attempt when no move out of it was ever refused and none was let through with something missing. A refusal in
        March and the pass in April: one attempt of March, one of April, none of them the first to succeed.
        """
        smooth = SQL(
            """NOT EXISTS (SELECT FROM sales_process_decision AS decision
                            WHERE decision.lead_id = visit.lead_id AND decision.from_stage_id = visit.stage_id
                              AND decision.outcome <> 'passed' AND decision.date >= visit.entered
                              AND decision.date <= visit."left" + INTERVAL '1 second')"""
        )
        passed = self._select_visits(
            company_ids, where=self._sql_passed(start, stop), num=SQL("(%s)::int", smooth), den=SQL("1")
        )
        refused = self._select_visits(
            company_ids,
            where=SQL("decision.outcome = 'refused' AND %s", self._sql_between(SQL("decision.date"), start, stop)),
            joins=SQL(
                """
              JOIN sales_process_decision AS decision
                ON decision.lead_id = visit.lead_id AND decision.from_stage_id = visit.stage_id
                   AND visit.entered <= decision.date AND (visit."left" IS NULL OR visit."left" > decision.date)
                """
            ),
            num=SQL("0"),
            den=SQL("1"),
        )
        return SQL("%s UNION ALL %s", passed, refused)

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    @api.model
    def _get_document_requirement_ids(self, words):
        """Requirements for documents of one kind, known by key or name in any language; definitions are few.

        :param words: regular expression of PostgreSQL
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sales_process_requirement
                    WHERE judgement = 'document'
                      AND (replace(key, '_', ' ') ~* %(words)s OR name::text ~* %(words)s)""",
                words=words,
            )
        )
        return [number for (number,) in rows]

    def _facts_proposals_on_time(self, start, stop, company_ids):
        """Proposals handed in before the stage's time limit / proposals due, in percent (S1.2). Flow.

        Due in the period: stays whose limit ran out in it, in a stage whose exit gate asks for a proposal (documents
        named so, see ``PROPOSALS``). A deal that left the stage for good before the limit without going on (lost,
        archived, sent back, parked) needed no proposal any more; one that went on without it is late. The first
        handing-in counts: a better version later does not make it late.
        """
        joins = SQL(
            """
              JOIN (SELECT DISTINCT process_stage_id FROM sales_process_requirement
                     WHERE gate = 'exit' AND id = ANY(%(ids)s)) AS asked
                ON asked.process_stage_id = visit.process_stage_id
              LEFT JOIN LATERAL (
                    SELECT MIN(LEAST(document.submitted_date, document.create_date)) AS moment
                      FROM sales_process_deliverable AS document
                     WHERE document.lead_id = visit.lead_id AND document.requirement_id = ANY(%(ids)s)
                       AND document.submitted_date IS NOT NULL) AS handed_in ON TRUE
            """,
            ids=self._get_document_requirement_ids(PROPOSALS),
        )
        return self._select_visits(
            company_ids,
            where=SQL(
                """%s AND (visit."left" IS NULL OR visit."left" >= visit.deadline
                       OR visit.outcome IN ('advanced', 'won') OR handed_in.moment <= visit.deadline)""",
                self._sql_between(SQL("visit.deadline"), start, stop),
            ),
            joins=joins,
            num=SQL("(COALESCE(handed_in.moment <= visit.deadline, FALSE))::int"),
            den=SQL("1"),
        )

    def _facts_needs_match(self, start, stop, company_ids):
        """T4: needs confirmations that hold / needs confirmations handed in in the period, in percent. Cohort.

        The document in which the customer confirms what is needed (need-payoff of T3; those named so, see ``NEEDS``)
        says whether we understood. It holds when it was not rejected, is approved where approval is asked for, and
        the deal did not have to come back to its stage, or an earlier one, after it was handed in.
        """
        came_back = SQL(
            """EXISTS (SELECT FROM sales_process_visit AS visit
                         JOIN sales_process_stage AS returned ON returned.id = visit.process_stage_id
                        WHERE visit.lead_id = fact.lead_id AND visit.direction = 'backward'
                          AND visit.entered > fact.submitted_date
                          AND returned.process_id = stage.process_id
                          AND (returned.sequence, returned.id) <= (stage.sequence, stage.id))"""
        )
        return self._select_of_lead(
            "sales_process_deliverable",
            SQL("lead.company_id"),
            company_ids,
            where=SQL(
                """%(between)s AND fact.state <> 'draft'
                   AND (fact.requirement_id = ANY(%(ids)s)
                        OR (requirement.spin_technique = 'need_payoff' AND requirement.judgement = 'document'))""",
                between=self._sql_between(SQL("fact.submitted_date"), start, stop),
                ids=self._get_document_requirement_ids(NEEDS),
            ),
            joins=SQL(
                """
              JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id
              JOIN sales_process_stage AS stage ON stage.id = requirement.process_stage_id
                """
            ),
            num=SQL(
                """CASE WHEN fact.state = 'rejected' THEN 0
                        WHEN requirement.approval_required AND fact.state <> 'approved' THEN 0
                        WHEN %s THEN 0 ELSE 1 END""",
                came_back,
            ),
            den=SQL("1"),
        )

    def _facts_deliverable_freshness(self, start, stop, company_ids):
        """Documents not older than they may be / documents whose age matters, in percent. Snapshot.

        Of the opportunities open at the end of the period, documents handed in until then whose requirement says how
        long they stay fresh. Age is counted in days from the date of the content, as gates do; a document without
        one is fresh. A past period that is computed later sees the versions of today.
        """
        today = (stop - timedelta(microseconds=1)).date()
        return self._select_of_lead(
            "sales_process_deliverable",
            SQL("lead.company_id"),
            company_ids,
            where=SQL(
                """requirement.freshness_days > 0 AND fact.state IN ('submitted', 'approved')
                   AND fact.submitted_date < %s AND %s""",
                stop,
                self._sql_open_at(stop),
            ),
            joins=SQL("JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id"),
            num=SQL("(COALESCE(fact.content_date >= %s::date - requirement.freshness_days, TRUE))::int", today),
            den=SQL("1"),
        )
