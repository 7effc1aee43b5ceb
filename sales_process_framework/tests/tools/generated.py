"""Tests on generated data, which are left out where hypothesis is not installed: Odoo runs an addon's tests without
what only its developers have."""

import unittest

try:
    from hypothesis import assume, given
    from hypothesis import strategies as st
except ImportError:

    class _Nothing:
        def __getattr__(self, name):
            return self

        def __call__(self, *args, **kwargs):
            return self

    st = assume = _Nothing()

    def given(*args, **kwargs):
        return unittest.skip("hypothesis is not installed")
