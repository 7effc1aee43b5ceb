"""The Debian archive that this machine is set up to use.  Nothing in /etc changes and no root is needed.

The archive's address is never written down: apt tells what it would fetch for an update with empty lists.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import settings
from .process import Stop, run_logged

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
UNSTABLE = "sid"


def release():
    """The code name of this machine's Debian release."""
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    return found[1] if found else None


def address():
    """The archive's address, or None when apt knows no Debian archive."""
    if not shutil.which("apt-get") or not release():
        return None
    with tempfile.TemporaryDirectory(dir=settings.STATE) as empty:
        (Path(empty) / "partial").mkdir()
        listing = subprocess.run(
            ["apt-get", "--print-uris", "-o", f"Dir::State::Lists={empty}", "-o", f"Dir::Cache={empty}", "update"],
            capture_output=True,
            text=True,
        ).stdout
    found = re.search(rf"^'(.*)/dists/{release()}/InRelease'", listing, re.M)
    return found[1] if found else None


def download(packages, folder, why):
    """Fetch .deb files into `folder`, verified with Debian's keyring.  `packages` is {name: suite}."""
    source = address()
    if not source or not KEYRING.exists():
        raise Stop(f"{why}: apt knows no Debian archive here.")
    with tempfile.TemporaryDirectory(dir=settings.STATE) as private:
        private = Path(private)
        for name in ("lists/partial", "cache/archives/partial", "got"):
            (private / name).mkdir(parents=True)
        sources = private / "archive.sources"
        sources.write_text(
            f"Types: deb\nURIs: {source}\nSuites: {' '.join(sorted(set(packages.values())))}\n"
            f"Components: main\nSigned-By: {KEYRING}\n"
        )
        apt = _private_apt(private, sources)
        run_logged("apt", *apt, "update", failure=f"{why}: the Debian archive did not answer")
        wanted = [f"{name}/{suite}" for name, suite in packages.items()]
        run_logged(
            "apt", *apt, "download", *wanted, cwd=private / "got", failure=f"{why}: a package could not be downloaded"
        )
        folder.mkdir(parents=True, exist_ok=True)
        for deb in (private / "got").glob("*.deb"):
            shutil.move(deb, folder / deb.name)


def _private_apt(private, sources):
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": private / "lists",
        "Dir::Cache": private / "cache",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "3",
    }
    return ["apt-get", "-q", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]


def unpack(deb, folder):
    run_logged("apt", "dpkg-deb", "-x", deb, folder, failure=f"{deb.name} could not be unpacked")
