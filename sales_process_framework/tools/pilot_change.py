"""Difference in differences: did the pilot teams change more than the others?

Standard textbook form, as in D. Card and A. B. Krueger, Minimum wages and employment, American Economic Review 84,
1994, 772–793: the change of one group minus the change of the other, errors of the four means added in squares.

Those errors know of chance among leads. What befalls a whole team (somebody leaves, a large customer comes) they do
not know, and take it for an effect: S. G. Donald and K. Lang, Inference with difference-in-differences and other panel
data, Review of Economics and Statistics 89, 2007, 221–233. So each team counts as one where there are enough of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy import stats

from .pilot_compare import MINIMUM, Check, Comparison, Times, signed_z

#: Teams in all below which a change is described and nothing is concluded from it.
LEAST_TEAMS = 4


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, the square of its standard error, and how many records it is of."""

    value: float
    variance: float
    count: int


def share_mean(successes: int, count: int) -> Mean | None:
    """A share; its error by the rule of Agresti and Caffo (one success and one failure more), never 0."""
    if count < MINIMUM:
        return None
    smooth = (successes + 1) / (count + 2)
    return Mean(successes / count, smooth * (1 - smooth) / (count + 2), count)


def sample_mean(values: Sequence[float]) -> Mean | None:
    if len(values) < MINIMUM:
        return None
    values = numpy.asarray(values, float)
    return Mean(float(values.mean()), float(values.var(ddof=1)) / len(values), len(values))


def restricted_mean(times: Times, horizon: float, of_team: bool = False) -> Mean | None:
    """Mean days without the end up to a horizon: the area under the Kaplan–Meier curve.

    Variance by Greenwood's rule, as in P. Royston and M. K. B. Parmar, BMC Medical Research Methodology 13, 2013, 152.

    :param of_team: the variance is not used, and a team without any end is one with the longest mean
    """
    if of_team and len(times) >= MINIMUM and not times.ended and horizon > 0:
        return Mean(horizon, 0.0, len(times))
    if len(times) < MINIMUM or not times.ended or horizon <= 0:
        return None
    survival = stats.ecdf(times.sample).sf
    inside = survival.quantiles < horizon
    days = survival.quantiles[inside]
    share = survival.probabilities[inside]
    edges = numpy.concatenate([[0.0], days, [horizon]])
    areas = numpy.diff(edges) * numpy.concatenate([[1.0], share])
    all_days, event = times.columns()
    at_risk = len(all_days) - numpy.searchsorted(all_days, days, side="left")
    ends = numpy.searchsorted(all_days[event == 1], days, side="right") - numpy.searchsorted(
        all_days[event == 1], days, side="left"
    )
    beyond = areas[::-1].cumsum()[::-1][1:]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        parts = numpy.where((ends > 0) & (at_risk > ends), beyond**2 * ends / (at_risk * (at_risk - ends)), 0.0)
    return Mean(float(areas.sum()), float(parts.sum()), len(times))


def difference_in_differences(
    method: str,
    pilot: tuple[Mean | None, Mean | None],
    control: tuple[Mean | None, Mean | None],
    alpha: float = 0.05,
) -> Comparison:
    """:param pilot, control: (before, since) of the pilot teams and of those they are compared with

    The values of the comparison are what the pilot teams would show had they changed like the others, and what they
    do show.
    """
    counts = (
        control[1].count if control[1] else 0,
        pilot[1].count if pilot[1] else 0,
    )
    if None in pilot or None in control:
        return Comparison("none", counts, information=sum(counts))
    expected = pilot[0].value + control[1].value - control[0].value
    effect = pilot[1].value - expected
    error = math.sqrt(sum(mean.variance for mean in (*pilot, *control)))
    if not error > 0:
        return Comparison("none", counts, information=sum(counts))
    z = effect / error
    reach = float(stats.norm.isf(alpha / 2)) * error
    low, high = effect - reach, effect + reach
    return Comparison(
        method,
        counts,
        (expected, pilot[1].value),
        effect,
        low,
        high,
        tuple(100 * side / expected for side in (effect, low, high)) if expected > 0 else None,
        float(2 * stats.norm.sf(abs(z))),
        z,
        sum(counts),
    )


def compare_teams(
    method: str,
    pilot: Sequence[tuple[Mean | None, Mean | None]],
    control: Sequence[tuple[Mean | None, Mean | None]],
    alpha: float = 0.05,
) -> Comparison:
    """Difference in differences with each team as one observation: Student's test of the teams' changes.

    With the pooled variance, on as many degrees of freedom as there are teams less two; leads of a team are as alike
    as they may be, and a lone pilot team borrows its spread from the others.

    :param pilot, control: (before, since) of each team; teams that lack one of them are left out
    :return: "none" with fewer than :data:`LEAST_TEAMS` or none on a side
    """
    groups = [[pair for pair in group if None not in pair] for group in (control, pilot)]
    counts = tuple(sum(since.count for _before, since in group) for group in groups)
    teams = sum(map(len, groups))
    if teams < LEAST_TEAMS or not all(groups):
        return Comparison("none", counts, information=sum(counts))
    changes = [numpy.array([since.value - before.value for before, since in group]) for group in groups]
    spread = sum(float(((group - group.mean()) ** 2).sum()) for group in changes) / (teams - 2)
    error = math.sqrt(spread * sum(1 / len(group) for group in groups))
    if not error > 0:
        return Comparison("none", counts, information=sum(counts))
    effect = float(changes[1].mean() - changes[0].mean())
    seen = float(numpy.mean([since.value for _before, since in groups[1]]))
    reach = float(stats.t.isf(alpha / 2, teams - 2)) * error
    low, high, expected = effect - reach, effect + reach, seen - effect
    pvalue = float(2 * stats.t.sf(abs(effect) / error, teams - 2))
    return Comparison(
        method,
        counts,
        (expected, seen),
        effect,
        low,
        high,
        tuple(100 * side / expected for side in (effect, low, high)) if expected > 0 else None,
        pvalue,
        signed_z(pvalue, effect),
        sum(counts),
    )


def check_trends(before: Comparison, alpha: float = 0.05) -> Check:
    """Whether both changed alike before the start, from the first half of the time before to the second."""
    if not before.tested:
        return Check("parallel_trends", None)
    return Check("parallel_trends", before.pvalue >= alpha, {"p": round(before.pvalue, 4)})
