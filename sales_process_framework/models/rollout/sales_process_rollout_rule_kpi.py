from odoo import models
from odoo.tools import SQL

from ...tools import rollout
from ...tools.period import local_day

#: Bands that count, by what the condition asks for. Without limits ("none") nothing is in band.
BANDS = {"healthy": ("healthy",), "not_alert": ("healthy", "watch")}


class RolloutRuleKpi(models.AbstractModel):
    """An indicator is in band since the phase before: of the company, or of every team that has the version already."""

    _name = "sales.process.rollout.rule.kpi"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: indicator in band"
    _kind = "kpi"
    _uses_kpi = True

    def _get_label(self):
        return self.env._("Indicator in band")

    def _judge(self, conditions, facts):
        scopes, since = {}, {}
        for condition in conditions:
            phase = condition.phase_id
            teams = phase._get_earlier_teams()
            # The first phase has no team to look at: the company's value then.
            by_team = condition.kpi_scope == "teams" and teams
            scopes[condition.id] = ("team", teams) if by_team else ("company", phase.company_id)
            opened = phase._get_previous()._get_opened()
            since[condition.id] = opened and local_day(opened, phase.company_id._get_sales_timezone())
        values = self._fetch(conditions, scopes, since)
        standings = {}
        for condition in conditions:
            _scope, records = scopes[condition.id]
            missing = []
            for record in records:
                value = values.get((condition.id, record.id))
                if not value or value.band not in BANDS[condition.band]:
                    missing.append(self._say_missing(record, value))
            standings[condition.id] = rollout.Standing(
                have=len(records) - len(missing),
                total=len(records),
                need=len(records),
                missing=tuple(missing),
                note="" if condition.kpi_id else self.env._("No indicator is chosen."),
            )
        return standings

    def _fetch(self, conditions, scopes, since):
        """The latest value with data of each condition and team that covers a day since the phase before.

        :return: {(condition id, scope id): value record}
        """
        wanted = [
            (condition, scope, record.id)
            for condition in conditions.filtered("kpi_id")
            for scope, records in [scopes[condition.id]]
            for record in records
        ]
        if not wanted:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (asked.condition, asked.scope_id) asked.condition, asked.scope_id, value.id
                  FROM unnest(%(conditions)s::int[], %(kpis)s::int[], %(cycles)s::varchar[], %(companies)s::int[],
                              %(scopes)s::varchar[], %(ids)s::int[], %(since)s::date[])
                    AS asked (condition, kpi_id, cycle, company_id, scope, scope_id, since)
                  JOIN sales_process_kpi_value AS value
                    ON value.kpi_id = asked.kpi_id AND value.cycle = asked.cycle AND value.scope = asked.scope
                       AND value.company_id = asked.company_id AND value.scope_id = asked.scope_id
                       AND value.is_latest AND value.has_data
                       AND (asked.since IS NULL OR value.date_to >= asked.since)
                 ORDER BY asked.condition, asked.scope_id, value.date_from DESC
                """,
                conditions=[condition.id for condition, _scope, _id in wanted],
                kpis=[condition.kpi_id.id for condition, _scope, _id in wanted],
                cycles=[condition.kpi_id.cycle for condition, _scope, _id in wanted],
                companies=[condition.company_id.id for condition, _scope, _id in wanted],
                scopes=[scope for _condition, scope, _id in wanted],
                ids=[scope_id for _condition, _scope, scope_id in wanted],
                since=[since[condition.id] or None for condition, _scope, _id in wanted],
            )
        )
        values = self.env["sales.process.kpi.value"].browse([value for _condition, _scope, value in rows])
        by_id = {value.id: value for value in values}
        return {(condition, scope_id): by_id[value] for condition, scope_id, value in rows}

    def _say_missing(self, record, value):
        name = record.display_name
        if not value:
            return self.env._("%s: no value since the phase before", name)
        bands = dict(value._fields["band"]._description_selection(self.env))
        return self.env._("%(name)s: %(band)s, %(period)s", name=name, band=bands[value.band], period=value.period)
