import json

from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _get_process_form_language(self):
        """:return: language of a form made from a ready template, False for any other file"""
        self.ensure_one()
        try:
            form = json.loads(self.description or "null")
        except ValueError:
            return False
        return form.get("lang", False) if isinstance(form, dict) and "form" in form else False

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self._forget_process_texts()
        return result

    def _forget_process_texts(self):
        """The panel keeps names of template files with what a process says."""
        if any(attachment.res_model == "sales.process.requirement" for attachment in self.sudo()):
            self.env["sales.process"]._clear_playbooks()

    def unlink(self):
        """A deleted file opens its requirement again; what is left of an approved document is not what was approved."""
        if not self.env["sales.process"]._is_in_use():
            return super().unlink()
        deliverables = (
            self.env["sales.process.deliverable"].sudo().search([("attachment_ids", "in", self.ids)])
            if any(attachment.res_model == "sales.process.deliverable" for attachment in self.sudo())
            else self.env["sales.process.deliverable"]
        )
        leads = deliverables.lead_id
        self._forget_process_texts()
        result = super().unlink()
        if leads:
            deliverables.invalidate_recordset(["attachment_ids"])
            deliverables._reset_approval()
            leads._refresh_gate_state()
        return result
