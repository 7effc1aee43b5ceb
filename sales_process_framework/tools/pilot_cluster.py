"""Leads of one salesperson are alike: where people were drawn and not leads, there is less to go by than it seems.

Intraclass correlation by the analysis of variance, design effect 1 + (m − 1) ρ, and tests divided by its root with
Student's law on as many degrees of freedom as there are people less two: A. Donner and N. Klar, Design and Analysis
of Cluster Randomization Trials in Health Research, 2000, chapters 1 and 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy
from scipy import stats

from .pilot_compare import Check, Comparison, signed_z

MINIMUM_CLUSTERS = 4


@dataclass(frozen=True, slots=True)
class Clusters:
    """
    :ivar count: people or teams
    :ivar size: mean leads of each
    :ivar correlation: ρ
    :ivar effect: of the design
    """

    count: int
    size: float
    correlation: float
    effect: float


def design_effect(size: float, correlation: float) -> float:
    """How many times as many leads are needed when whole clusters of ``size`` are drawn."""
    return 1 + max(size - 1, 0) * max(correlation, 0.0)


def measure(arms: Iterable[Mapping[object, list[float]]]) -> Clusters:
    """:param arms: of each arm {person: values of the leads}; the arms' own means are taken out first"""
    groups, count = [], 0
    for arm in arms:
        everything = numpy.concatenate([numpy.asarray(values, float) for values in arm.values()]) if arm else []
        centre = float(numpy.mean(everything)) if len(everything) else 0.0
        groups += [numpy.asarray(values, float) - centre for values in arm.values() if len(values)]
        count += 1
    total = sum(len(group) for group in groups)
    if len(groups) <= count or total <= len(groups):
        return Clusters(len(groups), total / len(groups) if groups else 0.0, 0.0, 1.0)
    between = sum(len(group) * group.mean() ** 2 for group in groups) / (len(groups) - count)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (total - len(groups))
    size = (total - sum(len(group) ** 2 for group in groups) / total) / (len(groups) - count)
    spread = between + (size - 1) * within
    correlation = max((between - within) / spread, 0.0) if spread > 0 else 0.0
    weighted = sum(len(group) ** 2 for group in groups) / total
    return Clusters(len(groups), total / len(groups), float(correlation), design_effect(weighted, float(correlation)))


def widen(comparison: Comparison, clusters: Clusters, alpha: float = 0.05) -> Comparison:
    """The same comparison with what clusters leave of it: a wider interval and a larger p."""
    check = Check(
        "clusters",
        clusters.count >= MINIMUM_CLUSTERS,
        {
            "count": clusters.count,
            "correlation": round(clusters.correlation, 3),
            "effect": round(clusters.effect, 2),
        },
    )
    if not comparison.tested:
        return comparison.adding(check)
    freedom = max(clusters.count - 2, 1)
    root = math.sqrt(clusters.effect)
    z = comparison.z / root
    pvalue = float(2 * stats.t.sf(abs(z), freedom))
    stretch = root * float(stats.t.isf(alpha / 2, freedom) / stats.norm.isf(alpha / 2))
    return replace(
        comparison,
        pvalue=pvalue,
        z=signed_z(pvalue, z),
        **_stretch(comparison, stretch),
    ).adding(check)


def _stretch(comparison: Comparison, stretch: float) -> dict:
    on_log = comparison.method == "logrank"
    effect, low, high = comparison.effect, comparison.low, comparison.high
    if on_log:
        effect, low, high = (math.log(side) for side in (effect, low, high))
    low, high = effect - (effect - low) * stretch, effect + (high - effect) * stretch
    if on_log:
        low, high = math.exp(low), math.exp(high)
    sides = {"low": low, "high": high}
    if comparison.relative:
        middle, first, last = comparison.relative
        sides["relative"] = (middle, middle - (middle - first) * stretch, middle + (last - middle) * stretch)
    return sides
