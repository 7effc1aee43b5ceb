from datetime import datetime, timedelta
from itertools import permutations
from unittest import TestCase

from ...tools.invitation import Candidate, choose

START = datetime(2026, 3, 2, 8)
REST = timedelta(days=30)


def candidate(key, days, person="ada@example.com"):
    moment = START + timedelta(days=days)
    return Candidate(key, 1, 1, person, moment, moment)


class TestChoose(TestCase):
    def keys(self, candidates, known=None, rest=REST):
        return [one.key for one in choose(candidates, known or {}, rest)]

    def test_once_per_person_and_period(self):
        candidates = [candidate("a", 0), candidate("b", 1), candidate("c", 30), candidate("d", 59.9)]
        self.assertEqual(self.keys(candidates), ["a", "c"])
        self.assertEqual(self.keys([candidate("a", 0), candidate("b", 0, "bo@example.com")]), ["a", "b"])

    def test_order_does_not_matter(self):
        candidates = [candidate("a", 0), candidate("b", 1), candidate("c", 31), candidate("d", 31)]
        for order in permutations(candidates):
            self.assertEqual(self.keys(order), ["a", "c"])

    def test_who_was_asked(self):
        known = {"ada@example.com": [START]}
        self.assertEqual(self.keys([candidate("a", 29), candidate("b", 30)], known), ["b"])

    def test_who_will_be_asked(self):
        """What is found late does not come before an invitation that is planned already."""
        known = {"ada@example.com": [START + timedelta(days=20)]}
        self.assertEqual(self.keys([candidate("a", 0), candidate("b", -10)], known), ["b"])

    def test_without_a_rest_everybody_is_asked(self):
        self.assertEqual(self.keys([candidate("a", 0), candidate("b", 0)], rest=timedelta()), ["a", "b"])
