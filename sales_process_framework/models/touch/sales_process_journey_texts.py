from odoo import api, models, tools


class SalesProcessJourneyTexts(models.AbstractModel):
    """What a journey says, kept in memory for the timelines of its leads."""

    _name = "sales.process.journey.texts"
    _description = "Texts of journeys for timelines"

    @api.model
    @tools.ormcache("journey_id", "self.env.lang", cache="stable")
    def _get_journey_texts(self, journey_id):
        """What a journey says, in the user's language: the same for every lead.

        :return: {"journey": …, "order": [phase ids], "phases": [{…, "touchpoints": […]}]}; not to be changed
        """
        journey = self.env["sales.process.journey"].sudo().browse(journey_id)
        phases = journey.phase_ids.sorted(lambda phase: (phase.sequence, phase.id))
        return {
            "journey": {"id": journey.id, "name": journey.name},
            "order": phases.ids,
            "phases": [
                {
                    "id": phase.id,
                    "name": phase.name,
                    "kind": phase.kind,
                    "need": phase.need or False,
                    "pain": phase.pain or False,
                    "information_channels": phase.information_channels or False,
                    "stage_ids": phase.process_stage_ids.ids,
                    "touchpoints": [
                        self._prepare_expected_item(touchpoint)
                        for touchpoint in phase.touchpoint_ids.sorted(lambda one: (one.sequence, one.id))
                    ],
                }
                for phase in phases
            ],
        }

    @api.model
    def _prepare_expected_item(self, touchpoint):
        return {
            "id": touchpoint.id,
            "name": touchpoint.name,
            "channel": touchpoint.channel_id.name or False,
            "channel_kind": touchpoint.channel_kind,
            "importance": touchpoint.importance,
            "urgency": touchpoint.urgency,
            "quadrant": touchpoint.quadrant,
            "direction": touchpoint.direction,
            "need": touchpoint.need or False,
            "action": touchpoint.action or False,
            "script": touchpoint.script or False,
            "role": touchpoint.role_id.name or False,
            "deliverable": touchpoint.deliverable or False,
        }
