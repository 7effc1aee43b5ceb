"""What an indicator's number means: its band, its trend, and when there is no number at all."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Container

#: A change smaller than this share of the old value is no trend.
STEADY = 0.005


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """:return: None, "no data", where there is nothing to divide or to divide by; never 0 for it"""
    if numerator is None or not denominator:
        return None
    return numerator / denominator


def band(value: float | None, healthy: float, alert: float, direction: str) -> str:
    """Which band of a health table (FRAMEWORK T4) a value lies in.

    ``healthy`` itself is healthy and ``alert`` itself is not yet an alert: "≥ 80 %, alert < 60 %" for what should
    be high, "≤ 90 days, alert > 120 days" for what should be low.

    :param value: None for no data
    :param direction: "higher" or "lower": what is better
    :return: "healthy", "watch", "alert", or "none" for no data
    """
    if value is None or math.isnan(value):
        return "none"
    if direction == "lower":
        value, healthy, alert = -value, -healthy, -alert
    if value >= healthy:
        return "healthy"
    return "alert" if value < alert else "watch"


def trend(value: float | None, previous: float | None, direction: str) -> str:
    """:return: "better", "worse", "same", or "none" where one of the two values is missing"""
    if value is None or previous is None:
        return "none"
    change = value - previous
    if abs(change) <= STEADY * abs(previous):
        return "same"
    return "better" if (change > 0) == (direction != "lower") else "worse"


def attainment(actual: float | None, target: float | None, direction: str) -> float | None:
    """Share of a goal that is reached, 1.0 = all of it.

    What should be low is reached when the value is at or below the goal, and by goal / actual above it. A goal of
    zero is reached or not: there is no share of nothing.

    :return: None where there is no value or no goal
    """
    if actual is None or target is None:
        return None
    if direction == "lower":
        if actual <= target:
            return 1.0
        return target / actual if target > 0 else 0.0
    if target > 0:
        return actual / target
    return 1.0 if actual >= target else 0.0


def make_code(name: str, taken: Container[str]) -> str:
    """A code for formulas made from a name in any language: small letters, digits and underscores.

    :param taken: codes that are in use
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"kpi_{stem}".strip("_")
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code
