import unittest

from ...tools import conformance
from ...tools.conformance import Deviation, Model, Replay
from .generated import given, st

STAGES = 5
paths = st.lists(st.integers(0, STAGES), min_size=1, max_size=12)
flexibles = st.frozensets(st.integers(2, STAGES - 1), max_size=3)


class TestDeviations(unittest.TestCase):
    def find(self, *path, flexible=(), joined=False):
        found = conformance.find_deviations(path, Model(4, frozenset(flexible)), joined)
        return {(deviation.kind, deviation.position): count for deviation, count in found.items()}

    def test_in_order(self):
        self.assertFalse(self.find(1, 2, 3, 4))
        self.assertFalse(self.find(1, 2), "not at its end yet")
        self.assertFalse(self.find())

    def test_skipped(self):
        self.assertEqual(self.find(1, 4), {("skipped", 2): 1, ("skipped", 3): 1})
        self.assertEqual(self.find(1, 4, flexible=[3]), {("skipped", 2): 1})
        self.assertEqual(self.find(3, 4), {("skipped", 1): 1, ("skipped", 2): 1})
        self.assertFalse(self.find(3, 4, joined=True))
        self.assertEqual(self.find(2, 4, joined=True), {("skipped", 3): 1})

    def test_went_back_to_what_was_passed_over(self):
        self.assertEqual(self.find(1, 3, 2, 3), {("out_of_order", 2): 1, ("repeated", 3): 1})

    def test_repeated(self):
        self.assertEqual(self.find(1, 2, 1, 2, 1, 2), {("out_of_order", 1): 2, ("repeated", 1): 2, ("repeated", 2): 2})

    def test_outside(self):
        self.assertEqual(self.find(1, 0, 1, 2), {("outside", 0): 1}, "back where it was")
        self.assertEqual(self.find(1, 0, 2), {("outside", 0): 1})
        self.assertEqual(self.find(0), {("outside", 0): 1})
        self.assertEqual(self.find(2, 0, 1, joined=True), {("outside", 0): 1, ("out_of_order", 1): 1})

    def test_won_outside(self):
        self.assertEqual(self.find(1, 2, 3, 5), {("skipped", 4): 1})

    @given(path=paths, flexible=flexibles)
    def test_nothing_is_found_only_in_order(self, path, flexible):
        path = conformance.merge(path)
        model = Model(STAGES, flexible)
        if conformance.find_deviations(path, model):
            return
        self.assertEqual(list(path), sorted(set(path)))
        self.assertNotIn(0, path)
        self.assertLessEqual(set(model.mandatory) & set(range(1, max(path))), set(path))

    @given(path=paths)
    def test_no_stage_is_both_skipped_and_entered(self, path):
        found = conformance.find_deviations(conformance.merge(path), Model(STAGES))
        for deviation in found:
            self.assertEqual(deviation.kind == "skipped", deviation.position not in path)


class TestReplay(unittest.TestCase):
    """What pm4py says about the same paths: see the tests of the whole product."""

    def test_published_definition(self):
        model = Model(3)
        self.assertEqual(conformance.replay((1, 2, 3), model), Replay(4, 4, 0, 0))
        self.assertEqual(conformance.replay((1, 3), model), Replay(3, 3, 1, 1))
        self.assertEqual(conformance.replay((1, 2, 1, 3), model), Replay(5, 5, 1, 1))
        self.assertAlmostEqual(conformance.replay((1, 3), model).fitness, 2 / 3)

    def test_ends_where_the_deal_is(self):
        self.assertEqual(conformance.replay((1, 2), Model(6)).fitness, 1)
        self.assertEqual(conformance.replay((1, 3), Model(6, frozenset({2}))).fitness, 1)
        self.assertEqual(conformance.replay((1, 2, 0), Model(6)).fitness, 1)
        self.assertIsNone(conformance.replay((0,), Model(6)).fitness)
        self.assertEqual(conformance.replay((1, 2, 3, 4), Model(3)).fitness, 1, "won in a stage of its own")

    @given(path=paths, flexible=flexibles)
    def test_tokens_add_up(self, path, flexible):
        found = conformance.replay(conformance.merge(path), Model(STAGES, flexible))
        self.assertEqual(found.produced + found.missing, found.consumed + found.remaining)
        if found.fitness is not None:
            self.assertTrue(0 <= found.fitness <= 1)

    @given(path=paths, flexible=flexibles)
    def test_fits_where_nothing_departs(self, path, flexible):
        path, model = conformance.merge(path), Model(STAGES, flexible)
        if not conformance.find_deviations(path, model) and set(path) & set(model.mandatory):
            self.assertEqual(conformance.replay(path, model).fitness, 1)


class TestMap(unittest.TestCase):
    def test_edges(self):
        edges = conformance.count_edges({(1, 2, 1, 2): 3, (1, 2): 1, (1,): 5})
        self.assertEqual(edges, {(1, 2): 7, (2, 1): 3})

    def test_most_frequent(self):
        self.assertEqual(conformance.shown_variants([50, 30, 20], 50), 1)
        self.assertEqual(conformance.shown_variants([50, 30, 20], 51), 2)
        self.assertEqual(conformance.shown_variants([50, 30, 20], 100), 3)
        self.assertEqual(conformance.shown_variants([], 100), 0)

    def test_deviations_are_told_apart(self):
        self.assertNotEqual(Deviation("skipped", 1), Deviation("repeated", 1))
