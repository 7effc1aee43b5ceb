from odoo import api, models
from odoo.fields import Domain

from ...tools.period import period_of
from .sales_process_dashboard_filters import LEAD_FIELDS

#: Alerts and goals that are named; the others are a click away.
SHOWN = 6
SEVERITIES = ("critical", "warning", "info")
GOAL_FIELDS = ("value", "attainment", "pace", "pace_state", "gap", "gap_deals")


class SalesProcessDashboardFacts(models.AbstractModel):
    """Goals, alerts and answers to customers, as this user may see them."""

    _name = "sales.process.dashboard.facts"
    _description = "Goals and Alerts on the Dashboard"
    _inherit = ["sales.process.dashboard.filters"]

    @api.model
    @api.readonly
    def get_goals(self, filters):
        """The goals of the period. They look ahead along the open deals, so that the figures do not wait for them.

        :param filters: as :meth:`get_dashboard` takes them
        :return: {"total", "domain": of all of them, "items": [{"id", "name", "kpi", "period", "unit", "direction",
            "currency_id", "date_from", "date_to", "value", "actual", "pace", "pace_state", "attainment", "forecast",
            "forecast_low", "forecast_high", "gap", "gap_deals"}]}; "actual", "forecast": None where there is no data
        """
        filters = self._resolve_filters(filters)
        Target = self.env["sales.process.target"]
        domain = Domain(
            [
                ("company_id", "=", filters.company),
                ("state", "=", "active"),
                ("date_from", "<=", filters.period.stop),
                ("date_to", ">=", filters.period.start),
            ]
        ) & self._get_goal_scope(filters)
        goals = Target.search(domain, limit=SHOWN)
        return {
            "total": len(goals) if len(goals) < SHOWN else Target.search_count(domain),
            "domain": list(domain),
            "items": [self._prepare_goal(goal) for goal in goals],
        }

    @api.model
    def _get_goal_scope(self, filters):
        """Goals are set for the company, its teams and its people; a person's may name the team it is a part of."""
        if filters.scope == "user":
            return Domain("user_id", "=", filters.scope_id)
        if filters.scope == "team":
            return Domain([("team_id", "=", filters.scope_id), ("user_id", "=", False)])
        if filters.scope == "company":
            return Domain([("team_id", "=", False), ("user_id", "=", False)])
        return Domain.FALSE

    @api.model
    def _prepare_goal(self, goal):
        return {
            **{name: goal[name] for name in GOAL_FIELDS},
            "id": goal.id,
            "name": goal.display_name,
            "kpi": goal.kpi_id.name,
            "period": period_of(goal.date_from, goal.cycle).label(),
            "unit": goal.kpi_id.unit,
            "direction": goal.kpi_id.direction,
            "currency_id": goal.currency_id.id,
            "date_from": goal.date_from.isoformat(),
            "date_to": goal.date_to.isoformat(),
            "actual": goal.actual if goal.has_actual else None,
            "forecast": goal.forecast if goal.has_forecast else None,
            "forecast_low": goal.forecast_low if goal.has_forecast else None,
            "forecast_high": goal.forecast_high if goal.has_forecast else None,
        }

    @api.model
    def _get_record_domain(self, filters, lead="lead_id"):
        """Records of leads that the filters are about."""
        domain = Domain("company_id", "in", self._get_company_ids(filters))
        if filters.slice:
            domain &= Domain(f"{lead}.{LEAD_FIELDS[filters.scope]}", "in", [filters.scope_id])
        return domain

    @api.model
    def _get_alerts(self, filters):
        """:return: {"counts": {severity: number}, "total", "domain", "items": the gravest ones, [{"id", "name",
        "about", "severity", "opened"}]}"""
        Alert = self.env["sales.process.alert"]
        domain = self._get_record_domain(filters) & Domain("state", "=", "open")
        counts = dict(Alert._read_group(domain, ["severity"], ["__count"]))
        alerts = Alert.search(domain, limit=SHOWN) if counts else Alert
        return {
            "counts": {severity: counts.get(severity, 0) for severity in SEVERITIES},
            "total": sum(counts.values()),
            "domain": list(domain),
            "items": [
                {
                    "id": alert.id,
                    "name": alert.title,
                    "about": alert.facts_text,
                    "severity": alert.severity,
                    "opened": alert.opened,
                }
                for alert in alerts
            ],
        }

    @api.model
    def _get_service(self, filters):
        """How quickly customers are answered, now: clocks and requests that are open, and those that are late.

        :return: {"waiting", "late", "requests", "requests_late": numbers, "domains": {the same names: domain}}
        """
        leads = self._get_record_domain(filters)
        clocks = leads & Domain("state", "in", ["running", "breached_open"])
        late = leads & Domain("state", "=", "breached_open")
        requests = leads & Domain("state", "in", ["new", "in_progress", "waiting"])
        requests_late = leads & Domain(
            [("state", "in", ["new", "in_progress"]), ("resolution_deadline", "<", self.env.cr.now())]
        )
        states = dict(self.env["sales.process.response"]._read_group(clocks, ["state"], ["__count"]))
        Request = self.env["sales.process.support.request"]
        return {
            "waiting": sum(states.values()),
            "late": states.get("breached_open", 0),
            "requests": Request.search_count(requests),
            "requests_late": Request.search_count(requests_late),
            "domains": {
                "waiting": list(clocks),
                "late": list(late),
                "requests": list(requests),
                "requests_late": list(requests_late),
            },
        }
