"""The dashboard: stored values against the same figures asked of leads and visits by `formatted_read_group`."""

from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.sales_process_framework.tools.dashboard import last_periods
from odoo.addons.sales_process_framework.tools.period import local_day, period_of, utc_edges

#: Seconds that the server may take for the whole dashboard at a million leads.
DASHBOARD_LIMIT = 0.3
#: How many times faster than grouping leads and visits it has to be.
FASTER = 10.0
POINTS = 12


def prepare_dashboard(env):
    """Values of the present month for the months before, too: as many rows as a year of nights leaves.

    :return: period
    """
    company = env.company
    period = period_of(local_day(env.cr.now(), company._get_sales_timezone()), "month")
    _add_goals(env, period)
    env["sales.process.kpi"].sudo().search([])._compute_values(period, company)
    env["sales.process.stage.load"].sudo()._refresh()
    env.flush_all()
    columns = [
        name
        for name, field in env["sales.process.kpi.value"]._fields.items()
        if field.store and field.column_type and name not in ("id", "date_from", "date_to")
    ]
    for month in last_periods(period, POINTS)[:-1]:
        env.cr.execute(
            SQL(
                """INSERT INTO sales_process_kpi_value (date_from, date_to, %(columns)s)
                   SELECT %(start)s, %(stop)s, %(columns)s FROM sales_process_kpi_value
                    WHERE cycle = 'month' AND date_from = %(now)s AND is_latest
                       ON CONFLICT DO NOTHING""",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                start=month.start,
                stop=month.stop,
                now=period.start,
            )
        )
    env.cr.execute("ANALYZE sales_process_kpi_value")
    env.cr.execute("ANALYZE sales_process_stage_load")
    env.invalidate_all()
    return period


def _add_goals(env, period):
    """A revenue goal of the company for the month, and of each team."""
    teams = env["crm.team"].search([("name", "=like", "Bench %")])
    env["sales.process.target"].create(
        [
            {
                "kpi_id": env["sales.process.kpi"].search([("code", "=", "revenue")]).id,
                "company_id": env.company.id,
                "team_id": team.id,
                "cycle": period.cycle,
                "date_from": period.start,
                "value": 1_000_000 * len(teams) if not team else 1_000_000,
                "state": "active",
            }
            for team in (teams.browse(), *teams)
        ]
    )
    env.flush_all()


def read_dashboard(env, measure):
    """Measure the dashboard of a company, and its main figures the way a pivot view would get them.

    :param measure: function that calls a function and gives what it took
    :return: {"dashboard", "team": the figures; "goals", "stages": what a page loads after them, the company's goals
        and a team's stages; "groups": what they took; "queries": of the dashboard}
    """
    period = prepare_dashboard(env)
    boards = env["sales.process.dashboard"]
    filters = {"company_id": env.company.id, "cycle": "month", "period": period.start.isoformat()}
    team = env["crm.team"].search([("company_id", "=", env.company.id)], limit=1)

    def whole():
        env.invalidate_all()
        return boards.get_dashboard(filters)

    def of_team():
        env.invalidate_all()
        return boards.get_dashboard({**filters, "team_id": team.id})

    def goals():
        env.invalidate_all()
        if not boards.get_goals(filters):
            raise AssertionError("there are no goals")

    def stages():
        env.invalidate_all()
        boards.get_stages({**filters, "team_id": team.id})

    def grouped():
        env.invalidate_all()
        return group_facts(env, period)

    # What a worker has in its caches after the first request is no part of any of them.
    shown = whole()
    if not any(row["has_data"] for row in shown["indicators"]):
        raise AssertionError("the dashboard is empty")
    before = env.cr.sql_log_count
    whole()
    queries = env.cr.sql_log_count - before
    return {
        "dashboard": measure(whole),
        "team": measure(of_team),
        "goals": measure(goals),
        "stages": measure(stages),
        "groups": measure(grouped),
        "queries": queries,
    }


def group_facts(env, period):
    """Twelve months of the figures that leads and visits have fields for, and where deals stall.

    Fewer than the dashboard shows: answers, documents and support are left out.
    """
    Lead = env["crm.lead"].with_context(active_test=False)
    Visit = env["sales.process.visit"]
    zone = env.company._get_sales_timezone()
    first, _stop = utc_edges(last_periods(period, POINTS)[0], zone)
    open_deals = [("active", "=", True), ("type", "=", "opportunity"), ("won_status", "=", "pending")]
    closed = [("date_closed", ">=", first)]
    return [
        # Lead conversion, deals won and lost, revenue, average deal, sales cycle.
        Lead.formatted_read_group([("create_date", ">=", first)], ["create_date:month", "type"], ["__count"]),
        Lead.formatted_read_group(
            closed,
            ["date_closed:month", "won_status"],
            ["__count", "expected_revenue:sum", "expected_revenue:avg", "day_close:avg"],
        ),
        Lead.formatted_read_group(closed, ["date_closed:month", "user_id"], ["__count"]),
        # Open deals, weighted pipeline.
        Lead.formatted_read_group(open_deals, [], ["__count", "prorated_revenue:sum"]),
        # Funnel: stays, conversion and time by stage; visits by month.
        Visit.formatted_read_group(
            [("left", ">=", first)],
            ["left:month", "process_stage_id"],
            ["__count", "advanced_rate:avg", "duration_days:avg"],
        ),
        # Heat map: stage by team, by age, and beyond the limit.
        Lead.formatted_read_group(open_deals, ["stage_id", "team_id"], ["__count", "expected_revenue:sum"]),
        *(
            Lead.formatted_read_group(
                [*open_deals, ("sales_stage_entered", "<=", env.cr.now() - timedelta(days=days))],
                ["stage_id"],
                ["__count"],
            )
            for days in (0, 8, 15, 31, 61)
        ),
        Lead.formatted_read_group(
            [*open_deals, ("sales_stage_deadline", "<", env.cr.now())], ["stage_id"], ["__count"]
        ),
    ]
