from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.dashboard import AGES, OLD, Load, worst
from ...tools.period import utc_edges
from .sales_process_dashboard_filters import ALL_DEALS, LEAD_FIELDS

#: Scopes that stage values are stored for; the others are counted when somebody asks.
STORED = ("company", "process")
#: Scopes that the snapshot of open deals has a column for.
LOADED = {"team": "team_id", "user": "user_id", "process": "process_id"}
INDICATORS = ("stage_conversion", "stage_time")
FIGURES = ("deals", "overdue", "revenue")


class SalesProcessDashboardStages(models.AbstractModel):
    """The funnel and the heat map: what goes through the stages of each process, and what stays in them."""

    _name = "sales.process.dashboard.stages"
    _description = "Stages on the Dashboard"
    _inherit = ["sales.process.dashboard.filters"]

    @api.model
    @api.readonly
    def get_stages(self, filters):
        """The funnel and the heat map where they are not stored: those of a team, a person, a source …

        :param filters: as :meth:`get_dashboard` takes them
        :return: see :meth:`_get_stages`
        """
        return self._get_stages(self._resolve_filters(filters))

    @api.model
    @api.readonly
    def get_deals_action(self, filters, process_stage_id, part=None):
        """The open deals behind a figure of the heat map.

        :param part: {"team_id": id or False, "age": key of AGES, "overdue": True}, each may be left out
        :return: an action
        """
        filters = self._resolve_filters(filters)
        part = part or {}
        stage = self.env["sales.process.stage"].search([("id", "=", process_stage_id)])
        if not stage:
            raise UserError(self.env._("This stage is gone. Load the dashboard again."))
        domain = self._get_lead_domain(filters) & Domain(
            [
                ("type", "=", "opportunity"),
                ("won_status", "=", "pending"),
                ("sales_process_id", "=", stage.process_id.id),
                ("stage_id", "=", stage.stage_id.id),
                ("sales_stage_entered", "!=", False),
            ]
        )
        if "team_id" in part:
            domain &= Domain("team_id", "=", part["team_id"])
        computed = self._get_load_time() or self.env.cr.now()
        if part.get("overdue"):
            domain &= Domain("sales_stage_deadline", "<", computed)
        if part.get("age"):
            domain &= self._get_age_domain(part["age"], computed)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deals in %s", stage.name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }

    @api.model
    @api.readonly
    def get_passed_action(self, filters, process_stage_id):
        """The stays in a stage that ended in the period: what is behind a step of the funnel.

        :return: an action
        """
        filters = self._resolve_filters(filters)
        company = self.env["res.company"].browse(filters.company)
        start, stop = utc_edges(filters.period, company._get_sales_timezone())
        domain = self._get_visit_domain(filters) & Domain(
            [("process_stage_id", "=", process_stage_id), ("left", ">=", start), ("left", "<", stop)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deals that left the stage"),
            "res_model": "sales.process.visit",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": list(domain),
            "context": {"create": False},
        }

    @api.model
    def _get_visit_domain(self, filters):
        """Records of the leads that the filters are about; those that note team and person themselves by these."""
        companies = self._get_lead_domain(replace(filters, scope="company"))
        if not filters.slice:
            return companies
        lead_field = LEAD_FIELDS[filters.scope]
        name = lead_field if filters.scope in ("team", "user") else f"lead_id.{lead_field}"
        return companies & Domain(name, "in", [filters.scope_id])

    @api.model
    def _get_age_domain(self, age, computed):
        if age not in AGES:
            raise UserError(self.env._("There is no such age: %s.", age))
        low, high = AGES[age]
        domain = Domain("sales_stage_entered", "<=", computed - timedelta(days=low)) if low else Domain.TRUE
        if high is not None:
            domain &= Domain("sales_stage_entered", ">", computed - timedelta(days=high))
        return domain

    @api.model
    def _get_load_time(self):
        return self.env["sales.process.stage.load"].search([], limit=1).computed

    @api.model
    def _get_stages(self, filters):
        """:return: {"processes": [{"id", "name", "worst": id of a stage or False, "stages": [{"id", "name",
        "is_won", "limit_days", "conversion": figure, "time": figure, "deals", "overdue", "revenue",
        "teams": {id: {"deals", "overdue", "revenue"}}, "ages": the same by key}]}], "teams": [{"id", "name"}],
        "computed": moment of the open deals or False}; a figure is {"value", "numerator", "denominator",
        "sample", "band", "value_id"}, its value is None where there is no data
        """
        figures = self._get_stage_figures(filters)
        loads = self._get_loads(filters)
        stages = self._get_shown_stages(filters, {*figures, *(row[0] for row in loads)})
        by_stage = defaultdict(list)
        for stage_id, *row in loads:
            by_stage[stage_id].append(row)
        processes = {}
        for stage in stages:
            process = processes.setdefault(
                stage.process_id, {"id": stage.process_id.id, "name": stage.process_id.display_name, "stages": []}
            )
            process["stages"].append(self._prepare_stage(stage, figures.get(stage.id, {}), by_stage.get(stage.id, [])))
        for process in processes.values():
            found = worst(
                Load(
                    stage=stage["id"],
                    open=stage["deals"],
                    overdue=stage["overdue"],
                    old=sum(stage["ages"].get(age, {}).get("deals", 0) for age in OLD),
                )
                for stage in process["stages"]
            )
            process["worst"] = found.stage if found else False
        team_ids = {row[1] for row in loads if row[1]}
        if not self._sees_all_deals():
            team_ids &= set(self._get_own_teams().ids)
            for stage in (stage for process in processes.values() for stage in process["stages"]):
                stage["teams"] = {number: cell for number, cell in stage["teams"].items() if number in team_ids}
        # Names only, of teams whose deals this user may count.
        teams = self.env["crm.team"].sudo().with_context(active_test=False).browse(team_ids).sorted()
        return {
            "processes": sorted(processes.values(), key=lambda item: -sum(s["deals"] for s in item["stages"])),
            "teams": [{"id": team.id, "name": team.name} for team in teams]
            + (
                [{"id": False, "name": self.env._("No team")}]
                if self._sees_all_deals() and not all(row[1] for row in loads)
                else []
            ),
        }

    @api.model
    def _sees_all_deals(self):
        return self.env.user.has_group(ALL_DEALS)

    @api.model
    def _get_shown_stages(self, filters, known):
        """Those of processes in use, and of others whose deals are still about."""
        domain = Domain("process_id.state", "in", ["active", "pilot"]) & Domain(
            "company_id", "in", [False, filters.company]
        )
        if filters.scope == "process":
            domain = Domain("process_id", "=", filters.scope_id)
        elif filters.scope in ("team", "user"):
            domain = Domain.FALSE
        return self.env["sales.process.stage"].search(domain | Domain("id", "in", list(known)))

    @api.model
    def _prepare_stage(self, stage, figures, rows):
        """:param rows: (team id, age, deals, overdue, revenue) of the open deals"""
        none = {"value": None, "numerator": 0, "denominator": 0, "sample": 0, "band": "none", "value_id": False}
        values = {
            "id": stage.id,
            "name": stage.name,
            "is_won": stage.is_won,
            "limit_days": stage.time_limit_days,
            "conversion": figures.get("stage_conversion", none),
            "time": figures.get("stage_time", none),
            "teams": {},
            "ages": {},
            **dict.fromkeys(FIGURES, 0),
        }
        for team_id, age, *counts in rows:
            for cell in (values, values["teams"].setdefault(team_id or 0, {}), values["ages"].setdefault(age, {})):
                for name, count in zip(FIGURES, counts, strict=True):
                    cell[name] = cell.get(name, 0) + count
        return values

    @api.model
    def _get_stage_figures(self, filters):
        """:return: {stage id: {indicator code: figure}}"""
        kpis = self.env["sales.process.kpi"].search([("code", "in", INDICATORS)])
        if filters.scope in STORED:
            return self._get_stored_figures(filters, kpis)
        figures = defaultdict(dict)
        for kpi in kpis.filtered(lambda kpi: kpi.availability == "ok"):
            for stage_id, numerator, denominator, sample, value in self._count_figures(filters, kpi):
                figures[stage_id][kpi.code] = {
                    "value": value,
                    "numerator": numerator,
                    "denominator": denominator,
                    "sample": sample,
                    "band": "none",
                    "value_id": False,
                }
        return figures

    @api.model
    def _get_stored_figures(self, filters, kpis):
        domain = [
            ("company_id", "=", filters.company),
            ("cycle", "=", filters.period.cycle),
            ("scope", "=", "stage"),
            ("date_from", "=", filters.period.start),
            ("is_latest", "=", True),
            ("kpi_id", "in", kpis.ids),
        ]
        if filters.scope == "process":
            # Values of a stage are found by its id, which is what the index has.
            stages = self.env["sales.process.stage"].search([("process_id", "=", filters.scope_id)])
            domain.append(("scope_id", "in", stages.ids))
        names = ["kpi_id", "scope_id", "value", "has_data", "numerator", "denominator", "sample", "band"]
        codes = {kpi.id: kpi.code for kpi in kpis}
        figures = defaultdict(dict)
        for row in self.env["sales.process.kpi.value"].search_fetch(domain, names, order="id"):
            figures[row.scope_id][codes[row.kpi_id.id]] = {
                "value": row.value if row.has_data else None,
                "numerator": row.numerator,
                "denominator": row.denominator,
                "sample": row.sample,
                "band": row.band,
                "value_id": row.id,
            }
        return figures

    @api.model
    def _count_figures(self, filters, kpi):
        """An indicator's facts by stage, cut by what no value is stored for together with the stage.

        :return: rows of (stage id, numerator, denominator, sample, value)
        """
        company = self.env["res.company"].browse(filters.company)
        if filters.scope == "tag":
            cut = SQL(
                "fact.lead_id IN (SELECT tagged.lead_id FROM crm_tag_rel AS tagged WHERE tagged.tag_id = %s)",
                filters.scope_id,
            )
        else:
            cut = SQL("%s = %s", SQL.identifier("fact", filters.slice), filters.scope_id)
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                WITH fact AS (%(facts)s), aggregate AS (
                    SELECT fact.process_stage_id, %(measures)s FROM fact
                     WHERE fact.process_stage_id IS NOT NULL AND %(cut)s
                     GROUP BY fact.process_stage_id)
                SELECT process_stage_id, numerator, denominator, sample, %(value)s FROM aggregate
                """,
                facts=kpi._get_period_facts_sql(filters.period, kpi._get_edges(filters.period, company), company.ids),
                measures=kpi._get_measures_sql(),
                cut=cut,
                value=kpi._get_value_sql(),
            )
        )

    @api.model
    def _get_loads(self, filters):
        """:return: rows of (stage id, team id, age, deals, overdue, revenue) of the open deals"""
        Load = self.env["sales.process.stage.load"]
        if filters.scope == "company" or filters.scope in LOADED:
            domain = Domain("company_id", "=", filters.company)
            if filters.scope in LOADED:
                domain &= Domain(LOADED[filters.scope], "=", filters.scope_id)
            # Totals of what the filters were checked for, as the stored values have them.
            groups = Load.sudo()._read_group(
                domain, ["process_stage_id", "team_id", "age"], [f"{name}:sum" for name in FIGURES]
            )
            return [(stage.id, team.id, age, *counts) for stage, team, age, *counts in groups]
        cut = SQL("lead.%s = %s", SQL.identifier(filters.slice), filters.scope_id)
        if filters.scope == "tag":
            cut = SQL(
                "EXISTS (SELECT FROM crm_tag_rel t WHERE t.lead_id = lead.id AND t.tag_id = %s)", filters.scope_id
            )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT load.stage, load.team, load.age, SUM(load.deals)::int, SUM(load.overdue)::int,
                          SUM(load.revenue)
                     FROM (%s) AS load(company, process, stage, team, "user", age, deals, overdue, revenue, computed)
                    WHERE load.company = %s GROUP BY 1, 2, 3""",
                Load._get_load_sql(self.env.cr.now(), cut),
                filters.company,
            )
        )
        return rows
