"""A year as a timeline: lanes with rows of bars that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

#: Days that a bar takes at least on the screen, so that its name can be read; rows are packed by it.
WIDTH = 32
#: A point from this day of the year on has its name before it, or the end of the year would cut it off.
LATE = 330
#: Days that the mark of such a point takes.
MARK = 5


@dataclass(frozen=True, slots=True)
class Span:
    """:ivar key: what the bar is told apart by
    :ivar start, stop: whole days, both included
    """

    key: object
    start: date
    stop: date


def clip(span: Span, year: int) -> Span | None:
    """The part of a bar in a year; None where none of it is.

    >>> clip(Span(1, date(2025, 12, 1), date(2026, 1, 15)), 2026)
    Span(key=1, start=datetime.date(2026, 1, 1), stop=datetime.date(2026, 1, 15))
    >>> clip(Span(1, date(2025, 12, 1), date(2025, 12, 31)), 2026)
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    if span.stop < first or span.start > last:
        return None
    return Span(span.key, max(span.start, first), min(span.stop, last))


def is_late_point(span: Span) -> bool:
    """Whether it is a day so late in its year that its name stands before it."""
    return span.start == span.stop and span.start.timetuple().tm_yday >= LATE


def pack(spans: Iterable[Span], width: int = WIDTH) -> dict[object, int]:
    """Rows of a lane: each bar in the first row where it fits, in the order in which they begin.

    >>> days = [Span("a", date(2026, 1, 1), date(2026, 3, 1)), Span("b", date(2026, 2, 1), date(2026, 2, 2))]
    >>> pack([*days, Span("c", date(2026, 6, 1), date(2026, 6, 1))])
    {'a': 0, 'b': 1, 'c': 0}
    >>> late = [Span(name, date(2026, 12, day), date(2026, 12, day)) for name, day in (("a", 1), ("b", 20))]
    >>> pack([Span("c", date(2026, 6, 1), date(2026, 11, 10)), *late])
    {'c': 0, 'a': 1, 'b': 0}

    :param width: days that the shortest bar takes
    :return: {key: row, from 0}
    """
    ends: list[int] = []
    rows = {}
    for span in sorted(spans, key=lambda span: (span.start, -span.stop.toordinal(), str(span.key))):
        start = span.start.toordinal()
        stop = max(span.stop.toordinal(), start + width - 1)
        if is_late_point(span):
            start, stop = start - width + 1, start + MARK
        row = next((row for row, end in enumerate(ends) if end < start), len(ends))
        if row == len(ends):
            ends.append(stop)
        ends[row] = stop
        rows[span.key] = row
    return rows


def funnel(counts: Sequence[int]) -> list[dict]:
    """Each step of the loop with its share of the first one.

    >>> funnel([8, 4, 1])
    [{'count': 8, 'share': 100}, {'count': 4, 'share': 50}, {'count': 1, 'share': 12}]
    >>> funnel([0, 0])
    [{'count': 0, 'share': None}, {'count': 0, 'share': None}]
    """
    first = counts[0] if counts else 0
    return [{"count": count, "share": round(100 * count / first) if first else None} for count in counts]
