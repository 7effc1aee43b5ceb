from odoo import models
from odoo.tools import SQL

SECONDS_PER_DAY = 86400.0


class SalesProcessKpiFactsDeals(models.AbstractModel):
    """Deals that closed: how many, how large, how fast.

    Amounts are those of CRM, in the currency of the deal's company. A lead keeps only its last closing, so a deal
    that was reopened and closed again counts once, when it closed last; one that is open again counts nowhere.
    """

    _name = "sales.process.kpi.facts.deals"
    _description = "Facts about deals"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        return {**super()._get_fact_models(), "closing_slippage": "sales.process.closing.change"}

    def _get_event_builtins(self):
        return super()._get_event_builtins() | {"closing_slippage"}

    def _facts_win_rate(self, start, stop, company_ids):
        """T1: opportunities won / opportunities decided, in percent.

        Flow: decided are those won or lost in the period, by the date of closing, whenever they began. What is still
        open, or archived without being marked lost, is undecided and counts in neither half; nor do leads that were
        given up before they became opportunities.
        """
        return self._select_leads(
            company_ids,
            where=SQL(
                "lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost') AND %s",
                self._sql_between(SQL("lead.date_closed"), start, stop),
            ),
            num=SQL("(lead.won_status = 'won')::int"),
            den=SQL("1"),
        )

    def _facts_revenue(self, start, stop, company_ids):
        """Expected revenue of the deals won in the period. Flow, money."""
        return self._select_leads(
            company_ids,
            where=self._sql_won(start, stop),
            num=SQL("COALESCE(lead.expected_revenue, 0)"),
            den=SQL("1"),
        )

    def _facts_average_deal(self, start, stop, company_ids):
        """Revenue of the deals won in the period / their number. Flow, money; deals without an amount count as 0."""
        return self._facts_revenue(start, stop, company_ids)

    def _facts_sales_cycle(self, start, stop, company_ids):
        """T4: average days from the creation of a deal to its winning, over the deals won in the period. Flow.

        Calendar days with fractions, from the creation of the lead, also where it became an opportunity later.
        Open and lost deals have no end and do not count: see the Kaplan-Meier statistics for those.
        """
        return self._select_leads(
            company_ids,
            where=self._sql_won(start, stop),
            num=SQL(
                "GREATEST(EXTRACT(EPOCH FROM lead.date_closed - lead.create_date), 0) / %s::numeric", SECONDS_PER_DAY
            ),
            den=SQL("1"),
        )

    def _facts_deals_per_head(self, start, stop, company_ids):
        """Deals won in the period / salespeople at work in it. Flow.

        At work is whoever had an opportunity open at any time of the period. Each deal carries an equal share of its
        salesperson's head, so that people who sell for two teams are half a head to each, and a whole one to
        themselves and to the company. Deals without a salesperson are nobody's.
        """
        return SQL(
            """
            SELECT dealt.record_id, dealt.lead_id, dealt.company_id, dealt.team_id, dealt.user_id, dealt.process_id,
                   dealt.process_stage_id, dealt.source_id, dealt.country_id, dealt.num,
                   1.0 / COUNT(*) OVER (PARTITION BY dealt.company_id, dealt.user_id) AS den
              FROM (%s) AS dealt
            """,
            self._select_leads(
                company_ids,
                where=SQL(
                    """lead.user_id IS NOT NULL AND lead.type = 'opportunity'
                       AND COALESCE(lead.date_conversion, lead.create_date) < %(stop)s
                       AND ((lead.active AND lead.won_status = 'pending') OR lead.date_closed >= %(start)s)""",
                    start=start,
                    stop=stop,
                ),
                num=SQL("(lead.won_status = 'won' AND lead.date_closed < %s)::int", stop),
                den=SQL("1"),
            ),
        )

    def _facts_closing_slippage(self, start, stop, company_ids):
        """Average days by which an expected closing date moved, over the moves of the period. Flow.

        Pushing out counts up, pulling in counts down. A date that was taken away has moved by no number of days. A
        move counts for whoever had the deal then.
        """
        return SQL(
            """
            SELECT moved.id AS record_id, moved.lead_id, %(company)s AS company_id, moved.team_id, moved.user_id,
                   moved.process_id, moved.process_stage_id, lead.source_id, lead.country_id,
                   moved.days::numeric AS num, 1::numeric AS den
              FROM sales_process_closing_change AS moved
              JOIN crm_lead AS lead ON lead.id = moved.lead_id
             WHERE %(between)s AND moved.to_date IS NOT NULL AND %(companies)s
            """,
            company=self._sql_company(SQL("moved.company_id")),
            companies=self._sql_of_companies(SQL("moved.company_id"), company_ids),
            between=self._sql_between(SQL("moved.date"), start, stop),
        )
