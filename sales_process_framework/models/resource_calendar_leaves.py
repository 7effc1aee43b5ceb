from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._on_holidays_changed(leaves._get_concerned_calendars())
        return leaves

    def write(self, vals):
        was_public = self._has_public_holiday()
        calendars = self._get_concerned_calendars()
        result = super().write(vals)
        self._on_holidays_changed(calendars | self._get_concerned_calendars(), was_public)
        return result

    def unlink(self):
        was_public = self._has_public_holiday()
        calendars = self._get_concerned_calendars()
        result = super().unlink()
        self.browse()._on_holidays_changed(calendars, was_public)
        return result

    def _has_public_holiday(self):
        """Public holidays change everybody's working time; a person's leave changes none that is kept here."""
        return any(not leave.resource_id for leave in self)

    def _on_holidays_changed(self, calendars, was_public=False):
        """Forget the working time kept ready, and plan anew what counts in it."""
        if was_public or self._has_public_holiday():
            self.env.registry.clear_cache()
            self.env["sales.process.response"]._replan_later()
            calendars._replan()

    def _get_concerned_calendars(self):
        """Calendars in which a public holiday counts, as far as promises count in any."""
        calendars = self.env["resource.calendar"].sudo()
        if not self.env["sales.process.sla.policy"]._is_in_use():
            return calendars
        for leave in self.sudo().filtered(lambda leave: not leave.resource_id):
            calendars |= leave.calendar_id or calendars.search([("company_id", "in", [leave.company_id.id, False])])
        return calendars
