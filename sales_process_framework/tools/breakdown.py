"""Breaking a goal down so that the parts make up the whole, to the last cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal


def break_down(whole: float, weights: Sequence[float], digits: int = 2) -> list[float]:
    """Parts in proportion to weights, by the largest-remainder method (Hamilton).

    Each part is rounded to ``digits`` decimals, lies within one last digit of its exact share, and the parts add up to
    the whole rounded alike. Of equal remainders the first one gets the digit. Without any positive weight the parts
    are equal.

    :param whole: not negative
    :param weights: not negative, at least one
    :raise ValueError: for a negative number or no weight
    """
    if not weights or whole < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a goal is broken down into at least one part, and nothing is negative")
    if not any(weights):
        weights = [1] * len(weights)
    unit = Decimal(1).scaleb(-digits)
    units = int((Decimal(repr(whole)) / unit).to_integral_value())
    exact = [Decimal(repr(float(weight))) for weight in weights]
    total = sum(exact)
    shares = [units * weight / total for weight in exact]
    parts = [int(share.to_integral_value(ROUND_FLOOR)) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - shares[index], index))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return [float(part * unit) for part in parts]
