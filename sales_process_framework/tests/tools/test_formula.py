import unittest

from ...tools import formula
from ...tools.formula import FormulaError, codes, evaluate, find_cycle, in_order, parse, split
from .generated import given, st

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.recursive(
    st.one_of(NAMES, st.integers(0, 99).map(str), st.floats(0, 99, allow_nan=False).map(lambda n: f"{n:.3f}")),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*/"), part).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        part.map(lambda text: f"(-{text})"),
    ),
    max_leaves=12,
)
VALUES = st.fixed_dictionaries({name: st.one_of(st.none(), st.floats(-100, 100)) for name in "abc"})


class TestFormula(unittest.TestCase):
    @given(TEXTS, VALUES)
    def test_means_what_python_means(self, text, values):
        node = parse(text)
        try:
            expected = eval(text, {"__builtins__": {}}, values)  # of a text made by this test
        except (ZeroDivisionError, TypeError):
            expected = None
        if any(values[name] is None for name in codes(node)):
            expected = None
        found = evaluate(node, values)
        if expected is None:
            self.assertIsNone(found)
        else:
            self.assertAlmostEqual(found, expected, delta=1e-6 * max(1, abs(expected)))

    def test_refused(self):
        for text in (
            "a.b",
            "a[0]",
            "f(a)",
            "__import__('os')",
            "a ** b",
            "a // b",
            "a % b",
            "a if b else c",
            "a < b",
            "'a'",
            "True",
            "a, b",
            "[a]",
            "lambda: a",
            "(a := b)",
            "1j",
            "not a",
            "~a",
            "a and b",
            "1" + "0" * 400,
        ):
            with self.assertRaises(FormulaError, msg=text) as caught:
                parse(text)
            self.assertEqual(caught.exception.reason, "part", text)
        for text, reason in (
            ("", "empty"),
            (None, "empty"),
            ("a +", "syntax"),
            ("a b", "syntax"),
            ("a" * 2000, "long"),
        ):
            with self.assertRaises(FormulaError) as caught:
                parse(text)
            self.assertEqual(caught.exception.reason, reason)
        with self.assertRaises(FormulaError):
            parse("(" * 300 + "a" + ")" * 300)
        with self.assertRaises(FormulaError):
            parse("-" * 100 + "a")

    def test_parts(self):
        self.assertEqual(codes(parse("b / (a + b) - 1")), ("b", "a"))
        numerator, denominator = split(parse("a / (b + 1)"))
        self.assertEqual((evaluate(numerator, {"a": 6}), evaluate(denominator, {"b": 2})), (6, 3))
        self.assertEqual(split(parse("a + b")), (parse("a + b"), None))
        self.assertIsNone(evaluate(parse("a / b"), {"a": 1.0, "b": 0.0}))
        self.assertEqual(evaluate(parse("+a"), {"a": 1.0}), 1.0)

    def test_cycles(self):
        graph = {"a": ("b",), "b": ("c", "d"), "c": ("a",), "d": (), "e": ("d", "b"), "self": ("self",)}
        self.assertEqual(find_cycle(graph, "a"), ["a", "b", "c", "a"])
        self.assertEqual(find_cycle(graph, "e"), ["b", "c", "a", "b"])
        self.assertEqual(find_cycle(graph, "self"), ["self", "self"])
        self.assertIsNone(find_cycle(graph, "d"))
        self.assertIsNone(find_cycle({"x": ("y", "z"), "y": ("w",), "z": ("w",)}, "x"), "a diamond is no cycle")

    @given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)))
    def test_order(self, graph):
        ordered = in_order(graph)
        self.assertEqual(sorted(ordered), sorted(graph))
        for code in graph:
            if formula.find_cycle(graph, code):
                continue
            for other in graph[code]:
                if other in graph:
                    self.assertLess(ordered.index(other), ordered.index(code))
