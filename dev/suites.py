"""Test suites: pytest over our own tests, and Odoo's own suites with and without the addon."""

import json
import os
import subprocess

from . import databases, odoo_source, server, settings, venv
from .process import Stop, tail, timed


def call(*command):
    return subprocess.call([str(part) for part in command], cwd=settings.ROOT, env=server.environment())


def call_python(*arguments):
    return call(venv.ODOO.python, *arguments)


def pytest(arguments):
    """All our tests, on a fresh clone of the database with the addon, or on one for each of several processes.

    A test class stays in one process; the checks of the whole product come first, because they take longest.
    """
    databases.clone(settings.UNIT_DATABASE, databases.with_addon())
    processes = [] if arguments else ["-n", _count_processes(), "--dist=loadscope", "--no-loadscope-reorder"]
    return call_python(
        *("-m", "pytest", f"--odoo-database={settings.UNIT_DATABASE}", "--odoo-http"),
        *("-p", "dev.pytest_plugin", "-p", "no:cacheprovider", f"--basetemp={settings.TEMPORARY / 'pytest'}"),
        *processes,
        *arguments,
    )


def _count_processes():
    """One for each core, and no more than a browser and an Odoo each leave memory for."""
    return min(os.cpu_count() or 1, 4)


ODOO_SUITES = ("sales_team", "crm", "sale_crm", "test_crm_full")


def compare_odoo_suites(tags):
    """Odoo's own CRM suites with and without the addon; `tags` (as in --test-tags) picks some tests."""
    _require_modules(ODOO_SUITES)
    results = {}
    for what, template in (("without", databases.plain(ODOO_SUITES)), ("with", databases.with_addon(ODOO_SUITES))):
        with databases.scratch(template, f"odoo_suites_{what}") as database, timed(f"Odoo's suites {what} the addon"):
            results[what] = _run_odoo_suites(database, what, ",".join(tags) or "+standard")
    for what, result in results.items():
        print(f"\n{what} the addon: {len(result['ran'])} tests ran, these failed ({len(result['failed'])}):")
        print("".join(f"  {test}\n" for test in result["failed"]) or "  none\n", end="")
    differences = _compare(results["without"], results["with"])
    print(f"\ndifferences ({len(differences)}):")
    print("\n".join(f"  {line}" for line in differences) or "  none", flush=True)
    ran = len(results["with"]["ran"])
    print(f"\n{ran - len(differences)} passed, {len(differences)} failed", flush=True)
    return 1 if differences or not ran else 0


def _require_modules(modules):
    present = {
        manifest.parent.name for folder in odoo_source.addons_paths() for manifest in folder.glob("*/__manifest__.py")
    }
    if missing := sorted(set(modules) - present):
        raise Stop(f"this Odoo lacks {', '.join(missing)}: the comparison cannot be made.")


def _run_odoo_suites(database, what, tags):
    output, log = settings.STATE / f"odoo-suites-{what}.json", settings.LOGS / f"odoo-suites-{what}.log"
    output.unlink(missing_ok=True)
    with log.open("w") as file:
        command = [venv.ODOO.python, settings.DEV / "odoo_tests.py", database, output, tags, *ODOO_SUITES]
        subprocess.call(command, cwd=settings.ROOT, env=server.environment(), stdout=file, stderr=file)
    if not output.exists():
        print(tail(log))
        raise Stop(f"Odoo's suites {what} the addon did not come to their end: {log.relative_to(settings.ROOT)}.")
    return json.loads(output.read_text())


def _compare(without, with_addon):
    lines = []
    for key, meaning in (("failed", "fails"), ("ran", "ran"), ("skipped", "is skipped")):
        lines += [f"{meaning} only with the addon: {test}" for test in sorted(set(with_addon[key]) - set(without[key]))]
        lines += [f"{meaning} only without it: {test}" for test in sorted(set(without[key]) - set(with_addon[key]))]
    return lines
