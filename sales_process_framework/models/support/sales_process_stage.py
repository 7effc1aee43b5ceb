from odoo import fields, models


class SalesProcessStage(models.Model):
    _inherit = "sales.process.stage"

    # The other side of the policy's stages; copied, so that the next version of a process raises the same.
    support_policy_ids = fields.Many2many(
        "sales.process.sla.policy",
        "sales_process_sla_policy_stage_rel",
        "process_stage_id",
        "policy_id",
        string="Support Raised On Entry",
        copy=True,
        check_company=True,
    )
