"""The addons that install themselves beside Odoo's apps: all of them on one database that has all those apps."""

import json
import re

import polib
import pytest

from dev import addons, databases, server, settings
from dev.postgres import sql

from . import snapshots
from .apps import APPS, GLUE
from .odoo_runner import run_tests
from .test_uninstall import LEFTOVERS, uninstall

LANGUAGES = ("zh_TW", "zh_CN")
UNIVERSAL = {"ID"}  # reads the same in every language
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|</?\w+")
LIST_TERMS = """
import json
from pathlib import Path
from odoo.tools.translate import TranslationModuleReader
# Odoo counts a model's label on web forms, which is Website's text, for every addon that extends the model.
terms = {
    name: sorted({row[4] for row in TranslationModuleReader(env.cr, [name]) if row[2] != "ir.model,website_form_label"})
    for name in %r
}
Path(%r).write_text(json.dumps(terms))
"""


@pytest.fixture(scope="module")
def installed():
    """Odoo's apps with the addon put on top, and nobody named the glue addons."""
    return databases.with_addon(APPS)


@pytest.fixture(scope="module")
def ran(installed):
    """Names of the tests that ran; all glue addons' in one process, because starting it is what takes time."""
    with databases.scratch(installed, "glue_addons") as name:
        return run_tests(name, *GLUE)


@pytest.fixture(scope="module")
def terms(installed):
    """{addon: what Odoo itself finds to translate in it}"""
    path = settings.TEMPORARY / "glue-terms.json"
    with databases.scratch(installed, "glue_terms") as name:
        server.call("glue-terms", "shell", "-d", name, "--no-http", stdin=LIST_TERMS % (GLUE, str(path)))
    return json.loads(path.read_text())


def _states(database):
    rows = sql(f"SELECT name, state FROM ir_module_module WHERE name LIKE '{settings.ADDON}%'", database)
    states = dict(row.split("|") for row in rows.splitlines())
    return {name: states[name] for name in (settings.ADDON, *GLUE)}


def _depending(addon):
    """The glue addons that go with one."""
    found = {addon}
    for name in GLUE:  # those that others depend on come first
        if found.intersection(addons.manifest(name)["depends"]):
            found.add(name)
    return found


def test_they_install_themselves(installed):
    assert _states(installed) == dict.fromkeys((settings.ADDON, *GLUE), "installed")


def test_install_log_is_clean(installed):
    server.check_log(databases.install_log(installed))


def test_none_of_them_is_installed_without_its_apps():
    states = _states(databases.with_addon())
    assert {name for name, state in states.items() if state == "installed"} == {settings.ADDON}


@pytest.mark.parametrize("addon", GLUE)
def test_own_tests(addon, ran):
    assert [test for test in ran if f"{addon}.tests." in test], f"no test of {addon} ran"


@pytest.mark.parametrize("addon", GLUE)
def test_manifest(addon):
    main, manifest = addons.manifest(), addons.manifest(addon)
    same = ("author", "website", "license", "category")
    assert [manifest[key] for key in same] == [main[key] for key in same]
    assert _depending(settings.ADDON).issuperset(GLUE)
    assert set(manifest["depends"]) - set(addons.names()), "without an app of Odoo's it belongs into the main addon"
    assert not manifest.get("application")
    project = "pyproject.toml"
    assert (settings.ROOT / addon / project).read_text() == (settings.ROOT / settings.ADDON / project).read_text()


@pytest.mark.parametrize("addon", GLUE)
def test_translations_are_complete(addon, terms):
    folder = settings.ROOT / addon / "i18n"
    if not terms[addon]:
        assert not folder.exists()
        return
    assert {entry.msgid for entry in polib.pofile(str(folder / f"{addon}.pot"))} == set(terms[addon])
    for lang in LANGUAGES:
        entries = {entry.msgid: entry.msgstr for entry in polib.pofile(str(folder / f"{lang}.po"))}
        assert not {term for term in terms[addon] if not entries.get(term)} - UNIVERSAL
        for source, value in entries.items():
            assert not value or sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(value))


def test_update_changes_nothing(installed, database):
    name = database(installed)
    before = snapshots.schema(name) | snapshots.data(name)
    server.check_log(databases.update(name, level="info"))
    assert not snapshots.difference(before, snapshots.schema(name) | snapshots.data(name))


def test_uninstalling_one_leaves_the_others_and_crm(installed, database):
    name = database(installed)
    gone = GLUE[0]
    before = snapshots.crm(name)
    uninstall(name, gone)
    expected = {addon: "uninstalled" if addon in _depending(gone) else "installed" for addon in _states(name)}
    assert _states(name) == expected
    assert not snapshots.difference(before, snapshots.crm(name))
    assert sql(f"SELECT count(*) FROM ir_model_data WHERE module = '{gone}'", name) == "0"


def test_uninstalling_the_addon_takes_them_along(installed, database):
    name = database(installed)
    uninstall(name)
    assert set(_states(name).values()) == {"uninstalled"}
    assert sql(f"SELECT count(*) FROM ir_model_data WHERE module LIKE '{settings.ADDON}%'", name) == "0"
    assert {what: sql(query, name) for what, query in LEFTOVERS.items()} == dict.fromkeys(LEFTOVERS, "0")
    assert not snapshots.difference(snapshots.schema(databases.plain(APPS)), snapshots.schema(name))
