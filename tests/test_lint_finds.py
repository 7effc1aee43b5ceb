"""Every check of `make lint` really fails when there is something to find."""

import subprocess

import pytest

from dev import lint, settings

MANIFEST = """\
{
    "name": "Broken",
    "version": "19.0.1.0.0",
    "author": "Somebody",
    "license": "LGPL-3",
    "depends": ["free_addon", "no_such_addon"],
}
"""
FREE_MANIFEST = MANIFEST.replace("LGPL-3", "AGPL-3").replace('"free_addon", "no_such_addon"', '"base"')
MODEL = """\
import os
from odoo import models
class Broken(models.Model):
    _name = "broken"
    _description = "Broken"
    _sql_constraints = [("a", "unique(name)", "b")]
    def count(self): return self._cr.execute("SELECT 1")
"""
VIEW = """\
<?xml version="1.0" encoding="UTF-8" ?>
<odoo><record id="a"      model="ir.ui.view"><field name="name">a</field></record></odoo>
"""
CATALOGUE = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

#. module: broken
#. odoo-python
#: code:addons/broken/models.py:0
msgid "twice"
msgstr ""

#. module: broken
#. odoo-python
#: code:addons/broken/models.py:0
msgid "twice"
msgstr ""
"""


@pytest.fixture(scope="module")
def broken_repository(tmp_path_factory):
    root = tmp_path_factory.mktemp("broken")
    files = {
        "broken/__manifest__.py": MANIFEST,
        "broken/__init__.py": "from . import models\n",
        "broken/models.py": MODEL,
        "broken/views/broken_views.xml": VIEW,
        "broken/i18n/zh_TW.po": CATALOGUE,
        "free_addon/__manifest__.py": FREE_MANIFEST,
        "free_addon/__init__.py": "",
    }
    for name in ("pyproject.toml", ".prettierrc.json"):
        files[name] = (settings.ROOT / name).read_text()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


@pytest.mark.parametrize("check", lint.CHECKS)
def test_check_fails(check, broken_repository, monkeypatch):
    monkeypatch.setattr(settings, "ROOT", broken_repository)
    assert lint.run(check), f"{check} finds nothing in a broken addon"
