"""Working time over given work intervals; the calendar itself is Odoo's ``resource.calendar``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta


def add_working_hours(intervals: Sequence[tuple[datetime, datetime]], start: datetime, hours: float) -> datetime | None:
    """The moment at which ``hours`` of working time have passed since ``start``.

    :param intervals: (start, stop) of working time, sorted, not overlapping, naive UTC
    :param start: naive UTC
    :return: naive UTC; None when the intervals end before the hours are used up
    """
    remaining = timedelta(hours=hours)
    first = max(bisect_right(intervals, (start, datetime.max)) - 1, 0)
    for begin, end in intervals[first:]:
        begin = max(begin, start)
        if end <= begin:
            continue
        if remaining <= end - begin:
            return begin + remaining
        remaining -= end - begin
    return None
