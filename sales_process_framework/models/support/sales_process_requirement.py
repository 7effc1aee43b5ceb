from odoo import api, fields, models


class SalesProcessRequirement(models.Model):
    _inherit = "sales.process.requirement"

    support_policy_id = fields.Many2one(
        "sales.process.sla.policy",
        string="Support Awaited",
        ondelete="restrict",
        index="btree_not_null",
        help="Met once a request for it was delivered.",
    )

    @api.constrains("support_policy_id")
    def _check_support_policy(self):
        self._check_judgement()
