from odoo import api, models, tools

from ...tools.lifecycle import KINDS, Rule


class SalesProcessJourneyLifecycle(models.AbstractModel):
    _name = "sales.process.journey.lifecycle"
    _description = "Lifecycle rules of journeys"

    @api.model
    @tools.ormcache("company_id", cache="stable")
    def _get_lifecycle_rules(self, company_id):
        """The phases that customers who bought go through in a company.

        :return: (journey id, tuple of :class:`~..tools.lifecycle.Rule`), of the company's own active journey with
            such phases before a shared one; ``(0, ())`` without any
        """
        phases = (
            self.env["sales.process.journey.phase"]
            .sudo()
            .search(
                [
                    ("journey_id.state", "=", "active"),
                    ("journey_id.active", "=", True),
                    ("journey_id.company_id", "in", [company_id, False]),
                    ("kind", "in", list(KINDS)),
                ],
                order="sequence, id",
            )
        )
        journeys = phases.journey_id.sorted(lambda journey: (not journey.company_id, journey.id))
        if not journeys:
            return 0, ()
        own = phases.filtered(lambda phase: phase.journey_id == journeys[0])
        return journeys[0].id, tuple(
            Rule(phase.id, phase.kind, phase.days_without_order, phase.days_without_contact) for phase in own
        )
