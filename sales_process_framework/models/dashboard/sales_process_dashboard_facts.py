from odoo import api, models
from odoo.fields import Domain

from .sales_process_dashboard_filters import LEAD_FIELDS

#: Alerts and goals that are named; the others are a click away.
SHOWN = 6
SEVERITIES = ("critical", "warning", "info")
GOAL_FIELDS = (
    "name",
    "kpi_id",
    "team_id",
    "user_id",
    "date_from",
    "date_to",
    "value",
    "actual",
    "attainment",
    "pace",
    "forecast",
    "forecast_low",
    "forecast_high",
    "gap",
    "gap_deals",
)


class SalesProcessDashboardFacts(models.AbstractModel):
    """Goals, alerts and answers to customers, as this user may see them."""

    _name = "sales.process.dashboard.facts"
    _description = "Goals and Alerts on the Dashboard"
    _inherit = ["sales.process.dashboard.filters"]

    @api.model
    def _get_goals(self, filters):
        """:return: {"total", "domain": of all of them, "items": [{"id", "name", "kpi", "unit", "direction", "from",
        "to", "target", "actual", "attainment", "pace", "forecast", "low", "high", "gap", "gap_deals"}]}"""
        if "sales.process.target" not in self.env:
            return {"total": 0, "domain": [], "items": []}
        Target = self.env["sales.process.target"]
        domain = Domain(
            [
                ("company_id", "=", filters.company),
                ("state", "=", "active"),
                ("date_from", "<=", filters.period.stop),
                ("date_to", ">=", filters.period.start),
            ]
        )
        if filters.scope in ("team", "user"):
            domain &= Domain(filters.slice, "=", filters.scope_id)
        elif filters.scope == "company":
            domain &= Domain([("team_id", "=", False), ("user_id", "=", False)])
        else:
            domain = Domain.FALSE
        goals = Target.search(domain, limit=SHOWN)
        total = len(goals) if len(goals) < SHOWN else Target.search_count(domain)
        return {
            "total": total,
            "domain": list(domain),
            "items": [self._prepare_goal(goal, GOAL_FIELDS) for goal in goals],
        }

    @api.model
    def _prepare_goal(self, goal, names):
        values = {name: goal[name] for name in names if name not in ("kpi_id", "team_id", "user_id")}
        return {
            **values,
            "id": goal.id,
            "name": goal.name or goal.kpi_id.name,
            "kpi": goal.kpi_id.name,
            "code": goal.kpi_id.code,
            "unit": goal.kpi_id.unit,
            "direction": goal.kpi_id.direction,
            "currency_id": goal.company_id.currency_id.id if goal.kpi_id.unit == "money" else False,
            "date_from": goal.date_from.isoformat(),
            "date_to": goal.date_to.isoformat(),
        }

    @api.model
    def _get_record_domain(self, filters, lead="lead_id"):
        """Records of leads that the filters are about."""
        domain = Domain("company_id", "in", [filters.company, False])
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
