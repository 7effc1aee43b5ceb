"""How well somebody masters a key action: from training and from what was really done.

Points for training: 1 for attending, 2 for passing (completed, and the assessment reached its threshold where there
is one).  Points for practice: 1 from the first execution, 2 from :data:`PRACTISED`, 3 from :data:`EXPERIENCED`
executions, the latter two only with the clean share that they ask for.  The level is the sum, at most 4; training
alone therefore never makes more than "able", and nobody is an expert without clean practice.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("none", "beginner", "able", "proficient", "expert")
#: (executions, clean share) from which practice is worth two points
PRACTISED = (5, 0.6)
#: the same for three points
EXPERIENCED = (15, 0.8)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one person for one key action."""

    trainings: int = 0  # attended
    passed: bool = False  # one of them
    executions: int = 0
    clean: int = 0  # executions that met no refusal and no rejection

    @property
    def pass_rate(self) -> float | None:
        """Share of clean executions; None without any."""
        return self.clean / self.executions if self.executions else None


def training_points(evidence: Evidence) -> int:
    if evidence.passed:
        return 2
    return 1 if evidence.trainings else 0


def practice_points(evidence: Evidence) -> int:
    rate = evidence.pass_rate
    if rate is None:
        return 0
    points = 1
    for executions, share in (PRACTISED, EXPERIENCED):
        if evidence.executions >= executions and rate >= share:
            points += 1
    return points


def level(evidence: Evidence) -> int:
    """Index into :data:`LEVELS`.

    >>> level(Evidence())
    0
    >>> level(Evidence(trainings=1, passed=True))
    2
    >>> level(Evidence(executions=20, clean=10))
    1
    >>> level(Evidence(trainings=1, passed=True, executions=15, clean=15))
    4
    """
    return min(training_points(evidence) + practice_points(evidence), len(LEVELS) - 1)
