from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """What is written on leads is how most contacts with customers are known."""
        messages = super().create(vals_list)
        Touch = self.env["sales.process.touch"]
        if Touch._is_recording():
            Touch.sudo()._record_messages(messages)
        return messages
