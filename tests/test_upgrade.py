"""From the last version to this one, on a database in use: as a fresh installation, and nothing lost."""

import ast
import io
import subprocess
import tarfile

import pytest

from dev import addons, databases, odoo_source, server, settings
from dev.postgres import sql

from . import snapshots

ADDON = settings.ADDON
MANIFEST = f"{ADDON}/__manifest__.py"
EXTERNAL_IDS = f"SELECT name || ' ' || model FROM ir_model_data WHERE module = '{ADDON}'"
#: The versions given out, oldest first, and their last commits. What stood in between was nobody's to upgrade from.
RELEASED = {"19.0.2.0.0": "2d79b20d025ceb64c523ee1623ec94012e12bbad"}
FACTS = ("sales_process_visit", "sales_process_answer", "sales_process_decision", "sales_process_deliverable")


def _git(*arguments, text=True):
    return subprocess.run(["git", *arguments], cwd=settings.ROOT, check=True, capture_output=True, text=text).stdout


def _version_at(commit):
    return ast.literal_eval(_git("show", f"{commit}:{MANIFEST}"))["version"]


def _last_commit_of_former_version():
    """The last commit of the version given out before the present one; None in a shallow clone."""
    former = [commit for version, commit in RELEASED.items() if version != addons.manifest()["version"]]
    known = subprocess.run(
        ["git", "cat-file", "-e", f"{former[-1]}^{{commit}}"], cwd=settings.ROOT, capture_output=True
    )
    return None if known.returncode else former[-1]


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    """(name of a database with the former version and its demo data, that version)"""
    commit = _last_commit_of_former_version()
    if commit is None:
        pytest.skip("git knows no former version: a shallow clone")
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit, ADDON, text=False))) as archive:
        archive.extractall(folder)
    paths = ",".join(map(str, (*odoo_source.addons_paths(), folder)))
    name = databases.clone(databases.scratch_name("upgrade"), databases.plain(languages=settings.LANGUAGES))
    server.call(
        "install-former",
        *("-d", name, "-i", ADDON, "--stop-after-init", "--no-http", "--with-demo", f"--addons-path={paths}"),
    )
    yield name, _version_at(commit)
    databases.drop(name)


def test_upgrade_from_the_former_version(former):
    name, version = former
    installed = f"SELECT latest_version FROM ir_module_module WHERE name = '{ADDON}'"
    assert sql(installed, name) == version
    leads = snapshots.crm(name)["crm_lead"]
    facts = {table: sql(f"SELECT count(*) FROM {table}", name) for table in FACTS}
    assert all(int(count) for count in facts.values())

    server.check_log(databases.update(name, level="info"))

    assert sql(installed, name) == addons.manifest()["version"]
    assert snapshots.crm(name)["crm_lead"] == leads
    assert {table: sql(f"SELECT count(*) FROM {table}", name) for table in FACTS} == facts
    fresh = databases.with_addon(demo=True, languages=settings.LANGUAGES)
    assert not snapshots.difference(snapshots.schema(fresh), snapshots.schema(name))
    definitions = f"{EXTERNAL_IDS} AND NOT noupdate"
    missing = snapshots.lines(definitions, fresh) - snapshots.lines(definitions, name)
    assert not missing
