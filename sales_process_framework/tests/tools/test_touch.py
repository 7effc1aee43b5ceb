import unittest

from ...tools.touch import (
    JourneyRules,
    MessageFacts,
    Rule,
    classify,
    find_journey,
    find_rule,
    is_auto_reply,
    phase_states,
    sort_rules,
)


class TestFindRule(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.rules = sort_rules(
            [
                Rule(1, 10, "email_out", frozenset({100}), order=(0, 1)),
                Rule(2, 20, "email_out", frozenset({200}), order=(1, 1)),
                Rule(3, 20, "email_out", frozenset({200}), text="quotation", order=(1, 2)),
                Rule(4, 30, "call", order=(2, 1)),
                Rule(5, 10, "web_form", frozenset({100}), order=(0, 2)),
                Rule(6, 20, "activity", frozenset({200}), activity_type=7, order=(1, 3)),
                Rule(7, 10, "email_out", frozenset({100}), text="quotation", order=(0, 3)),
            ]
        )

    def find(self, *args):
        rule = find_rule(self.rules, *args)
        return rule and rule.touchpoint

    def test_phase_of_the_stage(self):
        self.assertEqual(self.find("email_out", 100), 1)
        self.assertEqual(self.find("email_out", 200), 2)
        self.assertIsNone(self.find("email_out", 300), "of another phase, and nothing but the channel fits")
        self.assertIsNone(self.find("email_out", 0))

    def test_text_is_more_than_the_channel(self):
        self.assertEqual(self.find("email_out", 200, "Your QUOTATION"), 3)
        self.assertEqual(self.find("email_out", 100, "Your quotation"), 7, "among equals the phase decides")
        self.assertEqual(self.find("email_out", 300, "Quotation"), 7, "then the order of the map")

    def test_phase_without_stages_is_anywhere(self):
        self.assertEqual(self.find("call", 100), 4)

    def test_arrivals_and_activity_types(self):
        self.assertEqual(self.find("web_form", 200), 5)
        self.assertEqual(self.find("activity", 100, "", 7), 6)
        self.assertIsNone(self.find("activity", 200, "", 8))
        self.assertIsNone(self.find("livechat", 100))


class TestFindJourney(unittest.TestCase):
    def test_the_closest_journey(self):
        def journey(number, company, *processes):
            return JourneyRules(number, company, frozenset(processes), (), {})

        everybody, own, shared = journey(1, 0), journey(2, 5, 9), journey(3, 0, 9)
        journeys = (everybody, shared, own)
        self.assertEqual(find_journey(journeys, 9, 5).journey, 2)
        self.assertEqual(find_journey(journeys, 9, 6).journey, 3)
        self.assertEqual(find_journey(journeys, 8, 5).journey, 1)
        self.assertEqual(find_journey(journeys, False, 5).journey, 1)
        self.assertIsNone(find_journey((own,), 8, 5))


class TestClassify(unittest.TestCase):
    def check(self, expected, **facts):
        self.assertEqual(classify(MessageFacts(**{"message_type": "comment", **facts})), expected)

    def test_out(self):
        self.check(("email_out", "out", True), author="inside", reaches_customer=True)
        self.check(None, author="inside")
        self.check(None, author="inside", reaches_customer=True, internal=True)
        self.check(("email_out", "out", True), author="inside", message_type="email")
        self.check(("email_out", "out", False), author="robot", reaches_customer=True)
        for kind in ("auto_comment", "out_of_office", "email_outgoing"):
            self.check(("email_out", "out", False), author="inside", message_type=kind, reaches_customer=True)
        self.check(None, author="inside", message_type="auto_comment")

    def test_in(self):
        self.check(("email_in", "in", True), author="outside")
        self.check(("email_in", "in", True), author="nobody", message_type="email")
        self.check(("email_in", "in", False), author="outside", message_type="email", auto_reply=True)
        self.check(None, author="nobody")

    def test_not_messages(self):
        for kind in ("notification", "user_notification"):
            self.check(None, author="inside", message_type=kind, reaches_customer=True)
        self.check(("call", "out", True), author="inside", message_type="notification", activity="phonecall")
        self.check(("meeting", "out", True), author="inside", message_type="notification", activity="meeting")
        self.check(("activity", "out", True), author="inside", message_type="notification", activity="other")
        self.check(("note", "out", True), author="inside", internal=True, contact_note=True)


class TestAutoReply(unittest.TestCase):
    def test_headers(self):
        for headers, automatic in (
            ({}, False),
            ({"Auto-Submitted": "no"}, False),
            ({"Auto-Submitted": "auto-replied; owner-email=x"}, True),
            ({"Auto-Submitted": "auto-generated"}, True),
            ({"Precedence": "bulk"}, True),
            ({"Precedence": "first-class"}, False),
            ({"X-Autoreply": "yes"}, True),
        ):
            self.assertIs(is_auto_reply(headers.get), automatic, headers)


class TestPhaseStates(unittest.TestCase):
    def test_states(self):
        self.assertEqual(phase_states([1, 2, 3], {2}), ["done", "current", "ahead"])
        self.assertEqual(phase_states([1, 2, 3, 4], {1, 3}), ["current", "done", "current", "ahead"])
        self.assertEqual(phase_states([1, 2], set()), ["ahead", "ahead"])
