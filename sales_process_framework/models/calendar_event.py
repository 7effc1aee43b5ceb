from odoo import api, models

#: What of a meeting its touch repeats.
WATCHED_FIELDS = {"active", "name", "opportunity_id", "start", "start_date"}


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["sales.process.review.meeting", "calendar.event"]

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        Touch = self.env["sales.process.touch"]
        if Touch._is_recording() and (of_leads := events.filtered("opportunity_id")):
            Touch.sudo()._record_meetings(of_leads)
        return events

    def write(self, vals):
        """A meeting that moves takes its touch along; one that is cancelled was none."""
        # Some fields are taken out of the values on the way.
        watched = bool(WATCHED_FIELDS & vals.keys()) and self.env["sales.process.touch"]._is_recording()
        before = self.filtered("opportunity_id") if watched else self.browse()
        result = super().write(vals)
        if watched and (of_leads := (before | self.exists().filtered("opportunity_id")).exists()):
            self.env["sales.process.touch"].sudo()._record_meetings(of_leads)
        return result
