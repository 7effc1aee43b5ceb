from odoo import api, models
from odoo.tools import SQL

from ...tools.period import utc_edges
from .facts_base import NOTHING, ONE


class SalesProcessKpiFactsCustomers(models.AbstractModel):
    """Customers who buy for the first time or again, and visits to them.

    A customer is a commercial partner (the company, not its contacts) in one company of ours, and a purchase is a won
    deal; deals without a contact belong to no customer. Each customer is one row however much they bought, that of
    one of their deals, so that teams and people add up to the company.
    """

    _name = "sales.process.kpi.facts.customers"
    _description = "Facts about customers"
    _inherit = ["sales.process.kpi.facts.base"]

    def _get_fact_models(self):
        return {**super()._get_fact_models(), "visits": "sales.process.touch"}

    def _get_missing_source(self):
        if self.builtin == "visits" and not self.env["sales.process.touch"]._has_journeys():
            return self.env._("Start a customer journey: visits are known from the touches that it records.")
        return super()._get_missing_source()

    def _facts_new_customer_share(self, start, stop, company_ids):
        """Customers whose first purchase ever lies in the period / customers who bought in it, in percent. Flow.

        A customer counts where their first purchase of the period was made.
        """
        return self._select_buyers(start, stop, company_ids, latest=False, num=SQL("(NOT buyer.before)::int"))

    def _facts_new_customer_growth(self, start, stop, company_ids):
        """(New customers − new customers of the period before) / new customers of the period before, in percent.

        Flow; a period that is not over yet is compared with as many days of the one before. Without new customers
        then there is no growth to speak of: no data.
        """
        period = self._get_facts_period(start, stop, company_ids)
        before, until = utc_edges(period.previous(), self._get_facts_timezone(company_ids))
        _whole, end = utc_edges(period, self._get_facts_timezone(company_ids))
        if stop < end:
            until = min(before + (stop - start), until)
        now = self._select_buyers(start, stop, company_ids, latest=False, num=SQL("1"), den=SQL("0"), only_new=True)
        then = self._select_buyers(before, until, company_ids, latest=False, num=SQL("-1"), only_new=True)
        return SQL("%s UNION ALL %s", now, then)

    def _facts_repurchase_rate(self, start, stop, company_ids):
        """T1: customers who bought again / customers who bought in the period, in percent. Flow.

        Bought again: at least one of the purchases of the period was not their first one, be it that they bought
        twice in it or that they had bought before. A customer counts where their last purchase was made.
        """
        return self._select_buyers(start, stop, company_ids, latest=True, num=SQL("buyer.before::int"))

    @api.model
    def _select_buyers(self, start, stop, company_ids, latest, num, den=ONE, only_new=False):
        """One row for each customer who bought in the period.

        Only purchases of the period are read; for the customers among them the index on contacts says whether there
        was one before.

        :param latest: by the last purchase of the period, else by the first one
        :param num, den: SQL expressions of ``buyer``; ``buyer.before``: had bought before that purchase
        :param only_new: leave out who had bought before
        """
        return SQL(
            """
            SELECT buyer.lead_id AS record_id, buyer.lead_id, buyer.company_id, buyer.team_id, buyer.user_id,
                   buyer.process_id, buyer.process_stage_id, buyer.source_id, buyer.country_id,
                   (%(num)s)::numeric AS num, (%(den)s)::numeric AS den
              FROM (SELECT bought.*, %(before)s AS before
                      FROM (SELECT DISTINCT ON (company_id, customer_id)
                                   lead.id AS lead_id, %(company)s AS company_id, lead.team_id, lead.user_id,
                                   lead.sales_process_id AS process_id, lead.sales_process_stage_id AS process_stage_id,
                                   lead.source_id, lead.country_id, lead.date_closed,
                                   contact.commercial_partner_id AS customer_id
                              FROM crm_lead AS lead
                              JOIN res_partner AS contact ON contact.id = lead.partner_id
                             WHERE %(won)s AND %(companies)s
                             ORDER BY company_id, customer_id, lead.date_closed %(order)s, lead.id %(order)s
                           ) AS bought
                   ) AS buyer
              %(only)s
            """,
            num=num,
            den=den,
            before=self._sql_bought_before(),
            company=self._sql_company(SQL("lead.company_id")),
            companies=self._sql_of_companies(SQL("lead.company_id"), company_ids),
            won=self._sql_won(start, stop),
            order=SQL("DESC") if latest else SQL("ASC"),
            only=SQL("WHERE NOT buyer.before") if only_new else NOTHING,
        )

    @api.model
    def _sql_bought_before(self):
        """Whether the customer of ``bought`` has an earlier purchase in the same company."""
        return SQL(
            """EXISTS (SELECT FROM res_partner AS person
                         JOIN crm_lead AS earlier ON earlier.partner_id = person.id
                        WHERE person.commercial_partner_id = bought.customer_id
                          AND earlier.type = 'opportunity' AND earlier.won_status = 'won'
                          AND %(company)s = bought.company_id
                          AND (earlier.date_closed, earlier.id) < (bought.date_closed, bought.lead_id))""",
            company=self._sql_company(SQL("earlier.company_id")),
        )

    def _facts_visits(self, start, stop, company_ids):
        """Meetings with customers that took place in the period, and contacts face to face recorded by hand. Flow.

        Known from the touches of the customer journey: where no journey is followed, no visit is recorded.
        """
        return self._select_of_lead(
            "sales_process_touch",
            SQL("fact.company_id"),
            company_ids,
            where=SQL(
                """%s AND fact.human AND fact.source IN ('meeting', 'manual', 'note')
                   AND (fact.source = 'meeting' OR touchpoint.channel_kind = 'offline')""",
                self._sql_between(SQL("fact.date"), start, stop),
            ),
            joins=SQL("LEFT JOIN sales_process_touchpoint AS touchpoint ON touchpoint.id = fact.touchpoint_id"),
            user=SQL("COALESCE(fact.user_id, lead.user_id)"),
            num=SQL("1"),
            den=SQL("1"),
        )
