import doctest
import random
import unittest

from ...tools import version_diff
from ...tools.version_diff import ADDED, CHANGED, MOVED, REMOVED, SAME, Element, compare, compare_words, count


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(version_diff))
    return tests


def requirement(number, name, place="exit", **values):
    return Element(number, name, (number % 100, None, name.lower()), tuple({"name": name, **values}.items()), (), place)


def stage(number, name, *children, **values):
    return Element(number, name, (number % 100, name.lower()), tuple({"name": name, **values}.items()), children)


def version(*stages):
    return Element(1, "Process", (), (), stages)


class TestVersionDiff(unittest.TestCase):
    def assertKinds(self, root, expected):
        found = [
            (row.element.name, row.kind, [(inner.element.name, inner.kind) for inner in row.rows]) for row in root.rows
        ]
        self.assertEqual(found, expected)

    def test_nothing_changed(self):
        old = version(stage(1, "Qualify", requirement(11, "Budget")), stage(2, "Won"))
        new = version(stage(101, "Qualify", requirement(111, "Budget")), stage(102, "Won"))
        root = compare(old, new)
        self.assertFalse(root.is_different)
        self.assertEqual(count(root), {ADDED: 0, REMOVED: 0, CHANGED: 0, MOVED: 0})

    def test_renamed_is_changed_and_not_replaced(self):
        old = version(stage(1, "Qualify", requirement(11, "Budget")))
        new = version(stage(101, "Qualification", requirement(111, "Money")))
        root = compare(old, new)
        self.assertKinds(root, [("Qualification", CHANGED, [("Money", CHANGED)])])
        self.assertEqual(root.rows[0].fields, [("name", "Qualify", "Qualification")])

    def test_added_and_removed_stand_in_their_place(self):
        old = version(stage(1, "A"), stage(2, "B", requirement(21, "Gone")), stage(3, "C"))
        new = version(stage(101, "A"), stage(104, "X", requirement(141, "New")), stage(103, "C"))
        root = compare(old, new)
        self.assertKinds(
            root,
            [("A", SAME, []), ("B", REMOVED, [("Gone", REMOVED)]), ("X", ADDED, [("New", ADDED)]), ("C", SAME, [])],
        )
        self.assertEqual(count(root), {ADDED: 2, REMOVED: 2, CHANGED: 0, MOVED: 0})

    def test_only_what_left_the_order_has_moved(self):
        old = version(*(stage(number, name) for number, name in enumerate("ABCDE", 1)))
        new = version(*(stage(100 + "ABCDE".index(name) + 1, name) for name in "AEBCD"))
        root = compare(old, new)
        self.assertEqual([row.element.name for row in root.rows if row.moved], ["E"])

    def test_requirement_in_another_stage_has_moved(self):
        old = version(stage(1, "A", requirement(11, "Budget"), requirement(12, "Need")), stage(2, "B"))
        new = version(stage(101, "A", requirement(112, "Need")), stage(102, "B", requirement(111, "Budget")))
        root = compare(old, new)
        self.assertKinds(root, [("A", SAME, [("Need", SAME)]), ("B", SAME, [("Budget", MOVED)])])
        self.assertEqual(root.rows[1].rows[0].origin, "A")

    def test_requirement_out_of_a_removed_stage_has_moved(self):
        old = version(stage(1, "A", requirement(11, "Budget")), stage(2, "B"))
        new = version(stage(102, "B", requirement(111, "Budget")))
        self.assertKinds(compare(old, new), [("A", REMOVED, []), ("B", SAME, [("Budget", MOVED)])])

    def test_other_gate_is_moved_and_may_be_changed_too(self):
        old = version(stage(1, "A", requirement(11, "Budget", limit="1")))
        new = version(stage(101, "A", requirement(111, "Budget", place="entry", limit="2")))
        root = compare(old, new)
        [row] = root.rows[0].rows
        self.assertEqual((row.kind, row.moved), (CHANGED, True))
        self.assertEqual(count(root), {ADDED: 0, REMOVED: 0, CHANGED: 1, MOVED: 1})

    def test_doubtful_pairs_are_none(self):
        old = [Element(1, "Call", (None, "call")), Element(2, "Call", (None, "call"))]
        new = [Element(3, "Call", (None, "call"))]
        self.assertEqual(version_diff.match(old, new), {})
        self.assertEqual(version_diff.match(old[:1], new), {1: 3})

    def test_stronger_identity_wins(self):
        old = [Element(1, "A", ("x", "a")), Element(2, "B", (None, "b"))]
        new = [Element(3, "B", ("x", "b")), Element(4, "A", (None, "a"))]
        self.assertEqual(version_diff.match(old, new), {1: 3}, "what is left shares no name")

    def test_words_give_both_texts_back(self):
        dice = random.Random(7)
        words = ["call", "the", "customer", " ", "\n", ".", "確認", "預算", "ä", "1.5", "&", "<b>"]
        for _turn in range(300):
            old, new = ("".join(dice.choices(words, k=dice.randrange(0, 12))) for _side in range(2))
            parts = compare_words(old, new)
            self.assertEqual("".join(text for kind, text in parts if kind != ADDED), old)
            self.assertEqual("".join(text for kind, text in parts if kind != REMOVED), new)

    def test_spaces_between_changed_words_are_part_of_the_change(self):
        self.assertEqual(
            compare_words("by mail or phone", "in one day, phone"),
            [(REMOVED, "by mail or"), (ADDED, "in one day,"), (SAME, " phone")],
        )

    def test_words_of_writing_without_spaces(self):
        self.assertEqual(
            compare_words("確認客戶預算", "確認客戶需求"), [(SAME, "確認客戶"), (REMOVED, "預算"), (ADDED, "需求")]
        )

    def test_long_texts_are_compared_as_a_whole(self):
        self.assertEqual(len(compare_words("a " * 20_000, "b " * 20_000)), 2)
