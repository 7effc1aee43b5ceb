"""How sound an open lead is: a score from parts that each say why. Pure Python; its SQL twin is the refresh.

A part scores 0 to 100 and has a weight, which each process can set otherwise; parts about which nothing can be said are
left out, and the score is the weighted mean of the others, rounded half up.

========  ======  =====================================================================================
part      weight  100 when …, 0 when …
========  ======  =====================================================================================
gate      25      everything that the stage asks is there … nothing is (the gate progress)
time      20      at most 70 % of the stage's time is used … twice the time is used (50 at the limit)
contact   20      the last contact is at most 7 days ago … 21 days or more
journey   10      every touchpoint of the present phases took place … none did
closing   15      a date ahead that was never put off (25 less each time) … the date is past
buyers    10      the decision maker is known (50), a champion is found (25), every attitude is known (25)
========  ======  =====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

WEIGHTS = {"gate": 25, "time": 20, "contact": 20, "journey": 10, "closing": 15, "buyers": 10}
GOOD = 70
WATCH = 40

TIME_EASY = 0.7
FRESH_DAYS = 7
STALE_DAYS = 21
PUSH_COSTS = 25
NO_DATE = 50
SECONDS_PER_DAY = 86400


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What is known of one open lead; moments are naive UTC."""

    progress: int = 0
    asked: bool = True  # the stage asks for something
    entered: datetime | None = None
    deadline: datetime | None = None
    last_contact: datetime | None = None  # its creation as long as there was none
    contacted: bool = False
    expected: int = 0
    reached: int = 0
    closing: date | None = None
    pushes: int = 0
    buyers: int = 0
    decider: bool = False
    champion: bool = False
    unknown: int = 0


def part_scores(facts: LeadFacts, now: datetime) -> dict[str, float | None]:
    """Score of each part, None where nothing can be said."""
    return {
        "gate": float(facts.progress) if facts.asked else None,
        "time": _score_time(facts, now),
        "contact": _score_contact(facts, now),
        "journey": 100.0 * min(facts.reached, facts.expected) / facts.expected if facts.expected else None,
        "closing": _score_closing(facts, now),
        "buyers": 50.0 * facts.decider + 25.0 * facts.champion + 25.0 * (facts.buyers > 0 and not facts.unknown),
    }


def score(parts: dict[str, float | None], weights: dict[str, int] | None = None) -> int:
    """The weighted mean of the parts that say something.

    :param weights: those of a process, where they are not the usual ones
    :return: 0 to 100
    """
    weights = weights or WEIGHTS
    counted = [(weights[part], value) for part, value in parts.items() if value is not None]
    weight = sum(weight for weight, _value in counted)
    return int(sum(weight * value for weight, value in counted) / weight + 0.5) if weight else 0


def band(value: int) -> str:
    """:return: good, watch or poor"""
    if value >= GOOD:
        return "good"
    return "watch" if value >= WATCH else "poor"


def used_share(facts: LeadFacts, now: datetime) -> float | None:
    """Share of the stage's time that has passed, by the clock; None without a limit."""
    if not facts.entered or not facts.deadline:
        return None
    limit = (facts.deadline - facts.entered).total_seconds()
    return (now - facts.entered).total_seconds() / limit if limit > 0 else 2.0


def _score_time(facts, now):
    share = used_share(facts, now)
    if share is None:
        return None
    if share <= TIME_EASY:
        return 100.0
    if share <= 1:
        return 100.0 - 50.0 * (share - TIME_EASY) / (1 - TIME_EASY)
    return max(50.0 * (2.0 - share), 0.0)


def _score_contact(facts, now):
    if not facts.last_contact:
        return None
    days = (now - facts.last_contact).total_seconds() / SECONDS_PER_DAY
    return min(max(100.0 * (STALE_DAYS - days) / (STALE_DAYS - FRESH_DAYS), 0.0), 100.0)


def _score_closing(facts, now):
    if not facts.closing:
        return float(NO_DATE)
    if facts.closing < now.date():
        return 0.0
    return float(max(100 - PUSH_COSTS * facts.pushes, 0))
