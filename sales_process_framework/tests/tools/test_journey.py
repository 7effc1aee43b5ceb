"""Quadrants, places on the map, clashes and the journey file, without a database."""

from odoo.tests import BaseCase, tagged

from ...tools import journey, journey_exchange

GOOD = {
    "format": journey_exchange.FORMAT,
    "format_version": 1,
    "journey": {"name": {"en_US": "J"}},
    "roles": [{"key": "rep", "name": {"en_US": "Rep"}, "kind": "salesperson"}],
    "channels": [{"key": "mail", "name": {"en_US": "Mail"}, "kind": "online"}],
    "phases": [
        {
            "name": {"en_US": "P"},
            "kind": "awareness",
            "touchpoints": [{"key": "t", "name": {"en_US": "T"}, "role": "rep", "channel": "mail"}],
        }
    ],
}


@tagged("post_install", "-at_install")
class TestQuadrant(BaseCase):
    def test_every_rating(self):
        for importance in range(1, 6):
            for urgency in range(1, 6):
                expected = {
                    (True, True): "do_first",
                    (True, False): "plan",
                    (False, True): "quick",
                    (False, False): "routine",
                }[importance >= 4, urgency >= 4]
                self.assertEqual(journey.quadrant(importance, urgency), expected, (importance, urgency))

    def test_every_quadrant_is_reached(self):
        found = {journey.quadrant(one, two) for one in range(1, 6) for two in range(1, 6)}
        self.assertEqual(found, set(journey.QUADRANTS))


@tagged("post_install", "-at_install")
class TestPlace(BaseCase):
    def test_within_and_across(self):
        self.assertEqual(journey.place([1, 2, 3], 1, 2), [2, 3, 1])
        self.assertEqual(journey.place([1, 2, 3], 3, 0), [3, 1, 2])
        self.assertEqual(journey.place([1, 2], 7, 1), [1, 7, 2])
        self.assertEqual(journey.place([], 7, 5), [7])

    def test_outside_means_the_end(self):
        self.assertEqual(journey.place([1, 2], 7, 99), [1, 2, 7])
        self.assertEqual(journey.place([1, 2], 7, -3), [7, 1, 2])


@tagged("post_install", "-at_install")
class TestClashes(BaseCase):
    def test_same_segment_on_same_process(self):
        rows = [(1, " New ", [10, 11]), (2, "new", [11]), (3, "old", [11]), (4, None, [11]), (5, "", [12])]
        self.assertEqual(journey.clashes(rows), [(1, 2, 11)])

    def test_no_segment_is_a_segment(self):
        self.assertEqual(journey.clashes([(1, None, [5]), (2, "", [5])]), [(1, 2, 5)])


@tagged("post_install", "-at_install")
class TestCheck(BaseCase):
    def _problem(self, **changes):
        touchpoint = {**GOOD["phases"][0]["touchpoints"][0], **changes.pop("touchpoint", {})}
        phase = {**GOOD["phases"][0], "touchpoints": [touchpoint], **changes.pop("phase", {})}
        with self.assertRaises(journey_exchange.ExchangeError) as caught:
            journey_exchange.check({**GOOD, "phases": [phase], **changes})
        return str(caught.exception)

    def test_good(self):
        self.assertEqual(journey_exchange.check(GOOD), GOOD)

    def test_problems_name_their_place(self):
        self.assertEqual(self._problem(format="x"), "format is not a journey file of this product")
        self.assertIn("newer version", self._problem(format_version=2))
        self.assertEqual(self._problem(phases=[]), "phases lists no phase")
        self.assertIn("phases[0].kind is “x”", self._problem(phase={"kind": "x"}))
        self.assertIn("phases[0].days_without_order", self._problem(phase={"days_without_order": -1}))
        self.assertIn("phases[0].stages", self._problem(phase={"stages": [1]}))
        place = "phases[0].touchpoints[0]"
        self.assertEqual(self._problem(touchpoint={"urgency": 6}), f"{place}.urgency is not a number from 1 to 5")
        self.assertIn(f"{place}.importance", self._problem(touchpoint={"importance": True}))
        self.assertIn(f"{place}.match_source is “smoke”", self._problem(touchpoint={"match_source": "smoke"}))
        self.assertIn("unknown role “boss”", self._problem(touchpoint={"role": "boss"}))
        self.assertIn("unknown channel “fax”", self._problem(touchpoint={"channel": "fax"}))
        self.assertIn(f"{place}.name", self._problem(touchpoint={"name": {"zh_TW": "x"}}))
        self.assertIn(f"{place}.response_time", self._problem(touchpoint={"response_time": "3"}))
        twice = GOOD["phases"] * 2
        self.assertIn("“t” stands twice", self._problem(phases=twice))

    def test_anything_else_is_refused_in_words(self):
        for data in (None, [], "x", {}, {"format": journey_exchange.FORMAT}):
            with self.assertRaises(journey_exchange.ExchangeError):
                journey_exchange.check(data)
