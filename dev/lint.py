"""All style and safety checks.  Each runs whatever the others say; any failure fails the whole."""

import os
import subprocess
from pathlib import Path

from . import addons, node, odoo_source, settings, venv
from .process import Stop, say

FORMATTED = ("*.xml", "*.js", "*.mjs", "*.scss", "*.css")
OLDEST_SERIES = "17.0"  # upgrade_code's scripts from here on find what newer Odoo ignores in silence


def _tool(name, *arguments):
    return [venv.LINT.program(name), *arguments]


def ruff():
    return [_tool("ruff", "check", "--no-cache", "--output-format=concise")]


def ruff_format():
    return [_tool("ruff", "format", "--no-cache", "--check")]


def pylint():
    return [_tool("pylint", *addons.names())]


def oca_module():
    return [_tool("oca-checks-odoo-module", *addons.names())]


def tidy_catalogues():
    """Bring the catalogues into the form that the check wants."""
    subprocess.call(
        [venv.LINT.program("oca-checks-po"), "--no-verbose", "--fix", *addons.files("*.po")], cwd=settings.ROOT
    )


def oca_po():
    catalogues = addons.files("*.po", "*.pot")
    return [_tool("oca-checks-po", *catalogues)] if catalogues else []


def prettier():
    return _prettier("--check")


def upgrade_code():
    # called and not run: the command reads all of Odoo's own addons too, the script cannot parse its arguments
    code = (
        "import sys; from odoo import release; from odoo.tools import parse_version as v; "
        "from odoo.cli.upgrade_code import migrate; root, glob, oldest = sys.argv[1:]; "
        "sys.exit(migrate([root], glob, v(oldest), v(release.version), dry_run=True))"
    )
    return [[venv.ODOO.python, "-c", code, settings.ROOT, f"{name}/**/*", OLDEST_SERIES] for name in addons.names()]


def _manifestoo(*arguments):
    paths = ",".join(map(str, odoo_source.addons_paths()))
    return _tool(
        *("manifestoo", "--odoo-series=19.0", "--no-addons-path-from-import-odoo"),
        *(f"--addons-path={paths}", f"--select-addons-dir={settings.ROOT}", *arguments),
    )


def manifests():
    return [_manifestoo("check-licenses"), _manifestoo("check-dev-status", "--default-dev-status=Beta")]


def missing_addons():
    """Lists the addons that ours depend on and that are nowhere."""
    return [_manifestoo("list-missing")]


def _prettier(mode, paths=()):
    node.ensure()
    below = tuple(f"{path.rstrip('/')}/" for path in paths)
    files = [name for name in addons.files(*FORMATTED) if not paths or name in paths or name.startswith(below)]
    if not files:
        return []
    plugin = node.package("@prettier/plugin-xml/src/plugin.js")
    return [[node.program(), node.package("prettier/bin/prettier.cjs"), mode, "--plugin", plugin, *files]]


CHECKS = {
    "ruff": ruff,
    "ruff-format": ruff_format,
    "pylint": pylint,
    "oca-module": oca_module,
    "oca-po": oca_po,
    "prettier": prettier,
    "upgrade-code": upgrade_code,
    "manifests": manifests,
    "missing-addons": missing_addons,
}
FAIL_ON_OUTPUT = {"missing-addons"}  # these only list and always exit with 0


def run(name):
    """Run one check: its output when it fails, else None."""
    failed = []
    for command in CHECKS[name]():
        done = subprocess.run(
            [str(part) for part in command],
            cwd=settings.ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode or (name in FAIL_ON_OUTPUT and done.stdout.strip()):
            failed.append(f"{done.stdout.strip()}\n(exit status {done.returncode})")
    return "\n".join(failed) or None


def run_all(names=()):
    """Run the checks and report all that fail."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        raise Stop(f"no such check: {', '.join(sorted(unknown))}; there are: {', '.join(CHECKS)}.")
    failed = []
    for name in names or CHECKS:
        output = run(name)
        say(f"{name}: {'FAILED' if output else 'ok'}")
        if output:
            print(output, flush=True)
            failed.append(name)
    if failed:
        raise Stop(f"lint failed: {', '.join(failed)}.")
    say(f"lint: {len(names or CHECKS)} checks passed.")


def format_files(paths=()):
    """Apply what ruff, prettier and (for whole addons) the OCA checks mend by themselves, in `paths` or everywhere."""
    # ruff takes whatever is named for Python
    python = [path for path in paths if Path(path).suffix in ("", ".py")]
    if python or not paths:
        _run(_tool("ruff", "check", "--no-cache", "--fix-only", "--quiet", *python))
        _run(_tool("ruff", "format", "--no-cache", *python))
    if fixable := [name for name in addons.names() if not paths or name in paths]:
        # It ends with an error while anything is left that only a person can mend: `make lint` says what.
        _run(_tool("oca-checks-odoo-module", "--fix", "--no-exit", "--no-verbose", *fixable), check=False)
    for command in _prettier("--write", paths):
        _run(command)


def _run(command, check=True):
    subprocess.run([str(part) for part in command], cwd=settings.ROOT, env=_environment(), check=check)


def _environment():
    # a narrow or coloured terminal must not change what a tool prints
    return dict(os.environ, COLUMNS="120", NO_COLOR="1", PYTHONDONTWRITEBYTECODE="1")
