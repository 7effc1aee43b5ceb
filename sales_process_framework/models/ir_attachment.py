from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def unlink(self):
        """A deleted file opens its requirement again."""
        deliverables = (
            self.env["sales.process.deliverable"].sudo().search([("attachment_ids", "in", self.ids)])
            if any(attachment.res_model == "sales.process.deliverable" for attachment in self.sudo())
            else self.env["sales.process.deliverable"]
        )
        leads = deliverables.lead_id
        result = super().unlink()
        if leads:
            deliverables.invalidate_recordset(["attachment_ids"])
            leads._refresh_gate_state()
        return result
