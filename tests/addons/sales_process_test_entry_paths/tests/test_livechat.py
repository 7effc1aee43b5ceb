"""Live chat: the operator's command and the chatbot's steps."""

from odoo.tests import tagged

from odoo.addons.im_livechat.tests.chatbot_common import ChatbotCase

from .common import EntryPathsCommon


@tagged("post_install", "-at_install")
class TestLivechat(EntryPathsCommon, ChatbotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.choice = cls.env["chatbot.script.answer"].create(
            {"name": "Call me back", "script_step_id": cls.step_dispatch.id}
        )
        cls.ask_email, cls.make_lead = cls.env["chatbot.script.step"].create(
            [
                {
                    "step_type": step_type,
                    "message": message,
                    "sequence": sequence,
                    "triggering_answer_ids": [(4, cls.choice.id)],
                    "chatbot_script_id": cls.chatbot_script.id,
                }
                for step_type, message, sequence in (
                    ("question_email", "Where can we reach you?", 20),
                    ("create_lead", "Thank you!", 21),
                )
            ]
        )
        cls.make_lead.crm_team_id = cls.team

    def _chat(self):
        """A visitor talks to the bot until it makes a lead; :return: the lead"""
        created = self._capture_leads()
        session = self.make_jsonrpc_request(
            "/im_livechat/get_session",
            {"channel_id": self.livechat_channel.id, "chatbot_script_id": self.chatbot_script.id},
        )
        channel = self.env["discuss.channel"].browse(session["channel_id"])
        self._post_answer_and_trigger_next_step(channel, chatbot_script_answer=self.choice)
        self._post_answer_and_trigger_next_step(channel, email="ada@example.com")
        return created()

    def test_chatbot_with_visitor(self):
        lead = self._chat()
        self.assertArrived(lead)
        self.assertEqual(lead.email_from, "ada@example.com")

    def test_chatbot_with_portal_customer(self):
        self._new_portal_user()
        self.authenticate("spf_portal", "spf_portal")
        self.assertArrived(self._chat())

    def test_chatbot_that_forwards_to_a_rep(self):
        """The visitor's own request hands the lead to a member of the team who is online."""
        self.make_lead.step_type = "create_lead_and_forward"
        self.team.crm_team_member_ids.assignment_max = 30
        self.env["mail.presence"]._update_presence(self.rep)
        lead = self._chat()
        self.assertEqual(lead.user_id, self.rep)
        self.assertArrived(lead)

    def test_chatbot_that_finds_the_team_by_the_rep(self):
        self.make_lead.write({"step_type": "create_lead_and_forward", "crm_team_id": False})
        self.env["crm.team"].search([("id", "!=", self.team.id)]).assignment_optout = True
        self.team.crm_team_member_ids.assignment_max = 30
        self.env["mail.presence"]._update_presence(self.rep)
        lead = self._chat()
        self.assertEqual(lead.user_id, self.rep)
        self.assertArrived(lead)

    def _make_lead_by_command(self):
        self.rep.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        self.livechat_channel.write({"user_ids": [(4, self.rep.id)], "rule_ids": [(5,)]})
        self.env["mail.presence"]._update_presence(self.rep)
        session = self.make_jsonrpc_request("/im_livechat/get_session", {"channel_id": self.livechat_channel.id})
        channel = self.env["discuss.channel"].browse(session["channel_id"])
        created = self._capture_leads()
        channel.with_user(self.rep).execute_command_lead(body="/lead Wants ten licences")
        return created()

    def test_operator_command(self):
        """CRM gives the lead no team, so no process either; it starts at the beginning once a team takes it."""
        lead = self._make_lead_by_command()
        self.assertEqual(lead.name, "Wants ten licences")
        self.assertFalse(lead.team_id or lead.sales_process_id)
        lead.with_user(self.manager).write({"user_id": self.rep.id, "team_id": self.team.id})
        self.assertArrived(lead)
