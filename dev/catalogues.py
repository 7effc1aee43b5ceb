"""Catalogues of what people read: renew addons' templates from their sources, keep the translations there are.

A program of the Odoo environment: ADDON…, the main addon if none is named.
"""

import sys

import polib

from . import addons, databases, server, settings
from .process import say

LANGUAGES = ("zh_TW", "zh_CN")
EXPORT = """
from odoo.tools.translate import trans_export
with open(%r, "wb") as file:
    trans_export(False, [%r], file, "po", env)
"""


def renew(names):
    """Rewrite `i18n/` of the addons; say what is left to translate.

    :return: number of texts without a translation
    """
    main = addons.manifest()["depends"]
    wanted = {app for name in names for app in addons.manifest(name)["depends"]} - set(addons.names())
    template = databases.with_addon(tuple(sorted(wanted.union(main))))
    missing = 0
    with databases.scratch(template, "catalogues") as database:
        for name in names:
            folder = settings.ROOT / name / "i18n"
            folder.mkdir(exist_ok=True)
            pot = folder / f"{name}.pot"
            server.call("catalogues", "shell", "-d", database, "--no-http", stdin=EXPORT % (str(pot), name))
            missing += sum(_merge(pot, folder / f"{language}.po", language) for language in LANGUAGES)
    return missing


def _merge(pot, path, language):
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.pofile(str(pot))
    catalogue.metadata.update(
        {
            "Language": language,
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=1; plural=0;",
        }
    )
    for entry in catalogue:
        entry.msgstr = known.get(entry.msgid, "")
    catalogue.save(str(path))
    missing = [entry.msgid for entry in catalogue.untranslated_entries()]
    say(f"{path.relative_to(settings.ROOT)}: {len(catalogue)} texts, {len(missing)} without a translation")
    for text in missing:
        print(f"  {text!r}")
    return len(missing)


if __name__ == "__main__":
    renew(sys.argv[1:] or [settings.ADDON])
