from random import Random

from odoo import api, models

from ..sales_process_demo import MARKETS, SEED
from .contact_builder import ContactBuilder


class SalesProcessJourneyDemo(models.AbstractModel):
    _name = "sales.process.demo.journey"
    _inherit = "sales.process.demo"
    _description = "Demo company: customer journey"

    @api.model
    def _demo_build_journey(self):
        """The ready journey on the B2B process of the demo company, recording. Nothing when it is there already."""
        process = self.env.ref("sales_process_framework.process_b2b_demo", raise_if_not_found=False)
        if not process or self.env.ref("sales_process_framework.journey_b2b_demo", raise_if_not_found=False):
            return
        Journey = self.sudo().with_context(tracking_disable=True).env["sales.process.journey"]
        data = Journey._get_ready_journeys()["b2b_manufacturing"]
        journey = Journey._import_data(data, process.company_id, process)
        builder = ContactBuilder(Random(SEED), journey, MARKETS["manufacturing"]["utc_hour"])
        contacts = builder.write_messages()
        builder.fit_lifecycle()
        journey.action_activate()
        builder.record(contacts)
        builder.place_customers()
        self._name_records(
            {
                "journey_b2b_demo": journey,
                **{f"persona_{persona.key}_demo": persona for persona in journey.persona_ids},
            }
        )
