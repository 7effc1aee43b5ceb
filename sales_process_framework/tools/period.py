"""Periods of the calendar: weeks, months, quarters, halves and years, and their edges in a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytz

#: What an indicator or a goal can be counted by; weeks begin on Monday (ISO 8601).
CYCLES = ("week", "month", "quarter", "half_year", "year")
#: Months of the cycles that are made of months.
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Whole days, both included."""

    start: date
    stop: date
    cycle: str

    @property
    def days(self) -> int:
        return (self.stop - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.stop

    def previous(self) -> Period:
        return period_of(self.start - ONE_DAY, self.cycle)

    def next(self) -> Period:
        return period_of(self.stop + ONE_DAY, self.cycle)

    def year_before(self) -> Period:
        """The period a year earlier: the same month, quarter, half or year; the same week number, 52 weeks ago."""
        if self.cycle in ("day", "week"):
            return period_of(self.start - timedelta(weeks=52), self.cycle)
        return period_of(self.start.replace(year=self.start.year - 1), self.cycle)

    def label(self) -> str:
        """A short name that reads the same in every language and sorts by time: 2026-03, 2026-Q1, 2026-W09."""
        year, month = self.start.year, self.start.month
        if self.cycle == "day":
            return self.start.isoformat()
        if self.cycle == "week":
            iso_year, week, _day = self.start.isocalendar()
            return f"{iso_year}-W{week:02d}"
        if self.cycle == "month":
            return f"{year}-{month:02d}"
        if self.cycle == "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        if self.cycle == "half_year":
            return f"{year}-H{1 if month < 7 else 2}"
        return str(year)

    def share_passed(self, day: date) -> float:
        """Share of the days that have passed at the end of ``day``: 0 before the period, 1 after it."""
        return min(max(((day - self.start).days + 1) / self.days, 0.0), 1.0)


def period_of(day: date, cycle: str) -> Period:
    """The period of a cycle that holds a day.

    :param cycle: one of :data:`CYCLES`, or "day"
    """
    if cycle == "day":
        return Period(day, day, cycle)
    if cycle == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + timedelta(days=6), cycle)
    if cycle not in MONTHS:
        raise ValueError(f"unknown cycle: {cycle}")
    months = MONTHS[cycle]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    stop = _add_months(start, months) - ONE_DAY
    return Period(start, stop, cycle)


def _add_months(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return date(first_of_month.year + years, month + 1, 1)


def periods_between(first: date, last: date, cycle: str) -> Iterator[Period]:
    """The periods that hold the days from ``first`` to ``last``, both included, oldest first."""
    period = period_of(first, cycle)
    while period.start <= last:
        yield period
        period = period.next()


def utc_edges(period: Period, tz_name: str) -> tuple[datetime, datetime]:
    """The moments between which a period lies in a time zone.

    :param tz_name: name in the tz database; UTC where there is none of that name
    :return: (start, stop) naive UTC, half-open: a moment belongs to the period when start <= moment < stop
    """
    return _midnight(period.start, tz_name), _midnight(period.stop + ONE_DAY, tz_name)


def _midnight(day: date, tz_name: str) -> datetime:
    zone = get_zone(tz_name)
    # Where the clock jumps over midnight the day begins an hour later: normalize() finds the moment that exists.
    local = zone.normalize(zone.localize(datetime.combine(day, time.min), is_dst=True))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def local_day(moment: datetime, tz_name: str) -> date:
    """:param moment: naive UTC"""
    return pytz.utc.localize(moment).astimezone(get_zone(tz_name)).date()


def get_zone(tz_name: str | None):
    try:
        return pytz.timezone(tz_name or "UTC")
    except pytz.UnknownTimeZoneError:
        return pytz.utc
