"""The addon as a wheel, built by whool."""

import shutil

from . import settings, venv
from .process import run_logged


def build(addon=settings.ADDON):
    """Build the addon's wheel into `.dev/dist` and give its path."""
    shutil.rmtree(settings.DIST, ignore_errors=True)
    run_logged(
        "wheel",
        *(venv.LINT.python, "-m", "build", "--wheel", "--no-isolation", "--outdir", settings.DIST),
        settings.ROOT / addon,
        failure="the wheel could not be built",
    )
    return next(settings.DIST.glob("*.whl"))
