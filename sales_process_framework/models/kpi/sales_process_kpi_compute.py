from datetime import timedelta

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools.period import local_day


class SalesProcessKpiCompute(models.AbstractModel):
    """How an indicator's facts become values.

    Facts are rows of one SELECT, one row each time that a record counts:
    ``record_id int, lead_id int|NULL, company_id, team_id, user_id, process_id, process_stage_id, source_id,
    country_id int|NULL, num int|numeric, den int|numeric``: whole numbers where they are, as those add up sooner. What
    happened at or after ``start`` and before ``stop`` (naive UTC) belongs to the period. For a snapshot ``stop``
    is the moment it is taken. ``stop`` is never later than now.

    ==========  ================================================  ==================
    aggregation value                                             num and den
    ==========  ================================================  ==================
    ratio       sum(num) / sum(den), times 100 for unit percent   1 or 0 each, or amounts
    average     sum(num) / sum(den)                               amount, 1
    median      the middle one of num where den <> 0              amount, 1
    sum, count  sum(num)                                          amount or 1, anything
    ==========  ================================================  ==================

    The records behind the numerator are those with num <> 0, behind the denominator those with den <> 0.
    """

    _name = "sales.process.kpi.compute"
    _description = "Computation of Indicators"

    def _get_facts_sql(self, start, stop, company_ids):
        """:return: the :class:`SQL` of this indicator's facts, without a closing semicolon"""
        self.ensure_one()
        return getattr(self, f"_facts_{self.builtin}")(start, stop, company_ids)

    def _get_fact_model(self, part="numerator"):
        """:return: name of the model of ``record_id``, for the way to the records behind a value"""
        self.ensure_one()
        model = self._get_fact_models().get(self.builtin, "crm.lead")
        if isinstance(model, tuple):
            model = model[part == "denominator"]
        return model

    @api.model
    def _get_fact_models(self):
        """:return: {method suffix: model of record_id}, those of crm.lead may be left out; facts mixins extend it.
        Where the denominator's records are others than the numerator's: (model of numerator, model of denominator).
        """
        return {}

    def _get_missing_source(self):
        """:return: what to do so that this indicator can be computed; False when it can be"""
        self.ensure_one()
        if self.computation == "builtin" and not hasattr(self, f"_facts_{self.builtin}"):
            return self.env._("The app that this indicator takes its data from is not installed.")
        if self.computation == "custom" and self.model not in self.env:
            return self.env._("The records that it counts are not there: their app is not installed.")
        if self.computation == "formula":
            # Not their availability: computed together with this one's it is not known yet.
            codes = [kpi.code for kpi in self._get_operands().values() if kpi._get_missing_source()]
            return bool(codes) and self.env._("Its formula reads what cannot be computed: %s.", ", ".join(codes))
        return False

    @api.model
    def _get_fact_days(self, start, stop, company_ids):
        """The days of a period for facts that have a date without a time.

        :param start, stop, company_ids: as :meth:`_get_facts_sql` gets them: the companies are in one time zone
        :return: (first day, last day), both included, as the companies' calendars show them
        """
        zone = self.env["res.company"].browse(list(company_ids)[0])._get_sales_timezone()
        return local_day(start, zone), local_day(max(stop - timedelta(microseconds=1), start), zone)

    @api.model
    def _sql_company(self, column):
        """A fact's company: records without one belong to the main company, as CRM leads without a team do.

        :param column: SQL of the company's id
        """
        return SQL("COALESCE(%s, %s)", column, self._get_home_company_id())

    @api.model
    def _sql_of_companies(self, column, company_ids):
        """A condition that keeps an index on the column usable: the record is of one of the companies.

        :param column: SQL of the company's id, which may be empty
        """
        if self._get_home_company_id() in company_ids:
            return SQL("(%(column)s = ANY(%(ids)s) OR %(column)s IS NULL)", column=column, ids=list(company_ids))
        return SQL("%s = ANY(%s)", column, list(company_ids))

    @api.model
    def _get_record_company_ids(self, company_id):
        """:return: what the company of a record that counts for a company may be, for a domain"""
        return [company_id, False] if company_id == self._get_home_company_id() else [company_id]

    @api.model
    @tools.ormcache()
    def _get_home_company_id(self):
        """The main company: companies that come, go or are archived clear the cache."""
        return self.env["res.company"].sudo().search([], order="id", limit=1).id

    @api.model
    def _sql_to_company_currency(self, amount, currency, company, day):
        """An amount in the company's currency, at the rate of the day.

        :param amount, currency, company, day: SQL of the amount, the ids of its currency and company, and its date;
            an amount without a currency is in the company's already
        """
        own = SQL("(SELECT c.currency_id FROM res_company c WHERE c.id = %s)", company)
        return SQL(
            """CASE WHEN %(currency)s IS NULL OR %(currency)s = %(own)s THEN %(amount)s
                    ELSE %(amount)s * %(to_rate)s / %(from_rate)s END""",
            amount=amount,
            currency=currency,
            own=own,
            to_rate=self._sql_rate(own, company, day),
            from_rate=self._sql_rate(currency, company, day),
        )

    @api.model
    def _sql_rate(self, currency, company, day):
        """The rate that ``res.currency._get_rates`` finds: the last one up to the day, else the first one, else 1."""
        rates = SQL(
            """SELECT rate.rate FROM res_currency_rate rate
                WHERE rate.currency_id = %s
                  AND (rate.company_id IS NULL
                       OR rate.company_id = (SELECT split_part(c.parent_path, '/', 1)::integer
                                               FROM res_company c WHERE c.id = %s))""",
            currency,
            company,
        )
        return SQL(
            """COALESCE((%(rates)s AND rate.name <= %(day)s ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                        (%(rates)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)""",
            rates=rates,
            day=day,
        )
