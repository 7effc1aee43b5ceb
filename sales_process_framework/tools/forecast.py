"""Where a period will end: what is reached, what the pipeline promises, what history leads to expect."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scipy import stats

from .period import Period

#: Share of outcomes that the interval is meant to hold.
LEVEL = 0.8
#: Periods below which history says nothing.
MINIMUM_HISTORY = 3


@dataclass(frozen=True, slots=True)
class Forecast:
    value: float
    low: float
    high: float


def from_pipeline(reached: float, deals: Sequence[tuple[float, float]]) -> Forecast:
    """Reached plus the open deals that are due in the period, each won or not on its own.

    The sum of independent Bernoulli amounts has mean Σ p·a and variance Σ p·(1 − p)·a²; the interval is that of the
    normal distribution with these (Lyapunov's theorem), kept within what is possible: nothing more, or all of them.

    :param deals: (amount, probability 0 to 1)
    """
    mean, variance = _moments(deals)
    return _around(reached, mean, math.sqrt(variance), sum(amount for amount, _chance in deals))


def from_history(reached: float, past: Sequence[float], remaining: float) -> Forecast | None:
    """Reached plus what the rest of a period usually brings.

    :param past: values of whole periods before
    :param remaining: share of the period that is left, 0 to 1
    :return: None when there are fewer than :data:`MINIMUM_HISTORY` periods
    """
    if len(past) < MINIMUM_HISTORY:
        return None
    mean = statistics.fmean(past) * remaining
    # A share of a period varies as a sum of independent days does: by the root of its length.
    spread = statistics.stdev(past) * math.sqrt(remaining)
    return _around(reached, mean, spread, math.inf)


def share_beyond(period: Period, today: date, cycle: float | None) -> float:
    """Share of a period that lies further from today than a deal takes, on average, from its beginning to its end.

    Only there history brings what the pipeline does not show yet. Deals that come are won at the usual rate once
    they are T days old; of R days that are left they fill E[max(R - T, 0)], which is at least max(R - E[T], 0): with
    the average alone the forecast errs on the careful side.

    :param cycle: days; None where nobody knows it, then there is no such share
    """
    if cycle is None:
        return 0.0
    return 1 - period.share_passed(today + timedelta(days=math.ceil(cycle)))


def from_both(reached: float, deals: Sequence[tuple[float, float]], past: Sequence[float], beyond: float) -> Forecast:
    """Reached plus the open deals that are due, plus what usually comes of deals that are not in the pipeline yet.

    The two are independent: their means add up, and so do their variances, so that the interval covers both.

    :param deals, past: see :func:`from_pipeline` and :func:`from_history`
    :param beyond: see :func:`share_beyond`
    """
    if not beyond or len(past) < MINIMUM_HISTORY:
        return from_pipeline(reached, deals)
    mean, variance = _moments(deals)
    mean += statistics.fmean(past) * beyond
    variance += statistics.variance(past) * beyond
    return _around(reached, mean, math.sqrt(variance), math.inf)


def _moments(deals):
    """:return: (mean, variance) of what the deals bring, each won or not on its own"""
    mean = sum(amount * chance for amount, chance in deals)
    return mean, sum(chance * (1 - chance) * amount**2 for amount, chance in deals)


def of_level(past: Sequence[float], now: float | None) -> Forecast | None:
    """Where a rate or an average will be that does not add up over time: where it is, within what is usual.

    :param now: its present value; None while there is no data, then the mean of the past
    """
    if len(past) < MINIMUM_HISTORY:
        return None
    value = statistics.fmean(past) if now is None else now
    margin = stats.norm.ppf(0.5 + LEVEL / 2) * statistics.stdev(past)
    return Forecast(value, value - margin, value + margin)


def _around(reached, mean, spread, ceiling):
    margin = float(stats.norm.ppf(0.5 + LEVEL / 2)) * spread
    return Forecast(reached + mean, reached + max(mean - margin, 0.0), reached + min(mean + margin, ceiling))
