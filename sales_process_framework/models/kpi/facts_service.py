from odoo import models
from odoo.tools import SQL


class SalesProcessKpiFactsService(models.AbstractModel):
    """Promises to customers and among departments: answers and support in time. All in working time."""

    _name = "sales.process.kpi.facts.service"
    _description = "Facts about promises"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        return {
            **super()._get_fact_models(),
            "first_response_time": "sales.process.response",
            "first_response_kept": "sales.process.response",
            "sla_kept": "sales.process.support.request",
        }

    def _get_missing_source(self):
        note = super()._get_missing_source()
        if note and self.builtin == "nps":
            return self.env._("Install Surveys, and ask customers how likely they are to recommend you.")
        return note

    def _facts_first_response_time(self, start, stop, company_ids):
        """Median working minutes from a lead's arrival, or a customer's message, to the first answer of a person.

        Cohort: clocks that started in the period and were answered since; who still waits has no time yet. Counts
        for whoever answered, else for the salesperson.
        """
        return self._select_clocks(
            start, stop, company_ids, ("kept", "breached_answered"), SQL("COALESCE(fact.minutes_working, 0)")
        )

    def _facts_first_response_kept(self, start, stop, company_ids):
        """Answers within the standard of the touchpoint / answers due, in percent.

        Cohort: clocks that started in the period. Late ones count whether they were answered since or not; clocks
        that still run in time, and those nobody had to answer any more, count in neither half.
        """
        return self._select_clocks(
            start,
            stop,
            company_ids,
            ("kept", "breached_open", "breached_answered"),
            SQL("(fact.state = 'kept')::int"),
        )

    def _select_clocks(self, start, stop, company_ids, states, num):
        return self._select_of_lead(
            "sales_process_response",
            SQL("fact.company_id"),
            company_ids,
            where=SQL("%s AND fact.state = ANY(%s)", self._sql_between(SQL("fact.started"), start, stop), list(states)),
            user=SQL("COALESCE(fact.answered_by_id, lead.user_id)"),
            num=num,
            den=SQL("1"),
        )

    def _facts_sla_kept(self, start, stop, company_ids):
        """Support delivered in time / support due in the period, in percent (S4.4, R3). Flow, by the deadline.

        Deadlines stand still while the department waits for sales: requests that wait are not due, unless they were
        late already. Cancelled requests promise nothing. Counts for the salesperson of the lead.
        """
        return self._select_of_lead(
            "sales_process_support_request",
            SQL("COALESCE(fact.company_id, lead.company_id)"),
            company_ids,
            where=SQL(
                """%s AND fact.state <> 'cancelled'
                   AND (fact.state <> 'waiting' OR fact.resolution_breached IS TRUE)""",
                self._sql_between(SQL("fact.resolution_deadline"), start, stop),
            ),
            num=SQL("(fact.state IN ('delivered', 'accepted') AND fact.resolution_breached IS NOT TRUE)::int"),
            den=SQL("1"),
        )
