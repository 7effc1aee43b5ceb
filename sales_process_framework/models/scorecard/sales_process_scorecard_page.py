from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: Leads shown with what is missing; a list has the others.
MEND_SHOWN = 8
#: Periods that a line of scores goes back.
HISTORY = 8
INPUT_TYPES = {
    *("char", "text", "html", "integer", "float", "monetary", "date", "datetime", "selection", "many2one", "boolean"),
}


class SalesProcessScorecardPage(models.AbstractModel):
    """What the page "My Scorecard" shows: one scorecard, its past, and what to mend first."""

    _name = "sales.process.scorecard.page"
    _description = "Page of a scorecard"

    @api.model
    @api.readonly
    def get_scorecard_page(self, card_id=None):
        """One scorecard that the reader may see; without a number one's own latest.

        :return: {"in_use": whether anybody is measured, "own": whether it is the reader's, "card" or None, "lines",
            "people": others of the same period whose scorecards the reader may see, "periods": of the same person,
            "history": [{"period", "score" or None}] oldest first, "mend": {"count", "leads"}}
        """
        self.browse().check_access("read")
        card = self._find_shown(card_id)
        if not card:
            return {"in_use": self.env["sales.process.scorecard.scheme"]._is_in_use(), "card": None}
        return {
            "in_use": True,
            "own": card.user_id == self.env.user,
            "card": card._prepare_page_card(),
            "lines": [line._prepare_page_line() for line in card.line_ids],
            **card._prepare_page_choices(),
            "mend": card._prepare_page_mend(),
        }

    @api.model
    def _find_shown(self, card_id):
        if card_id:
            card = self.search([("id", "=", card_id)])
            if not card:
                raise AccessError(self.env._("There is no such scorecard, or it is not for you to see."))
            return card
        own = self.search([("user_id", "=", self.env.uid)], order="date_from desc, cycle, id")
        here = own.filtered(lambda card: card.company_id == self.env.company) or own
        # Whoever sells nothing but leads a team begins with its people.
        return here[:1] or self.search([], order="date_from desc, score", limit=1)

    def _prepare_page_card(self):
        # sudo: names of a person, teams and a scheme on a card that the reader may see
        known = self.sudo()
        return {
            "id": self.id,
            "user": {"id": known.user_id.id, "name": known.user_id.name},
            "teams": known.team_ids.mapped("name"),
            "scheme": known.scheme_id.name,
            "description": known.scheme_id.description or "",
            "cap": known.scheme_id.cap,
            "period": self._prepare_page_period(),
            "score": self.score if self.has_score else None,
            "previous": self.previous_score if self.has_previous else None,
            "coverage": self.coverage,
            "frozen": self.frozen,
            "computed": self.computed and str(self.computed),
            "currency_id": known.company_id.currency_id.id,
        }

    def _prepare_page_choices(self):
        # sudo: names of the people whose cards the reader may see
        same = self.search(
            [("date_from", "=", self.date_from), ("cycle", "=", self.cycle), ("company_id", "=", self.company_id.id)]
        )
        past = self.search(
            [("user_id", "=", self.user_id.id), ("cycle", "=", self.cycle), ("company_id", "=", self.company_id.id)],
            order="date_from desc",
        )
        people = [{"id": card.id, "name": card.sudo().user_id.name} for card in same]
        return {
            "people": sorted(people, key=lambda entry: entry["name"]) if len(same) > 1 else [],
            "periods": [{"id": card.id, "period": card._prepare_page_period()} for card in past],
            "history": [
                {
                    "id": card.id,
                    "period": card._prepare_page_period(),
                    "score": card.score if card.has_score else None,
                }
                for card in past[:HISTORY].sorted("date_from")
            ],
        }

    def _prepare_page_period(self):
        return {"from": str(self.date_from), "cycle": self.cycle, "label": self.period}

    def _prepare_page_mend(self):
        """What is missing from the person's open deals, as far as the reader sees them."""
        Lead = self.env["crm.lead"]
        if self.frozen or not Lead.has_access("read"):
            return {"count": 0, "leads": []}
        # sudo: which leads of the person lack data; only those that the reader may see are shown
        found = dict(Lead.sudo()._find_incomplete(self.sudo().user_id, self.company_id.sudo()))
        seen = Lead.search(Domain("id", "in", list(found)))
        order = {lead_id: number for number, lead_id in enumerate(found)}
        leads = seen.sorted(lambda lead: order[lead.id])
        writable = leads[:MEND_SHOWN]._filtered_access("write")
        return {
            "count": len(seen),
            "leads": [
                {
                    "id": lead.id,
                    "name": lead.name,
                    "stage": lead.stage_id.name,
                    "asked": found[lead.id]["asked"],
                    "can_write": lead in writable,
                    "missing": [Lead._prepare_missing(key) for key in found[lead.id]["missing"]],
                }
                for lead in leads[:MEND_SHOWN]
            ],
        }


class SalesProcessScorecardPageLine(models.AbstractModel):
    """What the page shows of one figure."""

    _name = "sales.process.scorecard.page.line"
    _description = "Page of a scorecard: figures"

    def _prepare_page_line(self):
        # sudo: the definition of an indicator on a card that the reader may see
        kpi = self.sudo().kpi_id
        sources = dict(self._fields["goal_source"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": kpi.name,
            "formula": kpi.formula_text or "",
            "advice": kpi.advice or "",
            "unit": kpi.unit,
            "direction": kpi.direction,
            "is_ratio": kpi.aggregation == "ratio",
            "value": self.value if self.has_data else None,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "goal": self.goal if self.has_goal else None,
            "due": self.due if self.has_goal else None,
            "source": sources[self.goal_source] if self.has_goal else "",
            "weight": self.weight,
            "score": self.score if self.has_score else None,
            "points": self.points,
            "traceable": bool(self.kpi_value_id),
            "corrected": self.is_corrected,
        }


class SalesProcessScorecardLeadMixin(models.AbstractModel):
    """What is missing from a lead, as the page asks for it."""

    _name = "sales.process.scorecard.lead.mixin"
    _description = "Data of leads on scorecards"

    @api.model
    def _prepare_missing(self, key):
        """:return: {"key", "label", "name": field to fill in or False, "type", "selection"}"""
        name = key.rpartition(":")[2]
        field = self._fields.get(name)
        fillable = field is not None and field.type in INPUT_TYPES and not field.readonly
        return {
            "key": key,
            "label": self._get_completeness_label(key),
            "name": name if fillable else False,
            "type": field.type if fillable else "",
            "selection": field._description_selection(self.env) if fillable and field.type == "selection" else [],
        }
