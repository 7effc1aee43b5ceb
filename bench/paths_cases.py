"""Conformance and effectiveness: the pages' figures beside hand-written SELECTs of the same."""

import statistics
from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.sales_process_framework.tools.period import local_day

from . import dataset
from .paths_hand import GATES, PATHS

#: What the server may take beside the hand-written SELECT.
LIMIT = 1.5
REPEAT = 3
#: All deals of the loaded company.
DAYS = 900


def add_facts(env):
    """Deals that jump and return, stays that last too long, refusals and exceptions; the past was not rebuilt."""
    names = {"process": env["sales.process"].search([("name", "=", "Bench")]).id}
    env.flush_all()
    with dataset.bulk_load(env.cr, "sales_process_decision", "sales_process_visit"):
        for statement in FACTS:
            env.cr.execute(SQL(statement, **names))
    for table in ("decision", "visit"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(f"sales_process_{table}")))
    env.invalidate_all(flush=False)


FACTS = (
    # Every tenth deal has skipped a stage: its second stay was never there.
    """
    DELETE FROM sales_process_visit AS visit USING (
        SELECT id, row_number() OVER (PARTITION BY lead_id ORDER BY entered, id) AS number, "left"
          FROM sales_process_visit WHERE lead_id %% 10 = 0) AS numbered
     WHERE visit.id = numbered.id AND numbered.number = 2 AND numbered."left" IS NOT NULL
    """,
    """
    UPDATE sales_process_visit
       SET is_rebuilt = FALSE, deadline = entered + (5 + lead_id %% 90) * INTERVAL '1 day'
    """,
    """
    INSERT INTO sales_process_decision (lead_id, lead_name, company_id, process_id, from_stage_id, outcome, date, unmet)
    SELECT visit.lead_id, 'Bench', visit.company_id, visit.process_id, visit.stage_id, decided.outcome,
           decided.date, jsonb_build_array(jsonb_build_object('id', requirement.id, 'name', 'Bench'))
      FROM sales_process_visit AS visit
      JOIN LATERAL (SELECT id FROM sales_process_requirement AS requirement
                     WHERE requirement.process_stage_id = visit.process_stage_id AND requirement.gate = 'exit'
                     ORDER BY requirement.id OFFSET visit.id %% 3 LIMIT 1) AS requirement ON TRUE
     CROSS JOIN LATERAL (VALUES ('refused', visit.entered + (visit."left" - visit.entered) / 2),
                                ('overridden', visit."left")) AS decided(outcome, date)
     WHERE visit.process_id = %(process)s AND visit."left" IS NOT NULL
       AND (decided.outcome = 'refused' AND visit.id %% 20 = 0 OR decided.outcome = 'overridden' AND visit.id %% 60 = 0)
    """,
)


def compare(env, measure):
    """Both pages for the whole of the loaded past, in turn with the SELECTs; the caller rolls back.

    :return: {"paths", "gates": (hand, ours) busy seconds, "visits", "leads"}
    """
    add_facts(env)
    today = local_day(env.cr.now(), env.company._get_sales_timezone())
    process = env["sales.process"].search([("name", "=", "Bench")])
    asked = {
        "process_id": process.id,
        "date_from": (today - timedelta(days=DAYS)).isoformat(),
        "date_to": today.isoformat(),
    }
    # As a manager would: rules of leads are part of it.
    leader = env["res.users"].search([("login", "=", dataset.LEADER)])
    env = env(user=leader.id)
    paths, gates = env["sales.process.conformance"], env["sales.process.effectiveness"]
    filters = paths._resolve(asked)
    parameters = {
        "process": process.id,
        "start": filters.start,
        "stop": filters.stop,
        "now": env.cr.now(),
        "company": env.company.id,
    }
    result = {}
    for name, hand, ours, check in (
        ("paths", PATHS, lambda: paths.get_paths(asked), _check_paths),
        ("gates", GATES, lambda: gates.get_effectiveness(asked), _check_gates),
    ):
        pages, rows = [], []

        def by_hand(hand=hand, rows=rows):
            rows[:] = env.execute_query(SQL(hand, **parameters))

        def by_us(ours=ours, pages=pages):
            env.invalidate_all()
            pages[:] = [ours()]

        rounds = [(measure(by_hand), measure(by_us)) for _turn in range(REPEAT)]
        check(rows, pages[0])
        result[name] = tuple(statistics.median(each[side]["busy"] for each in rounds) for side in (0, 1))
    result["visits"] = env["sales.process.visit"].sudo().search_count([])
    return result


def _check_paths(rows, page):
    """The same variants and deviations, with the same medians."""
    hand = {(kind, nodes, position): (deals, won, days) for kind, nodes, position, _f, deals, won, _l, days in rows}
    for row in page["variants"]:
        key = ("variant", "-".join(map(str, row["path"])), None)
        _compare(key, hand[key], (row["deals"], row["won"], row["days"]))
    for row in page["deviations"]:
        key = (row["kind"], None, row["position"])
        _compare(key, hand[key], (row["deals"], row["won"], row["days"]))
    if sum(kind == "variant" for kind, _nodes, _position in hand) != len(page["variants"]) + page["others"]["variants"]:
        raise AssertionError("not as many variants")


def _check_gates(rows, page):
    ours = {row["id"]: row for row in page["rows"]}
    names = ("asked", "refused", "refusals", "overridden", "held")
    for number, *values in rows:
        row = ours[number]
        _compare(number, tuple(map(float, values[:5])), tuple(float(row[name]) for name in names))
        _compare(number, (values[-2], values[-1] or 0), (row["delayed"], row["days"] or 0))


def _compare(key, hand, ours):
    if any(abs(float(one) - float(other)) > 1e-4 for one, other in zip(hand, ours, strict=True)):
        raise AssertionError(f"{key}: {hand} by hand, {ours} on the page")
