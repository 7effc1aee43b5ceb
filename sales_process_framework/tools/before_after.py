"""An indicator before and after something came into use: whole periods, as many on one side as on the other.

What is compared is the time before with the time since. Whatever else changed in between is in the difference as well:
it shows that something got better, not why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from . import pilot_compare
from .period import Period, period_of
from .pilot_compare import Comparison

ALPHA = 0.05
#: What the reader is told.
VERDICTS = ("waiting", "not_enough_data", "better", "worse", "no_difference")


@dataclass(frozen=True, slots=True)
class Row:
    """One stored value of a period.

    :ivar value: in the indicator's unit; None for no data
    :ivar sample: records behind it
    """

    start: date
    value: float | None
    numerator: float = 0.0
    denominator: float = 0.0
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """The periods on one side, put together.

    :ivar value: of all periods: by their denominators, or records; of totals the mean of a period; None for no data
    :ivar values: one for each period with data, oldest first
    """

    value: float | None
    values: tuple[float, ...]
    numerator: float
    denominator: float
    sample: int


@dataclass(frozen=True, slots=True)
class Effect:
    """:ivar comparison: after against before; of shares in shares of 1, else in the indicator's unit"""

    verdict: str
    before: Side
    after: Side
    comparison: Comparison


def windows(day: date, cycle: str, count: int) -> tuple[list[Period], list[Period]]:
    """The periods before a day and after it, oldest first. The one that it falls into belongs to neither side.

    >>> before, after = windows(date(2026, 5, 20), "month", 2)
    >>> [period.label() for period in before + after]
    ['2026-03', '2026-04', '2026-06', '2026-07']
    >>> before, after = windows(date(2026, 5, 1), "month", 2)
    >>> [period.label() for period in before + after]
    ['2026-03', '2026-04', '2026-05', '2026-06']
    """
    middle = period_of(day, cycle)
    after = [middle if middle.start == day else middle.next()]
    before = [middle.previous()]
    while len(after) < count:
        after.append(after[-1].next())
        before.insert(0, before[0].previous())
    return before, after


def put_together(rows: Sequence[Row], total: bool) -> Side:
    """:param total: whether the values are sums or counts of a period, of which the mean is taken

    The values of several rows of one period, such as those of two versions, are put together first.
    """
    by_period = {}
    for row in rows:
        if row.value is not None:
            by_period.setdefault(row.start, []).append(row)
    values = tuple(_combine(by_period[start], total) for start in sorted(by_period))
    told = [row for found in by_period.values() for row in found]
    if total:
        value = sum(values) / len(values) if values else None
    else:
        value = _combine(told, False) if told else None
    return Side(
        value,
        values,
        sum(row.numerator for row in told),
        sum(row.denominator for row in told),
        sum(row.sample for row in told),
    )


def _combine(rows: Sequence[Row], total: bool) -> float:
    if total:
        return sum(row.value for row in rows)
    weights = [row.denominator if row.denominator > 0 else row.sample for row in rows]
    if not sum(weights) > 0:
        return sum(row.value for row in rows) / len(rows)
    return sum(row.value * weight for row, weight in zip(rows, weights, strict=True)) / sum(weights)


def counts_records(rows: Sequence[Row]) -> bool:
    """Whether numerator and denominator count records: so many of so many, which the test of two shares is made for.

    >>> counts_records([Row(date(2026, 1, 1), 40.0, 4, 10, 10)])
    True
    >>> counts_records([Row(date(2026, 1, 1), 40.0, 4000, 10000, 7)])
    False
    """
    told = [row for row in rows if row.value is not None]
    return bool(told) and all(
        row.denominator == row.sample and 0 <= row.numerator <= row.denominator and row.numerator == int(row.numerator)
        for row in told
    )


def judge(
    before: Sequence[Row], after: Sequence[Row], *, direction: str, shares: bool = False, total: bool = False
) -> Effect:
    """Compare two sides of equal length.

    Shares of records are tested as two proportions; other indicators by the values of their periods, of which there
    must be as many as any test needs (:data:`.pilot_compare.MINIMUM`).

    :param direction: "higher" or "lower" is better
    :param shares: the indicator is a share of records, each of which belongs to one period
    """
    sides = put_together(before, total), put_together(after, total)
    if shares and counts_records([*before, *after]):
        comparison = pilot_compare.compare_proportions(
            int(sides[0].numerator),
            int(sides[0].denominator),
            int(sides[1].numerator),
            int(sides[1].denominator),
            ALPHA,
        )
    else:
        comparison = pilot_compare.compare_samples(sides[0].values, sides[1].values, ALPHA)
    return Effect(_get_verdict(comparison, direction), *sides, comparison)


def _get_verdict(comparison: Comparison, direction: str) -> str:
    if not comparison.tested:
        return "not_enough_data"
    if comparison.pvalue >= ALPHA:
        return "no_difference"
    return "better" if (comparison.effect > 0) == (direction == "higher") else "worse"
