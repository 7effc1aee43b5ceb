"""Whole-product checks: plain pytest on databases of their own, in the same run as the addon's tests."""

import pytest

from dev import databases


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
