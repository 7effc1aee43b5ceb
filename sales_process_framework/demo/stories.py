"""How each deal of the demo company went, by chance with a fixed seed; pure Python, no database.

A story is a row of stays in stages. Times are naive UTC and relative to the moment of installation, so that the
last eighteen months are always populated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

HISTORY_DAYS = 548
ON_HOLD = None  # position of a deal parked in a column that the process does not know


@dataclass(frozen=True)
class Market:
    """One team and what its pipeline looks like."""

    key: str
    limits: tuple[float, ...]  # working days by position in the process
    first_won: int  # position of the first won stage
    utc_hour: int  # when the team's day begins, in UTC
    reps: int
    open_per_stage: tuple[int, ...]  # for the stages before the first won one
    won: int
    lost: int
    holds: bool = False  # whether the team parks deals


@dataclass
class Stay:
    position: int | None
    entered: datetime
    left: datetime | None = None
    direction: str = "entry"
    outcome: str = "open"
    passed_by: str = ""  # how its gate let the deal go: "" (met), exception, skip, flexible or warned


@dataclass
class Story:
    market: Market
    rep: int
    fate: str  # won, lost or open
    stays: list[Stay] = field(default_factory=list)
    mood: str = "open"  # of the gate it stands at: open, ready or held
    closed: datetime | None = None

    @property
    def created(self):
        return self.stays[0].entered

    @property
    def current(self):
        return self.stays[-1]

    @property
    def last_known(self):
        """Position of the last stage that the process knows."""
        return next(stay.position for stay in reversed(self.stays) if stay.position is not None)


def tell(rng: Random, market: Market, now: datetime) -> list[Story]:
    """All stories of one team, oldest kind first: won, lost, open."""
    stories = [_tell_won(rng, market, now, number) for number in range(market.won)]
    stories += [_tell_lost(rng, market, now) for _number in range(market.lost)]
    for position, count in enumerate(market.open_per_stage):
        stories += [_tell_open(rng, market, now, position, number) for number in range(count)]
    for story in stories:
        _settle_times(rng, story, now)
    return stories


def _tell_won(rng, market, now, number):
    """Every other sale is recent, so that each stage behind the sale has some."""
    path = _walk(rng, market, market.first_won)
    days = [_days(rng, market, position) for position in path[:-1]]
    stages = range(market.first_won, len(market.limits))
    delivered = [_days(rng, market, position) for position in stages]
    if number % 2:
        passed = (number // 2) % len(stages)
        delivered = delivered[:passed]
        age = sum(delivered) + market.limits[stages[passed]] * rng.uniform(0.1, 1.5) + 1
    else:
        age = rng.uniform(2, HISTORY_DAYS - min(sum(days), HISTORY_DAYS - 10))
        delivered = delivered[:-1]
    story = Story(market, rng.randrange(market.reps), "won", mood=rng.choices(("open", "ready", "held"), (5, 3, 1))[0])
    story.closed = now - timedelta(days=age)
    story.stays = _chain(path, days, story.closed - timedelta(days=sum(days)))
    for position, length in zip(stages, delivered, strict=False):
        leaves = story.current.entered + timedelta(days=length)
        if leaves > now - timedelta(days=1):
            break
        _leave(story.current, leaves, "advanced")
        story.stays.append(Stay(position + 1, leaves, direction="forward"))
    if story.current.position == stages[-1] and story.mood == "held":
        story.mood = "open"  # there is nothing further to be held back from
    return story


def _tell_lost(rng, market, now):
    stages = range(market.first_won)
    position = rng.choices(stages, [market.first_won + 1 - stage for stage in stages])[0]
    path = _walk(rng, market, position)
    days = [_days(rng, market, step) for step in path]
    restored = rng.random() < 0.12
    gap, again = (rng.uniform(12, 40), rng.uniform(5, 25)) if restored else (0, 0)
    total = sum(days) + gap + again
    age = rng.uniform(1, HISTORY_DAYS - min(total, HISTORY_DAYS - 10))
    story = Story(market, rng.randrange(market.reps), "lost")
    story.closed = now - timedelta(days=age)
    story.stays = _chain(path, days[:-1], story.closed - timedelta(days=total))
    if restored:
        _lose_and_restore(story, story.current.entered + timedelta(days=days[-1]), gap)
    _leave(story.current, story.closed, "lost")
    return story


def _tell_open(rng, market, now, position, number):
    story = Story(market, rng.randrange(market.reps), "open", mood=("open", "held", "ready", "open")[number % 4])
    limit = market.limits[position] * 1.4
    stalled = number % 3 == 1
    elapsed = rng.uniform(1.5, 3.2) * limit + 4 if stalled else rng.uniform(0.1, 0.75) * limit
    path = _walk(rng, market, position)
    days = [_days(rng, market, step) for step in path[:-1]]
    story.stays = _chain(path, days, now - timedelta(days=elapsed + sum(days)))
    if number == 4 and position:
        # lost while it stood here, and brought back
        lost = story.current.entered - timedelta(days=30)
        for stay in story.stays[:-1]:
            stay.entered, stay.left = (moment - timedelta(days=45) for moment in (stay.entered, stay.left))
        story.current.entered = story.stays[-2].left
        _lose_and_restore(story, lost, 30)
    if market.holds and number == 5:
        parked = story.current.entered + (now - story.current.entered) * 0.4
        _leave(story.current, parked, "moved")
        story.stays.append(Stay(ON_HOLD, parked, direction="aside"))
    return story


def _walk(rng, market, target):
    """Positions from the first stage to the target, with the detours that happen in practice."""
    path = [0] if target >= 0 else []
    detoured = False
    while path[-1] != target:
        position = path[-1]
        chance = rng.random()
        if not detoured and position >= 2 and chance < 0.1:
            path += [position - 1, position]
            detoured = True
        elif not detoured and market.holds and position >= 1 and chance < 0.14:
            path += [ON_HOLD, position]
            detoured = True
        elif not detoured and chance > 0.95 and position + 2 <= min(target, market.first_won - 1):
            path.append(position + 2)
            detoured = True
        else:
            path.append(position + 1)
    return path


def _days(rng, market, position):
    """Calendar days of one stay: mostly within the limit, with a long tail."""
    limit = 18 if position is ON_HOLD else market.limits[position] * 1.4
    return min(rng.lognormvariate(math.log(limit * 0.6), 0.55), limit * 3)


def _chain(path, days, start):
    """Stays along a path; the last one stays open when it has no length of its own."""
    stays = []
    entered = start
    for index, position in enumerate(path):
        stay = Stay(position, entered, direction=_direction(path, index))
        stays.append(stay)
        if index < len(path) - 1:
            entered += timedelta(days=days[index])
            _leave(stay, entered, _outcome(path, index))
            if path[index + 1] is not ON_HOLD and position is not ON_HOLD and path[index + 1] > position + 1:
                stay.passed_by = "skip"
    return stays


def _direction(path, index):
    if not index:
        return "entry"
    before, here = path[index - 1], path[index]
    if before is ON_HOLD or here is ON_HOLD:
        return "aside"
    return "forward" if here > before else "backward"


def _outcome(path, index):
    here, following = path[index], path[index + 1]
    if here is ON_HOLD or following is ON_HOLD:
        return "moved"
    return "advanced" if following > here else "returned"


def _leave(stay, moment, outcome):
    stay.left, stay.outcome = moment, outcome


def _lose_and_restore(story, lost, gap):
    position = story.current.position
    _leave(story.current, lost, "lost")
    story.stays.append(Stay(position, lost + timedelta(days=gap), direction="reopened"))


def _settle_times(rng, story, now):
    """Move every moment into working hours, in the same order as before and never into the future."""
    moments = []
    for stay in story.stays:
        if not moments or stay.direction == "reopened":
            moments.append(stay.entered)
        if stay.left:
            moments.append(stay.left)
    moments = [working_moment(rng, moment, story.market.utc_hour) for moment in moments]
    for index in range(1, len(moments)):
        moments[index] = max(moments[index], moments[index - 1] + timedelta(minutes=rng.randint(25, 90)))
    latest = now - timedelta(minutes=rng.randint(10, 240))
    for index in reversed(range(len(moments))):
        moments[index] = min(moments[index], latest)
        latest = moments[index] - timedelta(minutes=rng.randint(20, 60))
    flow = iter(moments)
    for index, stay in enumerate(story.stays):
        if not index or stay.direction == "reopened":
            stay.entered = next(flow)
        else:
            stay.entered = story.stays[index - 1].left
        if stay.left:
            stay.left = next(flow)
    _mark_close(story)


def _mark_close(story):
    if story.fate == "lost":
        story.closed = story.current.left
    elif story.fate == "won":
        arrival = next(stay for stay in story.stays if stay.position == story.market.first_won)
        story.closed = arrival.entered
        story.stays[story.stays.index(arrival) - 1].outcome = "won"


def working_moment(rng, moment, utc_hour):
    """The same day or the nearest working one, at some time of the working day."""
    weekday = moment.weekday()
    moment += timedelta(days={5: -1, 6: 1}.get(weekday, 0))
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=utc_hour)
    return start + timedelta(minutes=rng.randint(0, 9 * 60), seconds=rng.randint(0, 59))
