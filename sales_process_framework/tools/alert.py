"""When an alert is due and when it may be told: pure arithmetic on moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytz

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """What a person was told lately, in one way of telling.

    :ivar summary: when the last summary was sent, naive UTC; None where there was none
    :ivar single: when the last notice of a rule without summaries was sent
    :ivar singles: how many such notices there were
    """

    summary: datetime | None = None
    single: datetime | None = None
    singles: int = 0

    @property
    def latest(self) -> datetime | None:
        return max(filter(None, (self.summary, self.single)), default=None)


def next_summary(now: datetime, last: datetime | None, hours: float) -> datetime:
    """When the next summary may be sent: so many hours after the last one, and never in the past.

    :param last: None where there was none; then now
    """
    return max(now, last + timedelta(hours=hours)) if last else now


def subtract_working_hours(
    intervals: Sequence[tuple[datetime, datetime]], end: datetime, hours: float
) -> datetime | None:
    """The latest moment from which ``hours`` of working time have passed at ``end``.

    The other way round of :func:`~.worktime.add_working_hours`: what began then, or before, is due now.

    :param intervals: (start, stop) of working time, sorted, not overlapping, naive UTC
    :param end: naive UTC
    :return: naive UTC; None when the intervals begin too late to hold so many hours
    """
    remaining = timedelta(hours=hours)
    if not remaining:
        return end
    for begin, stop in reversed(intervals):
        stop = min(stop, end)
        if stop <= begin:
            continue
        if remaining <= stop - begin:
            return stop - remaining
        remaining -= stop - begin
    return None


def leave_quiet_hours(
    now: datetime, tz_name: str, quiet_from: float, quiet_to: float, quiet_weekend: bool = False
) -> datetime:
    """When somebody may be told: now, or when their quiet hours and weekend are over.

    :param now: naive UTC
    :param tz_name: the receiver's time zone
    :param quiet_from: hour of the day from which nothing is told, 22.5 for half past ten in the evening
    :param quiet_to: hour of the day from which it is told again; equal to ``quiet_from`` for no quiet hours
    :return: naive UTC
    """
    zone = pytz.timezone(tz_name)
    local = pytz.utc.localize(now).astimezone(zone).replace(tzinfo=None)
    start = local
    for _step in range(8):
        later = _leave_night(start, quiet_from, quiet_to)
        if quiet_weekend and later.weekday() >= SATURDAY:
            later = later.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if later == start:
            break
        start = later
    if start == local:
        return now
    return zone.localize(start).astimezone(pytz.utc).replace(tzinfo=None)


def _leave_night(moment: datetime, quiet_from: float, quiet_to: float) -> datetime:
    if quiet_from == quiet_to:
        return moment
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    hour = (moment - midnight) / timedelta(hours=1)
    end = midnight + timedelta(hours=quiet_to)
    if quiet_from < quiet_to:
        return end if quiet_from <= hour < quiet_to else moment
    if hour >= quiet_from:
        return end + timedelta(days=1)
    return end if hour < quiet_to else moment
