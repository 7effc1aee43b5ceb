"""How a figure becomes a part of a scorecard. Pure Python.

A part scores 0 to its cap, 100 = as agreed. Parts without data are left out of both sums: no data is not zero. The
scorecard is the weighted mean of the others, and its coverage says how much of the weight that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import kpi

#: What a part can score when somebody does better than agreed, so that one figure cannot carry a whole card.
CAP = 120.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One stored figure and what it is measured by.

    ``due`` is what is asked for by now: the goal, or the share of it that is due today where amounts add up over a
    period that still runs.
    """

    value: float | None
    due: float | None = None
    direction: str = "higher"
    method: str = "share"  # "share" of what is due, or "bands" of the indicator
    healthy: float = 0.0
    alert: float = 0.0


def score(figure: Figure, cap: float = CAP) -> float | None:
    """:return: 0 to ``cap``, None where there is no value or nothing to measure it by"""
    if figure.value is None:
        return None
    if figure.method == "bands":
        return _score_bands(figure)
    share = kpi.attainment(figure.value, figure.due, figure.direction)
    return None if share is None else min(max(100.0 * share, 0.0), cap)


def _score_bands(figure):
    """100 from the healthy value on, 0 at half the way beyond the alert value's, and 50 at the alert value itself."""
    value, healthy, alert = figure.value, figure.healthy, figure.alert
    if figure.direction == "lower":
        value, healthy, alert = -value, -healthy, -alert
    if value >= healthy:
        return 100.0
    width = healthy - alert
    if width <= 0:
        return 0.0
    return max(100.0 - 50.0 * (healthy - value) / width, 0.0)


def total(parts: Iterable[tuple[float, float | None]]) -> tuple[float | None, float]:
    """The weighted mean of what has data.

    :param parts: (weight, score or None)
    :return: (score or None, percent of the weight that it rests on)
    """
    parts = list(parts)
    everything = sum(weight for weight, _score in parts)
    counted = [(weight, score) for weight, score in parts if score is not None]
    weight = sum(weight for weight, _score in counted)
    if not weight or not everything:
        return None, 0.0
    return sum(weight * score for weight, score in counted) / weight, 100.0 * weight / everything


def points(weight: float, score: float | None) -> float:
    """What a part adds to the card, in points of its weight."""
    return weight * score / 100.0 if score is not None else 0.0
