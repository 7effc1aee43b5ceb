from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_process_framework.tests.touch.common import TouchCommon


@tagged("post_install", "-at_install")
class TestLivechatTouch(TouchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chat = cls._touchpoint(cls.interest, "Live chat", match_source="livechat", direction="customer")
        cls.livechat = cls.env["im_livechat.channel"].create({"name": "Website"})

    def _channel(self):
        return self.env["discuss.channel"].create(
            {
                "name": "Visitor",
                "channel_type": "livechat",
                "livechat_channel_id": self.livechat.id,
                "livechat_operator_id": self.rep.partner_id.id,
                "channel_partner_ids": [Command.link(self.rep.partner_id.id)],
            }
        )

    def test_chatbot_is_one_touch(self):
        script = self.env["chatbot.script"].create({"title": "Robot"})
        step = self.env["chatbot.script.step"].create(
            {
                "chatbot_script_id": script.id,
                "step_type": "create_lead",
                "message": "Thank you",
                "crm_team_id": self.team.id,
            }
        )
        lead = step.with_user(self.rep)._process_step_create_lead(self._channel().with_user(self.rep))
        touch = self._touches(lead)
        self.assertEqual(self._row(touch), ("livechat", "in", True, "Live chat", "Interest"))

    def test_operator_has_answered_already(self):
        # The command gives the lead no team: a journey for everybody takes it.
        self.journey.process_ids = False
        self.env.registry.clear_cache("stable")
        lead = self._channel().with_user(self.rep)._convert_visitor_to_lead(self.rep.partner_id, "/lead Ten licences")
        touches = self._touches(lead)
        self.assertEqual(set(touches.mapped("direction")), {"in", "out"})
        self.assertEqual(touches.filtered(lambda touch: touch.direction == "out").user_id, self.rep)
        self.assertEqual(set(touches.mapped("source")), {"livechat"})
