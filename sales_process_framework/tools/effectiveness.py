"""What the requirements of a gate bring and what they cost. Pure: no database, no language.

Every comparison is of closed deals that met a requirement with those that did not. It shows what goes together, not
what causes it: deals that were going to be lost anyway often fail to meet what a gate asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from .pilot_compare import Comparison, compare_proportions

#: Closed deals on either side below which no rates are compared.
MINIMUM_CLOSED = 10
#: Deals at a gate below which nothing is said about it.
MINIMUM_ASKED = 20
#: Refused deals below which a requirement is not said to cost time.
MINIMUM_REFUSED = 5
#: From this share of the deals on, refusals are a cost.
COSTLY_SHARE = 0.10
#: From so many days on (the median of the deals held up), the time is a cost.
COSTLY_DAYS = 1.0
#: From this share of those it stopped on, a requirement that is let pass is no requirement.
OVERRIDDEN_SHARE = 0.5
MINIMUM_OVERRIDDEN = 5
#: A difference of shares that is none, but for rounding.
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Figures:
    """A requirement in a period, in deals unless said otherwise.

    :ivar asked: came to the gate where it applies
    :ivar met, na, overridden, held: how it stood when the gate was passed for the last time; held: refused, not passed
    :ivar refused: refused because of it at least once
    :ivar refusals: attempts refused because of it
    :ivar delayed: held up by it, see ``days``
    :ivar days: median days that it added to the deals it held up; None where it held none up
    :ivar won, closed: of those that met it, closed ones are won or lost
    :ivar won_without, closed_without: of the others
    :ivar known: whether anybody can tell who met it
    """

    asked: int = 0
    met: int = 0
    na: int = 0
    overridden: int = 0
    held: int = 0
    refused: int = 0
    refusals: int = 0
    delayed: int = 0
    days: float | None = None
    won: int = 0
    closed: int = 0
    won_without: int = 0
    closed_without: int = 0
    known: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """:ivar comparison: win rate with the requirement met, minus without it; its method is "none" without enough data
    :ivar verdict: "helps", "no_sign", "hurts" or "unknown" (not enough data)
    :ivar flags: any of "only_costs", "stops_nobody", "overridden", "helps"
    """

    comparison: Comparison
    verdict: str
    flags: tuple[str, ...]


def judge(figures: Figures) -> Effect:
    """What can be said about a requirement.

    * only_costs: there is enough data, deals that met it were won no more often than the others (not even by chance),
      and the requirement has a price: a tenth of the deals is refused, or the median deal held up waits for a day
    * stops_nobody: twenty deals or more came to it, and none was ever refused or let pass
    * overridden: half of the deals that it stopped, and at least five, went on without it
    * helps: the whole interval is above 0
    """
    comparison = compare(figures)
    verdict = _judge_rates(comparison)
    flags = []
    if comparison.tested and comparison.effect <= NOTHING and _is_costly(figures):
        flags.append("only_costs")
    if figures.known and figures.asked >= MINIMUM_ASKED and not (figures.refused or figures.overridden or figures.held):
        flags.append("stops_nobody")
    stopped = max(figures.refused, figures.overridden)
    if figures.overridden >= MINIMUM_OVERRIDDEN and figures.overridden >= OVERRIDDEN_SHARE * stopped:
        flags.append("overridden")
    if verdict == "helps":
        flags.append("helps")
    return Effect(comparison, verdict, tuple(flags))


def compare(figures: Figures) -> Comparison:
    """Win rates with and without, tested by SciPy; shares between 0 and 1."""
    if not figures.known or min(figures.closed, figures.closed_without) < MINIMUM_CLOSED:
        return Comparison("none", (figures.closed_without, figures.closed))
    return compare_proportions(figures.won_without, figures.closed_without, figures.won, figures.closed)


def _judge_rates(comparison: Comparison) -> str:
    if not comparison.tested:
        return "unknown"
    if comparison.low > 0:
        return "helps"
    return "hurts" if comparison.high < 0 else "no_sign"


def _is_costly(figures: Figures) -> bool:
    often = figures.refused >= MINIMUM_REFUSED and figures.refused >= COSTLY_SHARE * figures.asked
    slow = figures.delayed >= MINIMUM_REFUSED and figures.days is not None and figures.days >= COSTLY_DAYS
    return often or slow


def rate(won: int, closed: int) -> float | None:
    """Percent; None where nothing has closed.

    >>> rate(1, 4), rate(0, 0)
    (25.0, None)
    """
    return 100.0 * won / closed if closed else None
