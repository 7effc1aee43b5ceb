"""Test suites: pytest over our own tests, and Odoo's own suites with and without the addon."""

import os
import subprocess

from . import databases, postgres, settings, venv


def environment():
    """What programs of the environment need: Odoo's configuration, the database server, our package `dev`."""
    return dict(
        postgres.client_environment(),
        ODOO_RC=str(settings.CONF),
        PYTHONPATH=str(settings.ROOT),
        PATH=os.pathsep.join([str(venv.ODOO.folder / "bin"), str(postgres.bin_folder()), os.environ["PATH"]]),
    )


def call(*command):
    return subprocess.call([str(part) for part in command], cwd=settings.ROOT, env=environment())


def call_python(*arguments):
    return call(venv.ODOO.python, *arguments)


def pytest(arguments):
    """All our tests, on a fresh clone of the database with the addon."""
    databases.clone(settings.UNIT_DATABASE, databases.with_addon())
    return call_python(
        *("-m", "pytest", f"--odoo-database={settings.UNIT_DATABASE}", "--odoo-http", "-p", "no:cacheprovider"),
        *arguments,
    )


def compare_odoo_suites(arguments):
    raise NotImplementedError
