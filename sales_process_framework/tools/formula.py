"""Formulas over indicators: parsed by Python's own parser, of which only arithmetic is let through; never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: A formula nobody could read is none.
MAX_LENGTH = 1000
MAX_DEPTH = 50


class FormulaError(ValueError):
    """``reason`` says what is wrong, ``text`` where: a code that callers put into words of the user's language."""

    def __init__(self, reason: str, text: str = ""):
        super().__init__(f"{reason}: {text}" if text else reason)
        self.reason = reason
        self.text = text


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Code:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str  # + - * /
    left: Node
    right: Node


Node = Number | Code | Negative | Operation

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse(text: str) -> Node:
    """Read a formula of codes, numbers, ``+ - * /`` and parentheses.

    :raise FormulaError: reason "empty", "long", "syntax" or "part" (something else than arithmetic)
    """
    text = (text or "").strip()
    if not text:
        raise FormulaError("empty")
    if len(text) > MAX_LENGTH:
        raise FormulaError("long", str(MAX_LENGTH))
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError("syntax", text) from error
    return _convert(tree.body, text, 0)


def _convert(node: ast.expr, text: str, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise FormulaError("long", str(MAX_LENGTH))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        try:
            return Number(float(node.value))
        except OverflowError as error:
            raise FormulaError("part", text) from error
    if isinstance(node, ast.Name):
        return Code(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        operand = _convert(node.operand, text, depth + 1)
        return Negative(operand) if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        left, right = _convert(node.left, text, depth + 1), _convert(node.right, text, depth + 1)
        return Operation(OPERATORS[type(node.op)], left, right)
    raise FormulaError("part", ast.get_source_segment(text, node) or text)


def codes(node: Node) -> tuple[str, ...]:
    """:return: the codes a formula reads, each once, in the order they are written"""
    if isinstance(node, Code):
        return (node.name,)
    if isinstance(node, Negative):
        return codes(node.operand)
    if isinstance(node, Operation):
        return tuple(dict.fromkeys(codes(node.left) + codes(node.right)))
    return ()


def evaluate(node: Node, values: Mapping[str, float | None]) -> float | None:
    """:return: None, "no data", where a code has no value or something is divided by zero"""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Code):
        return values.get(node.name)
    if isinstance(node, Negative):
        operand = evaluate(node.operand, values)
        return None if operand is None else -operand
    left, right = evaluate(node.left, values), evaluate(node.right, values)
    if left is None or right is None:
        return None
    if node.operator == "/":
        return left / right if right else None
    return left + right if node.operator == "+" else left - right if node.operator == "-" else left * right


def split(node: Node) -> tuple[Node, Node | None]:
    """:return: (numerator, denominator) of a formula that is a division as a whole, else (the formula, None)"""
    if isinstance(node, Operation) and node.operator == "/":
        return node.left, node.right
    return node, None


def find_cycle(graph: Mapping[str, Iterable[str]], start: str) -> list[str] | None:
    """:param graph: {code: the codes its formula reads}
    :return: a path from ``start`` that comes back to where it has been, both ends included; None if there is none
    """
    path: list[str] = []

    def visit(code: str, done: set[str]) -> list[str] | None:
        if code in path:
            return [*path[path.index(code) :], code]
        if code in done:
            return None
        path.append(code)
        for other in graph.get(code, ()):
            if found := visit(other, done):
                return found
        path.pop()
        done.add(code)
        return None

    return visit(start, set())


def in_order(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """The codes of a graph, each after those that it reads; a graph with a cycle is cut where it closes."""
    ordered: dict[str, None] = {}

    def visit(code: str, above: frozenset[str]) -> None:
        if code in ordered or code in above:
            return
        for other in graph.get(code, ()):
            if other in graph:
                visit(other, above | {code})
        ordered[code] = None

    for code in graph:
        visit(code, frozenset())
    return list(ordered)
