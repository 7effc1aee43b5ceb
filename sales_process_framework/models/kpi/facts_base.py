from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.period import CYCLES, Period, local_day, period_of

NOTHING = SQL()
ONE = SQL("1")


class SalesProcessKpiFactsBase(models.AbstractModel):
    """What all built-in facts are made of. See ``sales.process.kpi.compute`` for the rows they yield."""

    _name = "sales.process.kpi.facts.base"
    _description = "Facts of indicators"

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    @api.model
    def _select_leads(self, company_ids, where, num, den, joins=NOTHING):
        """One row for each lead, in the hands of whoever has it now and at the stage where it is now.

        :param where: condition on ``lead``
        :param num, den: SQL expressions
        :param joins: further tables
        """
        return SQL(
            """
            SELECT lead.id AS record_id, lead.id AS lead_id, %(company)s AS company_id, lead.team_id, lead.user_id,
                   lead.sales_process_id AS process_id, lead.sales_process_stage_id AS process_stage_id,
                   lead.source_id, lead.country_id, %(num)s AS num, %(den)s AS den
              FROM crm_lead AS lead
              %(joins)s
             WHERE %(where)s AND %(companies)s
            """,
            company=self._sql_company(SQL("lead.company_id")),
            companies=self._sql_of_companies(SQL("lead.company_id"), company_ids),
            joins=joins,
            where=where,
            num=num,
            den=den,
        )

    @api.model
    def _select_visits(self, company_ids, where, num, den, joins=NOTHING):
        """One row for each stay in a stage, in the hands of whoever had the lead then.

        :param where: condition on ``visit`` and ``lead``
        """
        return SQL(
            """
            SELECT visit.id AS record_id, visit.lead_id, %(company)s AS company_id, visit.team_id, visit.user_id,
                   visit.process_id, visit.process_stage_id, lead.source_id, lead.country_id,
                   %(num)s AS num, %(den)s AS den
              FROM sales_process_visit AS visit
              JOIN crm_lead AS lead ON lead.id = visit.lead_id
              %(joins)s
             WHERE %(where)s AND %(companies)s
            """,
            company=self._sql_company(SQL("visit.company_id")),
            companies=self._sql_of_companies(SQL("visit.company_id"), company_ids),
            joins=joins,
            where=where,
            num=num,
            den=den,
        )

    @api.model
    def _select_of_lead(self, table, company, company_ids, where, num, den, joins=NOTHING, user=None):
        """One row for each record of a table with a ``lead_id``, in the hands of whoever has the lead now.

        :param table: name of the table, known as ``fact``
        :param company: SQL of the company's id
        :param user: SQL of the person it counts for; None for the lead's salesperson
        """
        return SQL(
            """
            SELECT fact.id AS record_id, fact.lead_id, %(company)s AS company_id, lead.team_id,
                   %(user)s AS user_id, lead.sales_process_id AS process_id,
                   lead.sales_process_stage_id AS process_stage_id, lead.source_id, lead.country_id,
                   %(num)s AS num, %(den)s AS den
              FROM %(table)s AS fact
              JOIN crm_lead AS lead ON lead.id = fact.lead_id
              %(joins)s
             WHERE %(where)s AND %(companies)s
            """,
            table=SQL.identifier(table),
            company=self._sql_company(company),
            companies=self._sql_of_companies(company, company_ids),
            user=user or SQL("lead.user_id"),
            joins=joins,
            where=where,
            num=num,
            den=den,
        )

    # ------------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------------

    @api.model
    def _sql_between(self, column, start, stop):
        return SQL("(%(column)s >= %(start)s AND %(column)s < %(stop)s)", column=column, start=start, stop=stop)

    @api.model
    def _sql_won(self, start, stop):
        """Deals won in the period. A deal that was reopened since is none; one won again counts when it was last."""
        return SQL(
            "lead.type = 'opportunity' AND lead.won_status = 'won' AND %s",
            self._sql_between(SQL("lead.date_closed"), start, stop),
        )

    @api.model
    def _sql_open_at(self, moment):
        """Opportunities that were open at a moment.

        A lead keeps only its last closing. So one that is open today counts as open ever since it began, and one
        that closed after the moment was open at it, with the values it has today. Restored leads keep the date of
        their last closing: what is open now is told by its state, not by that date.
        """
        return SQL(
            """
            (lead.type = 'opportunity' AND COALESCE(lead.date_conversion, lead.create_date) < %(moment)s
             AND ((lead.active AND lead.won_status = 'pending') OR lead.date_closed >= %(moment)s))
            """,
            moment=moment,
        )

    # ------------------------------------------------------------------
    # The period
    # ------------------------------------------------------------------

    @api.model
    def _get_facts_timezone(self, company_ids):
        """All companies of one computation share a time zone: that is what the edges are made of."""
        return self.env["res.company"].sudo().browse(list(company_ids)[:1])._get_sales_timezone()

    @api.model
    def _get_facts_period(self, start, stop, company_ids):
        """The period that the edges belong to, for the few indicators that look beyond its edges.

        :return: :class:`~..tools.period.Period`; the computation says which one it is (``sales_kpi_period`` in the
            context), edges without it are those of a whole period
        """
        known = self.env.context.get("sales_kpi_period")
        if known:
            return known
        zone = self._get_facts_timezone(company_ids)
        first, last = local_day(start, zone), local_day(stop - timedelta(microseconds=1), zone)
        for cycle in CYCLES:
            period = period_of(first, cycle)
            if (period.start, period.stop) == (first, last):
                return period
        return Period(first, last, "day")
