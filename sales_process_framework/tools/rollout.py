"""When a phase of a rollout may open: counts held against what is asked for, and the order of phases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

WAITING, OPEN, BACK = "waiting", "open", "back"


def needed(total: int, percent: float) -> int:
    """How many of ``total`` make ``percent``, rounded up; float noise does not ask for one more.

    >>> needed(5, 80), needed(3, 80), needed(10, 70), needed(0, 80)
    (4, 3, 7, 0)
    """
    return ceil(total * percent / 100 - 1e-9)


def share(have: float, total: float) -> float | None:
    """In percent; None without anything to have a share of.

    >>> share(1, 4), share(0, 4), share(0, 0)
    (25.0, 0.0, None)
    """
    return 100.0 * have / total if total else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one entry condition stands.

    :ivar have: so many of ``total`` are there
    :ivar need: so many have to be
    :ivar missing: ids of people, or lines of text, that keep it from holding
    :ivar note: why nothing can be counted, in the user's language
    """

    have: int = 0
    total: int = 0
    need: int = 0
    people: tuple[int, ...] = ()
    missing: tuple[str, ...] = field(default=())
    note: str = ""

    @property
    def holds(self) -> bool:
        """Nothing to count never holds: a team without members is not trained.

        >>> Standing(4, 5, 4).holds, Standing(3, 5, 4).holds, Standing().holds
        (True, False, False)
        """
        return self.total > 0 and self.have >= self.need

    @property
    def percent(self) -> int:
        """Of what is asked for, for a bar.

        >>> Standing(2, 5, 4).percent, Standing(5, 5, 4).percent, Standing().percent
        (50, 100, 0)
        """
        if not self.total:
            return 0
        return min(100, round(100 * self.have / self.need)) if self.need else 100


def next_place(states: Sequence[str]) -> int | None:
    """Place of the phase that opens next: the first that is not open, None when all are.

    >>> next_place(["open", "waiting", "waiting"]), next_place(["back", "waiting"]), next_place(["open"])
    (1, 0, None)
    """
    return next((place for place, state in enumerate(states) if state != OPEN), None)


def last_place(states: Sequence[str]) -> int | None:
    """Place of the phase that can go back: the last open one.

    >>> last_place(["open", "open", "back"]), last_place(["waiting"])
    (1, None)
    """
    return next((place for place in reversed(range(len(states))) if states[place] == OPEN), None)
