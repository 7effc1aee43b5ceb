from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._forget_work_intervals()
        return leaves

    def write(self, vals):
        self._forget_work_intervals()
        result = super().write(vals)
        self._forget_work_intervals()
        return result

    def unlink(self):
        self._forget_work_intervals()
        return super().unlink()

    def _forget_work_intervals(self):
        """Public holidays change everybody's working time; a person's leave changes none that is kept here."""
        if any(not leave.resource_id for leave in self):
            self.env.registry.clear_cache()
            self.env["sales.process.response"]._replan_later()
