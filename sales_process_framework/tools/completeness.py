"""What makes a lead complete in a stage: fields that hold a value, dates ahead, contact of late. Pure Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that is asked for; counted once, however many rules ask for it.

    kind "filled": the field holds a value; "ahead": its day is not past; "contact": a person of ours was in touch with
    the customer within so many days.
    """

    kind: str
    field: str = ""
    days: int = 0

    @property
    def key(self) -> str:
        """A name for it: that of the field, or "ahead:date_deadline", "contact:14"."""
        if self.kind == "filled":
            return self.field
        return f"{self.kind}:{self.field or self.days}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a stage asks for; ``and_later`` asks for it in the stages after it as well."""

    stage: int
    items: tuple[Item, ...]
    and_later: bool = True


def asked(base: Iterable[Item], stages: Iterable[int], rules: Iterable[Rule]) -> dict[int | None, tuple[Item, ...]]:
    """What is asked for in each stage, in the order in which it is asked for first.

    Of two limits on the last contact the shorter one counts: who keeps it keeps the other.

    :param base: what the whole process asks for
    :param stages: ids, in order
    :param rules: of these stages
    :return: {stage id: items}; None for a lead in no stage of the process
    """
    stages, base, rules = list(stages), tuple(dict.fromkeys(base)), list(rules)
    place = {stage: number for number, stage in enumerate(stages)}
    found = {None: base}
    for stage in stages:
        items = list(base)
        for rule in rules:
            here = rule.stage == stage or (rule.and_later and place.get(rule.stage, len(stages)) < place[stage])
            items += rule.items if here else ()
        found[stage] = _with_shortest_contact(dict.fromkeys(items))
    return found


def _with_shortest_contact(items):
    contacts = [item for item in items if item.kind == "contact"]
    shortest = min(contacts, key=lambda item: item.days, default=None)
    return tuple(item for item in items if item.kind != "contact" or item == shortest)
