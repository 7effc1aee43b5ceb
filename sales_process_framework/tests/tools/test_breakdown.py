import unittest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ...tools.breakdown import break_down

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2).map(float)
WEIGHTS = st.lists(st.floats(min_value=0, max_value=10**6, allow_nan=False), min_size=1, max_size=40)


class TestBreakDown(unittest.TestCase):
    @settings(derandomize=True, max_examples=200, deadline=None)
    @given(AMOUNTS, WEIGHTS, st.integers(min_value=0, max_value=3))
    def test_parts_make_up_the_whole(self, whole, weights, digits):
        parts = break_down(whole, weights, digits)
        unit = Decimal(1).scaleb(-digits)
        wanted = Decimal(repr(whole)).quantize(unit)
        self.assertEqual(sum(Decimal(repr(part)).quantize(unit) for part in parts), wanted)
        self.assertTrue(all(part >= 0 for part in parts))
        total = sum(Decimal(repr(float(weight))) for weight in weights)
        for part, weight in zip(parts, weights, strict=True):
            share = wanted * Decimal(repr(float(weight))) / total if total else wanted / len(weights)
            self.assertLess(abs(Decimal(repr(part)) - share), unit)

    def test_a_hundred_in_three(self):
        self.assertEqual(break_down(100, [1, 1, 1]), [33.34, 33.33, 33.33])
        self.assertEqual(break_down(10, [1, 1, 1], digits=0), [4, 3, 3])
        self.assertEqual(break_down(100, [0, 0]), [50, 50])
        self.assertEqual(break_down(1000000, [2, 1, 0]), [666666.67, 333333.33, 0])

    def test_nonsense(self):
        for whole, weights in ((1, []), (-1, [1]), (1, [1, -1])):
            with self.subTest(whole=whole, weights=weights), self.assertRaises(ValueError):
                break_down(whole, weights)
