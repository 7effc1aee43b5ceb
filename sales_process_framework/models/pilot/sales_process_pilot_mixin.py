from odoo import models


class SalesProcessPilotMixin(models.AbstractModel):
    """New leads of teams that try a version take part in the pilot."""

    _name = "sales.process.pilot.mixin"
    _description = "Leads in Pilots"

    def _follow_team(self):
        """The version is chosen here, before a lead is placed and judged: the arm has its say last."""
        result = super()._follow_team()
        pilots = self.env["sales.process.pilot"]
        if pilots._get_enrolments():
            with self.env.protecting([self._fields["sales_process_id"]], self):
                pilots._enroll(self)
        return result
