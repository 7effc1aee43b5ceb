"""What counts as a touch with the customer, and which touchpoint it was: pure functions, no database.

A *touch* is something that happened between us and a customer on a lead; a *rule* says how a touchpoint of the
customer journey is recognised. The same order of preference is used by the set-based rebuild (see
``models/touch/sales_process_touch_rebuild.py``), which is tested against :func:`find_rule`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

#: Sources of customers who arrive: they are recognised wherever the lead stands.
ARRIVALS = frozenset({"web_form", "livechat"})
#: Messages that a machine sent for somebody.
AUTOMATIC_TYPES = frozenset({"auto_comment", "out_of_office"})
#: Messages that never leave the system, or tell only what the system did.
SILENT_TYPES = frozenset({"notification", "user_notification"})


@dataclass(frozen=True, slots=True)
class Rule:
    """How one touchpoint is recognised."""

    touchpoint: int
    phase: int
    source: str
    stages: frozenset[int] = frozenset()  # process stages that the phase spans; none: it can happen anywhere
    activity_type: int = 0
    text: str = ""  # lower case, part of the subject
    order: tuple = ()  # of the touchpoint in its journey

    @property
    def specificity(self) -> int:
        return bool(self.activity_type) + bool(self.text)

    def fits(self, source: str, text: str, activity_type: int) -> bool:
        return (
            self.source == source
            and (not self.activity_type or self.activity_type == activity_type)
            and (not self.text or self.text in text)
        )

    def is_near(self, stage: int) -> bool:
        return stage in self.stages

    def is_anywhere(self) -> bool:
        return not self.stages or self.specificity > 0 or self.source in ARRIVALS


@dataclass(frozen=True, slots=True)
class JourneyRules:
    """A running journey: which leads it is for, its rules, and which phase a stage belongs to."""

    journey: int
    company: int  # 0: of all companies
    processes: frozenset[int]  # none: leads without a journey of their process
    rules: tuple[Rule, ...]
    phase_by_stage: dict[int, int]
    first_phase: int = 0

    def phase_at(self, stage: int) -> int:
        return self.phase_by_stage.get(stage, 0)


def sort_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The most specific first, then in the order of the map."""
    return tuple(sorted(rules, key=lambda rule: (-rule.specificity, rule.order, rule.touchpoint)))


def find_rule(rules: tuple[Rule, ...], source: str, stage: int, text: str = "", activity_type: int = 0) -> Rule | None:
    """The touchpoint that something was.

    The most specific rule wins; among equals the one whose phase the lead is in. A rule that says nothing but the
    channel counts in its own phase only, unless its phase spans no stages at all.

    :param rules: sorted by :func:`sort_rules`
    :param stage: id of the process stage of the lead, 0 without
    """
    text = text.lower()
    best = None
    for rule in rules:
        if best and rule.specificity < best.specificity:
            break
        if not rule.fits(source, text, activity_type):
            continue
        if rule.is_near(stage):
            return rule
        if best is None and rule.is_anywhere():
            best = rule
    return best


def find_journey(journeys: Iterable[JourneyRules], process: int, company: int) -> JourneyRules | None:
    """The journey of a lead: its process's own before one for everybody, its company's before a shared one."""
    best, best_rank = None, (-1, -1)
    for journey in journeys:
        if journey.company not in (0, company) or (journey.processes and process not in journey.processes):
            continue
        rank = (bool(journey.processes), bool(journey.company))
        if rank > best_rank:
            best, best_rank = journey, rank
    return best


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What of a message says whether it was a contact."""

    message_type: str
    internal: bool = False  # a note
    contact_note: bool = False  # a note that is marked as customer contact
    author: str = "nobody"  # "inside", "outside", "robot" or "nobody": an address that no contact has
    activity: str = ""  # category of the activity that was done: "phonecall", "meeting", "other"; "": none
    reaches_customer: bool = False
    auto_reply: bool = False


def classify(message: MessageFacts) -> tuple[str, str, bool] | None:
    """:return: (source, direction, a person did it); None when no contact with the customer took place"""
    person = message.author != "robot" and not message.auto_reply
    if message.activity:
        source = {"phonecall": "call", "meeting": "meeting"}.get(message.activity, "activity")
        return source, "out", person
    if message.contact_note:
        return "note", "out", person
    if message.internal or message.message_type in SILENT_TYPES:
        return None
    automatic = message.message_type in AUTOMATIC_TYPES
    if message.author in ("outside", "nobody") and not automatic:
        # An unknown author wrote a mail; anything else without an author was the system.
        known = message.author == "outside" or message.message_type == "email"
        return ("email_in", "in", person) if known else None
    if message.message_type == "email":
        return "email_out", "out", person
    if not message.reaches_customer and message.message_type != "email_outgoing":
        return None
    return "email_out", "out", person and not automatic and message.message_type != "email_outgoing"


@dataclass(slots=True)
class TouchEvent:
    """Something that happened on a lead, before it is known which touchpoint it was."""

    lead_id: int
    source: str
    direction: str
    date: datetime
    human: bool = True
    partner_id: int | None = None
    user_id: int | None = None
    message_id: int | None = None
    event_id: int | None = None
    activity_key: str | None = None
    activity_type: int = 0
    text: str = ""
    summary: str | None = None
    touchpoint_id: int | None = None  # chosen by hand
    phase_id: int | None = None


#: Header fields of machines that answer, by RFC 3834 and by custom.
AUTO_REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autogenerated", "X-AutoReply-From")
AUTO_REPLY_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})


def is_auto_reply(get_header) -> bool:
    """Whether a machine sent a mail.

    :param get_header: function that gives the value of a header field, None when it is not there
    """
    submitted = (get_header("Auto-Submitted") or "no").split(";")[0].strip().lower()
    if submitted != "no":
        return True
    if (get_header("Precedence") or "").strip().lower() in AUTO_REPLY_PRECEDENCE:
        return True
    return any(get_header(name) for name in AUTO_REPLY_HEADERS)


def phase_states(order: list[int], current: set[int]) -> list[str]:
    """Where a lead stands in its journey: what lies before the phases it is in is done, the rest ahead."""
    places = [place for place, phase in enumerate(order) if phase in current]
    if not places:
        return ["ahead"] * len(order)
    return [
        "current" if phase in current else "done" if place < places[-1] else "ahead"
        for place, phase in enumerate(order)
    ]
