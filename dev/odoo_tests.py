"""Run modules' own tests with Odoo's runner on a complete database: DATABASE RESULT.json TAGS MODULE…

A program of the Odoo environment, not of the set-up.  `--test-enable` runs at_install tests while modules are still
loading, in an order in which a module's tests never see the addons that extend it: here everything is loaded first.
"""

import json
import socket
import sys
import threading

import odoo.cli  # noqa: F401  (Odoo's parts import each other in this order)
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tests import loader
from odoo.tests.result import OdooTestResult
from odoo.tools import config


class Result(OdooTestResult):
    """Remembers which tests ran and which did not pass."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ran, self.failed, self.skipped_tests = [], set(), {}

    def startTest(self, test):
        self.ran.append(test.id())
        super().startTest(test)

    def addError(self, test, error):
        self._remember(test)
        super().addError(test, error)

    def addFailure(self, test, error):
        self._remember(test)
        super().addFailure(test, error)

    def addSkip(self, test, reason):
        self.skipped_tests[test.id()] = reason
        super().addSkip(test, reason)

    def _remember(self, test):
        if not self._soft_fail:  # a first try that Odoo will repeat
            self.failed.add(getattr(test, "test_case", test).id())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_http():
    """The web server that HttpCases talk to."""
    from odoo.http import root

    server.load_server_wide_modules()
    server.server = server.ThreadedServer(root)
    server.server.start(stop=False)


def run(database, tags, modules):
    options = ["-d", database, "--db-filter", f"^{database}$", "--max-cron-threads=0", "--log-level=info"]
    config.parse_config([*options, f"--http-port={free_port()}"], setup_logging=True)
    threading.current_thread().testing = True
    threading.current_thread().dbname = database
    registry = Registry(database)
    start_http()
    config["test_enable"], config["test_tags"] = True, tags
    results = Result()
    try:
        for position in ("at_install", "post_install"):
            suite = loader.make_suite(modules, position)
            if suite.has_http_case():
                _make_assets(registry)
            _run_suite(suite, results)
    finally:
        server.server.stop()
    return results


def _run_suite(suite, results):
    # loader.run_suite makes a result object of its own
    from odoo.modules import module

    module.current_test = True
    suite(results)
    module.current_test = False


def _make_assets(registry):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()


def main(database, output, tags, *modules):
    results = run(database, tags, modules)
    with open(output, "w") as file:
        values = {"ran": results.ran, "failed": sorted(results.failed), "skipped": results.skipped_tests}
        json.dump(values, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
