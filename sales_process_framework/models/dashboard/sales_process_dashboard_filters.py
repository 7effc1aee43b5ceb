from dataclasses import replace

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.dashboard import FilterError, parse
from ...tools.period import local_day

REP = "sales_team.group_sale_salesman"
ALL_DEALS = "sales_team.group_sale_salesman_all_leads"
MANAGER = "sales_team.group_sale_manager"
#: Models of what the figures are cut by.
MODELS = {
    "user": "res.users",
    "team": "crm.team",
    "process": "sales.process",
    "source": "utm.source",
    "country": "res.country",
    "tag": "crm.tag",
}
#: Where a lead has it.
LEAD_FIELDS = {
    "user": "user_id",
    "team": "team_id",
    "process": "sales_process_id",
    "source": "source_id",
    "country": "country_id",
    "tag": "tag_ids",
}


class SalesProcessDashboardFilters(models.AbstractModel):
    """Which figures are asked for, and whether this user may see them."""

    _name = "sales.process.dashboard.filters"
    _description = "Filters of the Dashboard"

    @api.model
    def _resolve_filters(self, raw):
        """:param raw: filters as the browser sends them; none at all stand for the user's own first view
        :return: :class:`~..tools.dashboard.Filters` that the user may see
        :raise UserError, AccessError: which filter is wrong, and what to do
        """
        if not self.env.user.has_group(REP):
            raise AccessError(self.env._("The dashboard is for salespeople. Ask for access to Sales."))
        company = self.env.company
        filters = self._parse_filters(raw or self._get_first_view(), company)
        if filters.company and filters.company != company.id:
            if filters.company not in self.env.companies.ids:
                raise UserError(
                    self.env._("These figures are of another company. Choose it in the company menu at the top first.")
                )
            company = company.browse(filters.company)
            filters = self._parse_filters(raw, company)
        self._check_slice(filters)
        return replace(filters, company=company.id, scope_id=filters.scope_id or company.id)

    @api.model
    def _parse_filters(self, raw, company):
        try:
            return parse(raw, local_day(self.env.cr.now(), company._get_sales_timezone()))
        except FilterError as error:
            raise UserError(self._explain(error)) from error

    @api.model
    def _explain(self, error):
        if error.reason == "cycle":
            return self.env._("Figures are kept by week, month, quarter, half-year and year, not by %s.", error.value)
        if error.reason == "date":
            return self.env._("%s is not a day. Write it as 2026-01-31.", error.value)
        if error.reason == "both":
            return self.env._(
                "Figures are cut by one thing at a time: a team, a person, a process, a source, a country or a tag. "
                "Take out %(one)s or %(other)s.",
                one=error.name,
                other=error.value,
            )
        if error.reason == "record":
            return self.env._(
                "%(filter)s has to be the number of a record, not %(value)s.", filter=error.name, value=str(error.value)
            )
        return self.env._("The dashboard has no filter %s.", error.name)

    @api.model
    def _check_slice(self, filters):
        """Figures of the company are everybody's; those of teams and people as the record rules of values have it."""
        if filters.scope == "company":
            return
        record = self.env[MODELS[filters.scope]].with_context(active_test=False)
        if not record.search_count([("id", "=", filters.scope_id)], limit=1):
            raise UserError(self.env._("What the figures are cut by is gone, or of another company. Choose again."))
        allowed = self._get_choices().get(filters.slice)
        if allowed is not None and filters.scope_id not in allowed:
            raise AccessError(
                self.env._("You see your own figures, those of your team, and of its members if you lead it.")
            )

    @api.model
    def _get_choices(self):
        """:return: {name of a filter: ids that the user may choose from}; nothing for what is free"""
        if self.env.user.has_group(MANAGER):
            return {}
        led = self._get_own_teams(led=True)
        return {
            "team_id": self._get_own_teams().ids,
            "user_id": list({self.env.uid, *led.with_context(active_test=False).member_ids.ids}),
        }

    @api.model
    def _get_own_teams(self, led=False):
        """:return: crm.team that the user leads, or belongs to"""
        mine = Domain("user_id", "=", self.env.uid)
        if not led:
            mine |= Domain("member_ids", "in", [self.env.uid])
        # Reps may not read the teams of others; these are their own.
        return self.env["crm.team"].sudo().search(mine & Domain("company_id", "in", [False, *self.env.companies.ids]))

    @api.model
    def _get_first_view(self):
        """What is shown to whom nothing else was chosen: a person's own figures, a leader's team, a manager's company.

        :return: filters
        """
        favorite = self.env["sales.process.dashboard.favorite"]._get_default()
        if favorite:
            return favorite.filters or {}
        user = self.env.user
        if user.has_group(MANAGER):
            return {}
        led = self._get_own_teams(led=True)[:1]
        if led:
            return {"team_id": led.id}
        if not user.has_group(ALL_DEALS) or self._get_own_teams():
            return {"user_id": user.id}
        return {}

    @api.model
    def _get_filter_values(self, filters):
        """:return: filters as :meth:`get_dashboard` takes them"""
        values = {
            "company_id": filters.company,
            "cycle": filters.period.cycle,
            "period": filters.period.start.isoformat(),
        }
        if filters.slice:
            values[filters.slice] = filters.scope_id
        return values

    @api.model
    def _get_company_ids(self, filters):
        """What has no company is the main company's, as indicators count it."""
        return self.env["sales.process.kpi"]._get_record_company_ids(filters.company)

    @api.model
    def _get_lead_domain(self, filters, prefix=""):
        """:param prefix: "lead_id." for records of a lead
        :return: the leads that the filters are about, whatever the period"""
        domain = Domain(f"{prefix}company_id", "in", self._get_company_ids(filters))
        if filters.slice:
            domain &= Domain(f"{prefix}{LEAD_FIELDS[filters.scope]}", "in", [filters.scope_id])
        return domain
