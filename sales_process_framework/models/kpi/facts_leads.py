from datetime import timedelta

from odoo import models
from odoo.tools import SQL

#: Fields that make a lead without a process complete.
PLAIN_FIELDS = ("partner_id", "email_from", "phone", "expected_revenue", "date_deadline", "source_id", "user_id")


class SalesProcessKpiFactsLeads(models.AbstractModel):
    """Leads that come in, and what is known about those that are open."""

    _name = "sales.process.kpi.facts.leads"
    _description = "Facts about leads"
    _inherit = ["sales.process.kpi.facts.base"]

    def _facts_lead_conversion(self, start, stop, company_ids):
        """T1: leads that became opportunities / leads, in percent.

        Cohort: leads created in the period, whatever became of them up to the computation; a lead of March that is
        converted in April counts for March. What was created as an opportunity at once was never a lead and counts
        in neither half. Lost and archived leads stay in the denominator. Of leads merged into one, one is left.
        """
        return self._select_leads(
            company_ids,
            where=SQL(
                "%s AND (lead.type = 'lead' OR lead.date_conversion IS NOT NULL)",
                self._sql_between(SQL("lead.create_date"), start, stop),
            ),
            num=SQL("(lead.type = 'opportunity' AND lead.date_conversion IS NOT NULL)::int"),
            den=SQL("1"),
        )

    def _facts_open_leads(self, start, stop, company_ids):
        """Opportunities open at the end of the period. Snapshot."""
        return self._select_leads(company_ids, where=self._sql_open_at(stop), num=SQL("1"), den=SQL("1"))

    def _facts_weighted_pipeline(self, start, stop, company_ids):
        """Expected revenue × probability of the opportunities open at the end of the period. Snapshot, money.

        A past period that is computed later takes the deals that have closed since with their outcome: the won ones
        in full, the lost ones not at all, which on average is what well-judged probabilities would have said.
        """
        return self._select_leads(
            company_ids,
            where=self._sql_open_at(stop),
            num=SQL("COALESCE(lead.expected_revenue, 0) * COALESCE(lead.probability, 0)::numeric / 100"),
            den=SQL("1"),
        )

    def _facts_data_completeness(self, start, stop, company_ids):
        """Fields that hold a value / fields that should, over the opportunities open at the end of the period (R4).

        Which fields those are, each process and stage says, dates ahead and contact of late among them; a lead without
        a process is asked for the usual ones. Snapshot; a past period that is computed later is judged by what the
        leads hold today, in the stage where they are today.
        """
        filled, asked = self._get_completeness_cases(stop)
        return self._select_leads(company_ids, where=self._sql_open_at(stop), num=filled, den=asked)

    def _get_completeness_cases(self, stop):
        """:return: (SQL of the number of things that are there, SQL of the number asked for), of ``lead``"""
        Lead, Process = self.env["crm.lead"], self.env["sales.process"].sudo()
        processes = Process.with_context(active_test=False).search([("state", "!=", False)])
        moment = stop - timedelta(microseconds=1)
        filled, asked = [], []
        for items, process_ids, stage_ids in Process._get_completeness_groups(processes.ids):
            here = Lead._get_place_sql(process_ids, stage_ids)
            filled.append(SQL("WHEN %s THEN %s", here, Lead._get_items_sql("lead", items, moment)))
            asked.append(SQL("WHEN %s THEN %s", here, len(items)))
        plain = Lead._get_completeness_sql("lead", PLAIN_FIELDS)
        if not filled:
            return plain, SQL("%s", len(PLAIN_FIELDS))
        return (
            SQL("CASE %s ELSE %s END", SQL(" ").join(filled), plain),
            SQL("CASE %s ELSE %s END", SQL(" ").join(asked), len(PLAIN_FIELDS)),
        )
