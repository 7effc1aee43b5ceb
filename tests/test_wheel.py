"""The addon as a pip-installable wheel."""

import zipfile

import pytest

from dev import addons, wheel


@pytest.fixture(scope="module", params=addons.names())
def built(request):
    path = wheel.build(request.param)
    with zipfile.ZipFile(path) as archive:
        yield request.param, path.name, archive


def test_name_and_version(built):
    addon, filename, archive = built
    version = addons.manifest(addon)["version"]
    assert filename == f"odoo_addon_{addon}-{version}-py3-none-any.whl"
    metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    text = archive.read(metadata).decode()
    assert f"Version: {version}\n" in text
    assert "License: LGPL-3" in text or "License-Expression: LGPL-3" in text
    assert "odoo==19.0" in text


def test_contains_every_file(built):
    """Everything in the repository is in the wheel: data, views, templates, translations, web client."""
    addon, _filename, archive = built
    packed = set(archive.namelist())
    ours = {f"odoo/addons/{path}" for path in addons.files(addon)} - {f"odoo/addons/{addon}/pyproject.toml"}
    assert not ours - packed


def test_contains_manifest_files(built):
    addon, _filename, archive = built
    manifest = addons.manifest(addon)
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    missing = [name for name in listed if f"odoo/addons/{addon}/{name}" not in archive.namelist()]
    assert not missing
