from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...tools.period import local_day


class AlertSourceKpi(models.AbstractModel):
    """The newest period that is over and has data counts: no data is no bad news, and a period that has just begun
    says nothing yet. What is a snapshot says how things stand today; it need not wait.
    """

    _name = "sales.process.alert.source.kpi_band"
    _inherit = "sales.process.alert.source"
    _description = "Alert: indicator out of its band"
    _kind = "kpi_band"
    _default_threshold = 0.0
    _needs_process = False
    _uses_lead = False

    def _get_label(self):
        return self.env._("Indicator leaves its healthy band")

    def _get_unit(self):
        return False

    def _get_sentence(self, rule):
        bands = {"alert": self.env._("the alert band"), "watch": self.env._("the watch or the alert band")}
        values = {"kpi": rule.kpi_id.name or self.env._("(choose one)"), "band": bands.get(rule.kpi_band, "")}
        if rule.kpi_running:
            return self.env._("the indicator “%(kpi)s” is in %(band)s, in the running period or the last one", **values)
        return self.env._("the indicator “%(kpi)s” is in %(band)s", **values)

    def _get_advice(self):
        return self.env._("Open the indicator, see which records are behind it and agree on one measure.")

    def _check_rule(self, rule):
        result = super()._check_rule(rule)
        if not rule.kpi_id:
            raise ValidationError(self.env._("Choose the indicator that “%s” watches.", rule.name))
        return result

    def _describe(self, alert, facts):
        kpi = alert.rule_id.sudo().kpi_id
        units = dict(kpi._fields["unit"]._description_selection(self.env))
        return self.env._(
            "%(kpi)s: %(value)s (%(unit)s) from %(start)s to %(stop)s.",
            kpi=kpi.name,
            value=formatLang(self.env, facts.get("value") or 0.0, digits=2),
            unit=units.get(kpi.unit, ""),
            start=self._say_date(facts.get("from")),
            stop=self._say_date(facts.get("to")),
        )

    def _get_causes_sql(self, rule, scan, leads=None):
        """The value of a record that is gone, such as an archived team, is not looked at any more."""
        return SQL(
            """
            SELECT NULL::integer AS lead_id, NULL::integer AS request_id, value.id AS kpi_value_id, cut.company_id,
                   'kpi:' || value.kpi_id || ':' || value.company_id || ':' || value.scope || ':' || value.scope_id
                       AS cause_key,
                   %(now)s AS since,
                   jsonb_build_object('value', value.value, 'band', value.band, 'from', value.date_from,
                                      'to', value.date_to) AS facts
              FROM (SELECT DISTINCT ON (latest.company_id, latest.scope, latest.scope_id) latest.*
                      FROM sales_process_kpi_value AS latest
                      JOIN %(days)s ON day.company_id = latest.company_id
                     WHERE latest.kpi_id = %(kpi)s AND latest.cycle = %(cycle)s AND latest.is_latest
                       AND latest.has_data AND latest.scope = %(scope)s AND %(counts)s
                     ORDER BY latest.company_id, latest.scope, latest.scope_id, latest.date_from DESC) AS value
              JOIN %(cutoffs)s ON cut.company_id = value.company_id
             WHERE value.band = ANY(%(bands)s) AND %(company)s
               AND (value.team_id IS NULL OR cardinality(%(teams)s::integer[]) = 0 OR value.team_id = ANY(%(teams)s))
            """,
            now=scan.now,
            kpi=rule.kpi_id.id,
            cycle=rule.kpi_id.cycle,
            scope=rule.kpi_scope,
            days=self._get_day_table(scan),
            counts=self._get_period_sql(rule),
            cutoffs=scan.cutoff_table,
            bands=["alert"] if rule.kpi_band == "alert" else ["alert", "watch"],
            company=SQL("cut.company_id = %s", rule.company_id.id) if rule.company_id else SQL("TRUE"),
            teams=rule.team_ids.ids,
        )

    def _get_day_table(self, scan):
        """:return: SQL of today in each company"""
        companies = self.env["res.company"].sudo().browse(number for number in scan.cutoffs if number)
        rows = SQL(", ").join(
            SQL("(%s, %s::date)", company.id, local_day(scan.now, company._get_sales_timezone()))
            for company in companies
        )
        return SQL("(VALUES %s) AS day (company_id, today)", rows)

    def _get_period_sql(self, rule):
        """Which periods say something: those that are over; where asked for, also one of which half is over."""
        if rule.kpi_id.basis == "snapshot":
            return SQL("TRUE")
        if rule.kpi_running:
            return SQL("2 * (day.today - latest.date_from) >= latest.date_to - latest.date_from + 1")
        return SQL("latest.date_to < day.today")
