"""`make lint` as part of the tests, so that pytest's closing line counts it."""

import pytest

from dev import lint


@pytest.mark.parametrize("check", lint.CHECKS)
def test_lint(check):
    output = lint.run(check)
    if output:
        pytest.fail(f"make lint ARGS={check}\n{output}", pytrace=False)
