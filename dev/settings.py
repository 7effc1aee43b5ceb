"""Where things are, and what the environment may change.  All state lives in the ignored folder `.dev/`."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "dev"
STATE = ROOT / ".dev"
CACHE = Path(os.environ.get("DEV_CACHE") or STATE / "cache").expanduser().resolve()
LOGS = STATE / "log"
LOCKS = STATE / "locks"
DATA = STATE / "data"  # Odoo's data_dir: filestores and sessions
HOME = STATE / "home"  # what Chromium and others write there shall not leave the working copy
TEMPORARY = STATE / "tmp"
CHROMIUM_SOCKET = "/org.chromium.Chromium.XXXXXX/SingletonSocket"  # must fit into the 107 bytes of a socket's path
CONF = STATE / "odoo.conf"
DIST = STATE / "dist"  # built wheels

HTTP_PORT = int(os.environ.get("DEV_HTTP_PORT") or 8069)
PG_PORT = int(os.environ.get("DEV_PG_PORT") or 5546)  # only names the socket file: nothing listens on the network
ODOO_PATH = os.environ.get("ODOO_PATH")
PG_BIN = os.environ.get("PG_BIN")

ADDON = "sales_process_framework"
LANGUAGES = ("en_US", "zh_TW", "zh_CN")  # a list without English would switch it off
DEV_DATABASE = "dev"
UNIT_DATABASE = "test"


def prepare_state():
    """Create the state folder; it ignores itself, so that nothing in it can be committed."""
    for folder in (STATE, CACHE, LOGS, LOCKS, DATA, HOME, TEMPORARY):
        folder.mkdir(parents=True, exist_ok=True)
    (STATE / ".gitignore").write_text("*\n")
    if len(f"{TEMPORARY}{CHROMIUM_SOCKET}") <= 107:
        os.environ["TMPDIR"] = str(TEMPORARY)
