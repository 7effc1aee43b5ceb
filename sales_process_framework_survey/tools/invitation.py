"""Who is asked: once per person and period, whatever happened, and how often."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something happened after which a programme would ask a person."""

    key: str  # what happened, the same each time it is found
    program: int
    lead: int
    person: str  # normalized address
    happened: datetime
    planned: datetime  # when the invitation would be sent
    partner: int | None = None


def choose(
    candidates: Iterable[Candidate], known: Mapping[str, Sequence[datetime]], rest: timedelta
) -> list[Candidate]:
    """The candidates that are asked, the earliest of each person and period.

    A person who is asked at one moment is not asked again less than ``rest`` later, nor would anybody have been asked
    less than ``rest`` before. The outcome does not depend on the order of the candidates.

    :param known: {person: moments at which the person was or will be asked}
    """
    asked = {person: sorted(moments) for person, moments in known.items()}
    chosen = []
    for candidate in sorted(candidates, key=lambda one: (one.planned, one.happened, one.key)):
        moments = asked.setdefault(candidate.person, [])
        if all(abs(candidate.planned - moment) >= rest for moment in moments):
            insort(moments, candidate.planned)
            chosen.append(candidate)
    return chosen
