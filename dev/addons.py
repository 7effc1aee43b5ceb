"""This repository's addons: which there are, what state their files are in."""

import ast
import hashlib
import subprocess

from . import settings


def names():
    """All addons at the root, those that others depend on first."""
    found = {folder.parent.name: manifest(folder.parent.name) for folder in settings.ROOT.glob("*/__manifest__.py")}
    return sorted(found, key=lambda name: (sum(other in found for other in found[name]["depends"]), name))


def manifest(name=settings.ADDON):
    return ast.literal_eval((settings.ROOT / name / "__manifest__.py").read_text())


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
