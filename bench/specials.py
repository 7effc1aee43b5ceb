"""Measurements of their own kind: not a request of the web client, so not compared pair by pair with plain Odoo.

Each is a function ``(env, measure)`` that runs on the database with the addon, in a transaction that is rolled back,
and gives the fields of a :class:`~bench.report.Row`.  ``measure`` calls a function and gives what it took:
{"seconds", "busy", "queries"}.
"""

import statistics

from . import alert_cases, migration_cases, response_cases

SPECIALS = {}


def special(function):
    SPECIALS[function.__name__] = function
    return function


@special
def scan_responses(env, measure):
    result = response_cases.scan_responses(env, measure)
    ratio = result["many"]["busy"] / result["few"]["busy"]
    return {
        "case": f"scan for late clocks among {result['leads']:,} answered ones, beside none",
        "plain": result["few"]["seconds"],
        "addon": result["many"]["seconds"],
        "ratio": ratio,
        "limit": response_cases.SCAN_LIMIT,
        "note": f"{response_cases.DUE} late; {'by index' if 'Index' in result['plan'] else 'reads the whole table'}",
        "passed": ratio <= response_cases.SCAN_LIMIT and "Seq Scan" not in result["plan"],
    }


@special
def dashboard(env, measure):
    # Reads modules of the addon, which only a worker has.
    from . import dashboard_cases

    result = dashboard_cases.read_dashboard(env, measure)
    slowest = max(result[key]["busy"] for key in ("dashboard", "team"))
    faster = result["groups"]["busy"] / result["dashboard"]["busy"]
    return {
        "case": "open the dashboard, beside grouping leads and visits for the same figures",
        "plain": result["groups"]["seconds"],
        "addon": result["dashboard"]["seconds"],
        "ratio": 1 / faster,
        "limit": 1 / dashboard_cases.FASTER,
        "addon_queries": result["queries"],
        "plain_queries": result["groups"]["queries"],
        "note": f"{slowest * 1000:.0f} ms of {dashboard_cases.DASHBOARD_LIMIT * 1000:.0f}; {faster:.0f} times faster; "
        f"goals {result['goals']['busy'] * 1000:.0f} ms and a team's stages {result['stages']['busy'] * 1000:.0f} ms "
        "load after it",
        "passed": slowest <= dashboard_cases.DASHBOARD_LIMIT and faster >= dashboard_cases.FASTER,
    }


@special
def scan_alerts(env, measure):
    """At a tenth of the leads and at all of them, with as much due."""
    leads = env["crm.lead"].with_context(active_test=False).search_count([])
    few, many = alert_cases.scan_alerts(env, measure, sizes=(leads // 10, leads))
    times = [statistics.median(run["busy"] for run in result["open"]) for result in (few, many)]
    return {
        "case": f"scan for alerts among {many['leads']:,} leads, beside {few['leads']:,}",
        "plain": times[0],
        "addon": times[1],
        "ratio": times[1] / times[0],
        "limit": alert_cases.SCAN_LIMIT,
        "note": f"{many['due']:,} due at both sizes",
        "passed": few["due"] == many["due"] and times[1] <= alert_cases.SCAN_LIMIT * times[0],
    }


@special
def migrate_leads(env, measure):
    """The first chunks beside the last ones, and the memory of the whole run."""
    result = migration_cases.migrate_leads(env, measure)
    chunks = result["chunks"][:-1]
    first, last = (
        statistics.median(run["busy"] for run in part)
        for part in (chunks[: migration_cases.SAMPLE], chunks[-migration_cases.SAMPLE :])
    )
    longest = max(run["seconds"] for run in chunks)
    total = sum(run["seconds"] for run in chunks)
    return {
        "case": f"a chunk of a migration of {result['leads']:,} open leads, the last beside the first ones",
        "plain": first,
        "addon": last,
        "ratio": last / first,
        "limit": migration_cases.CHUNK_LIMIT,
        "note": (
            f"{len(chunks)} chunks in {total:.0f} s, the longest {longest:.1f} s; {result['memory']:.0f} MB more from "
            f"the {migration_cases.SAMPLE}th chunk on; dry run {result['check']['seconds']:.0f} s"
        ),
        "passed": last <= migration_cases.CHUNK_LIMIT * first
        and longest <= migration_cases.LONGEST_CHUNK
        and result["memory"] <= migration_cases.MEMORY_LIMIT,
    }


@special
def kpis(env, measure):
    """All built-in indicators of a month, cut by team, person, process, stage, source and country."""
    from . import kpi_cases

    result = kpi_cases.compute_indicators(env, measure)
    ratio = result["engine"] / result["hand"]
    slowest = max(result["each"], key=lambda code: result["each"][code][1])
    return {
        "case": f"{result['indicators']} indicators of a month, computed and stored, beside hand-written SELECTs",
        "plain": result["hand"],
        "addon": result["engine"],
        "ratio": ratio,
        "limit": kpi_cases.ENGINE_LIMIT,
        "note": f"worker {result['grown']:+.0f} MB; slowest: {slowest} {result['each'][slowest][1]:.2f} s",
        "passed": ratio <= kpi_cases.ENGINE_LIMIT and result["grown"] <= kpi_cases.MEMORY_LIMIT,
    }


@special
def paths(env, measure):
    """Conformance and effectiveness of all deals, as the pages ask for them."""
    from . import paths_cases

    result = paths_cases.compare(env, measure)
    ratios = {name: result[name][1] / result[name][0] for name in ("paths", "gates")}
    worst = max(ratios, key=ratios.get)
    return {
        "case": f"path map and gates of {result['visits']:,} stays, beside hand-written SELECTs",
        "plain": result[worst][0],
        "addon": result[worst][1],
        "ratio": ratios[worst],
        "limit": paths_cases.LIMIT,
        "note": ", ".join(f"{name} {result[name][1]:.1f} s, ×{ratio:.2f}" for name, ratio in ratios.items()),
        "passed": ratios[worst] <= paths_cases.LIMIT,
    }


@special
def night(env, measure):
    """Nothing changed: nothing is written; more changed: more is written, and hardly more time is taken."""
    from . import night_cases

    result = night_cases.run_night(env, measure)
    nothing, *days = result["nights"]
    slowest = max(day["took"]["busy"] for day in days) / nothing["took"]["busy"]
    share = days[0]["took"]["busy"] / result["year"]["busy"]
    shares = ", ".join(f"{day['written']:,} values for {day['changed']:,} leads" for day in days)
    return {
        "case": "nightly run of all indicators, beside a year from nothing",
        "plain": result["year"]["seconds"],
        "addon": days[0]["took"]["seconds"],
        "ratio": share,
        "limit": night_cases.NIGHT_SHARE,
        "note": f"{shares}, {nothing['written']} for none, of {result['values']:,}; ×{slowest:.2f} beside no change",
        "passed": not nothing["written"]
        and share <= night_cases.NIGHT_SHARE
        and slowest <= night_cases.NIGHT_LIMIT
        and all(0 < day["written"] <= night_cases.WRITTEN_PER_LEAD * day["changed"] for day in days),
    }


@special
def move_at_night(env, measure):
    from . import night_cases

    result = night_cases.move_at_night(env, measure)
    quiet, busy = (night_cases.percentile_95(result[key]) for key in ("quiet", "night"))
    medians = [statistics.median(result[key]) * 1000 for key in ("quiet", "night")]
    longest = max(result["jobs"], key=result["jobs"].get)
    return {
        "case": "move an opportunity while the scheduled actions run: 95th percentile",
        "plain": quiet,
        "addon": busy,
        "ratio": busy / quiet,
        "limit": night_cases.MOVE_LIMIT,
        "note": f"median {medians[0]:.0f} and {medians[1]:.0f} ms of {len(result['night']):,} moves, "
        f"{result['retries']} begun again; {len(result['jobs'])} actions in {sum(result['jobs'].values()):.0f} s, "
        f"{longest} {result['jobs'][longest]:.0f} s",
        "passed": busy <= night_cases.MOVE_LIMIT * quiet,
    }
