"""Two arms compared. Every test is SciPy's; what is made here are the intervals that go with them.

A comparison is always candidate against baseline: an effect above 0 says that the candidate has more of it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy
from scipy import stats

#: Records of an arm below which nothing is tested.
MINIMUM = 5
#: Expected counts below which the approximation by chi-squared is not trusted (Cochran's rule).
MINIMUM_EXPECTED = 5
BISECTIONS = 80
RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Check:
    """An assumption, looked at in the data.

    :ivar code: what was looked at
    :ivar holds: True, False, or None where the data cannot tell
    :ivar values: numbers for the sentence
    """

    code: str
    holds: bool | None
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    :ivar method: proportions, fisher, mann_whitney, logrank, did_proportions, did_means, did_survival; or "none"
    :ivar counts: records of (baseline, candidate) that the test rests on
    :ivar values: what each arm shows: share, median, median time; None where there is none
    :ivar effect, low, high: candidate minus baseline with its interval; of the log-rank test the hazard ratio
    :ivar relative: (effect, low, high) in percent of the baseline, None where that makes no sense
    :ivar z: standardised, its sign that of the effect
    :ivar information: what the plan counts: records, of the log-rank test ended deals
    :ivar descriptive: effect and interval say what was seen; nothing can be concluded from them
    """

    method: str
    counts: tuple[int, int]
    values: tuple[float | None, float | None] = (None, None)
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    relative: tuple | None = None
    pvalue: float | None = None
    z: float | None = None
    information: int = 0
    checks: tuple[Check, ...] = ()
    descriptive: bool = False

    @property
    def tested(self) -> bool:
        return self.pvalue is not None

    def adding(self, *checks: Check) -> Comparison:
        return replace(self, checks=self.checks + checks)


def _quantile(alpha: float) -> float:
    return float(stats.norm.isf(alpha / 2))


def signed_z(pvalue: float, sign: float) -> float:
    """What a normal law would need to be as sure."""
    return math.copysign(float(stats.norm.isf(min(max(pvalue, 1e-300), 1.0) / 2)), sign or 1.0)


# ---------------------------------------------------------------------------
# Two proportions
# ---------------------------------------------------------------------------


def wilson(successes: int, count: int, alpha: float = 0.05) -> tuple[float, float]:
    """Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927, 209–212), by SciPy."""
    interval = stats.binomtest(int(successes), int(count)).proportion_ci(1 - alpha, method="wilson")
    return float(interval.low), float(interval.high)


def newcombe(
    base_successes: int, base_count: int, successes: int, count: int, alpha: float = 0.05
) -> tuple[float, float]:
    """Interval of the difference of two independent shares, from their Wilson intervals.

    Method 10 of R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison
    of eleven methods, Statistics in Medicine 17, 1998, 873–890.
    """
    base, share = base_successes / base_count, successes / count
    base_low, base_high = wilson(base_successes, base_count, alpha)
    low, high = wilson(successes, count, alpha)
    difference = share - base
    return (
        max(difference - math.hypot(share - low, base_high - base), -1.0),
        min(difference + math.hypot(high - share, base - base_low), 1.0),
    )


def judge_table(base_successes: int, base_count: int, successes: int, count: int) -> tuple[str, float, float]:
    """:return: (test, two-sided p, smallest expected count) of a table of two shares, however small it is"""
    table = [
        [int(base_successes), int(base_count - base_successes)],
        [int(successes), int(count - successes)],
    ]
    everybody, total = base_count + count, base_successes + successes
    expected = min(total, everybody - total) * min(base_count, count) / everybody
    if not 0 < total < everybody:
        return "proportions", 1.0, expected
    if expected < MINIMUM_EXPECTED:
        return "fisher", float(stats.fisher_exact(table).pvalue), expected
    return "proportions", float(stats.chi2_contingency(table, correction=False).pvalue), expected


def compare_proportions(
    base_successes: int, base_count: int, successes: int, count: int, alpha: float = 0.05
) -> Comparison:
    """Chi-squared test of two shares without continuity correction; Fisher's where the expected counts are small.

    Values and effect are shares between 0 and 1.
    """
    counts = (int(base_count), int(count))
    information = sum(counts)
    if min(counts) < MINIMUM:
        return Comparison("none", counts, information=information)
    base, share = base_successes / base_count, successes / count
    method, pvalue, expected = judge_table(base_successes, base_count, successes, count)
    low, high = newcombe(base_successes, base_count, successes, count, alpha)
    difference = share - base
    return Comparison(
        method,
        counts,
        (base, share),
        difference,
        low,
        high,
        tuple(100 * side / base for side in (difference, low, high)) if base else None,
        pvalue,
        signed_z(pvalue, difference),
        information,
        (Check("expected_counts", expected >= MINIMUM_EXPECTED, {"smallest": round(float(expected), 1)}),),
    )


# ---------------------------------------------------------------------------
# Two samples of numbers
# ---------------------------------------------------------------------------


def _ordered_difference(base, sample, rank: int) -> float:
    """The ``rank``-th smallest (from 1) of all differences sample − base, without writing them all down."""
    low, high = sample[0] - base[-1], sample[-1] - base[0]
    for _step in range(BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        # differences <= middle: base values at or above sample − middle
        reached = len(base) * len(sample) - int(numpy.searchsorted(base, sample - middle, side="left").sum())
        if reached >= rank:
            high = middle
        else:
            low = middle
    return float(high)


def hodges_lehmann(base: Sequence[float], sample: Sequence[float], alpha: float = 0.05) -> tuple[float, float, float]:
    """Shift between two samples: the median of all differences, with its distribution-free interval.

    J. L. Hodges and E. L. Lehmann, Annals of Mathematical Statistics 34, 1963, 598–611; interval by the large-sample
    rank of M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods, section 4.3.

    :return: (shift, low, high)
    """
    base, sample = numpy.sort(numpy.asarray(base, float)), numpy.sort(numpy.asarray(sample, float))
    pairs = len(base) * len(sample)
    spread = math.sqrt(pairs * (len(base) + len(sample) + 1) / 12)
    rank = max(round(pairs / 2 - _quantile(alpha) * spread), 1)
    middle = (
        _ordered_difference(base, sample, (pairs + 1) // 2) + _ordered_difference(base, sample, pairs // 2 + 1)
    ) / 2
    return (
        middle,
        _ordered_difference(base, sample, rank),
        _ordered_difference(base, sample, pairs + 1 - rank),
    )


def compare_samples(base: Sequence[float], sample: Sequence[float], alpha: float = 0.05) -> Comparison:
    """Mann–Whitney test with the Hodges–Lehmann shift. Values are medians, the effect is in their unit."""
    base, sample = numpy.asarray(base, float), numpy.asarray(sample, float)
    counts = (len(base), len(sample))
    if min(counts) < MINIMUM:
        return Comparison("none", counts, information=sum(counts))
    pvalue = float(stats.mannwhitneyu(sample, base).pvalue) if len({*base, *sample}) > 1 else 1.0
    shift, low, high = hodges_lehmann(base, sample, alpha)
    medians = float(numpy.median(base)), float(numpy.median(sample))
    superiority = stats.rankdata(numpy.concatenate([sample, base]))[: len(sample)].sum()
    sign = superiority - len(sample) * (len(sample) + len(base) + 1) / 2
    return Comparison(
        "mann_whitney",
        counts,
        medians,
        shift,
        low,
        high,
        tuple(100 * side / medians[0] for side in (shift, low, high)) if medians[0] > 0 else None,
        pvalue,
        signed_z(pvalue, sign),
        sum(counts),
        (_check_shapes(base, sample),),
    )


def _check_shapes(base, sample) -> Check:
    """The shift says how much only where both arms spread alike (Brown and Forsythe's test)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        pvalue = float(stats.levene(base, sample, center="median").pvalue)
    if math.isnan(pvalue):
        return Check("same_shape", None)
    return Check("same_shape", pvalue >= 0.05, {"p": round(pvalue, 4)})


# ---------------------------------------------------------------------------
# Times until something happens, with those still open
# ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Times:
    """Days until deals ended the way that counts, and days without it so far of the others (censored)."""

    ended: tuple[float, ...]
    censored: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.ended) + len(self.censored)

    @property
    def sample(self) -> stats.CensoredData:
        return stats.CensoredData(
            uncensored=numpy.asarray(self.ended, float), right=numpy.asarray(self.censored, float)
        )

    def columns(self):
        """:return: (days, 1 where ended else 0), sorted by days, ends before censorings at the same day"""
        days = numpy.concatenate([numpy.asarray(self.ended, float), numpy.asarray(self.censored, float)])
        event = numpy.concatenate([numpy.ones(len(self.ended)), numpy.zeros(len(self.censored))])
        order = numpy.lexsort((-event, days))
        return days[order], event[order]


def median_time(days, event) -> float:
    """Kaplan–Meier median of sorted columns; infinite while more than half are left."""
    at_risk = len(days) - numpy.arange(len(days))
    left = numpy.cumprod(1 - event / at_risk)
    reached = numpy.nonzero(left <= 0.5 + 1e-12)[0]
    return float(days[reached[0]]) if len(reached) else math.inf


def logrank_variance(base: Times, sample: Times) -> float:
    """Variance of observed minus expected ends under the hypergeometric law (N. Mantel, 1966)."""
    days = numpy.concatenate([base.columns()[0], sample.columns()[0]])
    event = numpy.concatenate([base.columns()[1], sample.columns()[1]])
    own = numpy.concatenate([numpy.zeros(len(base)), numpy.ones(len(sample))])
    moments, ends = numpy.unique(days[event == 1], return_counts=True)
    everybody = numpy.sort(days)
    ours = numpy.sort(days[own == 1])
    at_risk = len(days) - numpy.searchsorted(everybody, moments, side="left")
    of_us = len(ours) - numpy.searchsorted(ours, moments, side="left")
    share = of_us / at_risk
    with numpy.errstate(divide="ignore", invalid="ignore"):
        parts = numpy.where(at_risk > 1, ends * share * (1 - share) * (at_risk - ends) / (at_risk - 1), 0.0)
    return float(parts.sum())


def hazard_ratio(base: Times, sample: Times, alpha: float = 0.05):
    """Peto's one-step estimate from the log-rank statistic (R. Peto et al., British Journal of Cancer 35, 1977, 1–39).

    :return: (ratio, low, high, p, z): above 1 the sample ends sooner; None where nothing can be said
    """
    variance = logrank_variance(base, sample)
    if not variance > 0:
        return None
    result = stats.logrank(sample.sample, base.sample)
    z, error = float(result.statistic), 1 / math.sqrt(variance)
    middle, reach = z * error, _quantile(alpha) * error
    return math.exp(middle), math.exp(middle - reach), math.exp(middle + reach), float(result.pvalue), z


def compare_times(base: Times, sample: Times, alpha: float = 0.05) -> Comparison:
    """Log-rank test. Values are Kaplan–Meier medians; the effect is the hazard ratio, above 1 the candidate is faster.

    The relative effect is that of the median times, with a bootstrap interval: -20 says a fifth shorter. ``z`` has the
    sign of the hazard ratio: above 0 is faster.
    """
    counts = (len(base), len(sample))
    ended = len(base.ended) + len(sample.ended)
    found = None
    if min(counts) >= MINIMUM and min(len(base.ended), len(sample.ended)) >= 1 and ended >= 2 * MINIMUM:
        found = hazard_ratio(base, sample, alpha)
    if not found:
        return Comparison("none", counts, information=ended)
    ratio, low, high, pvalue, z = found
    medians = median_time(*base.columns()), median_time(*sample.columns())
    return Comparison(
        "logrank",
        counts,
        tuple(None if math.isinf(median) else median for median in medians),
        ratio,
        low,
        high,
        ratio_of_medians(base, sample, alpha),
        pvalue,
        z,
        ended,
        (_check_hazards(base, sample), _check_censoring(base, sample)),
    )


def ratio_of_medians(base: Times, sample: Times, alpha: float = 0.05, seed: int = 19) -> tuple | None:
    """Change of the median time in percent with its percentile bootstrap interval (B. Efron, JASA 76, 1981, 312–319).

    :return: (change, low, high); None while a median is not reached
    """
    first, second = base.columns(), sample.columns()
    medians = median_time(*first), median_time(*second)
    if math.inf in medians or not medians[0] > 0:
        return None
    rng = numpy.random.default_rng(seed)
    ratios = []
    for _round in range(RESAMPLES):
        drawn = []
        for days, event in (first, second):
            chosen = numpy.sort(rng.integers(0, len(days), len(days)))
            drawn.append(median_time(days[chosen], event[chosen]))
        if math.inf not in drawn and drawn[0] > 0:
            ratios.append(drawn[1] / drawn[0])
    if len(ratios) < RESAMPLES * 0.9:
        return None
    low, high = numpy.quantile(ratios, [alpha / 2, 1 - alpha / 2])
    return tuple(100 * (float(side) - 1) for side in (medians[1] / medians[0], low, high))


def _check_hazards(base: Times, sample: Times) -> Check:
    """Whether the hazard ratio is the same in the first half of the ends and in the second."""
    middle = float(numpy.median(base.ended + sample.ended))
    parts = []
    for early in (True, False):
        pair = [_restrict(times, middle, early) for times in (base, sample)]
        if min(len(times.ended) for times in pair) < MINIMUM:
            return Check("proportional_hazards", None)
        ratio = hazard_ratio(*pair)
        if not ratio:
            return Check("proportional_hazards", None)
        parts.append((math.log(ratio[0]), 1 / logrank_variance(*pair)))
    z = (parts[0][0] - parts[1][0]) / math.sqrt(parts[0][1] + parts[1][1])
    values = {"early": round(math.exp(parts[0][0]), 2), "late": round(math.exp(parts[1][0]), 2)}
    return Check("proportional_hazards", abs(z) < _quantile(0.05), values)


def _restrict(times: Times, middle: float, early: bool) -> Times:
    if early:
        late = sum(days > middle for days in times.ended + times.censored)
        return Times(
            tuple(days for days in times.ended if days <= middle),
            tuple(days for days in times.censored if days <= middle) + (middle,) * late,
        )
    return Times(
        tuple(days for days in times.ended if days > middle), tuple(days for days in times.censored if days > middle)
    )


def _check_censoring(base: Times, sample: Times) -> Check:
    """Both arms should have about the same share of deals without an end."""
    table = [[len(times.ended), len(times.censored)] for times in (base, sample)]
    if not all(map(sum, zip(*table, strict=True))):
        return Check("same_censoring", True, {"p": 1.0})
    pvalue = float(stats.chi2_contingency(table, correction=False).pvalue)
    return Check("same_censoring", pvalue >= 0.05, {"p": round(pvalue, 4)})


# ---------------------------------------------------------------------------
# Balance
# ---------------------------------------------------------------------------


def check_ratio(baseline: int, candidate: int) -> Check:
    """Whether the arms are as large as the draw meant them: one half each (exact binomial test at 0.1 %)."""
    total = baseline + candidate
    if not total:
        return Check("sample_ratio", None)
    pvalue = float(stats.binomtest(candidate, total, 0.5).pvalue)
    return Check("sample_ratio", pvalue >= 0.001, {"p": round(pvalue, 4), "baseline": baseline, "candidate": candidate})
