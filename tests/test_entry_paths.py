"""Leads that other apps bring and move, and a judgement that another addon brings: test addons in tests/addons.

Odoo's runner tests them on databases in which Odoo's apps are really installed.
"""

import json
import subprocess

import pytest

from dev import databases, odoo_source, server, settings, venv

ADDONS_PATH = ",".join(map(str, (*odoo_source.addons_paths(), settings.ROOT, settings.ROOT / "tests/addons")))
# What the addon of the entry paths depends on; in the template, so that installing that addon takes seconds.
APPS = (
    "base_automation",
    "crm_mail_plugin",
    "event_crm",
    "survey_crm",
    "website_crm",
    "website_crm_livechat",
    "website_crm_partner_assign",
)
# No test opens a browser, and building all bundles of the web client takes a minute.
RUN_TESTS = """
import sys
from dev import odoo_tests
odoo_tests._make_assets = lambda registry: None
odoo_tests.main(*sys.argv[1:])
"""


def run_tests(database, addon):
    """Install one of the test addons and run its tests; fail with the log of those that do not pass."""
    server.call(
        f"install-{addon}",
        *("-d", database, "-i", addon, "--stop-after-init", "--no-http", f"--addons-path={ADDONS_PATH}"),
    )
    output, log = settings.STATE / f"{addon}.json", settings.LOGS / f"test-{addon}.log"
    output.unlink(missing_ok=True)
    with log.open("w") as file:
        subprocess.call(
            [str(venv.ODOO.python), "-c", RUN_TESTS, database, str(output), f"/{addon}", addon],
            cwd=settings.ROOT,
            env=dict(server.environment(), ODOO_ADDONS_PATH=ADDONS_PATH),
            stdout=file,
            stderr=file,
        )
    text = log.read_text()
    assert output.exists(), f"the tests of {addon} did not come to their end:\n{text[-5000:]}"
    result = json.loads(output.read_text())
    assert result["ran"], f"no test of {addon} ran"
    assert not result["skipped"]
    if result["failed"]:
        pytest.fail("\n".join([*result["failed"], *_tracebacks(text)]), pytrace=False)
    server.check_log(log)
    print(f"{addon}: {len(result['ran'])} tests passed")


def _tracebacks(text):
    """The parts of an Odoo log that tell why tests failed."""
    parts = text.split("=" * 70)
    return [part.partition(" INFO ")[0][-3000:] for part in parts if "Traceback" in part[:2000]]


def test_leads_of_other_apps(database):
    run_tests(database(databases.with_addon(APPS)), "sales_process_test_entry_paths")


def test_judgement_of_another_addon(database):
    run_tests(database(databases.with_addon()), "sales_process_test_judgement")
