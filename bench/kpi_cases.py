"""Indicators: the engine beside hand-written SELECTs of the same."""

import math
import statistics
from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.sales_process_framework.models.kpi.facts_execution import NEEDS, PROPOSALS
from odoo.addons.sales_process_framework.tools.period import local_day, period_of, utc_edges

from . import dataset
from .kpi_hand import HAND

#: All built-in indicators of a period, cut and stored, beside the SELECTs alone.
ENGINE_LIMIT = 1.3
#: Megabytes that a worker may grow by.
MEMORY_LIMIT = 100
REPEAT = 3


def compute_indicators(env, measure):
    """All built-in indicators of last month by the engine and by hand, in turn; the caller rolls back.

    :return: {"hand", "engine": seconds busy of each round, "seconds": time passed (hand, engine), "grown": megabytes,
        "indicators": how many, "slowest": code, "each": {code: (hand, engine)}}
    """
    add_facts(env)
    company = env.company
    today = local_day(env.cr.now(), company._get_sales_timezone())
    period = period_of(today.replace(day=1) - timedelta(days=1), "month")
    kpis = env["sales.process.kpi"].sudo().search([("computation", "=", "builtin")])
    kpis = kpis._in_computing_order()
    if unknown := set(kpis.mapped("builtin")) - set(HAND):
        raise AssertionError(f"not written by hand: {unknown}")
    statements = {kpi.builtin: SQL(HAND[kpi.builtin], **_get_parameters(env, kpis, period)) for kpi in kpis}
    rounds = []
    before = _read_memory()
    kpis._compute_values(period, company)  # the first time all values are new
    for _turn in range(REPEAT):
        each = {}
        for kpi in kpis:
            found = []

            def by_hand(found=found, statement=statements[kpi.builtin]):
                env.cr.execute(statement)
                found += env.cr.fetchall()

            def by_engine(kpi=kpi):
                kpi._compute_values(period, company)

            each[kpi.builtin] = measure(by_hand), measure(by_engine)
            _compare(kpi, period, company, found)
        rounds.append(each)
    codes = [kpi.builtin for kpi in kpis]
    middle = {
        code: tuple(statistics.median(each[code][side]["busy"] for each in rounds) for side in (0, 1)) for code in codes
    }
    return {
        "each": middle,
        "hand": sum(hand for hand, _engine in middle.values()),
        "engine": sum(engine for _hand, engine in middle.values()),
        "grown": _read_memory() - before,
        "indicators": len(kpis),
    }


def add_facts(env):
    """What the loaded leads lack: clocks, documents, slipped dates, refusals, support and goals of the last months."""
    names = {"company": env.company.id, "now": env.cr.now()}
    tables = ("response", "closing_change", "decision", "support_request")
    department = env["sales.process.department"].create({"name": "Bench"})
    policy = env["sales.process.sla.policy"].create({"name": "Bench", "department_id": department.id})
    names |= {"department": department.id, "policy": policy.id}
    env.flush_all()
    with dataset.bulk_load(env.cr, *(f"sales_process_{table}" for table in tables)):
        for statement in FACTS:
            env.cr.execute(SQL(statement, **names))
    # History that was not rebuilt, so that gates count.
    env.cr.execute(
        """UPDATE sales_process_visit SET is_rebuilt = FALSE WHERE "left" >= %s""",
        [env.cr.now() - timedelta(days=70)],
    )
    _add_goals(env)
    for table in (*tables, "visit", "deliverable", "target"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(f"sales_process_{table}")))
    env.invalidate_all(flush=False)


def _add_goals(env):
    today = local_day(env.cr.now(), env.company._get_sales_timezone())
    last_month = period_of(today.replace(day=1) - timedelta(days=1), "month")
    teams = env["crm.team"].search([("name", "=like", "Bench %")])
    env["sales.process.target"].create(
        [
            {
                "kpi_id": env["sales.process.kpi"].search([("code", "=", "revenue")]).id,
                "company_id": env.company.id,
                "team_id": team.id,
                "cycle": "month",
                "date_from": last_month.start,
                "value": 1_000_000,
                "state": "active",
            }
            for team in teams
        ]
    )
    env.flush_all()


FACTS = (
    """
    INSERT INTO sales_process_response (lead_id, company_id, started, deadline, answered, minutes_working, state)
    SELECT id, %(company)s, create_date, create_date + interval '1 hour',
           create_date + (id %% 90) * interval '1 minute', id %% 90,
           CASE WHEN id %% 90 <= 60 THEN 'kept' ELSE 'breached_answered' END
      FROM crm_lead WHERE id %% 2 = 0
    """,
    """
    INSERT INTO sales_process_closing_change (lead_id, company_id, date, from_date, to_date, days, team_id, user_id,
                                              process_id, process_stage_id)
    SELECT id, %(company)s, %(now)s - (id %% 300) * interval '1 day', %(now)s::date, %(now)s::date + id %% 20,
           id %% 20, team_id, user_id, sales_process_id, sales_process_stage_id
      FROM crm_lead WHERE id %% 3 = 0
    """,
    """
    INSERT INTO sales_process_decision (lead_id, lead_name, company_id, process_id, from_stage_id, outcome, date)
    SELECT visit.lead_id, 'Bench', visit.company_id, visit.process_id, visit.stage_id, 'refused',
           visit.entered + ("left" - visit.entered) / 2
      FROM sales_process_visit AS visit WHERE visit.id %% 20 = 0 AND visit."left" IS NOT NULL
    """,
    """
    INSERT INTO sales_process_support_request (lead_id, policy_id, department_id, company_id, asker_id, name, state,
                                               date_requested, resolution_deadline, resolution_breached)
    SELECT id, %(policy)s, %(department)s, %(company)s, COALESCE(user_id, 1), 'Bench', 'delivered', create_date,
           create_date + interval '3 days', id %% 7 = 0
      FROM crm_lead WHERE id %% 10 = 0
    """,
)


def _get_parameters(env, kpis, period):
    company = env.company
    zone = company._get_sales_timezone()
    start, stop = utc_edges(period, zone)
    filled, asked = kpis._get_completeness_cases(stop)
    return {
        "start": start,
        "stop": stop,
        "before": utc_edges(period.previous(), zone)[0],
        "today": (stop - timedelta(microseconds=1)).date(),
        "first": period.start,
        "last": period.stop,
        "company": company.id,
        "filled": filled,
        "asked": asked,
        "proposals": kpis._get_document_requirement_ids(PROPOSALS),
        "needs": kpis._get_document_requirement_ids(NEEDS),
    }


def _compare(kpi, period, company, rows):
    """The engine and the SELECT by hand have to agree about the company."""
    everything = (1 << 6) - 1
    by_hand = next((row[-1] for row in rows if row[0] == everything), None)
    stored = kpi.env["sales.process.kpi.value"].search(
        [
            ("kpi_id", "=", kpi.id),
            ("cycle", "=", period.cycle),
            ("date_from", "=", period.start),
            ("company_id", "=", company.id),
            ("scope", "=", "company"),
            ("is_latest", "=", True),
        ]
    )
    if by_hand is None and not stored.has_data:
        return
    if not math.isclose(float(by_hand or 0), stored.value, rel_tol=1e-6, abs_tol=1e-6):
        raise AssertionError(f"{kpi.code}: {by_hand} by hand, {stored.value} by the engine")


def _read_memory():
    """:return: megabytes that this process holds"""
    with open("/proc/self/status") as file:
        [line] = [line for line in file if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
