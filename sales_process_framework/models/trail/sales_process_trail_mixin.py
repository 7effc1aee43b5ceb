from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .trail_source import TrailScope, TrailSource

TRAIL_LIMIT = 80
TRAIL_MAXIMUM = 400


class SalesProcessTrailMixin(models.AbstractModel):
    """What other apps know of a lead or a customer, in one list, the newest first.

    An addon adds its records by extending ``_get_trail_sources``.  Everything is read as the user who asks, so that
    nobody finds here what he could not open; whoever has no access to a model is shown none of it.
    """

    _name = "sales.process.trail.mixin"
    _description = "Trail of leads and customers"

    @api.readonly
    def get_sales_trail(self, limit=TRAIL_LIMIT):
        """:return: {"entries": [{kind, label, icon, model, id, name, date, state, amount, currency}], "has_more": bool}

        The date is "YYYY-MM-DD" or "YYYY-MM-DD HH:MM:SS" in UTC, the currency an id; what there is none of is False.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The trail is for employees only."))
        if not self.env.context.get("lang"):
            self = self.with_context(lang=self.env.user.lang or "en_US")
        limit = max(1, min(int(limit), TRAIL_MAXIMUM))
        entries = []
        for source in self._get_trail_sources(self._get_trail_scope()):
            entries += self._prepare_trail_entries(source, limit + 1)
        entries.sort(key=lambda entry: (entry["date"], entry["model"], entry["id"]), reverse=True)
        return {"entries": entries[:limit], "has_more": len(entries) > limit}

    def _get_trail_scope(self):
        """To be extended by the models that have a trail."""
        raise NotImplementedError

    @api.model
    def _make_trail_scope(self, leads, customers):
        """:param customers: contacts; with each of them its whole company counts"""
        # Only to know whose company it is: the contacts are then searched as the user.
        companies = customers.sudo().commercial_partner_id
        Partner = self.env["res.partner"].with_context(active_test=False)
        contacts = Partner.search([("commercial_partner_id", "in", companies.ids)]) if companies else Partner
        return TrailScope(tuple(leads.ids), tuple(contacts.ids))

    def _get_trail_sources(self, scope):
        """:return: list of TrailSource; the models' record rules apply on top of their domains"""
        # Who may read no lead at all cannot search through one either.
        customer = "lead_id.partner_id" if self.env["crm.lead"].has_access("read") else None
        of_leads = scope.domain(partner=customer, lead="lead_id")
        return [
            TrailSource(
                kind="lead",
                label=self.env._("Opportunity"),
                icon="fa-star",
                model="crm.lead",
                # Lost ones are archived; what was archived for another reason was put aside on purpose.
                domain=scope.domain(partner="partner_id")
                & Domain("id", "not in", scope.lead_ids)
                & (Domain("active", "=", True) | Domain("won_status", "=", "lost")),
                date="create_date",
                state=self._get_trail_lead_state,
                amount="expected_revenue",
                currency="company_currency",
                fetch=("won_status", "stage_id"),
            ),
            TrailSource(
                kind="meeting",
                label=self.env._("Meeting"),
                icon="fa-calendar",
                model="calendar.event",
                domain=scope.domain(partner="partner_ids", lead="opportunity_id"),
                date="start",
                state=self._get_trail_meeting_state,
            ),
            TrailSource(
                kind="deliverable",
                label=self.env._("Deliverable"),
                icon="fa-file-text-o",
                model="sales.process.deliverable",
                domain=of_leads & Domain("state", "!=", "draft"),
                date="submitted_date",
                state="state",
            ),
            TrailSource(
                kind="support",
                label=self.env._("Support Request"),
                icon="fa-life-ring",
                model="sales.process.support.request",
                domain=of_leads,
                date="date_requested",
                state="state",
            ),
        ]

    @api.model
    def _get_trail_lead_state(self, lead):
        return self._get_trail_text(lead, "stage_id" if lead.won_status == "pending" else "won_status")

    @api.model
    def _get_trail_meeting_state(self, event):
        return self.env._("Planned") if event.start > self.env.cr.now() else False

    def _prepare_trail_entries(self, source, limit):
        """:return: the newest entries of one source that the user may read"""
        Model = self.env[source.model]
        if not Model.has_access("read"):
            return []
        domain = source.domain & Domain(source.date, "!=", False)
        records = Model.search_fetch(domain, source.field_names, limit=limit, order=f"{source.date} DESC, id DESC")
        return [self._prepare_trail_entry(source, record) for record in records]

    @api.model
    def _prepare_trail_entry(self, source, record):
        return {
            "kind": source.kind,
            "label": source.label,
            "icon": source.icon,
            "model": source.model,
            "id": record.id,
            "name": record[source.name],
            "date": record._fields[source.date].to_string(record[source.date]),
            "state": self._get_trail_text(record, source.state),
            "amount": record[source.amount] if source.amount else False,
            "currency": record[source.currency].id if source.amount else False,
        }

    @api.model
    def _get_trail_text(self, record, state):
        """:param state: a field's name, or what makes the text from the record"""
        if callable(state):
            return state(record)
        if not state or not record[state]:
            return False
        field = record._fields[state]
        if isinstance(field, fields.Selection):
            return field.convert_to_export(record[state], record)
        return record[state].display_name
