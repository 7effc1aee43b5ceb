"""What the dashboard is asked for, and which stage holds deals up most. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .period import CYCLES, Period, period_of

#: What the figures can be cut by: {name of the filter: scope of the stored values}.
SLICES = {
    "user_id": "user",
    "team_id": "team",
    "process_id": "process",
    "source_id": "source",
    "country_id": "country",
    "tag_id": "tag",
}
KEYS = {"company_id", "cycle", "period", *SLICES}
DEFAULT_CYCLE = "month"
#: Days that a deal has been in its stage: {key: (at least, below)}; no upper end for the last.
AGES = {"week": (0, 8), "fortnight": (8, 15), "month": (15, 31), "two_months": (31, 61), "older": (61, None)}
#: From here on a deal counts as held up where the stage has no time limit.
OLD = ("two_months", "older")
#: A stage with fewer deals is not called the worst.
FEW = 3


class FilterError(ValueError):
    """A filter that cannot be followed.

    :ivar reason: "unknown", "cycle", "date", "record" or "both"
    """

    def __init__(self, reason: str, name: str, value=None):
        super().__init__(f"{reason}: {name}={value!r}")
        self.reason, self.name, self.value = reason, name, value


@dataclass(frozen=True, slots=True)
class Filters:
    """:ivar company: id, None for the user's own
    :ivar scope: "company" or one of the values of :data:`SLICES`
    :ivar scope_id: id of the team, person, …; None for the company
    """

    company: int | None
    period: Period
    scope: str
    scope_id: int | None

    @property
    def slice(self) -> str | None:
        """Name of the filter that cuts the figures."""
        return next((name for name, scope in SLICES.items() if scope == self.scope), None)


def parse(raw: dict | None, today: date) -> Filters:
    """:param raw: as it comes from a browser; a filter that is empty is not set
    :param today: the company's day; its period is shown unless another is asked for
    :raise FilterError: for the first filter that is wrong
    """
    if raw is not None and not isinstance(raw, dict):
        raise FilterError("unknown", "filters", raw)
    wanted = {name: value for name, value in (raw or {}).items() if value not in (None, False, "")}
    for name in wanted:
        if name not in KEYS:
            raise FilterError("unknown", name, wanted[name])
    cycle = wanted.get("cycle", DEFAULT_CYCLE)
    if cycle not in CYCLES:
        raise FilterError("cycle", "cycle", cycle)
    cuts = [name for name in SLICES if name in wanted]
    if len(cuts) > 1:
        raise FilterError("both", cuts[0], cuts[1])
    scope = SLICES[cuts[0]] if cuts else "company"
    return Filters(
        company=_record(wanted, "company_id"),
        period=period_of(_day(wanted.get("period"), today), cycle),
        scope=scope,
        scope_id=_record(wanted, cuts[0]) if cuts else None,
    )


def _record(wanted: dict, name: str) -> int | None:
    value = wanted.get(name)
    if value is None:
        return None
    # True is an int to Python, and no id.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
        raise FilterError("record", name, value)
    return value


def _day(value, today: date) -> date:
    if value is None:
        return today
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise FilterError("date", "period", value) from None
    # The periods before it and its neighbours have to exist, too.
    if not 1950 <= day.year <= 2200:
        raise FilterError("date", "period", value)
    return day


def last_periods(period: Period, count: int) -> list[Period]:
    """The periods that end with one, oldest first."""
    periods = [period]
    while len(periods) < count:
        periods.append(periods[-1].previous())
    return periods[::-1]


def age_of(days: float) -> str:
    """Key of :data:`AGES` for the days in a stage.

    >>> age_of(7.9), age_of(8), age_of(400)
    ('week', 'fortnight', 'older')
    """
    return next(key for key, (_low, high) in AGES.items() if high is None or days < high)


@dataclass(frozen=True, slots=True)
class Load:
    """Deals that are in a stage now.

    :ivar overdue: those over the time limit of the stage
    :ivar old: those that have been there for longer than a month
    """

    stage: int
    open: int
    overdue: int
    old: int

    @property
    def held_up(self) -> int:
        return max(self.overdue, self.old)


def worst(loads: Iterable[Load]) -> Load | None:
    """The stage where deals stall: the largest share of deals over the time limit, or in it for more than a month.

    Of two with one share the one with more deals. Stages with a deal or two are left out, unless all are so.

    :return: None where nothing is held up
    """
    held = [load for load in loads if load.held_up]
    enough = [load for load in held if load.open >= FEW] or held
    return max(enough, key=lambda load: (load.held_up / load.open, load.held_up, -load.stage), default=None)
