"""python -m dev COMMAND [ARGUMENTS]: see `make help`."""

import os
import sys
import time

from . import browser, databases, lint, odoo_source, postgres, server, settings, suites, venv, wheel
from .process import Stop, locked, say


def set_up(tests=False):
    """Everything a command needs: idempotent, and quick when it was done before."""
    settings.prepare_state()
    with locked("set-up"):
        venv.ODOO.ensure()
        odoo_source.ensure()
        if tests:
            venv.LINT.ensure()
        browser.ensure(required=tests)


def setup(arguments):
    set_up(tests=True)
    with postgres.in_use():
        say("everything is set up.")


def run(arguments):
    start = time.monotonic()
    set_up()
    with postgres.in_use():
        database = databases.development()
        say(f"starting Odoo (set-up and database took {time.monotonic() - start:.1f} s) …")
        return server.serve(database, *arguments)


def test(arguments):
    set_up(tests=True)
    with postgres.in_use():
        return suites.pytest(arguments)


def test_odoo(arguments):
    set_up(tests=True)
    with postgres.in_use():
        return suites.compare_odoo_suites(arguments)


def run_lint(arguments):
    settings.prepare_state()
    with locked("set-up"):
        venv.ODOO.ensure()
        odoo_source.ensure()
        venv.LINT.ensure()
    return lint.run_all(arguments)


def run_format(arguments):
    settings.prepare_state()
    with locked("set-up"):
        venv.LINT.ensure()
    return lint.format_files(arguments)


def bench(arguments):
    set_up()
    if not (settings.ROOT / "bench/run.py").exists():
        raise Stop("there is no bench/run.py yet.")
    with postgres.in_use():
        return suites.call_python("bench/run.py", *arguments)


def psql(arguments):
    set_up()
    with postgres.in_use():
        return suites.call("psql", "-d", settings.DEV_DATABASE, *arguments)


def shell(arguments):
    set_up()
    with postgres.in_use():
        return suites.call(*server.command("shell", "-d", settings.DEV_DATABASE, "--no-http", *arguments))


def python(arguments):
    """A Python program in the environment, with the database server running."""
    set_up()
    with postgres.in_use():
        return suites.call_python(*arguments)


def renew_catalogues(arguments):
    set_up(tests=True)
    with postgres.in_use():
        return suites.call_python("-m", "dev.catalogues", *arguments) or lint.tidy_catalogues()


def build_wheel(arguments):
    settings.prepare_state()
    with locked("set-up"):
        venv.LINT.ensure()
    for path in wheel.build_all():
        say(f"built {path.relative_to(settings.ROOT)}")


def stop(arguments):
    postgres.stop()


COMMANDS = {
    "setup": setup,
    "run": run,
    "test": test,
    "test-odoo": test_odoo,
    "lint": run_lint,
    "format": run_format,
    "bench": bench,
    "psql": psql,
    "shell": shell,
    "python": python,
    "i18n": renew_catalogues,
    "wheel": build_wheel,
    "stop": stop,
}


def main(arguments):
    try:
        if not arguments or arguments[0] not in COMMANDS:
            raise Stop(f"say one of: {', '.join(COMMANDS)}.")
        return COMMANDS[arguments[0]](arguments[1:]) or 0
    except KeyboardInterrupt:
        return 130
    except Stop as sentence:
        sys.stdout.flush()
        print(f"dev: {sentence}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    os.chdir(settings.ROOT)
    sys.exit(main(sys.argv[1:]))
