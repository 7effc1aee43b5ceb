"""Promises between departments: deadlines in working time with pauses, and how a promise stands.

Intervals and pauses are sorted (start, stop) pairs of naive UTC datetimes; hours are hours of working time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .worktime import add_working_hours

Span = tuple[datetime, datetime]


class Clock(StrEnum):
    """How a promise stands."""

    RUNNING = "running"
    AT_RISK = "at_risk"
    LATE = "late"
    PAUSED = "paused"  # waiting for the asker, nobody's time runs
    KEPT = "kept"
    BROKEN = "broken"
    NONE = "none"  # withdrawn, or nothing was promised


@dataclass(frozen=True, slots=True)
class Promise:
    at_risk: datetime  # from here on the larger part of the time is used up
    deadline: datetime


def without(intervals: Iterable[Span], pauses: Sequence[Span]) -> list[Span]:
    """The intervals with the pauses cut out; pauses may touch or overlap each other.

    >>> day = datetime(2026, 3, 2)
    >>> hours = lambda span: tuple(moment.hour for moment in span)
    >>> [hours(span) for span in without([(day.replace(hour=8), day.replace(hour=17))],
    ...                                  [(day.replace(hour=9), day.replace(hour=10))])]
    [(8, 9), (10, 17)]
    """
    ordered = sorted(pauses)
    rest = []
    for begin, end in intervals:
        for start, stop in ordered:
            if stop <= begin or start >= end:
                continue
            if start > begin:
                rest.append((begin, start))
            begin = stop
            if begin >= end:
                break
        if begin < end:
            rest.append((begin, end))
    return rest


def plan(
    intervals: Iterable[Span], start: datetime, hours: float, pauses: Sequence[Span] = (), share: float = 0.75
) -> Promise | None:
    """When ``hours`` of working time without the pauses are used up, and when ``share`` of them is.

    :param pauses: ended pauses only; the deadline stands still while one is open
    :return: None when the intervals end before the hours do
    """
    working = without(intervals, pauses)
    deadline = add_working_hours(working, start, hours)
    if deadline is None:
        return None
    return Promise(add_working_hours(working, start, hours * min(max(share, 0.0), 1.0)) or start, deadline)


def judge(
    deadline: datetime | None,
    at_risk: datetime | None,
    now: datetime,
    *,
    delivered: datetime | None = None,
    paused_since: datetime | None = None,
) -> Clock:
    """How a promise stands: late begins after the deadline, a delivery at the very moment is in time.

    A pause does not heal: what was late when it began stays late.
    """
    if deadline is None:
        return Clock.NONE
    if delivered is not None:
        return Clock.KEPT if delivered <= deadline else Clock.BROKEN
    if paused_since is not None:
        return Clock.LATE if paused_since > deadline else Clock.PAUSED
    if now > deadline:
        return Clock.LATE
    return Clock.AT_RISK if at_risk is not None and now >= at_risk else Clock.RUNNING


def days_late(deadline: datetime | None, until: datetime) -> float:
    """Calendar days behind the deadline, one decimal; 0 in time."""
    if deadline is None or until <= deadline:
        return 0.0
    return round((until - deadline) / timedelta(days=1), 1)
