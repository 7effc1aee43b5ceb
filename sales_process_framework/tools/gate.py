"""Gate verdicts: pure functions over frozen definitions, no database.

A *playbook* is one version of a sales process: its stages in order, each with entry and exit requirements.
A *move* is a lead leaving one pipeline stage for another. The caller fetches how every requirement stands
(a ``Standing`` by requirement id) and asks here what the move must satisfy and whether it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """How one requirement stands for one lead."""

    MET = "met"
    NOT_APPLICABLE = "na"
    MISSING = "missing"
    WAITING = "waiting"  # handed in, somebody else has to approve
    REJECTED = "rejected"
    LOCKED = "locked"  # an earlier requirement has to be met first
    ERROR = "error"  # the rule itself is broken


SETTLED = frozenset({Standing.MET, Standing.NOT_APPLICABLE})


class Direction(StrEnum):
    ENTRY = "entry"  # first stage of a lead in this process
    FORWARD = "forward"
    BACKWARD = "backward"
    ASIDE = "aside"  # to or from a stage that the process does not know
    REOPENED = "reopened"  # same stage again after lost or archived


class Rule(StrEnum):
    """A movement rule that a move breaks."""

    SKIP = "skip"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Requirement:
    id: int
    stage: int  # id of the process stage
    gate: str  # "entry" or "exit"
    judgement: str
    mandatory: bool = True
    allow_na: bool = False
    after: tuple[int, ...] = ()
    min_count: int = 0
    max_count: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)  # what its judgement needs to judge it


@dataclass(frozen=True, slots=True)
class Stage:
    id: int
    pipeline_stage: int  # id of the crm.stage, 0 while the stage has none
    flexible: bool = False
    is_won: bool = False
    limit_days: float = 0.0
    entry: tuple[Requirement, ...] = ()
    exit: tuple[Requirement, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return self.entry + self.exit


@dataclass(frozen=True, slots=True)
class Playbook:
    id: int
    enforcement: str  # "block", "warn" or "off"
    skip_rule: str  # "free", "gates" or "forbid"
    back_rule: str  # "free" or "forbid"
    stages: tuple[Stage, ...] = ()
    calendar: int = 0
    condition_fields: frozenset[str] = frozenset()
    position_by_pipeline_stage: Mapping[int, int] = field(default_factory=dict)
    requirement_by_id: Mapping[int, Requirement] = field(default_factory=dict)

    @classmethod
    def build(cls, **values) -> Playbook:
        stages = values["stages"]
        positions = {stage.pipeline_stage: index for index, stage in enumerate(stages) if stage.pipeline_stage}
        requirements = {req.id: req for stage in stages for req in stage.requirements}
        return cls(position_by_pipeline_stage=positions, requirement_by_id=requirements, **values)

    def position(self, pipeline_stage: int | None) -> int | None:
        return self.position_by_pipeline_stage.get(pipeline_stage)

    def stage_at(self, pipeline_stage: int | None) -> Stage | None:
        position = self.position(pipeline_stage)
        return None if position is None else self.stages[position]

    def limit_days(self, pipeline_stage: int | None) -> float:
        """Working days a lead may stay; 0 for no limit. Nothing follows the last won stage, so it has none."""
        stage = self.stage_at(pipeline_stage)
        if stage is None or (stage.is_won and self.next_stage(pipeline_stage) is None):
            return 0.0
        return stage.limit_days

    def with_predecessors(self, requirements: Iterable[Requirement]) -> dict[int, Requirement]:
        """The requirements and, transitively, those they come after; what has to be judged to settle them."""
        wanted: dict[int, Requirement] = {}
        queue = list(requirements)
        while queue:
            requirement = queue.pop()
            if requirement.id not in wanted:
                wanted[requirement.id] = requirement
                known = self.requirement_by_id
                queue += [known[after] for after in requirement.after if after in known]
        return wanted

    def to_advance(self, pipeline_stage: int | None) -> tuple[Requirement, ...]:
        """What a lead in this stage needs to reach the next one: its exit gate and the next entry gate."""
        stage = self.stage_at(pipeline_stage)
        if stage is None:
            return ()
        following = self.next_stage(pipeline_stage)
        return stage.exit + (following.entry if following else ())

    def next_stage(self, pipeline_stage: int | None) -> Stage | None:
        """The stage after the given one; the first one for a stage that the process does not know."""
        position = self.position(pipeline_stage)
        following = 0 if position is None else position + 1
        return self.stages[following] if following < len(self.stages) else None


@dataclass(frozen=True, slots=True)
class Move:
    """What a move from one pipeline stage to another asks for."""

    direction: Direction
    requirements: tuple[Requirement, ...] = ()
    broken_rule: Rule | None = None
    flexible: bool = False  # a manager may let it pass directly


@dataclass(frozen=True, slots=True)
class Verdict:
    move: Move
    unmet: tuple[Requirement, ...] = ()  # mandatory ones, in the order of the checklist
    advisory: tuple[Requirement, ...] = ()  # unmet but not mandatory

    @property
    def passes(self) -> bool:
        return not self.unmet and self.move.broken_rule is None


class Outside(StrEnum):
    """Where a pipeline stage that the process does not know lies, seen from the stage left."""

    AHEAD = "ahead"
    BEHIND = "behind"
    WON = "won"


def plan_move(
    playbook: Playbook, from_stage: int | None, to_stage: int | None, outside: Outside = Outside.AHEAD
) -> Move:
    """Say which requirements and which movement rule a move has to satisfy.

    :param from_stage: pipeline stage the lead leaves; None when the lead enters the process (created,
        converted, handed over), which is judged as a move from the first stage, so that creating a
        lead in a late column asks for the same as dragging it there
    :param to_stage: pipeline stage the lead arrives in
    :param outside: read only when the process does not know ``to_stage``. Ahead of the stage left, its exit
        gate holds; behind, nothing does; a won stage lies after the last stage of the process
    :return: the exit gate of the stage left and the entry gate of the stage reached; with the skip rule
        "gates" both gates of every stage in between; nothing for a move back
    """
    start, end = playbook.position(from_stage), playbook.position(to_stage)
    if end is None:
        stage = playbook.stage_at(from_stage)
        if outside == Outside.WON and playbook.stages:
            end = len(playbook.stages)
        else:
            closing = stage.exit if stage and outside == Outside.AHEAD else ()
            return Move(Direction.ASIDE, closing, flexible=bool(stage and stage.flexible))
    entering = start is None
    if entering:
        start = 0
        if end == 0:
            return Move(Direction.ENTRY)
    if end < start:
        rule = Rule.BACK if playbook.back_rule == "forbid" else None
        flexible = playbook.stages[start].flexible or playbook.stages[end].flexible
        return Move(Direction.BACKWARD, broken_rule=rule, flexible=flexible)
    between = playbook.stages[start + 1 : end]
    requirements = list(playbook.stages[start].exit)
    rule = None
    if between and playbook.skip_rule == "forbid":
        rule = Rule.SKIP
    elif between and playbook.skip_rule == "gates":
        for stage in between:
            requirements += stage.requirements
    reached = playbook.stages[end : end + 1]
    for stage in reached:
        requirements += stage.entry
    return Move(
        Direction.ENTRY if entering else Direction.FORWARD,
        tuple(requirements),
        rule,
        any(stage.flexible for stage in (playbook.stages[start], *reached)),
    )


def settle(requirements: Iterable[Requirement], standings: Mapping[int, Standing]) -> dict[int, Standing]:
    """Apply the order between requirements to raw standings.

    A requirement whose predecessor is not settled is LOCKED however it stands itself: problem questions
    asked before the background is known do not count. Advisory predecessors lock as well.

    :param standings: raw standing by requirement id; a missing key counts as MISSING
    :return: standing by requirement id, for the given requirements only
    """
    known = {requirement.id: requirement for requirement in requirements}
    result: dict[int, Standing] = {}

    def resolve(requirement_id: int, trail: frozenset[int]) -> Standing:
        if requirement_id in result:
            return result[requirement_id]
        raw = standings.get(requirement_id, Standing.MISSING)
        requirement = known.get(requirement_id)
        if requirement is None:
            return raw
        predecessors = [after for after in requirement.after if after not in trail]
        if any(resolve(after, trail | {requirement_id}) not in SETTLED for after in predecessors):
            raw = Standing.LOCKED
        result[requirement_id] = raw
        return raw

    for requirement in known.values():
        resolve(requirement.id, frozenset())
    return result


def evaluate(move: Move, standings: Mapping[int, Standing]) -> Verdict:
    """Judge one move of one lead.

    :param standings: settled standing by requirement id (see :func:`settle`)
    """
    unmet = [req for req in move.requirements if standings.get(req.id, Standing.MISSING) not in SETTLED]
    return Verdict(
        move,
        tuple(req for req in unmet if req.mandatory),
        tuple(req for req in unmet if not req.mandatory),
    )


def progress(requirements: Iterable[Requirement], standings: Mapping[int, Standing]) -> tuple[int, int]:
    """:return: (settled, total) over the mandatory requirements"""
    mandatory = [req for req in requirements if req.mandatory]
    return sum(standings.get(req.id, Standing.MISSING) in SETTLED for req in mandatory), len(mandatory)


def percent(met: int, total: int) -> int:
    """Whole percent, rounded down so that 100 means complete; a gate that asks for nothing is complete."""
    return 100 if not total else met * 100 // total


def judge_answer(requirement: Requirement, state: str | None, count: int) -> Standing:
    """Standing of a requirement that a person answers (manual or approval).

    :param state: state of the answer, None when nobody answered
    :param count: how often the action was done (SPIN questions asked, pains named)
    """
    if state == "na":
        return Standing.NOT_APPLICABLE if requirement.allow_na else Standing.MISSING
    if state == "rejected":
        return Standing.REJECTED
    if requirement.judgement == "approval":
        return {"approved": Standing.MET, "requested": Standing.WAITING}.get(state, Standing.MISSING)
    if state == "done" and count >= requirement.min_count:
        return Standing.MET
    return Standing.MISSING
