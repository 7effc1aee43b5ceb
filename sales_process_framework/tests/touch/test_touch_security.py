"""Touches follow the rules of their lead; nobody writes them past the recorder."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TouchCommon


@tagged("post_install", "-at_install")
class TestTouchSecurity(TouchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_touch_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_touch_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_touch_portal", groups="base.group_portal")
        cls.touch = cls.env["sales.process.touch"]

    def setUp(self):
        super().setUp()
        self._write_to_customer()
        self.touch = self._touches()

    def test_who_reads(self):
        for user, sees in ((self.rep, True), (self.colleague, True), (self.manager, True), (self.stranger, False)):
            found = self.touch.with_user(user).search([("id", "=", self.touch.id)])
            self.assertEqual(bool(found), sees, user.login)
        for user in (self.internal, self.portal):
            self.assertFalse(self.touch.with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            self.touch.with_user(self.stranger).read(["summary"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_writes(self):
        for user in (self.rep, self.manager, self.internal, self.portal):
            touch = self.touch.with_user(user)
            for call in (
                lambda touch=touch: touch.write({"human": False}),
                lambda touch=touch: touch.unlink(),
                lambda touch=touch: touch.create(
                    {"lead_id": self.lead.id, "date": self.env.cr.now(), "source": "manual", "direction": "out"}
                ),
            ):
                with self.assertRaises(AccessError):
                    call()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_public_methods_ask_for_the_lead(self):
        for user in (self.stranger, self.internal, self.portal):
            lead = self.lead.with_user(user)
            for call in (
                lambda lead=lead: lead.get_sales_journey_timeline(),
                lambda lead=lead: lead.sales_process_record_touch(self.first_call.id),
                lambda lead=lead: lead.sales_process_remove_touch(self.touch.id),
                lambda lead=lead: lead.sales_process_mark_contact(self.touch.message_id.id),
            ):
                with self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            self.journey.with_user(self.rep).action_rebuild_touches()

    def test_note_becomes_a_contact_once(self):
        lead = self.lead.with_user(self.rep)
        note = self._post(lead, "Met her", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertFalse(self._touches().filtered(lambda touch: touch.message_id == note))
        lead.sales_process_mark_contact(note.id)
        lead.sales_process_mark_contact(note.id)
        [touch] = self._touches().filtered(lambda touch: touch.message_id == note)
        self.assertEqual((touch.source, touch.user_id, touch.human), ("note", self.rep, True))
        self.assertEqual(note.subtype_id, self.env.ref("sales_process_framework.mt_lead_contact"))

    def test_note_of_another_lead(self):
        other = self._lead(name="Other", user=self.stranger)
        note = self._post(other, "Theirs", message_type="comment", subtype_xmlid="mail.mt_note")
        with self.assertRaises(AccessError):
            self.lead.with_user(self.rep).sales_process_mark_contact(note.id)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._lead(name="Foreign", company_id=False, team_id=False, user_id=False)
        self.env["sales.process.touch"].sudo().create(
            {
                "lead_id": foreign.id,
                "company_id": company.id,
                "date": self.env.cr.now(),
                "source": "call",
                "direction": "out",
            }
        )
        self.assertFalse(self.env["sales.process.touch"].with_user(self.manager).search([("lead_id", "=", foreign.id)]))
