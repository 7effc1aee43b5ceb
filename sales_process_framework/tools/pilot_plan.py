"""How many leads a pilot needs, from what history shows, before it begins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
from scipy import stats

#: So much larger is the largest size of a design with many looks and O'Brien–Fleming bounds: 1.05 for 20 looks at 5 %
#: (C. Jennison and B. W. Turnbull, Group Sequential Methods with Applications to Clinical Trials, 2000, table 2.4).
SEQUENTIAL_INFLATION = 1.05


def _quantiles(alpha: float, power: float) -> tuple[float, float]:
    return float(stats.norm.isf(alpha / 2)), float(stats.norm.ppf(power))


def size_for_proportions(base: float, share: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Records of each arm to tell two shares apart by a two-sided test.

    J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions, 2003, formula 4.14 without
    correction for continuity; what R's ``power.prop.test`` gives.
    """
    if not (0 < base < 1 and 0 <= share <= 1) or base == share:
        return math.inf
    above, beta = _quantiles(alpha, power)
    middle = (base + share) / 2
    root = above * math.sqrt(2 * middle * (1 - middle)) + beta * math.sqrt(base * (1 - base) + share * (1 - share))
    return (root / (base - share)) ** 2


def size_for_samples(history: Sequence[float], ratio: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Records of each arm for a Mann–Whitney test to find all values multiplied by ``ratio``.

    G. E. Noether, Sample size determination for some common nonparametric tests, JASA 82, 1987, 645–647. The chance
    that a value of one arm lies above one of the other is taken from history.
    """
    values = numpy.sort(numpy.asarray(history, float))
    if len(values) < 2 or ratio == 1:
        return math.inf
    scaled = values * ratio
    below = numpy.searchsorted(values, scaled, side="left") + numpy.searchsorted(values, scaled, side="right")
    chance = float(below.sum()) / 2 / len(values) ** 2
    return size_for_chance(chance, alpha, power)


def size_for_chance(chance: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Noether's formula for arms of the same size.

    :param chance: that a value of one arm lies above one of the other; 0.5 with no effect
    """
    if chance == 0.5:
        return math.inf
    above, beta = _quantiles(alpha, power)
    return (above + beta) ** 2 / (6 * (chance - 0.5) ** 2)


def events_for_times(ratio: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Deals that have to end, in both arms together, for a log-rank test to find a hazard ratio.

    D. A. Schoenfeld, Sample-size formula for the proportional-hazards regression model, Biometrics 39, 1983, 499–503.

    :param ratio: hazard ratio; where all times shrink by a factor f it is about 1 / f
    """
    if ratio <= 0 or ratio == 1:
        return math.inf
    above, beta = _quantiles(alpha, power)
    return 4 * (above + beta) ** 2 / math.log(ratio) ** 2


def size_for_change(variance: float, effect: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Records of each of the four groups of a difference in differences: twice as many as of a plain difference.

    :param variance: of one record
    :param effect: in the unit of the records
    """
    if not effect:
        return math.inf
    above, beta = _quantiles(alpha, power)
    return 4 * variance * ((above + beta) / effect) ** 2


def even_size(first: float, second: float) -> float:
    """Of two arms of different size: the records of two equal arms that tell as much, both together.

    The variance of a difference goes with 1/n + 1/m, which is 4/N for two arms of N/2.
    """
    return 4 * first * second / (first + second) if first and second else 0.0


def second_arm(total: float, first: float) -> float:
    """Records that a second arm needs beside a first one that is there already; infinite where none are enough.

    :param total: of two equal arms together
    """
    return total * first / (4 * first - total) if 4 * first > total else math.inf
