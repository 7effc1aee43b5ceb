"""Speed beside plain Odoo: `make bench`, see `make bench ARGS=--help`.

Two databases with the same leads, plain Odoo and Odoo with the addon and a running process of 8 stages × 8
requirements.  The same requests go to both in turn.  What counts is the median of the ratios of the pairs, of the
time for which the processes (Odoo's and PostgreSQL's) were busy: time that passes says little on a busy machine.
"""

import argparse
import contextlib
import dataclasses
import datetime
import json
import subprocess
import sys
from pathlib import Path

from bench import cases, report, specials
from dev import addons, databases, odoo_source, postgres, server, settings
from dev.process import Stop, digest, say, timed

SIZES = {"quick": 5_000, "full": 200_000}
FOLDER = settings.STATE / "bench"
WARM_UP = 2
WARM_UP_LONG = 1  # of cases with few rounds
LONG = 5
REPEAT_HISTORY = 2


# -- databases -------------------------------------------------------------------
def ensure_plain(leads):
    template = databases.plain()
    key = digest(template, *_sources("dataset.py"))

    def build(name):
        databases.clone(name, template)
        # or a module installed on top would bring its own demo company
        postgres.sql("UPDATE ir_module_module SET demo = FALSE", name)
        with Worker(name) as worker:
            worker("load", leads)

    return _ensure(f"bench_{leads}_plain", key, build)


def ensure_addon(leads):
    return _ensure_on_top(
        leads, "addon", settings.ADDON, "follow_process", addons.stamp(), *_sources("process.py", "journey.py")
    )


def ensure_automation(leads):
    return _ensure_on_top(leads, "automation", "base_automation", "follow_automation", *_sources("automation.py"))


def _ensure_on_top(leads, kind, module, order, *key):
    """The same leads with a module installed on top, and leads that follow what it offers."""
    plain = ensure_plain(leads)

    def build(name):
        databases.clone(name, plain)
        options = ("--stop-after-init", "--no-http", "--log-level=info")
        with timed(f"installing {module} on {leads:,} leads"):
            server.call(name, "-d", name, "-i", module, *options)
        with Worker(name) as worker:
            worker(order)

    return _ensure(f"bench_{leads}_{kind}", digest(_get_comment(plain), *key), build)


def _ensure(name, key, build):
    """Build a database unless it was built from the same sources before."""
    if not databases.exists(name) or _get_comment(name) != key:
        with timed(name):
            build(name)
            # the same order of rows everywhere, without those that the set-up has replaced
            postgres.sql("CLUSTER crm_lead USING crm_lead_pkey", name)
            postgres.sql("VACUUM ANALYZE", name)
        postgres.sql(f"COMMENT ON DATABASE \"{name}\" IS '{key}'")
    return name


def _get_comment(name):
    return postgres.sql(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'")


def _sources(*names):
    return [(Path(__file__).parent / name).read_text() for name in names]


# -- workers ---------------------------------------------------------------------
class Worker:
    """A process of `bench.worker`; calling it with an order gives its answer."""

    def __init__(self, database):
        self.log = settings.LOGS / f"{database}-worker.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.worker", database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=settings.ROOT,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.process.stdin.close()
        self.process.wait()

    def __call__(self, order, *arguments):
        self.process.stdin.write(json.dumps([order, arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Stop(f"a worker ended, see {self.log.relative_to(settings.ROOT)}.")
        answer = json.loads(line)
        if "error" in answer:
            print(answer["error"], file=sys.stderr)
            raise Stop(f"the worker could not {order} {' '.join(map(str, arguments))}.")
        return answer["result"]


# -- measuring -------------------------------------------------------------------
def measure(case, plain, other):
    """One case on two databases in turn, each time in the other order."""
    title = plain("prepare", case.name)
    other("prepare", case.name)
    warm_up = WARM_UP_LONG if case.rounds <= LONG else WARM_UP
    for turn in range(warm_up):
        plain("run", case.name, turn)
        other("run", case.name, turn)
    plain("settle")
    other("settle")
    results = [], []
    for turn in range(warm_up, case.rounds + warm_up):
        pair = [(plain, results[0]), (other, results[1])]
        for worker, collected in pair if turn % 2 else reversed(pair):
            collected.append(worker("run", case.name, turn))
    return report.compare(case, title, *results)


def measure_growth(flat, plain, addon):
    counts = []
    for name in (flat.few, flat.many):
        title = plain("prepare", name)
        addon("prepare", name)
        leads = int("".join(filter(str.isdigit, title)))
        statements = []
        for worker in (plain, addon):
            worker("run", name, 0)
            statements.append(worker("statements", name, 1))
        counts.append((leads, *statements))
    return report.compare_growth(flat, *counts)


def measure_history(addon):
    results = [addon("rebuild_history") for _repetition in range(REPEAT_HISTORY)]
    return report.compare_history(results, cases.HISTORY_LIMIT, cases.HISTORY_SPEED)


def measure_touches(addon):
    return report.compare_touches(addon("rebuild_touches"), cases.TOUCH_SPEED)


def run_all(wanted, plain, addon):
    """Yield a row for each case."""
    for case in cases.CASES.values():
        if case.rounds and wanted(case):
            yield measure(case, plain, addon)
    for flat in cases.FLAT:
        if wanted(flat):
            yield measure_growth(flat, plain, addon)


def run_automation(wanted, plain, automation):
    for case in cases.CASES.values():
        if case.rounds and case.name.startswith("move_") and wanted(case):
            row = measure(dataclasses.replace(case, limit=None, extra_queries=None), plain, automation)
            row.name, row.case = f"automation_{row.name}", f"for comparison, automation rules: {row.case}"
            yield row


def show_queries(name, plain, addon, turn=1):
    """Print the statements that the addon sends and plain Odoo does not."""
    counts = []
    for worker in (plain, addon):
        worker("prepare", name)
        worker("run", name, 0)
        counts.append(worker("statements", name, turn))
    theirs, mine = counts
    for shape in dict.fromkeys([*mine, *theirs]):
        if difference := mine.get(shape, 0) - theirs.get(shape, 0):
            print(f"{difference:+4}  {shape[:600]}")


def show_profile(name, *workers):
    for worker in workers:
        worker("prepare", name)
        worker("run", name, 0)
        print(worker("profile", name, 10))


# -- program ---------------------------------------------------------------------
def parse(arguments):
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=SIZES, default="full", help="quick: 5,000 leads; full: 200,000 (default)")
    parser.add_argument("--leads", type=int, help="another number of leads")
    parser.add_argument("--only", metavar="NAME", action="append", help="only cases whose name has this; repeatable")
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    parser.add_argument("--with-automation", action="store_true", help="also a gate of four automation rules")
    parser.add_argument("--queries", metavar="CASE", help="instead: the statements that the addon adds to a case")
    parser.add_argument("--profile", metavar="CASE", help="instead: where plain Odoo and the addon spend a case's time")
    parser.add_argument("--list", action="store_true", help="instead: the names of the cases")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    if options.list:
        print("\n".join([*cases.CASES, *(flat.name for flat in cases.FLAT), "history", "touches", *specials.SPECIALS]))
        return 0
    leads = options.leads or SIZES[options.size]
    with contextlib.ExitStack() as stack:

        def start(template):
            # a fresh copy: rounds that were rolled back leave dead rows
            name = stack.enter_context(databases.scratch(template, template))
            # parallel workers of PostgreSQL would escape the count of busy time
            postgres.sql(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')
            return stack.enter_context(Worker(name))

        templates = [ensure_plain(leads), ensure_addon(leads)]
        plain, addon = (start(template) for template in templates)
        if options.queries:
            return show_queries(options.queries, plain, addon)
        if options.profile:
            return show_profile(options.profile, plain, addon)
        rows = []
        for row in collect(options, leads, plain, addon, start):
            rows.append(row)
            if not options.json:
                say(report.format_brief(row))
    return publish(options, leads, rows)


def collect(options, leads, plain, addon, start):
    def wanted(case):
        return not options.only or any(part in case.name for part in options.only)

    yield from run_all(wanted, plain, addon)
    if not options.only or any(part in "history" for part in options.only):
        yield measure_history(addon)
    if not options.only or any(part in "touches" for part in options.only):
        yield measure_touches(addon)
    for name in specials.SPECIALS:
        if not options.only or any(part in name for part in options.only):
            yield report.Row(name, **addon("special", name))
    if options.with_automation:
        yield from run_automation(wanted, plain, start(ensure_automation(leads)))


def publish(options, leads, rows):
    about = {
        "leads": leads,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "odoo": odoo_source.stamp(),
        "addon": addons.stamp(),
    }
    path = FOLDER / f"{leads}.json"
    report.write(path, rows, **about)
    print(path.read_text() if options.json else f"\n{leads:,} leads\n{report.format_table(rows)}", flush=True)
    met, missed = ([row for row in rows if row.passed is verdict] for verdict in (True, False))
    if not options.json:
        print(f"\n{len(met)} within their limits, {len(missed)} missed", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as sentence:
        print(f"bench: {sentence}", file=sys.stderr)
        sys.exit(1)
