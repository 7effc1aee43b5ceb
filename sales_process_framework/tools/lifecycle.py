"""Where a customer who has bought stands: using, buying again, or lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

KINDS = ("use", "repurchase", "churn")
DAY = 86400


@dataclass(frozen=True, slots=True)
class Rule:
    """A phase that customers come into."""

    phase: int
    kind: str  # one of KINDS
    days_without_order: int = 0  # 0: no such rule
    days_without_contact: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    last_order: datetime
    orders: int
    last_contact: datetime | None = None  # None: no contact is known; the last order counts


@dataclass(frozen=True, slots=True)
class Place:
    phase: int
    kind: str
    reason: str  # first_order, ordered_again, no_order or no_contact


def place(customer: Customer, rules: Sequence[Rule], now: datetime) -> Place | None:
    """The phase a customer is in now.

    Lost customers come first: one rule that is met is enough. Then whoever has bought again, or is due to by the rule
    of the phase. Everybody else uses what was bought.

    :param rules: of one journey, at most one phase of a kind counts: the first
    :return: None when the journey knows no phase for it
    """
    by_kind = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, rule)
    churn, again, use = by_kind.get("churn"), by_kind.get("repurchase"), by_kind.get("use")
    if churn and (reason := _overdue(customer, churn, now)):
        return Place(churn.phase, "churn", reason)
    if again and customer.orders > 1:
        return Place(again.phase, "repurchase", "ordered_again")
    if again and (reason := _overdue(customer, again, now)):
        return Place(again.phase, "repurchase", reason)
    return Place(use.phase, "use", "first_order") if use else None


def _overdue(customer: Customer, rule: Rule, now: datetime) -> str | None:
    if rule.days_without_order and _days(customer.last_order, now) >= rule.days_without_order:
        return "no_order"
    # An order is a contact.
    contact = max(customer.last_contact or customer.last_order, customer.last_order)
    if rule.days_without_contact and _days(contact, now) >= rule.days_without_contact:
        return "no_contact"
    return None


def _days(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds() / DAY
