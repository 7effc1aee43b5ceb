from odoo import api, models, tools

from ...tools.response import Standard


class SalesProcessTouchpoint(models.Model):
    _inherit = "sales.process.touchpoint"

    @api.model
    @tools.ormcache(cache="stable")
    def _get_response_standards(self):
        """What starts a clock, over all companies; kept until a journey changes.

        :return: tuple of :class:`~..tools.response.Standard` in the order of the journeys. Plain CRM asks this with
            every new lead and stops: no query.
        """
        touchpoints = self.sudo().search(
            [
                ("journey_id.state", "=", "active"),
                ("journey_id.active", "=", True),
                ("clock_start", "!=", "none"),
                ("response_time", ">", 0),
            ],
            order="journey_id, sequence, id",
        )
        return tuple(touchpoint._prepare_response_standard() for touchpoint in touchpoints)

    def _prepare_response_standard(self):
        self.ensure_one()
        return Standard(
            touchpoint=self.id,
            journey=self.journey_id.id,
            clock=self.clock_start,
            time=self.response_time,
            unit=self.response_unit,
            source=self.match_source,
            channel=self.channel_id.id or 0,
            text=(self.match_text or "").strip().lower(),
        )

    @api.model
    def _get_incoming_standard(self, touchpoint_id):
        """:return: the standard of a touchpoint that answers what customers send, or None"""
        for standard in self._get_response_standards():
            if standard.touchpoint == touchpoint_id and standard.clock == "incoming":
                return standard
        return None
