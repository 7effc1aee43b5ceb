from odoo import api, models

from ..tools.touch import is_auto_reply


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Messages keep no header fields: say in the context that a machine answered."""
        if self.env["sales.process.touch"]._is_recording() and is_auto_reply(message.get):
            self = self.with_context(sales_process_auto_reply=True)
        return super()._message_route_process(message, message_dict, routes)
