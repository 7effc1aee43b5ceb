from odoo import models


class SalesProcessPilotMixin(models.AbstractModel):
    """New leads of teams that try a version take part in the pilot."""

    _name = "sales.process.pilot.mixin"
    _description = "Leads in Pilots"
