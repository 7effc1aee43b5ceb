"""Plain values that travel from the write hook to the gate and the history."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Fields of which a write can move a lead, or bring it to or from a gate.
#: ``user_id`` and ``type`` recompute the team, the team recomputes the stage.
WATCHED_FIELDS = {"stage_id", "team_id", "user_id", "type", "active", "probability"}


@dataclass(frozen=True, slots=True)
class LeadState:
    """What of a lead decides which gate it stands at."""

    stage_id: int
    team_id: int
    process_id: int
    process_stage_id: int  # last stage the process knows; stays while the lead is parked outside
    type: str
    active: bool
    lost: bool


@dataclass(slots=True)
class LeadChange:
    lead: object  # crm.lead, one record
    old: LeadState | None  # None: just created
    new: LeadState
    direction: str | None = None  # tools.gate.Direction once the move is planned

    @property
    def created(self) -> bool:
        return self.old is None

    @property
    def moved(self) -> bool:
        return self.old is not None and self.old.stage_id != self.new.stage_id

    @property
    def converted(self) -> bool:
        return self.old is not None and self.old.type == "lead" and self.new.type == "opportunity"

    @property
    def handed_over(self) -> bool:
        """The lead follows another process than before, or none any more."""
        return self.old is not None and self.old.process_id != self.new.process_id

    @property
    def closed(self) -> bool:
        return self.old is not None and self.old.active and not self.new.active

    @property
    def turned_lost(self) -> bool:
        return self.old is not None and not self.old.lost and self.new.lost

    @property
    def reopened(self) -> bool:
        return self.old is not None and not self.old.active and self.new.active


@dataclass(slots=True)
class Refusal:
    """One lead that may not make one move."""

    lead: object
    change: LeadChange
    verdict: object  # tools.gate.Verdict
    standings: dict = field(default_factory=dict)
