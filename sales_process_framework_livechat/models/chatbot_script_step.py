from odoo import models


class ChatbotScriptStep(models.Model):
    _inherit = "chatbot.script.step"

    def _process_step_create_lead(self, discuss_channel):
        lead = super()._process_step_create_lead(discuss_channel)
        if lead:
            # A visitor has no access to leads; the recorder writes touches for everybody.
            self.env["sales.process.touch"].sudo()._record_arrivals(lead, "livechat")
        return lead
