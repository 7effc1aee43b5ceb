"""The repository names no place outside itself."""

import re

import pytest

from dev import addons, settings

# spelled so that no pattern finds itself
FORBIDDEN = {
    "a package registry's host": r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|debian|ubuntu)\.(?:org|com|net)\b",
    "a path of one machine": r"""(?:^|[\s"'=(`:,])/(?:home|root|tmp|work|Users|workspace)/\w""",
    "a folder beside the repository": r"\.\./(?:shared|work)\b",
}
TEXT_LIMIT = 5_000_000


@pytest.mark.parametrize("what", FORBIDDEN)
def test_names_nothing_outside(what):
    pattern = re.compile(FORBIDDEN[what], re.M)
    found = []
    for path in addons.files():
        content = (settings.ROOT / path).read_bytes()
        if b"\0" in content[:1000] or len(content) > TEXT_LIMIT:
            continue
        text = content.decode(errors="replace")
        found += [f"{path}:{text[: match.start()].count(chr(10)) + 1}: {match[0]}" for match in pattern.finditer(text)]
    assert not found, f"{what} is named:\n" + "\n".join(found)


def test_no_folder_hides_odoo():
    assert not [path for path in addons.files() if "odoo" in path.split("/")[:-1]]


def test_versions_belong_to_odoo_19():
    for name in addons.names():
        assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", addons.manifest(name)["version"])
