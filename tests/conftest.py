"""Whole-product checks: plain pytest on databases of their own, in the same run as the addon's tests."""

import threading

import pytest

from dev import databases, settings

from .apps import APPS


def pytest_collection_finish(session):
    """Make the big templates while the addon's own tests run, which come first: there are two processors.

    Whoever needs one waits for it; one that cannot be made is reported by the test that makes it again.
    """
    if session.config.option.collectonly:
        return
    names = {item.path.name for item in session.items}
    wanted = []
    if names & {"test_demo.py", "test_upgrade.py"}:
        wanted.append(lambda: databases.with_addon(demo=True, languages=settings.LANGUAGES))
    if names & {"test_entry_paths.py", "test_glue_addons.py"}:
        wanted.append(lambda: databases.with_addon(APPS))
    if wanted and len(names) > len(wanted):
        threading.Thread(target=_build, args=(wanted,), daemon=True).start()


def _build(templates):
    for build in templates:
        try:
            build()
        except Exception as error:
            print(f"a template could not be made beforehand: {error}")


@pytest.fixture
def database(request):
    """`database(template)` gives a scratch clone of a template, dropped after the test."""
    with_names = []

    def clone(template):
        name = databases.scratch_name(f"{request.node.name}_{len(with_names)}")
        with_names.append(name)
        return databases.clone(name, template)

    yield clone
    for name in with_names:
        databases.drop(name)
