"""Pictures of a pilot: numbers to coordinates. The drawing itself is a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy import stats

from .pilot_compare import Times, wilson

#: Steps of a curve that are kept; more are not seen.
STEPS = 80


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing area in pixels, and the numbers that its edges stand for."""

    left: float
    top: float
    width: float
    height: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        span = self.x_high - self.x_low or 1.0
        return round(self.left + self.width * (value - self.x_low) / span, 1)

    def y(self, value: float) -> float:
        span = self.y_high - self.y_low or 1.0
        return round(self.top + self.height * (1 - (value - self.y_low) / span), 1)

    def line(self, points: Sequence[Sequence[float]]) -> str:
        """:return: the path of an SVG through points (x, y)"""
        return " ".join(f"{'L' if index else 'M'}{self.x(x)},{self.y(y)}" for index, (x, y) in enumerate(points))

    def steps(self, points: Sequence[Sequence[float]]) -> str:
        """:return: the path of a step curve that keeps each value until the next"""
        parts = []
        for index, (x, y) in enumerate(points):
            parts.append(f"M{self.x(x)},{self.y(y)}" if not index else f"H{self.x(x)} V{self.y(y)}")
        return " ".join(parts)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers between two numbers, about so many."""
    if not high > low:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** numpy.floor(numpy.log10(rough))
    step = float(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999))
    first = numpy.ceil(low / step - 1e-9)
    return [round(float((first + index) * step), 10) for index in range(int((high - first * step) / step + 1e-9) + 1)]


def survival_curve(times: Times) -> list[list[float]]:
    """Share of deals not yet won after so many days: [[days, share], …], from (0, 1) on."""
    if not times.ended:
        return [[0.0, 1.0], [round(max(times.censored, default=1.0), 1), 1.0]]
    found = stats.ecdf(times.sample).sf
    points = [
        [round(float(day), 1), round(float(share), 4)]
        for day, share in zip(found.quantiles, found.probabilities, strict=True)
    ]
    step = max(len(points) // STEPS, 1)
    kept = points[::step]
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return [[0.0, 1.0], *kept]


def share_bar(successes: float, count: int) -> list[float]:
    """A share with Wilson's interval, in percent: [share, low, high]."""
    low, high = wilson(round(successes), count)
    return [round(100 * side, 2) for side in (successes / count, low, high)]


def box(values: Sequence[float]) -> list[float]:
    """Of a sample: the 10th, 25th, 50th, 75th and 90th hundredth."""
    return [round(float(value), 4) for value in numpy.percentile(numpy.asarray(values, float), [10, 25, 50, 75, 90])]
