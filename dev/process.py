"""Running programs, saying what happens, doing things once."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time

from . import settings


class Stop(Exception):
    """Something is missing or failed; the message is one sentence for the person."""


def say(text):
    print(f"dev: {text}", flush=True)


def run(*command, **options):
    """Run a program; a CalledProcessError when it fails."""
    return subprocess.run([str(part) for part in command], check=True, **options)


def succeeds(*command, **options):
    """Whether a program exists and ends well; its output is thrown away."""
    try:
        return not subprocess.run([str(part) for part in command], capture_output=True, **options).returncode
    except OSError:
        return False


def run_logged(name, *command, failure, **options):
    """Run a program with its output in `.dev/log/<name>.log`; when it fails, stop with `failure` and the log's end."""
    log = settings.LOGS / f"{name}.log"
    with log.open("ab") as output:
        code = subprocess.call(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
        )
    if code:
        print(tail(log), file=sys.stderr, flush=True)
        raise Stop(f"{failure} (the whole log: {log.relative_to(settings.ROOT)}).")


def tail(path, lines=25):
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def digest(*parts):
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()


@contextlib.contextmanager
def locked(name):
    """Only one process at a time does what `name` names."""
    settings.LOCKS.mkdir(parents=True, exist_ok=True)
    with (settings.LOCKS / name).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_stamp(name):
    stamp = settings.STATE / f"{name}.stamp"
    return stamp.read_text() if stamp.exists() else None


def write_stamp(name, key):
    (settings.STATE / f"{name}.stamp").write_text(key)


def once(name, key, build):
    """Call `build()` unless it was done for the same `key` before."""
    if read_stamp(name) == key:
        return
    with timed(name):
        build()
    write_stamp(name, key)


@contextlib.contextmanager
def timed(what):
    say(f"{what} …")
    start = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - start:.1f} s")


def interactive():
    return sys.stdin is not None and sys.stdin.isatty() and not os.environ.get("CI")
