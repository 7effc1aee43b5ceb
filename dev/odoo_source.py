"""Odoo 19 itself: the checkout or install that ODOO_PATH names, else Debian's own package unpacked in `.dev/`."""

import shutil
from pathlib import Path

from . import archive, settings, venv
from .process import Stop, digest, once, read_stamp, say

UNPACKED = settings.STATE / "odoo-deb"
DIST_PACKAGES = UNPACKED / "usr/lib/python3/dist-packages"
FROM_UNSTABLE = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
FROM_RELEASE = ("fonts-font-awesome", "fonts-inconsolata")  # unstable's moved the files that Odoo links to
# Debian leaves it out (a blur effect in video calls), but the web client's bundle names it: every tour would fail
EMPTY_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


def path():
    """The folder that holds the Python package `odoo`."""
    return Path(settings.ODOO_PATH).expanduser().resolve() if settings.ODOO_PATH else DIST_PACKAGES


def stamp():
    """Changes when Odoo changes (a checkout counts by its place and release file)."""
    if settings.ODOO_PATH:
        return digest(path(), (path() / "odoo/release.py").read_text())
    return read_stamp("odoo")


def addons_paths():
    candidates = (path() / "odoo/addons", path() / "addons")
    return [folder for folder in candidates if (folder / "base").is_dir() or (folder / "crm").is_dir()]


def ensure():
    if settings.ODOO_PATH:
        if not (path() / "odoo/release.py").is_file():
            raise Stop(f"ODOO_PATH is {settings.ODOO_PATH}, which holds no Odoo.")
    else:
        debs = _debs()
        once("odoo", digest(*sorted(deb.name for deb in debs), *EMPTY_FILES), lambda: _unpack(debs))
    _make_importable()
    _write_starter()
    _write_conf()


def _debs():
    """The .deb files, downloaded unless the cache has them all."""
    wanted = dict.fromkeys(FROM_UNSTABLE, archive.UNSTABLE) | dict.fromkeys(FROM_RELEASE, archive.release())
    folder = settings.CACHE / "debs"
    missing = {name: suite for name, suite in wanted.items() if not _cached(folder, name)}
    if missing:
        say("downloading Odoo 19 from the Debian archive (about 130 MB) …")
        archive.download(missing, folder, "Odoo 19 cannot be fetched (or set ODOO_PATH to an Odoo 19 checkout)")
    return [_cached(folder, name) for name in wanted]


def _cached(folder, name):
    return max(folder.glob(f"{name}_*.deb"), key=lambda deb: deb.stat().st_mtime, default=None)


def _unpack(debs):
    new = UNPACKED.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for deb in debs:
        archive.unpack(deb, new)
    addons = new / DIST_PACKAGES.relative_to(UNPACKED) / "odoo/addons"
    for name in EMPTY_FILES:
        (addons / name).parent.mkdir(parents=True, exist_ok=True)
        (addons / name).touch()
    # links between packages are relative, or absolute below /usr: the latter dangle outside the unpacked tree
    dangling = [link for link in addons.rglob("*") if link.is_symlink() and not link.exists()]
    if dangling:
        say("warning: missing link targets:\n  " + "\n  ".join(map(str, dangling)))
    shutil.rmtree(UNPACKED, ignore_errors=True)
    new.rename(UNPACKED)


def _make_importable():
    # a .pth file and not PYTHONPATH: every program of the environment finds Odoo, also without our help
    (venv.ODOO.site_packages / "odoo-path.pth").write_text(f"{path()}\n")


def _write_starter():
    # `python -m odoo` crash-loops with --workers
    (settings.STATE / "odoo-bin").write_text("import odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n")


def _write_conf():
    from . import postgres

    addons = ",".join(str(folder) for folder in (*addons_paths(), settings.ROOT))
    settings.CONF.write_text(
        f"""[options]
addons_path = {addons}
data_dir = {settings.DATA}
db_host = {postgres.SOCKETS}
db_port = {settings.PG_PORT}
db_user = {postgres.USER}
pg_path = {postgres.bin_folder()}
http_interface = 127.0.0.1
http_port = {settings.HTTP_PORT}
max_cron_threads = 1
bin_path = {settings.DEV / "bin"}
screenshots = {settings.STATE / "screenshots"}
"""
    )
