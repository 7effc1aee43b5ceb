"""Response clocks: what starts one, when it is due, how it ended. Working time comes in as intervals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Ways a lead comes in that nobody of the company types.
CHANNELS = ("web_form", "livechat", "email_in")


@dataclass(frozen=True, slots=True)
class Standard:
    """How fast one touchpoint wants the first answer of a person."""

    touchpoint: int
    journey: int
    clock: str  # "lead_created" or "incoming"
    time: float
    unit: str  # "minutes", "hours" or "days", of working time
    source: str  # the touchpoint's match: "none" takes every channel
    channel: int = 0
    text: str = ""  # lower case; the lead's name has to contain it

    @property
    def key(self) -> tuple[float, str]:
        return self.time, self.unit


def applies(standard: Standard, *, journey: int, source: str, text: str = "") -> bool:
    """Whether a lead that arrived through ``source`` starts the clock of a standard.

    A lead that its own salesperson typed ("own") needs no answer, one that somebody else typed ("manual") does
    where the touchpoint takes leads of every channel.

    :param journey: the journey that the lead follows
    """
    if source == "own" or standard.clock != "lead_created" or standard.journey != journey:
        return False
    if standard.source not in ("none", source):
        return False
    return not standard.text or standard.text in text.lower()


def count_working_seconds(intervals: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> int:
    """Seconds of working time between two moments.

    :param intervals: (start, stop) of working time, sorted, not overlapping, naive UTC
    :return: 0 when the end lies before the start
    """
    total = timedelta()
    first = max(bisect_right(intervals, (start, datetime.max)) - 1, 0)
    for begin, stop in intervals[first:]:
        if begin >= end:
            break
        total += max(min(stop, end) - max(begin, start), timedelta())
    return round(total.total_seconds())


def outcome(deadline: datetime, answered: datetime | None, now: datetime) -> str:
    """:return: running, kept, breached_open or breached_answered; on the dot is kept"""
    if answered is None:
        return "breached_open" if deadline < now else "running"
    return "kept" if answered <= deadline else "breached_answered"
