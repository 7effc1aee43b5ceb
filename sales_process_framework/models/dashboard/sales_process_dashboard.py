from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.dashboard import last_periods
from ...tools.kpi import trend
from .sales_process_dashboard_filters import MANAGER, MODELS

#: Points of the line in a tile.
POINTS = 12
KPI_FIELDS = (
    "code",
    "name",
    "kind",
    "dimension",
    "unit",
    "aggregation",
    "direction",
    "basis",
    "formula_text",
    "source",
    "department",
    "advice",
    "has_bands",
    "healthy",
    "alert",
    "target",
)
VALUE_FIELDS = (
    "kpi_id",
    "date_from",
    "value",
    "has_data",
    "numerator",
    "denominator",
    "sample",
    "band",
    "previous_value",
    "has_previous",
    "change",
    "currency_id",
    "closed",
    "revision",
    "revised_reason",
    "computed",
)


class SalesProcessDashboard(models.AbstractModel):
    """What the dashboard shows, read from stored values: the number of queries does not depend on that of leads."""

    _name = "sales.process.dashboard"
    _description = "Process Dashboard"
    _inherit = ["sales.process.dashboard.stages", "sales.process.dashboard.facts"]

    @api.model
    @api.readonly
    def get_dashboard(self, filters=None):
        """Everything on the dashboard, for one period and one company, team, person, process, source, country or tag.

        :param filters: {"company_id": id, "cycle": one of CYCLES, "period": any day in it as "2026-01-31", and at most
            one of "team_id", "user_id", "process_id", "source_id", "country_id", "tag_id"}; a filter left out is not
            set, none at all stand for the user's own first view
        :return: {"filters": as they were understood, "scope_name", "period": {"from", "to", "label", "previous",
            "next" (a day in it, or False), "is_current"}, "indicators": list of :meth:`_get_indicators`, "stages":
            see :meth:`_get_stages`, or False where :meth:`get_stages` has to be asked for them, "alerts", "service":
            see there, "state": "ready", "no_process" or "no_values", "choices": see :meth:`_get_choices`,
            "is_manager", "computed", "favorites"}
        :raise UserError, AccessError: which filter is wrong, and what to do
        """
        filters = self._resolve_filters(filters)
        indicators = self._get_indicators(filters)
        computed = [row.pop("computed") for row in indicators]
        return {
            "filters": self._get_filter_values(filters),
            "scope": filters.scope,
            "scope_name": self._get_scope_name(filters),
            "period": self._prepare_period(filters.period),
            "indicators": indicators,
            "stages": self._get_stages(filters) if filters.scope in ("company", "process") else False,
            "alerts": self._get_alerts(filters),
            "service": self._get_service(filters),
            "state": self._get_state(indicators),
            "choices": self._get_choices(),
            "is_manager": self.env.user.has_group(MANAGER),
            "computed": max((moment for moment in computed if moment), default=False),
            "favorites": self.env["sales.process.dashboard.favorite"]._get_choices(),
        }

    @api.model
    def action_compute(self, filters):
        """Compute the period's values now, without waiting for the night. For managers."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only sales managers have figures computed. They come by themselves at night.")
            )
        filters = self._resolve_filters(filters)
        company = self.env["res.company"].browse(filters.company)
        # Values are written by the computation alone, whoever asks for it.
        kpis = self.env["sales.process.kpi"].sudo().search([("company_id", "in", [False, company.id])])
        for period in last_periods(filters.period, 2):
            kpis._compute_values(period, company)
        self.env["sales.process.stage.load"].sudo()._refresh()
        return True

    @api.model
    def _get_state(self, indicators):
        if any(row["has_data"] or any(point["value"] is not None for point in row["series"]) for row in indicators):
            return "ready"
        if not self.env["sales.process"].search_count([("state", "in", ["active", "pilot"])], limit=1):
            return "no_process"
        return "ready" if any(row["value_id"] for row in indicators) else "no_values"

    @api.model
    def _get_scope_name(self, filters):
        if filters.scope == "company":
            return self.env["res.company"].browse(filters.company).name
        # Whether the user may see it was checked with the filters.
        return self.env[MODELS[filters.scope]].sudo().browse(filters.scope_id).display_name

    @api.model
    def _prepare_period(self, period):
        today = self.env.cr.now().date()
        following = period.next()
        return {
            "from": period.start.isoformat(),
            "to": period.stop.isoformat(),
            "label": period.label(),
            "cycle": period.cycle,
            "previous": period.previous().start.isoformat(),
            # The company's day may be a day ahead; what lies further off has no values.
            "next": following.start.isoformat() if (following.start - today).days <= 1 else False,
        }

    @api.model
    def _get_indicators(self, filters):
        """:return: a dict for each indicator, in order: its definition (see :data:`KPI_FIELDS`), "basis_label",
        "value" (None: no data), "has_data", "numerator", "denominator", "sample", "band", "previous", "change",
        "trend" (see :func:`~..tools.kpi.trend`), "currency_id", "closed", "revision", "value_id", "note" (why it
        is not computed, or False) and "series": [{"label", "value", "band"}], oldest period first
        """
        kpis = self.env["sales.process.kpi"].search_fetch(
            [("company_id", "in", [False, filters.company])], [*KPI_FIELDS, "computation", "builtin"]
        )
        periods = last_periods(filters.period, POINTS)
        values = self.env["sales.process.kpi.value"].search_fetch(
            [
                ("company_id", "=", filters.company),
                ("cycle", "=", filters.period.cycle),
                ("scope", "=", filters.scope),
                ("scope_id", "=", filters.scope_id),
                ("date_from", ">=", periods[0].start),
                ("date_from", "<=", filters.period.start),
                ("is_latest", "=", True),
            ],
            VALUE_FIELDS,
            order="id",
        )
        found = {(value.kpi_id.id, value.date_from): value for value in values}
        bases = dict(kpis._fields["basis"]._description_selection(self.env))
        none = values.browse()
        return [
            self._prepare_indicator(
                kpi, [(period, found.get((kpi.id, period.start), none)) for period in periods], bases
            )
            for kpi in kpis
        ]

    @api.model
    def _prepare_indicator(self, kpi, points, bases):
        value = points[-1][1]
        number = value.value if value.has_data else None
        previous = value.previous_value if value.has_previous else None
        return {
            **{name: kpi[name] for name in KPI_FIELDS},
            "id": kpi.id,
            "basis_label": bases[kpi.basis],
            "value": number,
            "has_data": value.has_data,
            "numerator": value.numerator,
            "denominator": value.denominator,
            "sample": value.sample,
            "band": value.band or "none",
            "previous": previous,
            "change": None if number is None or previous is None else value.change,
            "trend": trend(number, previous, kpi.direction),
            "currency_id": value.currency_id.id,
            "closed": value.closed,
            "revision": value.revision,
            "revised_reason": value.revised_reason,
            "value_id": value.id,
            "computed": value.computed,
            "note": kpi.availability_note if kpi.availability == "missing" else False,
            "series": [
                {
                    "label": period.label(),
                    "from": period.start.isoformat(),
                    "value": row.value if row.has_data else None,
                    "band": row.band or "none",
                }
                for period, row in points
            ],
        }
