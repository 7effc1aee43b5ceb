"""Pictures of a health report: the last periods of an indicator as a line. Pure: numbers to coordinates."""

from __future__ import annotations

from collections.abc import Sequence

from .pilot_plot import Frame, ticks

#: Room around a line, in pixels.
SPARK_PAD = 4
#: Edges of a plot: left for its numbers, below for its periods.
LEFT, TOP, RIGHT, BOTTOM = 52, 10, 10, 22


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap: a period without data is no zero and breaks the line.

    >>> runs([1.0, None, 2.0, 3.0])
    [[(0, 1.0)], [(2, 2.0), (3, 3.0)]]
    """
    found: list[list[tuple[int, float]]] = []
    before = None
    for place, value in enumerate(values):
        if value is not None:
            if before is None:
                found.append([])
            found[-1].append((place, value))
        before = value
    return found


def reach(values: Sequence[float | None], *more: float | None) -> tuple[float, float] | None:
    """The lowest and the highest number; None without any number. A single one gets some room.

    >>> reach([None, 4.0]), reach([None])
    ((3.6, 4.4), None)
    """
    known = [value for value in (*values, *more) if value is not None]
    if not known or all(value is None for value in values):
        return None
    low, high = min(known), max(known)
    if low == high:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    return low, high


def spark(values: Sequence[float | None], width: float = 110, height: float = 26) -> dict | None:
    """:return: {"paths": lines of an SVG, "dots": [[x, y]] of points between gaps, "last": [x, y] of the last
    period or None}; None where no period has a number
    """
    edges = reach(values)
    if edges is None:
        return None
    frame = Frame(SPARK_PAD, SPARK_PAD, width - 2 * SPARK_PAD, height - 2 * SPARK_PAD, 0, len(values) - 1, *edges)
    return {**_lines(frame, values), "last": _last(frame, values), "width": width, "height": height}


def plot(
    values: Sequence[float | None],
    labels: Sequence[str],
    bands: tuple[float, float] | None,
    direction: str = "higher",
    width: float = 330,
    height: float = 130,
) -> dict | None:
    """A line with its numbers, over the healthy area and the alert area.

    :param bands: (healthy value, alert value); None without bands
    :return: {"paths", "dots", "last", "y_ticks": [[y, number]], "x_ticks": [[x, label]], "areas":
        [{"band", "y", "height"}], "left", "right", "bottom", "width", "height"}; None where no period has a number
    """
    edges = reach(values, *(bands or ()))
    if edges is None:
        return None
    low, high = edges
    room = (high - low) * 0.08
    # What is never below zero keeps its foot on the ground.
    low, high = (low - room if low < 0 else max(low - room, 0.0)), high + room
    frame = Frame(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM, 0, max(len(values) - 1, 1), low, high)
    shown = sorted({0, len(labels) // 2, len(labels) - 1}) if labels else []
    return {
        **_lines(frame, values),
        "last": _last(frame, values),
        "areas": _areas(frame, bands, direction) if bands else [],
        "y_ticks": [[frame.y(tick), tick] for tick in ticks(low, high, 3)],
        "x_ticks": [[frame.x(place), labels[place]] for place in shown],
        "left": LEFT,
        "right": width - RIGHT,
        "bottom": height - BOTTOM,
        "width": width,
        "height": height,
    }


def _lines(frame: Frame, values: Sequence[float | None]) -> dict:
    stretches = runs(values)
    return {
        "paths": [frame.line(stretch) for stretch in stretches if len(stretch) > 1],
        "dots": [[frame.x(stretch[0][0]), frame.y(stretch[0][1])] for stretch in stretches if len(stretch) == 1],
    }


def _last(frame: Frame, values: Sequence[float | None]) -> list[float] | None:
    return [frame.x(len(values) - 1), frame.y(values[-1])] if values and values[-1] is not None else None


def _areas(frame: Frame, bands: tuple[float, float], direction: str) -> list[dict]:
    """Where it is healthy and where it is an alert, from edge to edge of the frame."""
    healthy, alert = (min(max(value, frame.y_low), frame.y_high) for value in bands)
    if direction == "lower":
        spans = (("healthy", frame.y_low, healthy), ("alert", alert, frame.y_high))
    else:
        spans = (("healthy", healthy, frame.y_high), ("alert", frame.y_low, alert))
    return [
        {"band": band, "y": frame.y(top), "height": round(frame.y(low) - frame.y(top), 1)}
        for band, low, top in spans
        if top > low
    ]
