"""What a health report says about its numbers: which are abnormal, what changed, what to look at first.

Rules over figures, tried in order; the first that holds speaks for the figure. Pure: no database, no language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from .kpi import trend

#: Gravest first.
SEVERITIES = ("critical", "warning", "info", "good")
#: A stage or department with fewer records is not judged.
FEW = 5
#: A change of this share of the value before is worth a sentence; of rates, so many points.
NOTABLE = 0.10
NOTABLE_POINTS = 5.0
#: Of stages and departments, which rest on few records, it has to be larger by this factor.
NODE_NOTABLE = 2
#: A stage is out of the ordinary when fewer than this share of the usual goes on from it.
OUTLIER = 0.75
#: Over its limit by this factor a stage is grave.
FAR_OVER = 1.5
#: What to look at first is a short list.
FIRST = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report and the one before it.

    :ivar key: what it is told apart by, such as ("kpi", 3), ("node", 3, 7) or ("department", 2)
    :ivar value: None for no data; so is ``previous``
    :ivar unit: as of the indicator; "percent" and "score" change by points, others by shares
    :ivar band: "healthy", "watch", "alert" or "none"; of indicators without bands "none"
    :ivar bad_runs: periods in a row in the alert band, this one included
    :ivar alert: value beyond which it is an alert; None without bands
    :ivar limit: what a stage may take, in the figure's unit; None for no limit
    :ivar usual: the median of the other stages of the process; None where there are too few
    """

    key: tuple
    value: float | None
    previous: float | None
    direction: str = "higher"
    unit: str = "number"
    band: str = "none"
    band_before: str = "none"
    bad_runs: int = 0
    alert: float | None = None
    sample: int = 0
    limit: float | None = None
    usual: float | None = None

    @property
    def is_node(self) -> bool:
        return self.key[0] != "kpi"

    @property
    def trend(self) -> str:
        return trend(self.value, self.previous, self.direction)


@dataclass(frozen=True, slots=True)
class Finding:
    """:ivar rule: name of the rule that spoke
    :ivar severity: one of :data:`SEVERITIES`
    :ivar weight: how far from where it should be, as a share; the larger the sooner it is looked at
    """

    rule: str
    severity: str
    figure: Figure
    weight: float = field(default=0.0)


def is_notable(figure: Figure) -> bool:
    """Whether the change is large enough for a sentence.

    >>> is_notable(Figure(("kpi", 1), 44.0, 40.0, unit="percent"))
    False
    >>> is_notable(Figure(("kpi", 1), 44.0, 40.0, unit="days"))
    True
    """
    if figure.value is None or figure.previous is None:
        return False
    change = abs(figure.value - figure.previous) / (NODE_NOTABLE if figure.is_node else 1)
    if figure.unit in ("percent", "score"):
        return change >= NOTABLE_POINTS
    return change > 0 and change >= NOTABLE * abs(figure.previous)


def distance(figure: Figure) -> float:
    """How far beyond its alert value, or else than before, a figure is: a share, at least 0.

    >>> distance(Figure(("kpi", 1), 30.0, 50.0, band="alert", alert=60.0))
    0.5
    """
    if figure.value is None:
        return 0.0
    base = figure.alert if figure.band == "alert" and figure.alert is not None else figure.previous
    if base is None:
        return 0.0
    return round(abs(figure.value - base) / (abs(base) or 1.0), 4)


def find(figures: Iterable[Figure]) -> list[Finding]:
    """:return: at most one finding for a figure, gravest first and of these the farthest off"""
    found = [finding for finding in map(judge, figures) if finding]
    return sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), -finding.weight, finding.figure.key))


def judge(figure: Figure) -> Finding | None:
    """The first rule that holds, or None where there is nothing to say."""
    if figure.value is None:
        lost = figure.previous is not None and not figure.is_node
        return Finding("no_data", "info", figure) if lost else None
    if figure.is_node and figure.sample < FEW:
        return None
    for rule in (_in_alert, _over_limit, _left_healthy, _outlier, _worse, _recovered, _better, _watched):
        if finding := rule(figure):
            return finding
    return None


def _in_alert(figure: Figure) -> Finding | None:
    if figure.band != "alert":
        return None
    # A stage's numbers are a part of the company's: they warn, and are grave only when they stay.
    stays = figure.bad_runs > 1
    severity = "critical" if stays or not figure.is_node else "warning"
    return Finding("still_alert" if stays else "alert", severity, figure, distance(figure))


def _over_limit(figure: Figure) -> Finding | None:
    if not figure.limit or figure.value <= figure.limit:
        return None
    over = figure.value / figure.limit
    return Finding("over_limit", "critical" if over >= FAR_OVER else "warning", figure, round(over - 1, 4))


def _left_healthy(figure: Figure) -> Finding | None:
    if figure.band == "watch" and figure.band_before == "healthy":
        return Finding("left_healthy", "warning", figure, distance(figure))
    return None


def _outlier(figure: Figure) -> Finding | None:
    if figure.usual and figure.direction == "higher" and figure.value < OUTLIER * figure.usual:
        return Finding("outlier", "warning", figure, round(1 - figure.value / figure.usual, 4))
    return None


def _worse(figure: Figure) -> Finding | None:
    if figure.trend == "worse" and is_notable(figure):
        return Finding("worse", "info" if figure.band == "healthy" else "warning", figure, distance(figure))
    return None


def _recovered(figure: Figure) -> Finding | None:
    if (figure.band_before, figure.band) in {("alert", "watch"), ("alert", "healthy"), ("watch", "healthy")}:
        return Finding("recovered", "good", figure, distance(figure))
    return None


def _better(figure: Figure) -> Finding | None:
    if figure.trend == "better" and is_notable(figure) and not figure.is_node:
        return Finding("better", "good", figure, distance(figure))
    return None


def _watched(figure: Figure) -> Finding | None:
    if figure.band == "watch" and not figure.is_node:
        return Finding("watched", "info", figure)
    return None


def first_to_look_at(findings: Iterable[Finding]) -> list[Finding]:
    """What asks for something to be done, no more than :data:`FIRST`."""
    return [finding for finding in findings if finding.severity in ("critical", "warning")][:FIRST]


def usual_of_others(values: dict[object, float], key: object) -> float | None:
    """The median of all but one; None where fewer than two others are there.

    >>> usual_of_others({1: 80.0, 2: 70.0, 3: 10.0}, 3)
    75.0
    """
    others = [value for other, value in values.items() if other != key]
    return median(others) if len(others) > 1 else None


def bad_runs(bands: Iterable[str]) -> int:
    """How many periods in a row, up to the last one, were in the alert band.

    >>> bad_runs(["alert", "watch", "alert", "alert"])
    2
    """
    count = 0
    for band in reversed(list(bands)):
        if band != "alert":
            break
        count += 1
    return count
