from odoo import fields, models


class SalesProcessStage(models.Model):
    _inherit = "sales.process.stage"

    # Copied with the stage: the next version of a process keeps its library.
    resource_ids = fields.Many2many(
        "sales.process.resource", "sales_process_resource_stage_rel", "process_stage_id", "resource_id", copy=True
    )
