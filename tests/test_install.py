"""Installing, updating and uninstalling the addon on real databases, with clean logs."""

import re

import pytest

from dev import addons, databases, server, settings
from dev.postgres import sql

from . import snapshots

ADDON = settings.ADDON
MIGRATIONS = settings.ROOT / ADDON / "migrations"


@pytest.fixture(scope="module")
def plain():
    """CRM with its demo data and without the addon."""
    return databases.plain()


@pytest.fixture(scope="module")
def installed():
    """The addon on top of it, without its own demo data."""
    return databases.with_addon()


@pytest.fixture(scope="module")
def demo():
    """What `make run` shows: languages and the addon's demo data."""
    return databases.with_addon(demo=True, languages=settings.LANGUAGES)


def test_install_on_populated_database_touches_no_lead(plain, installed):
    unchanged = ("crm_lead", "crm_stage", "crm_team")
    before, after = snapshots.crm(plain), snapshots.crm(installed)
    assert not snapshots.difference({t: before[t] for t in unchanged}, {t: after[t] for t in unchanged})


def test_install_log_is_clean(installed):
    server.check_log(databases.install_log(installed))


def test_install_log_with_demo_is_clean(demo):
    server.check_log(databases.install_log(demo))


def test_install_with_demo_and_languages(demo):
    assert sql(f"SELECT state, demo FROM ir_module_module WHERE name = '{ADDON}'", demo) == "installed|t"
    # Odoo goes on without a module's demo data when they fail
    assert sql("SELECT count(*) FROM ir_demo_failure", demo) == "0"
    active = sql("SELECT code FROM res_lang WHERE active ORDER BY code", demo).splitlines()
    assert active == sorted(settings.LANGUAGES)


def test_update_changes_nothing(demo, database):
    name = database(demo)
    before = snapshots.schema(name) | snapshots.data(name)
    server.check_log(databases.update(name, level="info"))
    assert not snapshots.difference(before, snapshots.schema(name) | snapshots.data(name))


def test_migrations_follow_the_convention():
    version = _version(addons.manifest()["version"])
    for folder in MIGRATIONS.glob("*"):
        assert re.fullmatch(r"19\.0(\.\d+){3}", folder.name), f"{folder.name} is no version"
        assert _version(folder.name) <= version, f"{folder.name} is newer than the manifest's version"
        for script in folder.glob("*.py"):
            assert re.match(r"(pre|post|end)-", script.name), f"{script.name} would never run"
            assert "def migrate(cr, version):" in script.read_text()


def test_update_from_every_older_version(installed, database):
    """All migration scripts run, and on a database that needs none of them they change nothing."""
    name = database(installed)
    before = snapshots.schema(name) | snapshots.data(name)
    sql(f"UPDATE ir_module_module SET latest_version = '19.0.0.0.1' WHERE name = '{ADDON}'", name)
    server.check_log(databases.update(name, level="info"))
    assert not snapshots.difference(before, snapshots.schema(name) | snapshots.data(name))
    version = sql(f"SELECT latest_version FROM ir_module_module WHERE name = '{ADDON}'", name)
    assert version == addons.manifest()["version"]


def _version(text):
    return tuple(map(int, text.split(".")))
