"""Real paths of deals beside the order of the process. Pure: no database.

A *path* is the tuple of positions that a deal went through: 1 … n are the stages of the process in order, 0 a pipeline
stage that the process does not know, n + 1 a won stage that it does not know. Stays that follow each other in the same
stage (a deal lost and restored, taken over by another team) are one step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

OUTSIDE = 0
#: Kinds of deviation, in the order in which they are shown.
KINDS = ("skipped", "out_of_order", "repeated", "too_long", "outside")


@dataclass(frozen=True)
class Model:
    """:ivar flexible: positions of stages that may be left out
    :ivar count: how many stages the process has
    """

    count: int
    flexible: frozenset[int] = frozenset()

    @cached_property
    def mandatory(self) -> tuple[int, ...]:
        return tuple(position for position in range(1, self.count + 1) if position not in self.flexible)

    @property
    def won_outside(self) -> int:
        return self.count + 1


@dataclass(frozen=True, slots=True)
class Replay:
    """Tokens of a replay: produced, consumed, missing and remaining.

    Fitness is (1 − missing / consumed) / 2 + (1 − remaining / produced) / 2: A. Rozinat and W. M. P. van der Aalst,
    Conformance checking of processes based on monitoring real behavior, Information Systems 33, 2008, 64–95.
    """

    produced: int = 0
    consumed: int = 0
    missing: int = 0
    remaining: int = 0

    def __add__(self, other: Replay) -> Replay:
        return Replay(
            self.produced + other.produced,
            self.consumed + other.consumed,
            self.missing + other.missing,
            self.remaining + other.remaining,
        )

    def times(self, count: int) -> Replay:
        return Replay(self.produced * count, self.consumed * count, self.missing * count, self.remaining * count)

    @property
    def fitness(self) -> float | None:
        if not self.consumed:
            return None
        return (1 - self.missing / self.consumed) / 2 + (1 - self.remaining / self.produced) / 2


@dataclass(frozen=True, slots=True)
class Deviation:
    """:ivar position: the stage passed over, come back to, entered again or stayed in too long; 0 outside"""

    kind: str
    position: int


def merge(nodes: Iterable[int]) -> tuple[int, ...]:
    """Steps of a row of stays.

    >>> merge([1, 1, 2, 1, 1])
    (1, 2, 1)
    """
    steps: list[int] = []
    for node in nodes:
        if not steps or steps[-1] != node:
            steps.append(node)
    return tuple(steps)


def find_deviations(path: Sequence[int], model: Model, joined: bool = False) -> Counter[Deviation]:
    """Where a path departs from the order of the process, and how often.

    * skipped: a mandatory stage before the furthest one reached, in which the deal has never been. A deal that went
      past a stage and came back to it has not skipped it: it was out of order. Flexible stages may be left out.
    * out_of_order: a step to an earlier stage than the one before it, looking through stages outside the process.
    * repeated: a stage entered again.
    * outside: a stage that the process does not know.

    :param joined: the deal came from another process or version in the middle of its way: nothing before its first
        stage here was skipped
    :return: how often each happened
    """
    found: Counter[Deviation] = Counter()
    known = [node for node in path if node != OUTSIDE]
    if outside := len(path) - len(known):
        found[Deviation("outside", OUTSIDE)] = outside
    if not known:
        return found
    visited = set(known)
    first = known[0] if joined else 1
    for position in model.mandatory:
        if first <= position < max(known) and position not in visited:
            found[Deviation("skipped", position)] = 1
    # Back in the stage it was in before it went outside, a deal has neither gone back nor entered it again.
    steps = merge(known)
    for before, after in zip(steps, steps[1:], strict=False):
        if after < before:
            found[Deviation("out_of_order", after)] += 1
    for position, times in Counter(steps).items():
        if times > 1:
            found[Deviation("repeated", position)] = times - 1
    return found


def replay(path: Sequence[int], model: Model) -> Replay:
    """Replay a path on the process as a net: a place before each mandatory stage and one after the last.

    A deal that is open or lost has not failed to reach the end, so the net ends with the furthest stage that the deal
    has reached. Flexible stages and stages outside the process are left out of net and path.
    """
    stages = [position for position in model.mandatory if position <= max(path, default=0)]
    if model.won_outside in path:
        stages.append(model.won_outside)
    index = {position: number for number, position in enumerate(stages)}
    events = [index[node] for node in path if node in index]
    if not events:
        return Replay()
    # The net ends where the deal was at its furthest.
    end = max(events) + 1
    tokens = Counter({0: 1})
    produced = consumed = 1
    missing = 0
    for number in events:
        if tokens[number]:
            tokens[number] -= 1
        else:
            missing += 1
        tokens[number + 1] += 1
        consumed += 1
        produced += 1
    if tokens[end]:
        tokens[end] -= 1
    else:
        missing += 1
    return Replay(produced, consumed, missing, sum(tokens.values()))


def count_edges(variants: Mapping[tuple[int, ...], int]) -> Counter[tuple[int, int]]:
    """How often one stage directly follows another.

    :param variants: {path: deals}
    """
    edges: Counter[tuple[int, int]] = Counter()
    for path, count in variants.items():
        for pair in zip(path, path[1:], strict=False):
            edges[pair] += count
    return edges


def shown_variants(counts: Sequence[int], percent: float) -> int:
    """How many of the most frequent paths hold a share of all deals.

    >>> shown_variants([60, 30, 10], 90)
    2

    :param counts: deals of each path, the most frequent first
    """
    total, reached = sum(counts), 0
    for number, count in enumerate(counts, 1):
        reached += count
        if reached * 100 >= percent * total:
            return number
    return len(counts)
