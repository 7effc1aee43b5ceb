from dataclasses import dataclass
from datetime import date, datetime, timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.period import Period, local_day, utc_edges

READER = "sales_team.group_sale_salesman_all_leads"
MANAGER = "sales_team.group_sale_manager"
KEYS = {"company_id", "process_id", "team_id", "date_from", "date_to"}
#: Days that are looked at unless others are asked for.
DEFAULT_DAYS = 365
#: A list of more records is read by nobody.
RECORD_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class AnalysisFilters:
    """:ivar company: res.company
    :ivar process: sales.process, one version; empty where there is none
    :ivar team: crm.team, empty for all
    :ivar first, last: days of the company, both included
    :ivar start, stop: the same in naive UTC, half-open
    """

    company: object
    process: object
    team: object
    first: date
    last: date
    start: datetime
    stop: datetime

    @property
    def values(self):
        return {
            "company_id": self.company.id,
            "process_id": self.process.id,
            "team_id": self.team.id,
            "date_from": self.first.isoformat(),
            "date_to": self.last.isoformat(),
        }


class SalesProcessAnalysis(models.AbstractModel):
    """What analyses of a process share: who may read them, of which version, team and days, and of which leads."""

    _name = "sales.process.analysis"
    _description = "Analysis of a Process"

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    @api.model
    def _check_reader(self):
        """Analyses are for whoever sees all deals; record rules of leads hold besides."""
        if not self.env.user.has_group(READER):
            raise AccessError(self.env._("These figures are for team leaders and sales managers."))

    @api.model
    def _resolve(self, raw=None):
        """:param raw: {"company_id", "process_id", "team_id", "date_from", "date_to"} as a browser sends them; each may
            be left out: the user's company, its process with most leads, all teams, the last year
        :return: :class:`AnalysisFilters`
        :raise AccessError, UserError: the user may not read this, or what is asked for is wrong
        """
        self._check_reader()
        raw = {key: value for key, value in (raw or {}).items() if value not in (None, False, "")}
        if unknown := set(raw) - KEYS:
            raise UserError(self.env._("There is no filter %s.", min(unknown)))
        company = self.env.company
        if (wanted := self._read_id(raw, "company_id")) and wanted != company.id:
            if wanted not in self.env.companies.ids:
                raise UserError(
                    self.env._("These figures are of another company. Choose it in the company menu at the top first.")
                )
            company = company.browse(wanted)
        today = local_day(self.env.cr.now(), company._get_sales_timezone())
        last = self._read_day(raw, "date_to") or today
        first = self._read_day(raw, "date_from") or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise UserError(self.env._("The period ends before it begins."))
        return self._prepare_filters(
            company,
            self._find(raw, "process_id", "sales.process", company) or self._get_default_process(company),
            self._find(raw, "team_id", "crm.team", company),
            first,
            last,
        )

    @api.model
    def _prepare_filters(self, company, process, team, first, last):
        start, stop = utc_edges(Period(first, last, "day"), company._get_sales_timezone())
        return AnalysisFilters(company, process, team, first, last, start, stop)

    @api.model
    def _read_id(self, raw, name):
        value = raw.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise UserError(self.env._("%s has to be the number of a record.", name))
        return value

    @api.model
    def _read_day(self, raw, name):
        if not raw.get(name):
            return None
        try:
            day = date.fromisoformat(raw[name])
        except (TypeError, ValueError):
            raise UserError(self.env._("%s is not a day. Write it as 2026-01-31.", raw[name])) from None
        if not 1950 <= day.year <= 2200:
            raise UserError(self.env._("%s is not a day. Write it as 2026-01-31.", raw[name]))
        return day

    @api.model
    def _find(self, raw, name, model, company):
        Model = self.env[model].with_context(active_test=False)
        number = self._read_id(raw, name)
        if not number:
            return Model
        found = Model.search([("id", "=", number), ("company_id", "in", [False, company.id])])
        if not found:
            raise UserError(self.env._("What the figures are cut by is gone, or of another company. Choose again."))
        return found

    @api.model
    def _get_processes(self, company):
        """Versions that leads may have followed, those in use first."""
        processes = (
            self.env["sales.process"]
            .with_context(active_test=False)
            .search([("company_id", "in", [False, company.id]), ("state", "!=", "draft")])
        )
        return processes.sorted(lambda process: (not process.active, process.state == "retired"))

    @api.model
    def _get_default_process(self, company):
        """The version in use that most leads follow."""
        processes = self._get_processes(company)
        running = processes.filtered(lambda process: process.active and process.state != "retired")
        if len(running) < 2:
            return running or processes[:1]
        # Which is looked at first follows the whole company, whoever looks.
        counts = dict(
            self.env["crm.lead"]
            .sudo()
            ._read_group([("sales_process_id", "in", running.ids)], ["sales_process_id"], ["__count"])
        )
        return running.sorted(lambda process: (-counts.get(process, 0), process.id))[:1]

    @api.model
    def _get_choices(self, filters):
        """:return: {"companies", "processes", "teams": [{"id", "name"}], "is_manager"}"""
        teams = self.env["crm.team"].search([("company_id", "in", [False, filters.company.id])])
        return {
            "companies": [{"id": company.id, "name": company.name} for company in self.env.companies],
            "processes": [
                {"id": process.id, "name": process.display_name, "state": process.state}
                for process in self._get_processes(filters.company)
            ],
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "is_manager": self.env.user.has_group(MANAGER),
        }

    # ------------------------------------------------------------------
    # Which leads
    # ------------------------------------------------------------------

    @api.model
    def _get_lead_domain(self, filters):
        """Deals of the company and team, won, lost and archived ones as well."""
        companies = self.env["sales.process.kpi"]._get_record_company_ids(filters.company.id)
        domain = Domain("type", "=", "opportunity") & Domain("company_id", "in", companies)
        if filters.team:
            domain &= Domain("team_id", "in", filters.team.ids)
        return domain

    @api.model
    def _get_leads_sql(self, filters):
        """:return: SQL of (id, team_id, outcome, closed) of the leads that the user may see; outcome is "won", "lost",
        "archived" or "open"
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        query = Lead._search(self._get_lead_domain(filters))
        return query.select(
            SQL("crm_lead.id"),
            SQL("crm_lead.team_id"),
            SQL(
                """CASE WHEN crm_lead.won_status = 'won' THEN 'won' WHEN crm_lead.won_status = 'lost' THEN 'lost'
                        WHEN NOT crm_lead.active THEN 'archived' ELSE 'open' END AS outcome"""
            ),
            SQL("crm_lead.date_closed AS closed"),
        )

    @api.model
    def _get_stages(self, filters):
        """:return: sales.process.stage in the order of the process; its place there, from 1, is a stage's position"""
        return filters.process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))

    @api.model
    def _get_places_sql(self, stages):
        """:return: SQL of (stage, position)"""
        rows = SQL(", ").join(SQL("(%s::int, %s::int)", stage.id, n) for n, stage in enumerate(stages, 1))
        return SQL("VALUES %s", rows) if stages else SQL("SELECT 0, 0 WHERE FALSE")

    # ------------------------------------------------------------------
    # Records behind a number
    # ------------------------------------------------------------------

    @api.model
    def _prepare_records_action(self, model, name, record_ids):
        """:param record_ids: newest first, one more than :data:`RECORD_LIMIT` where there are more"""
        if len(record_ids) > RECORD_LIMIT:
            record_ids = record_ids[:RECORD_LIMIT]
            name = self.env._("%(name)s (the newest %(shown)s)", name=name, shown=RECORD_LIMIT)
        kinds = ("list", "kanban", "form") if model == "crm.lead" else ("list", "form")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, kind) for kind in kinds],
            "domain": [("id", "in", record_ids)],
            # Lost and archived leads are behind the numbers as well.
            "context": {"active_test": False, "create": False},
            "target": "current",
        }
