"""Leads of the past and of a pilot followed equally long.

Deals that are lost are lost soon, deals that are won take their time. Whoever compares what a pilot of six weeks has
decided so far with what a whole year has decided compares quick deals with all deals. So both sides count what became
of a lead up to the same age, and only leads that have reached it.

The age is learned from history before the first lead. Leads are taken in batches, the same on both sides, because
indicators tell what happened in a period: of each batch counts what happened from its first day until its last lead
has the age.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

#: So many of the deals that were decided at all were decided by the age that leads are followed to.
DECIDED_SHARE = 0.8
#: Where history knows of no decided deal, and the least: days.
DEFAULT_AGE = 30
LEAST_AGE = 7
#: Batches that history is taken in, at most; and of an age, at least.
BATCHES = 60
PARTS = 8


@dataclass(frozen=True, slots=True)
class FollowUp:
    """
    :ivar age: days for which every lead of a batch is followed at least
    :ivar step: days in which the leads of a batch come in
    """

    age: int
    step: int

    @classmethod
    def choose(cls, decided: float | None, length: float, history: float) -> FollowUp:
        """:param decided: age by which :data:`DECIDED_SHARE` of the decided deals were decided, in days
        :param length: days of the pilot: the leads of about its first half shall reach the age
        :param history: days of history
        """
        age = max(min(math.ceil(decided or DEFAULT_AGE), int(length // 2)), LEAST_AGE)
        return cls(age, math.ceil(max(age / PARTS, min(history / BATCHES, age / 2))))

    @property
    def days(self) -> int:
        """For which a batch is followed, from its beginning."""
        return self.age + self.step

    def before(self, start: datetime, history: float) -> tuple[datetime, int]:
        """The batches of the past that had the age when the pilot began: nothing of it is in their figures.

        :param history: days, counted back from the end of the last batch
        :return: (beginning of the first batch, how many there are)
        """
        count = max(min(int(history // self.step), BATCHES), 1)
        return start - timedelta(days=self.age + self.step * count), count

    def since(self, start: datetime, now: datetime) -> tuple[datetime, int]:
        """The batches of the pilot that have the age.

        :return: (beginning of the first batch, how many there are)
        """
        return start, max(int(((now - start) / timedelta(days=1) - self.age) // self.step), 0)
