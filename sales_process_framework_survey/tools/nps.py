"""The net promoter score: who counts as what, the score and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.stats import norm

#: The scale of the question "How likely are you to recommend us?"
LOWEST, HIGHEST = 0, 10
#: Smallest mark of a promoter, and of a passive (Reichheld, "The One Number You Need to Grow", HBR, December 2003).
PROMOTER_FROM, PASSIVE_FROM = 9, 7
BANDS = ("promoter", "passive", "detractor")


def band_of(mark: int) -> str:
    """Who gave a mark: "promoter" (9 and 10), "passive" (7 and 8) or "detractor" (0 to 6).

    :raises ValueError: the mark is not on the scale
    """
    if not LOWEST <= mark <= HIGHEST:
        raise ValueError(f"not on the scale: {mark}")
    if mark >= PROMOTER_FROM:
        return "promoter"
    return "passive" if mark >= PASSIVE_FROM else "detractor"


def parse_mark(text: str | None) -> int | None:
    """The mark that a visitor's browser sent; None for anything else than plain digits of the scale."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 2:
        return None
    mark = int(text)
    return mark if LOWEST <= mark <= HIGHEST and text == str(mark) else None


@dataclass(frozen=True, slots=True)
class Score:
    """A net promoter score, −100 to 100; ``value``, ``low`` and ``high`` are None where there are too few answers."""

    answers: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def has_data(self) -> bool:
        return self.value is not None


def score(promoters: int, passives: int, detractors: int, minimum: int = 1, confidence: float = 0.95) -> Score:
    """Share of promoters − share of detractors, times 100, with its confidence interval.

    Each answer is +1, 0 or −1, so the score is a difference of two proportions of the same people. Its interval is the
    adjusted Wald interval of Bonett and Price ("Adjusted Wald Confidence Interval for a Difference of Binomial
    Proportions Based on Paired Data", Journal of Educational and Behavioral Statistics 37, 2012): one promoter and one
    detractor are added, then ``p̃ − d̃ ± z·√((p̃ + d̃ − (p̃ − d̃)²) / (n + 2))``. Adjusted Wald intervals keep what they
    promise for net promoter scores of few answers (Rocks, The American Statistician 70, 2016).

    :param minimum: with fewer answers there is no score: "no data"
    :param confidence: between 0 and 1
    """
    answers = promoters + passives + detractors
    if answers < max(minimum, 1):
        return Score(answers)
    size = answers + 2
    plus, minus = (promoters + 1) / size, (detractors + 1) / size
    reach = norm.ppf((1 + confidence) / 2) * sqrt((plus + minus - (plus - minus) ** 2) / size)
    return Score(
        answers,
        100 * (promoters - detractors) / answers,
        100 * max(plus - minus - reach, -1.0),
        100 * min(plus - minus + reach, 1.0),
    )
