from odoo import models
from odoo.exceptions import UserError


class SalesProcessJourneyRecording(models.AbstractModel):
    _name = "sales.process.journey.recording"
    _description = "Recording of touches by journeys"

    def write(self, vals):
        """A journey that begins to record takes up what is on its leads already."""
        starts = vals.get("state") == "active" and any(journey.state != "active" for journey in self)
        result = super().write(vals)
        if starts:
            self.env["sales.process.touch"].sudo()._schedule_rebuild()
        return result

    def action_rebuild_touches(self):
        """Look through the existing messages and meetings once more, in the background."""
        self.check_access("write")
        if any(journey.state != "active" for journey in self):
            raise UserError(self.env._("Only an active journey records touches. Activate it first."))
        self.env["sales.process.touch"].sudo()._schedule_rebuild()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Existing messages and meetings are being matched in the background."),
            },
        }
