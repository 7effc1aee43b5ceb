"""Uninstalling leaves CRM as it was, and nothing of the addon."""

import pytest

from dev import databases, server, settings
from dev.postgres import sql

from . import snapshots

ADDON = settings.ADDON
# (what, query that counts): each must be 0 after uninstalling
LEFTOVERS = {
    "external ids": f"SELECT count(*) FROM ir_model_data WHERE module = '{ADDON}'",
    "tables": "SELECT count(*) FROM pg_class WHERE relname LIKE 'sales\\_process%'",
    "models": "SELECT count(*) FROM ir_model WHERE model LIKE 'sales.process%'",
    "fields": "SELECT count(*) FROM ir_model_fields WHERE name LIKE 'sales\\_%' AND model LIKE 'crm.%' "
    "AND (name LIKE 'sales\\_process%' OR name LIKE 'sales\\_gate%' OR name LIKE 'sales\\_stage%')",
    "fields that point to the addon": "SELECT count(*) FROM ir_model_fields WHERE relation LIKE 'sales.process%'",
    "views": "SELECT count(*) FROM ir_ui_view WHERE model LIKE 'sales.process%'",
    "window actions": "SELECT count(*) FROM ir_act_window WHERE res_model LIKE 'sales.process%'",
    "parameters": f"SELECT count(*) FROM ir_config_parameter WHERE key LIKE '{ADDON}%'",
    "scheduled actions": "SELECT count(*) FROM ir_cron WHERE cron_name ILIKE '%sales process%'",
    "attachments": "SELECT count(*) FROM ir_attachment WHERE res_model LIKE 'sales.process%'",
    "messages": "SELECT count(*) FROM mail_message WHERE model LIKE 'sales.process%'",
    "activities": "SELECT count(*) FROM mail_activity WHERE res_model LIKE 'sales.process%'",
    "followers": "SELECT count(*) FROM mail_followers WHERE res_model LIKE 'sales.process%'",
    "assets": f"SELECT count(*) FROM ir_asset WHERE path LIKE '%{ADDON}%'",
}
# models whose records stand on others that the addon brings: pipeline stages, departments, service levels, categories
USERS_WORK = ("sales.process", "sales.process.journey", "sales.process.resource", "sales.process.support.request")


def uninstall(database, addon=ADDON):
    server.check_log(server.call(f"uninstall-{database}", "module", "uninstall", "-d", database, addon))
    assert sql(f"SELECT state FROM ir_module_module WHERE name = '{addon}'", database) == "uninstalled"


@pytest.fixture(scope="module")
def unused():
    """Uninstalled again right after the installation."""
    with databases.scratch(databases.with_addon(), "uninstall_unused") as name:
        uninstall(name)
        yield name


@pytest.fixture(scope="module")
def used():
    """Uninstalled from a database with demo data, and the leads that were not the addon's own before that."""
    with databases.scratch(databases.with_addon(demo=True, languages=settings.LANGUAGES), "uninstall_used") as name:
        before = _foreign_leads(name)
        _turn_into_users_work(name)
        uninstall(name)
        yield name, before


def _turn_into_users_work(database):
    """Part of the demo data as if users had made it: it stands on records that leave with the addon, and stays."""
    for model in USERS_WORK:
        where = f"module = '{ADDON}' AND model = '{model}'"
        assert sql(f"SELECT count(*) FROM ir_model_data WHERE {where}", database) != "0", model
        sql(f"DELETE FROM ir_model_data WHERE {where}", database)


def _foreign_leads(database):
    """Leads that the addon did not bring along, with what CRM knows of them."""
    return snapshots.lines(
        "SELECT id, name, type, stage_id, team_id, user_id, company_id, active, probability, expected_revenue "
        f"FROM crm_lead WHERE id NOT IN (SELECT res_id FROM ir_model_data WHERE module = '{ADDON}' "
        "AND model = 'crm.lead')",
        database,
    )


@pytest.mark.parametrize("what", LEFTOVERS)
def test_nothing_is_left(unused, used, what):
    for database in (unused, used[0]):
        assert sql(LEFTOVERS[what], database) == "0"


def test_schema_is_as_before(unused):
    assert not snapshots.difference(snapshots.schema(databases.plain()), snapshots.schema(unused))


def test_crm_is_as_before(unused):
    assert not snapshots.difference(snapshots.crm(databases.plain()), snapshots.crm(unused))


def test_used_schema_is_as_before(used):
    plain = databases.plain(languages=settings.LANGUAGES)
    assert not snapshots.difference(snapshots.schema(plain), snapshots.schema(used[0]))


def test_used_leads_are_as_before(used):
    database, before = used
    assert _foreign_leads(database) == before
