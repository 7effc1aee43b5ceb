"""What was answered, handed in and decided in each story; pure Python on the definitions that gates are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle

from .stories import working_moment

SETTLED = ("met", "na")
#: What of a requirement is there although it is not met, by judgement, with how often it is so.
UNFINISHED = {
    "manual": {"nothing": 1},
    "field": {"nothing": 1},
    "condition": {"nothing": 1},
    "activity": {"planned": 4, "overdue": 4, "nothing": 2},
    "approval": {"requested": 5, "rejected": 3, "nothing": 2},
    "document": {"nothing": 4, "draft": 2, "rejected": 3},
}


@dataclass
class Fact:
    """How one requirement of one deal stands, and since when."""

    requirement: object  # tools.gate.Requirement
    standing: str  # met, na, or a key of UNFINISHED, or partial, submitted, stale
    at: datetime


@dataclass
class Ruling:
    """A decision of the gate worth keeping."""

    outcome: str
    at: datetime
    origin: int | None
    target: int
    unmet: tuple[int, ...] = ()
    skips: bool = False
    exception: Plea | None = None


@dataclass
class Plea:
    """An exception somebody asked for."""

    state: str
    asked: datetime
    origin: int
    target: int
    decided: datetime | None = None


@dataclass
class Checklist:
    facts: dict[int, Fact] = field(default_factory=dict)  # by requirement id
    rulings: list[Ruling] = field(default_factory=list)
    pleas: list[Plea] = field(default_factory=list)

    def settled(self, requirement_id):
        fact = self.facts.get(requirement_id)
        return bool(fact) and fact.standing in SETTLED


class ChecklistWriter:
    """Fills in the checklists of one process."""

    def __init__(self, rng, playbook, now):
        self.rng = rng
        self.playbook = playbook
        self.now = now
        requirements = playbook.requirement_by_id.values()
        self.answers_to_pleas = cycle(("requested", "approved", "", "rejected", "requested", "cancelled"))
        self.predecessors = {after for requirement in requirements for after in requirement.after}

    def compose(self, story):
        """:return: the checklist of one story"""
        checklist = Checklist()
        last = len(story.stays) - 1
        for index, stay in enumerate(story.stays):
            if stay.position is None:
                continue
            following = story.stays[index + 1].position if index < last else None
            if stay.outcome in ("advanced", "won"):
                self._pass_gate(checklist, story, stay, following)
            elif stay.outcome == "open":
                self._stand(checklist, story, stay)
            else:
                self._give_up(checklist, story, stay)
        return checklist

    # -- stays --------------------------------------------------------------

    def _pass_gate(self, checklist, story, stay, following):
        wanted = self._get_wanted(stay.position, following)
        passed_by = stay.passed_by or self._choose_passage(stay, following)
        missing = set()
        if passed_by == "skip":
            missing = {req.id for req in self.playbook.stages[following].entry}
        elif passed_by:
            missing = self._choose_missing(wanted, passing=True)
            passed_by = passed_by if missing else ""
        self._fill(checklist, story, stay, wanted, missing, leave_traces=False)
        if self.rng.random() < 0.22:
            self._refuse_early(checklist, stay, wanted, following)
        unmet = tuple(req.id for req in wanted if req.mandatory and not checklist.settled(req.id))
        if passed_by in ("exception", "skip"):
            self._grant(checklist, stay, following, unmet, passed_by == "skip")
        elif passed_by and unmet:
            outcome = "warned" if passed_by == "warned" else "overridden"
            checklist.rulings.append(Ruling(outcome, stay.left, stay.position, following, unmet))

    def _stand(self, checklist, story, stay):
        """Where the deal is now: the gate is open, held or ready as its story says."""
        following = stay.position + 1 if stay.position + 1 < len(self.playbook.stages) else None
        wanted = self._get_wanted(stay.position, following)
        if story.mood == "ready":
            missing = set()
        elif story.mood == "held":
            missing = self._choose_missing(wanted)
        else:
            missing = self._choose_tail(wanted)
        self._fill(checklist, story, stay, wanted, missing, leave_traces=True)
        if story.mood == "held" and following is not None:
            unmet = tuple(req.id for req in wanted if req.mandatory and not checklist.settled(req.id))
            at = self._between(story, stay.entered, self.now, 0.6, 0.98)
            checklist.rulings.append(Ruling("refused", at, stay.position, following, unmet))
            self._plead(checklist, stay, following, at)

    def _give_up(self, checklist, story, stay):
        """Lost, sent back or parked: some of it was done."""
        following = min(stay.position + 1, len(self.playbook.stages) - 1)
        wanted = self._get_wanted(stay.position, following)
        self._fill(checklist, story, stay, wanted, self._choose_tail(wanted), leave_traces=stay.outcome == "lost")
        if self.rng.random() < 0.35:
            self._refuse_early(checklist, stay, wanted, following)
            if stay.outcome == "lost" and checklist.rulings and self.rng.random() < 0.5:
                self._plead_in_vain(checklist, stay, following)

    # -- facts --------------------------------------------------------------

    def _get_wanted(self, position, following):
        """What leaving for the following stage asks for, in the order of the checklist."""
        entry = self.playbook.stages[following].entry if following is not None else ()
        return [*self.playbook.stages[position].exit, *entry]

    def _choose_passage(self, stay, following):
        """How the gate let a deal go although something was missing; mostly it did not have to."""
        age = (self.now - stay.left).days
        if age > 430 and self.rng.random() < 0.45:
            return "warned"  # the first months ran with warnings only
        flexible = any(self.playbook.stages[position].flexible for position in (stay.position, following))
        if flexible and self.rng.random() < 0.1:
            return "flexible"
        return "exception" if self.rng.random() < 0.03 else ""

    def _choose_missing(self, wanted, passing=False):
        """One or two mandatory requirements on which nothing else waits."""
        candidates = [req for req in wanted if req.mandatory and req.id not in self.predecessors]
        if passing:
            # what the deal itself says is the same before and after
            candidates = [req for req in candidates if req.judgement not in ("field", "condition")]
        candidates = candidates or ([] if passing else [req for req in wanted if req.mandatory][-1:])
        count = min(len(candidates), self.rng.choice((1, 1, 2)))
        return {req.id for req in self.rng.sample(candidates, count)}

    def _choose_tail(self, wanted):
        """Everything after some point of the checklist."""
        mandatory = [req.id for req in wanted if req.mandatory]
        if not mandatory:
            return set()
        first = self.rng.choice(mandatory)
        ids = [req.id for req in wanted]
        return set(ids[ids.index(first) :])

    def _fill(self, checklist, story, stay, wanted, missing, leave_traces):
        todo = [req for req in wanted if not checklist.settled(req.id)]
        end = stay.left or self.now
        traces = 2 if leave_traces else 0
        for number, req in enumerate(todo):
            share = (number + 1) / (len(todo) + 1)
            at = self._between(story, stay.entered, end, share, share)
            locked = any(after not in missing and not checklist.settled(after) for after in req.after)
            if req.id in missing or locked or any(after in missing for after in req.after):
                first_after = all(checklist.settled(after) for after in req.after)
                if traces and first_after and req.id in missing:
                    standing = self._choose_unfinished(req)
                    if standing != "nothing":
                        checklist.facts[req.id] = Fact(req, standing, at)
                        traces -= 1
            elif req.mandatory or self.rng.random() < 0.6:
                checklist.facts[req.id] = self._settle(req, stay, at)

    def _settle(self, req, stay, at):
        standing = "met"
        if req.allow_na and self.rng.random() < 0.6:
            standing = "na"
        fresh_days = req.settings.get("fresh_days")
        if fresh_days and not stay.left and (self.now - at).days > fresh_days // 2:
            # still counts today: it was renewed since
            at = max(stay.entered, self.now - timedelta(days=self.rng.uniform(1, fresh_days / 2)))
        return Fact(req, standing, at)

    def _choose_unfinished(self, req):
        choices = dict(UNFINISHED[req.judgement])
        if req.settings.get("approval"):
            choices["submitted"] = 9
        if req.settings.get("fresh_days"):
            choices["stale"] = 9
        if req.judgement == "manual" and req.min_count > 1:
            choices = {"partial": 1}
        return self.rng.choices(list(choices), list(choices.values()))[0]

    # -- decisions ----------------------------------------------------------

    def _refuse_early(self, checklist, stay, wanted, following):
        """Somebody tried before everything was there."""
        at = stay.entered + (stay.left - stay.entered) * self.rng.uniform(0.3, 0.7)
        unmet = tuple(
            req.id
            for req in wanted
            if req.mandatory
            and req.judgement not in ("field", "condition")
            and (req.id not in checklist.facts or checklist.facts[req.id].at > at)
        )
        beyond = following + 1
        if beyond < len(self.playbook.stages) and self.rng.random() < 0.12:
            checklist.rulings.append(Ruling("refused", at, stay.position, beyond, unmet[:2], skips=True))
        elif unmet:
            checklist.rulings.append(Ruling("refused", at, stay.position, following, unmet))

    def _grant(self, checklist, stay, following, unmet, skips):
        length = stay.left - stay.entered
        asked = stay.entered + length * self.rng.uniform(0.6, 0.8)
        plea = Plea("used", asked, stay.position, following, stay.left - length * self.rng.uniform(0.02, 0.15))
        checklist.pleas.append(plea)
        checklist.rulings.append(Ruling("refused", asked, stay.position, following, unmet, skips))
        checklist.rulings.append(Ruling("overridden", stay.left, stay.position, following, unmet, skips, plea))

    def _plead(self, checklist, stay, following, at):
        """After a refusal some ask for an exception; most are not decided yet."""
        state = next(self.answers_to_pleas)
        if not state:
            return
        asked = min(at + timedelta(minutes=self.rng.randint(5, 120)), self.now)
        decided = asked + (self.now - asked) * self.rng.uniform(0.2, 0.9)
        open_still = state in ("requested", "cancelled")
        checklist.pleas.append(Plea(state, asked, stay.position, following, None if open_still else decided))

    def _plead_in_vain(self, checklist, stay, following):
        asked = stay.entered + (stay.left - stay.entered) * 0.75
        state = self.rng.choice(("rejected", "cancelled"))
        decided = stay.entered + (stay.left - stay.entered) * 0.85 if state == "rejected" else None
        checklist.pleas.append(Plea(state, asked, stay.position, following, decided))

    def _between(self, story, start, end, low, high):
        moment = start + (end - start) * self.rng.uniform(low, high)
        return min(max(working_moment(self.rng, moment, story.market.utc_hour), start), end)
