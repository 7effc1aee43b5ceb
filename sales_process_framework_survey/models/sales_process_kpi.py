from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sales_process_framework.models.kpi.sales_process_kpi_engine import KEYS


class SalesProcessKpi(models.Model):
    _inherit = "sales.process.kpi"

    @api.model
    def _get_fact_models(self):
        return {**super()._get_fact_models(), "nps": "sales.process.survey.invitation"}

    @api.model
    def _facts_nps(self, start, stop, company_ids):
        """Promoters − detractors / answers, times 100 (T4). Flow, by the moment of the answer.

        A promoter is +100, a detractor −100, a passive 0: behind the numerator stand promoters and detractors, behind
        the denominator all answers. Counts for the salesperson of the lead.
        """
        return self._select_of_lead(
            "sales_process_survey_invitation",
            SQL("fact.company_id"),
            company_ids,
            where=SQL("fact.band IS NOT NULL AND %s", self._sql_between(SQL("fact.date_answered"), start, stop)),
            num=SQL("CASE fact.band WHEN 'promoter' THEN 100 WHEN 'detractor' THEN -100 ELSE 0 END"),
            den=SQL("1"),
        )

    def _get_totals_sql(self, facts, company_ids):
        """A net promoter score of fewer answers than the company asks for is no data, in every scope."""
        totals = super()._get_totals_sql(facts, company_ids)
        if self.computation != "builtin" or self.builtin != "nps":
            return totals
        return SQL(
            """
            SELECT total.company_id, total.scope, total.scope_id, %(keys)s, total.numerator, total.denominator,
                   CASE WHEN total.denominator >= asking.sales_nps_minimum THEN total.value END AS value, total.sample
              FROM (%(totals)s) AS total
              JOIN res_company AS asking ON asking.id = total.company_id
            """,
            keys=SQL(", ").join(SQL.identifier("total", key) for key in KEYS),
            totals=totals,
        )
