"""Template databases, made once per state of Odoo and the addon, and quick clones of them.

`plain(modules)` is Odoo without the addon, `with_addon(modules, …)` has it installed and its log in `install_log`.
Both give the name of a template; `clone(name, template)` takes a fraction of a second, the filestore is hard-linked.
"""

import contextlib
import os
import re
import shutil

from . import addons, odoo_source, server, settings, venv
from .postgres import sql
from .process import digest, locked, say, timed


def plain(modules=("crm",), languages=()):
    """A template with Odoo modules and their demo data."""
    key = digest(odoo_source.stamp(), venv.ODOO.stamp, *modules, "languages", *languages)
    name = f"tpl_{key[:12]}"

    def build():
        server.call(name, *_install(name, modules, demo=True, languages=languages), "--log-level=warn")

    return _template(name, f"template of {', '.join((*modules, *languages))}", build)


def with_addon(modules=("crm",), demo=False, languages=(), addon=settings.ADDON):
    """A template with the addon on top of `plain(modules)`; `demo` is about the addon's own demo data.

    Addons of this repository that `modules` make install themselves are there too.
    """
    kind = f"spf_{digest(addon, 'demo' if demo else 'bare', *modules, 'languages', *languages)[:6]}"
    base = plain(modules, languages)
    present = (addon, *addons.glue(modules))
    name = f"{kind}_{digest(base, *map(addons.stamp, present))[:12]}"

    def build():
        for old in list_databases(f"{kind}_"):
            drop(old)
        clone(name, base)
        if not demo:
            # Odoo adds a module's demo data wherever those of its dependencies are, whatever the command line says.
            sql("UPDATE ir_module_module SET demo = false", name)
        server.call(name, *_install(name, [addon], demo=demo), "--log-level=info")

    return _template(name, f"{addon} {'with' if demo else 'without'} demo on {', '.join(modules)}", build)


def _install(database, modules, demo, languages=()):
    return [
        *("-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http"),
        *(["--with-demo"] if demo else []),
        *([f"--load-language={','.join(languages)}"] if languages else []),
    ]


def _template(name, what, build):
    with locked(f"database-{name}"):
        if not sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}' AND datistemplate"):
            drop(name)
            with timed(what):
                build()
            sql(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
    return name


def install_log(template):
    return settings.LOGS / f"{template}.log"


def exists(name):
    return bool(sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def list_databases(prefix=""):
    return sql(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')").splitlines()


def clone(name, template):
    """Make `name` a fresh copy of `template`, replacing what had that name."""
    drop(name)
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    source, target = (settings.DATA / "filestore" / database for database in (template, name))
    if source.exists():
        # the filestore is content-addressed and its files are never changed: links are safe
        shutil.copytree(source, target, copy_function=os.link)
    return name


def drop(name):
    if exists(name):
        sql(f'ALTER DATABASE "{name}" IS_TEMPLATE false')
        sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    shutil.rmtree(settings.DATA / "filestore" / name, ignore_errors=True)


def scratch_name(purpose):
    """A database name for a short use that no other process takes."""
    return f"scratch_{re.sub(r'[^a-z0-9_]+', '_', purpose.lower())[:40]}_{os.getpid()}"


@contextlib.contextmanager
def scratch(template, purpose):
    """A clone for the block, dropped afterwards."""
    name = clone(scratch_name(purpose), template)
    try:
        yield name
    finally:
        drop(name)


def development():
    """The database of `make run`: made once with demo data and all languages, updated when the addon has changed."""
    name, stamp = settings.DEV_DATABASE, digest(addons.stamp())
    comment = f"addon {stamp}"
    if not exists(name):
        clone(name, with_addon(demo=True, languages=settings.LANGUAGES))
        _silence_online_services(name)
    elif sql(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'") != comment:
        say("the addon has changed: updating the database …")
        print(update(name).read_text(), end="")
    sql(f"COMMENT ON DATABASE \"{name}\" IS '{comment}'")
    return name


def update(name, addon=settings.ADDON, level="warn"):
    """Update the addon in a database; gives the log."""
    options = ("--stop-after-init", "--no-http", f"--log-level={level}")
    return server.call(f"update-{name}", "-d", name, "-u", addon, *options)


def _silence_online_services(name):
    """Demo companies must not call Odoo's paid services: send them to a closed port of this machine."""
    dead = "http://127.0.0.1:9"
    for key in ("iap.endpoint", "iap.partner_autocomplete.endpoint", "iap_extract_endpoint"):
        sql(
            f"INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{dead}') "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            name,
        )
