"""Which resource helps most with one lead now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

#: What a shared point of reference is worth. Somebody who searches wants the hit first, then what fits the lead.
POINTS = {"action": 8.0, "stage": 5.0, "persona": 3.0, "industry": 3.0}
TEXT_POINTS = 40.0


@dataclass(frozen=True, slots=True)
class Place:
    """What a resource serves, or where a lead stands."""

    stages: Collection[int] = ()
    actions: Collection[int] = ()
    industries: Collection[int] = ()
    personas: Collection[int] = ()


def reasons(resource: Place, lead: Place) -> dict[str, set[int]]:
    """What both have in common, by kind; kinds with nothing in common are left out.

    >>> reasons(Place(stages=[1, 2], personas=[7]), Place(stages=[2], personas=[8]))
    {'stage': {2}}
    """
    shared = {
        "action": set(resource.actions) & set(lead.actions),
        "stage": set(resource.stages) & set(lead.stages),
        "persona": set(resource.personas) & set(lead.personas),
        "industry": set(resource.industries) & set(lead.industries),
    }
    return {kind: ids for kind, ids in shared.items() if ids}


def score(shared: dict[str, set[int]], text_rank: float = 0.0) -> float:
    """
    :param shared: from :func:`reasons`
    :param text_rank: PostgreSQL's rank of the hit, 0 to 1

    >>> score({"stage": {2}}) > score({"persona": {1}}) > score({})
    True
    """
    return sum(POINTS[kind] for kind in shared) + TEXT_POINTS * text_rank
