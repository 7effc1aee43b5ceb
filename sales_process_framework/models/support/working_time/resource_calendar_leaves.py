from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._get_concerned_calendars()._replan_support()
        return leaves

    def write(self, vals):
        calendars = self._get_concerned_calendars()
        result = super().write(vals)
        (calendars | self._get_concerned_calendars())._replan_support()
        return result

    def unlink(self):
        calendars = self._get_concerned_calendars()
        result = super().unlink()
        if calendars:
            # What was kept ready was forgotten before the holiday was gone.
            self.env.registry.clear_cache()
            calendars._replan_support()
        return result

    def _get_concerned_calendars(self):
        """Calendars in which a public holiday counts; a person's own leave concerns no promise."""
        calendars = self.env["resource.calendar"].sudo()
        if not self.env["sales.process.sla.policy"]._is_in_use():
            return calendars
        for leave in self.sudo().filtered(lambda leave: not leave.resource_id):
            calendars |= leave.calendar_id or calendars.search([("company_id", "in", [leave.company_id.id, False])])
        return calendars
