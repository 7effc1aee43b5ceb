"""How long deals take, with those still open counted as what they are: not ended yet.

Kaplan–Meier's product-limit estimator and its confidence interval come from SciPy
(https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.ecdf.html).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy import stats

#: Ended deals below which nothing is said.
MINIMUM_ENDED = 10
#: Stays of won deals below which no limit is suggested.
MINIMUM_STAYS = 20
#: The limit that so many of a hundred stays of won deals kept.
LIMIT_PERCENTILE = 80
CONFIDENCE = 0.95
#: Steps of a curve that are handed out; more are not seen.
CURVE_STEPS = 120


@dataclass(frozen=True, slots=True)
class Estimate:
    """Time until half of the deals have ended.

    :ivar count: deals looked at
    :ivar ended: those that have ended; the others are censored at their present age
    :ivar enough: whether there is enough to say anything; otherwise the rest is None and empty
    :ivar median: days; None as well while more than half of the deals are open at the longest age seen
    :ivar low, high: confidence interval of the median, None where it is open
    :ivar curve: ((days, share still open, low, high), …)
    """

    count: int
    ended: int
    enough: bool
    median: float | None = None
    low: float | None = None
    high: float | None = None
    curve: tuple = ()


def estimate(ended: Sequence[float], still_open: Sequence[float], minimum: int = MINIMUM_ENDED) -> Estimate:
    """Kaplan–Meier estimate of the time until a deal ends.

    :param ended: days from start to end of deals that ended
    :param still_open: days from start to now of the others
    """
    count = len(ended) + len(still_open)
    if len(ended) < minimum:
        return Estimate(count, len(ended), enough=False)
    sample = stats.CensoredData(uncensored=numpy.asarray(ended, float), right=numpy.asarray(still_open, float))
    survival = stats.ecdf(sample).sf
    days, share = survival.quantiles, survival.probabilities
    with warnings.catch_warnings():
        # Where all or none are left the interval is undefined, and filled in below.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = survival.confidence_interval(CONFIDENCE, method="log-log")
    low, high = (_fill(side.probabilities, share) for side in (interval.low, interval.high))
    return Estimate(
        count,
        len(ended),
        enough=True,
        median=_first_at_half(days, share),
        low=_first_at_half(days, low),
        high=_first_at_half(days, high),
        curve=tuple(_thin_out(days, share, low, high)),
    )


def _fill(side, share):
    """A bound without gaps: nothing is uncertain while all are left; when none is, the last bound stands."""
    side = numpy.where(share >= 1, 1.0, side)
    for index in numpy.nonzero(numpy.isnan(side))[0]:
        side[index] = side[index - 1] if index else share[index]
    return side


def _first_at_half(days, share):
    """The first time at which at most half is left (Brookmeyer and Crowley's rule for the interval)."""
    reached = numpy.nonzero(share <= 0.5)[0]
    return float(days[reached[0]]) if len(reached) else None


def _thin_out(*columns):
    step = max(len(columns[0]) // CURVE_STEPS, 1)
    chosen = [*range(0, len(columns[0]), step)]
    if chosen and chosen[-1] != len(columns[0]) - 1:
        chosen.append(len(columns[0]) - 1)
    for index in chosen:
        yield tuple(round(float(column[index]), 4) for column in columns)


def suggest_limit(days: Sequence[float], minimum: int = MINIMUM_STAYS) -> float | None:
    """A time limit that :data:`LIMIT_PERCENTILE` of a hundred stays of won deals kept, in half days, rounded up.

    :param days: working days of stays in the stage, of deals that were won
    :return: None when there are too few to learn from
    """
    if len(days) < minimum:
        return None
    limit = float(numpy.percentile(numpy.asarray(days, float), LIMIT_PERCENTILE))
    return max(float(numpy.ceil(round(limit * 2, 6))) / 2, 0.5)
