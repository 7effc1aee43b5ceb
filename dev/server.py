"""Odoo processes: one command to its end, or the development server."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request

from . import postgres, settings, venv
from .process import Stop, say, tail


def command(*arguments):
    """The command line of Odoo; a sub-command (`shell`, `module uninstall`) goes first."""
    arguments = [str(argument) for argument in arguments]
    options = next((index for index, part in enumerate(arguments) if part.startswith("-")), len(arguments))
    return [
        *(str(venv.ODOO.python), str(settings.STATE / "odoo-bin")),
        *(*arguments[:options], "-c", str(settings.CONF)),
        *arguments[options:],
    ]


def environment():
    """What Odoo and the programs around it need: its configuration, the database server, our package `dev`."""
    programs = (venv.ODOO.folder / "bin", postgres.bin_folder())
    return dict(
        postgres.client_environment(),
        HOME=str(settings.HOME),
        ODOO_RC=str(settings.CONF),
        PYTHONPATH=str(settings.ROOT),
        PATH=os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
    )


def call(log_name, *arguments, stdin=None, quiet=False):
    """Run Odoo to its end with its log in `.dev/log/<log_name>.log`; Stop when it fails, else the log's path."""
    log = settings.LOGS / f"{log_name}.log"
    with log.open("w") as output:
        done = subprocess.run(
            command(*arguments),
            input=stdin or "",
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=settings.ROOT,
            env=environment(),
        )
    if done.returncode:
        print(tail(log, 40), flush=True)
        raise Stop(f"Odoo failed (the whole log: {log.relative_to(settings.ROOT)}).")
    return log


def check_log(log):
    """Stop when an Odoo log has a warning or an error."""
    done = subprocess.run(
        [venv.LINT.program("checklog-odoo"), "--no-echo", log], capture_output=True, text=True, cwd=settings.STATE
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
        raise Stop(f"the log has warnings: {log.relative_to(settings.ROOT)}.")


def serve(database, *arguments):
    """Run the development server in the foreground until it ends or Ctrl-C; print where it answers once it does."""
    _require_free_port()
    server = subprocess.Popen(
        command("-d", database, "--db-filter", f"^{database}$", *arguments),
        cwd=settings.ROOT,
        env=environment(),
        start_new_session=True,  # or Ctrl-C would reach it twice, which makes Odoo give up at once
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.send_signal(signal.SIGINT))
    threading.Thread(target=_announce, args=(server, time.monotonic()), daemon=True).start()
    return server.wait()


def address():
    return f"http://127.0.0.1:{settings.HTTP_PORT}"


def _require_free_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.HTTP_PORT))
        except OSError:
            raise Stop(f"port {settings.HTTP_PORT} is taken: set DEV_HTTP_PORT to another one.") from None


def _announce(server, start):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while server.poll() is None:
        with contextlib.suppress(OSError):
            # the login page and not /web/health: it answers once the database is loaded
            direct.open(f"{address()}/web/login", timeout=60).read()
            say(f"ready after {time.monotonic() - start:.1f} s: {address()}  login admin, password admin")
            return
        time.sleep(0.3)
