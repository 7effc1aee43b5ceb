"""Chromium, for browser tests and for the PDF stand-in in `dev/bin`."""

import os
import shutil

from .process import Stop, run_logged, say, timed

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find():
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def ensure(required):
    """Chromium from the machine's own packages when root may install it; without it the tests cannot run."""
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with timed("Chromium from the machine's packages"):
            environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
            failure = "Chromium could not be installed with apt-get"
            run_logged("chromium", "apt-get", "-q", "update", env=environment, failure=failure)
            run_logged(
                "chromium",
                *("apt-get", "-q", "-y", "install", "--no-install-recommends", "chromium"),
                env=environment,
                failure=failure,
            )
        return
    sentence = "Chromium is missing, which browser tests and PDF need: let root run `apt-get install chromium`."
    if required:
        raise Stop(sentence)
    say(sentence)
