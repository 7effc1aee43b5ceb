"""Mails to the address of a sales team."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EntryPathsCommon

MAIL = """\
Return-Path: <ada@customer.example.com>
To: {to}
From: Ada Lovelace <ada@customer.example.com>
Subject: {subject}
Message-Id: <{message_id}@customer.example.com>
{headers}Date: Mon, 02 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Please send us an offer.
"""


@tagged("post_install", "-at_install")
class TestMailAlias(EntryPathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.company.alias_domain_id or cls.env["mail.alias.domain"].create({"name": "gate.example.com"})
        cls.company.alias_domain_id = domain
        cls.team.write({"alias_name": "gate-team", "alias_domain_id": domain.id, "alias_contact": "everyone"})
        cls.address = f"gate-team@{domain.name}"

    def _receive(self, user=None, subject="Offer wanted", message_id="first", headers="", to=None):
        """Hand a raw mail to the gateway, as the mail server's script does; :return: the leads that it made"""
        created = self._capture_leads()
        mail = MAIL.format(to=to or self.address, subject=subject, message_id=message_id, headers=headers)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            thread = self.env["mail.thread"].with_user(user or self.env.user)
            thread_id = thread.sudo(not user).message_process(False, mail)
        leads = created()
        if leads:
            self.assertEqual(thread_id, leads.id)
        return leads

    def test_mail(self):
        lead = self._receive()
        self.assertArrived(lead)
        self.assertEqual(lead.email_from, '"Ada Lovelace" <ada@customer.example.com>')

    def test_mail_fetched_by_an_administrator(self):
        """The mail server's script signs in as a user: the mail is no less unattended for that."""
        self.manager.group_ids += self.env.ref("base.group_system")
        self.assertArrived(self._receive(user=self.manager))

    def test_alias_that_chooses_a_late_stage(self):
        self.team.alias_defaults = repr({"type": "opportunity", "team_id": self.team.id, "stage_id": self.propose.id})
        self.assertArrived(self._receive())

    def test_team_that_qualifies_leads_first(self):
        self.team.alias_defaults = repr({"type": "lead", "team_id": self.team.id})
        self.assertArrived(self._receive(), lead_type="lead")

    def test_reply_moves_nothing(self):
        lead = self._receive()
        self._meet(lead, self.budget, self.entries[0])
        self._move(lead, self.diagnose, user=self.manager)
        answer = lead.message_post(body="Here it is", message_type="comment", subtype_xmlid="mail.mt_comment")
        headers = f"In-Reply-To: {answer.message_id}\nReferences: {answer.message_id}\n"
        self.assertFalse(self._receive(subject="Re: Offer wanted", message_id="second", headers=headers))
        self.assertIn("Please send us an offer", " ".join(lead.message_ids.mapped("body")))
        self.assertStands(lead, self.diagnose)
