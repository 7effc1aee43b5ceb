"""This repository's addons: which there are, what state their files are in."""

import ast
import hashlib
import subprocess

from . import settings


def names():
    """All addons at the root, those that others depend on first."""
    found = {folder.parent.name: manifest(folder.parent.name) for folder in settings.ROOT.glob("*/__manifest__.py")}
    return sorted(found, key=lambda name: (len(_needed(name, found)), name))


def _needed(name, found):
    """Which of `found` an addon depends on, directly or not."""
    direct = set(found[name]["depends"]) & set(found)
    return direct.union(*(_needed(other, found) for other in direct))


def manifest(name=settings.ADDON):
    return ast.literal_eval((settings.ROOT / name / "__manifest__.py").read_text())


def glue(modules):
    """Our addons that may install themselves beside Odoo's `modules`; CRM alone makes none do so."""
    return [name for name in names() if manifest(name).get("auto_install")] if set(modules) - {"crm"} else []


def files(*patterns):
    """The repository's own files (committed, or new and not ignored) that exist, as paths from the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=settings.ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted({name for name in listing.split("\0") if name and (settings.ROOT / name).is_file()})


def stamp(name=settings.ADDON):
    """Changes when a file changes that an installed database depends on (tests do not count)."""
    result = hashlib.sha256()
    for path in files(name):
        if not path.startswith((f"{name}/tests/", f"{name}/static/tests/")):
            result.update(path.encode() + b"\0" + (settings.ROOT / path).read_bytes() + b"\0")
    return result.hexdigest()
