from collections.abc import Callable
from dataclasses import dataclass

from odoo.fields import Domain


@dataclass(frozen=True)
class TrailScope:
    """Whose trail it is: the ids of a lead (none on a customer's form) and of the customer's contacts."""

    lead_ids: tuple[int, ...]
    partner_ids: tuple[int, ...]

    def domain(self, partner=None, lead=None):
        """What belongs to the customer or to the lead.

        :param partner: name of the field that holds the customer, if there is one
        :param lead: name of the field that holds the lead, if there is one
        """
        parts = ((partner, self.partner_ids), (lead, self.lead_ids))
        return Domain.OR(Domain(name, "in", ids) for name, ids in parts if name and ids)


@dataclass(frozen=True)
class TrailSource:
    """One kind of records of a trail.  All fields named here are fetched at once, whatever the number of records."""

    kind: str
    label: str
    model: str
    domain: Domain
    #: stored date or datetime that the trail is sorted by; records without it are not shown
    date: str
    icon: str = "fa-file-o"
    name: str = "display_name"
    #: a selection or many2one field, or what makes the text from a record
    state: str | Callable = ""
    amount: str = ""
    currency: str = "currency_id"
    #: further fields that ``state`` reads
    fetch: tuple[str, ...] = ()

    @property
    def field_names(self):
        named = (self.date, self.name, self.amount, self.amount and self.currency, *self.fetch)
        return [name for name in named if name] + ([self.state] if isinstance(self.state, str) and self.state else [])
