from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import kpi as kpi_tools
from ...tools.period import CYCLES, local_day, period_of
from .sales_process_kpi_engine import SCOPES

#: A chart of more points is read by nobody.
MAX_POINTS = 120


class SalesProcessKpiSeries(models.AbstractModel):
    """Stored values as charts want them."""

    _name = "sales.process.kpi.series"
    _description = "Series of Indicators"

    @api.model
    @api.readonly
    def get_series(self, kpi_codes, scope="company", scope_id=None, cycle="month", count=12, date=None):
        """The last values of indicators, oldest first, as far as the reader may see them.

        :param kpi_codes: list of codes; unknown ones are left out
        :param scope: one of the scopes of values
        :param scope_id: id of the team, person, …; the current company for scope "company" unless said otherwise
        :param cycle: one of week, month, quarter, half_year, year
        :param count: number of periods, 1 to 120
        :param date: a day of the last period; today in the company's zone unless said otherwise
        :return: ``{code: {id, name, unit, direction, basis, has_bands, healthy, alert, target, currency_id,
            points: [{id, period, date_from, date_to, value, numerator, denominator, sample, band, trend, change,
            closed, revision}]}}``; ``value`` is None where there is no data, and a period without a stored value
            has a point with ``id`` False
        """
        if scope not in SCOPES or cycle not in CYCLES:
            raise UserError(self.env._("There are no values of this scope or cycle."))
        company = self.env.company
        if scope == "company" and scope_id:
            company = self.env["res.company"].browse(int(scope_id))
        day = fields.Date.to_date(date) or local_day(self.env.cr.now(), company.sudo()._get_sales_timezone())
        periods = [period_of(day, cycle)]
        while len(periods) < min(max(int(count), 1), MAX_POINTS):
            periods.insert(0, periods[0].previous())
        kpis = self.search_fetch([("code", "in", list(kpi_codes))])
        values = self.env["sales.process.kpi.value"].search_fetch(
            [
                ("kpi_id", "in", kpis.ids),
                ("company_id", "=", company.id),
                ("cycle", "=", cycle),
                ("scope", "=", scope),
                ("scope_id", "=", int(scope_id or company.id)),
                ("date_from", ">=", periods[0].start),
                ("date_from", "<=", periods[-1].start),
                ("is_latest", "=", True),
            ]
        )
        by_key = {(value.kpi_id, value.date_from): value for value in values}
        return {
            kpi.code: kpi._prepare_series(company)
            | {"points": [kpi._prepare_point(period, by_key.get((kpi, period.start))) for period in periods]}
            for kpi in kpis
        }

    def _prepare_series(self, company):
        return {
            "id": self.id,
            "name": self.name,
            "unit": self.unit,
            "direction": self.direction,
            "basis": self.basis,
            "has_bands": self.has_bands,
            "healthy": self.healthy,
            "alert": self.alert,
            "target": self.target,
            "currency_id": company.sudo().currency_id.id if self.unit == "money" else False,
        }

    def _prepare_point(self, period, value):
        point = {
            "id": value.id if value else False,
            "period": period.label(),
            "date_from": fields.Date.to_string(period.start),
            "date_to": fields.Date.to_string(period.stop),
            "value": None,
            "numerator": 0.0,
            "denominator": 0.0,
            "sample": 0,
            "band": "none",
            "trend": "none",
            "change": None,
            "closed": False,
            "revision": 0,
        }
        if value:
            point |= {
                name: value[name] for name in ("numerator", "denominator", "sample", "band", "closed", "revision")
            }
            if value.has_data:
                point["value"] = value.value
            if value.has_data and value.has_previous:
                point |= {
                    "change": value.change,
                    "trend": kpi_tools.trend(value.value, value.previous_value, self.direction),
                }
        return point
