"""Touches from what is there already: the same as if they had been recorded as they happened."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.touch import sales_process_touch_rebuild as rebuild
from .common import TouchCommon

FIELDS = (
    "lead_id",
    "company_id",
    "partner_id",
    "touchpoint_id",
    "phase_id",
    "date",
    "source",
    "direction",
    "human",
    "user_id",
    "message_id",
    "event_id",
    "summary",
)


@tagged("post_install", "-at_install")
class TestTouchRebuild(TouchCommon):
    def _happen(self):
        """A bit of everything, in two stages."""
        lead = self.lead
        self._receive(subject="Question")
        self._write_to_customer(subject="Welcome")
        self._do(self.call_type)
        self._do(self.todo_type)
        self._do(self.env.ref("mail.mail_activity_data_upload_document"))
        self._post(lead.with_user(self.rep), "Inside", message_type="comment", subtype_xmlid="mail.mt_note")
        self._post(
            lead.with_user(self.rep),
            "Colleague",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.colleague.partner_id.ids,
        )
        self._post(
            lead.with_user(self.rep),
            "Fair",
            message_type="comment",
            subtype_xmlid="sales_process_framework.mt_lead_contact",
        )
        self._write_to_customer(subject="The quotation")
        for message_type in ("auto_comment", "out_of_office", "email_outgoing"):
            self._post(
                lead.with_user(self.rep),
                "Thanks",
                message_type=message_type,
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        self._post(
            lead,
            "Hi",
            subject="A question",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=False,
            email_from="stranger@example.com",
        )
        self._post(
            lead.with_user(self.env.ref("base.user_root")),
            "Machine",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        activity = lead.with_user(self.rep).activity_schedule(
            activity_type_id=self.meeting_type.id, summary="Visit", user_id=self.rep.id
        )
        start = (self.env.cr.now() - timedelta(hours=3)).replace(microsecond=0)
        self.env["calendar.event"].with_user(self.rep).create(
            {
                "name": "Visit the plant",
                "start": start,
                "stop": start + timedelta(hours=1),
                "opportunity_id": lead.id,
                "partner_ids": [Command.set((self.rep.partner_id + self.customer).ids)],
                "activity_ids": [Command.link(activity.id)],
            }
        )
        activity.action_done()
        self.env.flush_all()

    def _snapshot(self):
        self.env.invalidate_all()
        rows = self._touches().read(FIELDS, load="_classic_read")
        for row in rows:
            row.pop("id")
        return sorted(rows, key=str)

    def test_same_as_recorded(self):
        self._happen()
        recorded = self._snapshot()
        self.assertEqual(len(recorded), 12)
        self._touches().sudo().unlink()
        self.assertEqual(self.env["sales.process.touch"]._rebuild(), len(recorded) + self._count_of_others())
        self.assertEqual(self._snapshot(), recorded)

    def _count_of_others(self):
        return self.env["sales.process.touch"].search_count([("lead_id", "!=", self.lead.id)])

    def test_twice_adds_nothing(self):
        self._happen()
        self.env["sales.process.touch"]._rebuild()
        before = self._snapshot()
        self.assertEqual(self.env["sales.process.touch"]._rebuild(), 0)
        self.assertEqual(self._snapshot(), before)

    def test_stage_of_that_time_decides(self):
        message = self._write_to_customer(subject="Early")
        self._move(self.lead, self.diagnose)
        self.env.flush_all()
        start = self.env.cr.now()
        self.env.cr.execute(
            'UPDATE sales_process_visit SET entered = %s, "left" = %s WHERE lead_id = %s AND "left" IS NOT NULL',
            [start - timedelta(days=9), start - timedelta(days=1), self.lead.id],
        )
        self.env.cr.execute(
            'UPDATE sales_process_visit SET entered = %s WHERE lead_id = %s AND "left" IS NULL',
            [start - timedelta(days=1), self.lead.id],
        )
        self.env.cr.execute("UPDATE mail_message SET date = %s WHERE id = %s", [start - timedelta(days=5), message.id])
        self._touches().sudo().unlink()
        self.env["sales.process.touch"]._rebuild()
        self.env.invalidate_all()
        self.assertEqual(self._touches().touchpoint_id, self.first_mail)

    def test_cron_goes_on_where_it_stopped(self):
        self._happen()
        recorded = self._snapshot()
        self._touches().sudo().unlink()
        self.env["sales.process.touch"]._schedule_rebuild()
        cron = self.env.ref("sales_process_framework.ir_cron_rebuild_touches")
        with patch.object(rebuild, "REBUILD_BATCH", 3), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(self._snapshot(), recorded)
        self.assertFalse(self.env["ir.config_parameter"].sudo().get_param(rebuild.POSITION_KEY))

    def test_position_is_kept(self):
        """The rebuild of messages that were done before is not repeated."""
        self._happen()
        first = self.env["mail.message"].search([("model", "=", "crm.lead")], order="id desc", limit=1)
        self._touches().sudo().unlink()
        self.env["ir.config_parameter"].sudo().set_param(rebuild.POSITION_KEY, f"messages:{first.id}")
        with self.enter_registry_test_mode():
            self.env.ref("sales_process_framework.ir_cron_rebuild_touches").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._touches().mapped("source"), ["meeting"])

    def test_activation_starts_it(self):
        self.env["ir.config_parameter"].sudo().set_param(rebuild.POSITION_KEY, False)
        self.journey.action_retire()
        self.journey.with_user(self.manager).action_activate()
        self.assertEqual(self.env["ir.config_parameter"].sudo().get_param(rebuild.POSITION_KEY), "messages:0")
