"""The addons as wheels, built by whool."""

import shutil

from . import addons, settings, venv
from .process import run_logged


def build(addon=settings.ADDON):
    """Build an addon's wheel into `.dev/dist`, in place of its former one, and give its path."""
    settings.DIST.mkdir(parents=True, exist_ok=True)
    pattern = f"odoo_addon_{addon}-*.whl"
    for former in settings.DIST.glob(pattern):
        former.unlink()
    run_logged(
        "wheel",
        *(venv.LINT.python, "-m", "build", "--wheel", "--no-isolation", "--outdir", settings.DIST),
        settings.ROOT / addon,
        failure=f"the wheel of {addon} could not be built",
    )
    return next(settings.DIST.glob(pattern))


def build_all():
    """Build the wheels of all our addons; gives their paths."""
    shutil.rmtree(settings.DIST, ignore_errors=True)
    return [build(name) for name in addons.names()]
