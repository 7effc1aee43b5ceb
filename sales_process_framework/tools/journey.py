"""What a journey's definitions amount to: quadrants of the priority matrix, places on the map, file checks.

Pure: plain values in and out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Importance and urgency are rated 1 to 5; more than this is high.
HIGH_ABOVE = 3
LOWEST, HIGHEST = 1, 5
#: In reading order: what to do first stands first.
QUADRANTS = ("do_first", "plan", "quick", "routine")


def quadrant(importance: int, urgency: int) -> str:
    """Quadrant of the priority matrix.

    >>> quadrant(5, 4), quadrant(4, 3), quadrant(3, 4), quadrant(3, 3)
    ('do_first', 'plan', 'quick', 'routine')
    """
    if importance > HIGH_ABOVE:
        return "do_first" if urgency > HIGH_ABOVE else "plan"
    return "quick" if urgency > HIGH_ABOVE else "routine"


def place(order: Sequence[int], moved: int, position: int) -> list[int]:
    """Ids of one phase's touchpoints in their new order, with ``moved`` at ``position`` (0 is the top).

    A position outside the list means its nearer end; an id that stands in the list already is moved within it.

    >>> place([1, 2, 3], 3, 0), place([1, 2], 9, 99), place([1, 2], 9, -1)
    ([3, 1, 2], [1, 2, 9], [9, 1, 2])
    """
    others = [identifier for identifier in order if identifier != moved]
    position = min(max(position, 0), len(others))
    return [*others[:position], moved, *others[position:]]


def normalize_segment(segment: str | None) -> str:
    """Segments that read the same are the same.

    >>> normalize_segment("  New   Manufacturing "), normalize_segment(None)
    ('new manufacturing', '')
    """
    return " ".join((segment or "").split()).casefold()


def clashes(journeys: Iterable[tuple[int, str | None, Iterable[int]]]) -> list[tuple[int, int, int]]:
    """Active journeys of which a lead could not tell which one to follow.

    :param journeys: (journey, segment, processes) of each active journey
    :return: (journey, other journey, process) for each pair of the same segment on the same process
    """
    taken: dict[tuple[int, str], int] = {}
    found = []
    for journey, segment, processes in journeys:
        for process in processes:
            spot = (process, normalize_segment(segment))
            if spot in taken and taken[spot] != journey:
                found.append((taken[spot], journey, process))
            taken.setdefault(spot, journey)
    return found
