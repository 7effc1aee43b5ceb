from odoo import models


class SalesProcessJourneyMap(models.AbstractModel):
    """The journey as a picture in the web client."""

    _name = "sales.process.journey.map"
    _description = "Journey as a picture"

    def action_open_map(self):
        """:return: the action that shows this journey as a map that people read and edit"""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.client"]._for_xml_id("sales_process_framework.sales_process_journey_map_action")
        return {**action, "context": {"active_model": self._name, "active_id": self.id}}

    def action_print_map(self):
        """:return: the action that prints the map of each journey"""
        self.check_access("read")
        return self.env.ref("sales_process_framework.sales_process_journey_report").report_action(self)
