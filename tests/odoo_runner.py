"""Odoo's own test runner on a database in which addons and Odoo's apps are really installed."""

import json
import subprocess

import pytest

from dev import server, settings, venv

# Hardly a test there opens a browser, and building all bundles of the web client takes a minute: the first page that is
# opened builds those that it needs in a third of that.
RUN_TESTS = """
import sys
from dev import odoo_tests
odoo_tests._make_assets = lambda registry: None
odoo_tests.main(*sys.argv[1:])
"""


def run_tests(database, *addons, addons_path=None):
    """Run the tests of installed addons; fail with the log of those that do not pass.

    :return: list of the tests that ran
    """
    output, log = settings.STATE / f"{addons[0]}.json", settings.LOGS / f"test-{addons[0]}.log"
    output.unlink(missing_ok=True)
    tags = ",".join(f"/{addon}" for addon in addons)
    environment = dict(server.environment(), **({"ODOO_ADDONS_PATH": addons_path} if addons_path else {}))
    with log.open("w") as file:
        subprocess.call(
            [str(venv.ODOO.python), "-c", RUN_TESTS, database, str(output), tags, *addons],
            cwd=settings.ROOT,
            env=environment,
            stdout=file,
            stderr=file,
        )
    text = log.read_text()
    assert output.exists(), f"the tests of {', '.join(addons)} did not come to their end:\n{text[-5000:]}"
    result = json.loads(output.read_text())
    assert result["ran"], f"no test of {', '.join(addons)} ran"
    assert not result["skipped"]
    if result["failed"]:
        pytest.fail("\n".join([*result["failed"], *_tracebacks(text)]), pytrace=False)
    server.check_log(log)
    print(f"{', '.join(addons)}: {len(result['ran'])} tests passed")
    return result["ran"]


def _tracebacks(text):
    """The parts of an Odoo log that tell why tests failed."""
    parts = text.split("=" * 70)
    return [part.partition(" INFO ")[0][-3000:] for part in parts if "Traceback" in part[:2000]]
