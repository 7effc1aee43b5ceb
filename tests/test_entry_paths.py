"""Leads that other apps bring and move, and a judgement that another addon brings: test addons in tests/addons.

Odoo's runner tests them on databases in which Odoo's apps are really installed.
"""

from dev import databases, odoo_source, server, settings

from .apps import APPS
from .odoo_runner import run_tests

ADDONS_PATH = ",".join(map(str, (*odoo_source.addons_paths(), settings.ROOT, settings.ROOT / "tests/addons")))


def install_and_test(database, addon):
    """Install one of the test addons and run its tests."""
    server.call(
        f"install-{addon}",
        *("-d", database, "-i", addon, "--stop-after-init", "--no-http", f"--addons-path={ADDONS_PATH}"),
    )
    run_tests(database, addon, addons_path=ADDONS_PATH)


def test_leads_of_other_apps(database):
    install_and_test(database(databases.with_addon(APPS)), "sales_process_test_entry_paths")


def test_judgement_of_another_addon(database):
    install_and_test(database(databases.with_addon()), "sales_process_test_judgement")
