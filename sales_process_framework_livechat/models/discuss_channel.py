from odoo import models


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def _convert_visitor_to_lead(self, partner, key):
        """The operator who makes a lead of a chat has talked with the visitor already."""
        lead = super()._convert_visitor_to_lead(partner, key)
        operator = partner.user_ids[:1]
        self.env["sales.process.touch"].sudo()._record_arrivals(lead, "livechat", answered_by=operator)
        return lead
