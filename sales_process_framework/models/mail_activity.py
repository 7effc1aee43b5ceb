from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    sales_process_requirement_id = fields.Many2one(
        "sales.process.requirement", ondelete="set null", index="btree_not_null", help="The approval it asks for."
    )

    def write(self, vals):
        """Done activities are archived, and may be what a gate waits for."""
        result = super().write(vals)
        if "active" in vals and self.env["sales.process"]._is_in_use():
            self._refresh_leads()
        return result

    def unlink(self):
        if not self.env["sales.process"]._is_in_use():
            return super().unlink()
        done = self.filtered(lambda activity: not activity.active and activity.res_model == "crm.lead")
        leads = self.env["crm.lead"].sudo().browse(done.mapped("res_id"))
        result = super().unlink()
        if leads:
            leads.exists()._refresh_gate_state()
        return result

    def _refresh_leads(self):
        lead_ids = self.filtered(lambda activity: activity.res_model == "crm.lead").mapped("res_id")
        self.env["crm.lead"].sudo().browse(lead_ids).exists()._refresh_gate_state()
