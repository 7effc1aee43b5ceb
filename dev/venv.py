"""The Python environments: one for Odoo and the tests, one for the lint tools (their pins conflict), and one for the
process mining that a test compares with, made when that test runs first."""

import os
import platform
import shutil
import sys
import sysconfig
import venv
from pathlib import Path

from . import archive, settings
from .process import Stop, digest, once, run_logged, say, succeeds


class Environment:
    def __init__(self, name, requirements):
        self.name = name
        self.folder = settings.STATE / name
        self.requirements = settings.DEV / requirements
        self.python = self.folder / "bin/python"

    @property
    def stamp(self):
        return digest(sys.version, platform.machine(), self.requirements.read_text())

    @property
    def site_packages(self):
        return next(self.folder.glob("lib/python*/site-packages"))

    def program(self, name):
        return self.folder / "bin" / name

    def ensure(self):
        once(self.name, self.stamp, self._build)

    def _build(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        _create(self.folder)
        wheels = self._wheels()
        run_logged(
            self.name,
            *(self.python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--find-links", wheels),
            *("-r", self.requirements),
            env=_pip_environment(),
            failure=f"the Python packages of {self.requirements.name} could not be installed",
        )

    def _wheels(self):
        """The folder of the pinned wheels, filled by pip unless the cache has them all."""
        folder = settings.CACHE / "wheels" / f"{sysconfig.get_platform()}-{sysconfig.get_python_version()}"
        complete = folder / f"{digest(self.requirements.read_text())[:16]}.complete"
        if not complete.exists():
            folder.mkdir(parents=True, exist_ok=True)
            say(f"downloading the Python packages of {self.requirements.name} …")
            run_logged(
                self.name,
                *(self.python, "-m", "pip", "wheel", "-q", "--use-pep517", "--no-deps"),
                *("--find-links", folder, "-w", folder, "-r", self.requirements),
                env=_pip_environment(),
                failure="the Python packages could not be downloaded: is pip's package index reachable?",
            )
            complete.touch()
        return folder


ODOO = Environment("venv", "requirements.txt")
LINT = Environment("venv-lint", "requirements-lint.txt")
MINING = Environment("venv-mining", "requirements-mining.txt")


def _pip_environment():
    # the default cache would be outside the working copy
    return dict(os.environ, PIP_CACHE_DIR=str(settings.CACHE / "pip"), PIP_DISABLE_PIP_VERSION_CHECK="1")


def _create(folder):
    """A virtual environment with pip; a bare Debian has no ensurepip, its archive has the pip wheel."""
    if not (3, 10) <= sys.version_info < (3, 14):
        raise Stop(f"Odoo 19 needs Python 3.10 or newer, this is {platform.python_version()}; set PYTHON=… for make.")
    if succeeds(sys.executable, "-m", "ensurepip", "--version"):
        venv.create(folder, with_pip=True, symlinks=True)
        return
    venv.create(folder, with_pip=False, symlinks=True)
    wheel = _debian_pip()
    run_logged(
        "venv",
        *(folder / "bin/python", wheel / "pip", "install", "-q", "--no-index", wheel),
        failure="pip could not be installed",
    )


def _debian_pip():
    debs = settings.CACHE / "debs"
    if not list(debs.glob("python3-pip-whl_*.deb")):
        archive.download({"python3-pip-whl": archive.release()}, debs, "Python has no pip")
    folder = settings.STATE / "pip"
    archive.unpack(next(debs.glob("python3-pip-whl_*.deb")), folder)
    return next(Path(folder).rglob("pip-*.whl"))
