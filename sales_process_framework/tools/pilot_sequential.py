"""Looking at a pilot before its end, and staying honest.

Bounds for any number of looks at any times by spending the error little by little: K. K. G. Lan and D. L. DeMets,
Discrete sequential boundaries for clinical trials, Biometrika 70, 1983, 659–663, integrated after P. Armitage,
C. K. McPherson and B. C. Rowe, Journal of the Royal Statistical Society A 132, 1969, 235–244.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy
from scipy import optimize, stats

#: Nodes of the integration over the inside of the bounds.
NODES = 201
#: Information gained since the last look, as a share of the plan, before there is another: 20 looks at most.
STEP = 0.05
#: Beyond it a bound is as good as none.
NEVER = 8.0


def obrien_fleming(share: float, alpha: float) -> float:
    """Error spent when so much of the planned information is there: next to nothing early, half of it on each side."""
    if share <= 0:
        return 0.0
    return float(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / math.sqrt(min(share, 1.0))))


def pocock(share: float, alpha: float) -> float:
    """Error spent evenly: for what has to be noticed early."""
    return alpha * math.log(1 + (math.e - 1) * min(max(share, 0.0), 1.0))


SPENDING: dict[str, Callable[[float, float], float]] = {"obrien_fleming": obrien_fleming, "pocock": pocock}


def bounds(
    shares: Sequence[float],
    alpha: float = 0.05,
    spending: str = "obrien_fleming",
    information: Sequence[float] | None = None,
) -> list[float]:
    """Two-sided bounds on z at each look.

    :param shares: of the planned information at the looks, rising, up to 1: how much of the error may be spent
    :param information: what the figure itself rested on at each look, rising, in any unit, where that is not what is
        planned: figures that come in later than the primary one are less alike from look to look than ``shares`` say
    """
    amounts = shares if information is None else [amount / information[-1] for amount in information]
    return list(_bounds(*(tuple(round(part, 6) for part in parts) for parts in (shares, amounts)), alpha, spending))


@lru_cache(maxsize=256)
def _bounds(shares, amounts, alpha, spending):
    """The density of the score z √amount inside the bounds so far is carried on from look to look."""
    found: list[float] = []
    spent, before, nodes, mass = 0.0, 0.0, None, None
    for share, amount in zip(shares, amounts, strict=True):
        budget = max(SPENDING[spending](share, alpha) - spent, 0.0)
        step = math.sqrt(amount - before)
        bound = _bound(budget, amount, step, nodes, mass)
        spent += budget
        found.append(bound)
        reach = bound * math.sqrt(amount)
        points = numpy.linspace(-reach, reach, NODES)
        weights = numpy.full(NODES, points[1] - points[0])
        # Simpson's rule
        weights *= numpy.where(numpy.arange(NODES) % 2, 4 / 3, 2 / 3)
        weights[[0, -1]] /= 2
        mass = weights * _density(points, step, nodes, mass)
        nodes, before = points, amount
    return tuple(found)


def _density(points, step, nodes, mass):
    if nodes is None:
        return stats.norm.pdf(points, scale=step)
    gaps = (points[:, None] - nodes[None, :]) / step
    return (numpy.exp(-gaps * gaps / 2) / (step * math.sqrt(2 * math.pi))) @ mass


def _bound(budget, amount, step, nodes, mass):
    """The bound beyond which so much probability lies at this look."""
    root = math.sqrt(amount)

    def beyond(bound):
        if nodes is None:
            return 2 * stats.norm.sf(bound * root / step)
        over = stats.norm.sf((bound * root - nodes) / step) + stats.norm.sf((bound * root + nodes) / step)
        return float(over @ mass)

    if beyond(NEVER) >= budget:
        return NEVER
    return float(optimize.brentq(lambda bound: beyond(bound) - budget, 0.0, NEVER, xtol=1e-10))


def is_time_to_look(looks: Sequence[float], share: float) -> bool:
    """Whether there is enough new since the last look: a twentieth of the plan, or the plan is reached."""
    last = looks[-1] if looks else 0.0
    if last >= 1:
        return False
    return share >= 1 or share - last >= STEP - 1e-9


def clock(share: float, elapsed: float, expected: float) -> float:
    """How much of the error of a figure that is watched beside the primary one may be spent.

    Guardrails need not wait for a slow primary figure: error may be spent by the calendar as well (K. K. G. Lan and
    D. L. DeMets, Changing frequency of interim analysis in sequential monitoring, Biometrics 45, 1989, 1017–1020). By
    the calendar alone no more than half of what is left of the plan: there is something to spend until the plan is
    reached, however much longer than expected that takes.

    :param share: of the planned information
    :param elapsed, expected: time since the start and planned time, in the same unit
    """
    share = min(max(share, 0.0), 1.0)
    return max(share, min(elapsed / expected if expected > 0 else 0.0, (1 + share) / 2))


def watch(
    looks: Sequence[Sequence[float]], share: float, information: float, alpha: float = 0.05
) -> tuple[list[list[float]], float] | None:
    """Another look at a figure that is not the primary one but is watched beside it.

    :param share: of the error that may be spent by now, see :func:`clock`
    :param looks: [share, own information] at each look so far
    :return: (the looks with this one, its two-sided bound on z); None where the figure itself rests on nothing new
    """
    share = round(min(share, 1.0), 6)
    if looks and (share <= looks[-1][0] or information <= looks[-1][1]):
        return None
    looks = [*([*look] for look in looks), [share, information]]
    shares, amounts = zip(*looks, strict=True)
    return looks, bounds(shares, alpha, "pocock", amounts)[-1]


def holm(pvalues: Sequence[float]) -> list[float]:
    """Adjusted p of several tests, in their order.

    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979, 65–70.
    """
    order = sorted(range(len(pvalues)), key=lambda index: pvalues[index])
    adjusted, highest = [0.0] * len(pvalues), 0.0
    for place, index in enumerate(order):
        highest = max(highest, min((len(pvalues) - place) * pvalues[index], 1.0))
        adjusted[index] = highest
    return adjusted
