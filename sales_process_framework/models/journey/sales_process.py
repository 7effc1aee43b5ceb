from odoo import Command, fields, models


class SalesProcess(models.Model):
    _inherit = "sales.process"

    journey_ids = fields.Many2many(
        "sales.process.journey",
        "sales_process_journey_process_rel",
        "process_id",
        "journey_id",
        string="Customer Journeys",
        check_company=True,
        copy=False,
    )

    def action_new_version(self):
        """Customers take the same way under the next version of a process."""
        action = super().action_new_version()
        copy = self.browse(action["res_id"])
        for journey in self.journey_ids.filtered(lambda journey: journey.state != "retired"):
            journey.process_ids = [Command.link(copy.id)]
            journey._link_stages(copy)
        return action
