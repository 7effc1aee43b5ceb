from odoo import fields, models


class SalesProcessRejection(models.TransientModel):
    """The reason why documents are sent back, for one or many at once."""

    _name = "sales.process.rejection"
    _description = "Reject Documents"

    deliverable_ids = fields.Many2many("sales.process.deliverable", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        self.ensure_one()
        return self.deliverable_ids._action_decide(False, self.reason)
