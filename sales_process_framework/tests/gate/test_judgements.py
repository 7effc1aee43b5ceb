"""Every kind of judgement, its order, what counts as a value, and whose data a rule may read."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SalesProcessCommon

JUDGEMENT_LOGGER = "odoo.addons.sales_process_framework.models.gate.sales_process_judgement"


@tagged("post_install", "-at_install")
class TestJudgements(SalesProcessCommon):
    def _field(self, name):
        return self.env["ir.model.fields"]._get("crm.lead", name)

    def test_manual_with_counts(self):
        spin = self._require(
            self.p_qualify, "Situation questions", kind="action", spin_technique="situation", min_count=5, max_count=8
        )
        self._activate()
        lead = self._lead()
        self._tick(lead, spin, count=4)
        payload = self.assertRefused(lead, self.diagnose)
        self.assertIn("4 of at least 5", payload["moves"][0]["items"][0]["explanation"])
        with self.assertRaises(UserError):
            self._tick(lead, spin, count=9)
        self._tick(lead, spin, count=5, note="Shift plan, tools, people")
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_not_applicable_only_where_allowed(self):
        strict = self._require(self.p_qualify, "Strict")
        loose = self._require(self.p_qualify, "Loose", allow_na=True)
        self._activate()
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.with_user(self.rep).sales_process_answer(strict.id, {"state": "na"})
        lead.with_user(self.rep).sales_process_answer(loose.id, {"state": "na", "note": "Not for this customer"})
        self._tick(lead, strict)
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_fields_zero_and_false_are_values_blanks_are_not(self):
        self._require(
            self.p_qualify,
            "Filled in",
            judgement="field",
            field_ids=[
                Command.set(
                    [self._field(name).id for name in ("expected_revenue", "active", "contact_name", "description")]
                )
            ],
        )
        self._activate()
        lead = self._lead(expected_revenue=0.0)
        for contact, description in (
            (False, False),
            ("  ", "<p>x</p>"),
            ("\u00a0", "<p>x</p>"),
            ("Ann", "<p><br></p>"),
        ):
            lead.write({"contact_name": contact, "description": description})
            payload = self.assertRefused(lead, self.diagnose)
            self.assertEqual(len(payload["moves"][0]["items"]), 1)
        names = [field["name"] for field in payload["moves"][0]["items"][0]["fields"]]
        self.assertEqual(names, ["description"])
        lead.write({"contact_name": "Ann", "description": "<p>Known</p>"})
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_conditions_treat_set_and_unset_alike(self):
        self._require(self.p_qualify, "Contact", judgement="condition", domain="[('contact_name', '!=', False)]")
        self._require(self.p_qualify, "Revenue", judgement="condition", domain="[('expected_revenue', '!=', False)]")
        self._activate()
        lead = self._lead(contact_name="   ", expected_revenue=0)
        payload = self.assertRefused(lead, self.diagnose)
        self.assertEqual([item["name"] for item in payload["moves"][0]["items"]], ["Contact"])
        lead.contact_name = "Ann"
        self._move(lead, self.diagnose)

    def test_condition_follows_relations(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self._require(
            self.p_qualify,
            "Has a contact",
            judgement="condition",
            domain="[('partner_id.child_ids.name', 'ilike', 'Ann')]",
        )
        self._activate()
        lead = self._lead(partner_id=partner.id)
        self.assertRefused(lead, self.diagnose)
        self.env["res.partner"].create({"name": "Ann", "parent_id": partner.id})
        self._move(lead, self.diagnose)

    def test_rule_never_reads_another_company(self):
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self.env["res.partner"].create({"name": "Customer"})
        self._require(
            self.p_qualify, "Has a contact", judgement="condition", domain="[('partner_id.child_ids', '!=', False)]"
        )
        self._require(
            self.p_qualify, "Named", judgement="condition", domain="[('partner_id.child_ids.name', '=', 'Ann')]"
        )
        self._activate()
        lead = self._lead(partner_id=partner.id)
        child = self.env["res.partner"].create({"name": "Ann", "parent_id": partner.id, "company_id": foreign.id})
        self.manager.company_ids |= foreign
        both = self.env["crm.lead"].with_context(allowed_company_ids=[self.company.id, foreign.id]).browse(lead.id)
        payload = self.assertRefused(both, self.diagnose, user=self.manager)
        self.assertEqual(len(payload["moves"][0]["items"]), 2)
        child.company_id = self.company
        self._move(both, self.diagnose, user=self.manager)

    def test_rep_without_rights_on_what_a_rule_reads(self):
        self._require(
            self.p_qualify,
            "Known to the mail server",
            judgement="condition",
            domain="[('create_uid.login', '!=', 'nobody')]",
        )
        self._activate()
        lead = self._lead()
        with patch.object(self.env.registry["res.users"]._fields["login"], "groups", "base.group_system"):
            self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_document(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._activate()
        lead = self._lead()
        self.assertRefused(lead, self.diagnose, missing=["Report"])
        self._hand_in(lead, report)
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)

    def test_document_grows_old(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document", freshness_days=30)
        self._activate()
        lead = self._lead()
        today = self.env.cr.now().date()
        self._hand_in(lead, report, content_date=str(today - timedelta(days=31)))
        payload = self.assertRefused(lead, self.diagnose)
        self.assertIn("30", payload["moves"][0]["items"][0]["explanation"])
        self._hand_in(lead, report, content_date=str(today - timedelta(days=30)))
        self._move(lead, self.diagnose)

    def test_activity(self):
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        self._require(self.p_qualify, "Met", judgement="activity", activity_type_id=meeting.id)
        self._activate()
        lead = self._lead()
        activity = lead.activity_schedule("mail.mail_activity_data_meeting", user_id=self.rep.id)
        self.assertRefused(lead, self.diagnose, missing=["Met"])
        activity.with_user(self.rep).action_feedback(feedback="Good")
        self.assertEqual(lead.sales_gate_state, "ready")
        self._move(lead, self.diagnose)

    def test_approval_never_by_oneself(self):
        role = self.env["sales.process.role"].create({"name": "Legal", "kind": "users", "user_ids": self.colleague.ids})
        approval = self._require(self.p_qualify, "Contract review", judgement="approval", role_id=role.id)
        self._activate()
        lead = self._lead()
        rep_lead = lead.with_user(self.rep)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.lang = "fr_FR"
        rep_lead.sales_process_request_approval(approval.id)
        self.assertIn(self.colleague, lead.activity_ids.user_id)
        with self.assertRaises(UserError):
            rep_lead.sales_process_decide(approval.id, True)
        with self.assertRaises(UserError):
            rep_lead.sales_process_answer(approval.id, {"state": "done"})
        self.assertRefused(lead, self.diagnose)
        lead.with_user(self.colleague).sales_process_decide(approval.id, True)
        self.assertFalse(lead.activity_ids)
        self._move(lead, self.diagnose)

    def test_deputy_for_archived_and_absent_approver(self):
        role = self.env["sales.process.role"].create({"name": "Legal", "kind": "users", "user_ids": self.colleague.ids})
        lead = self._lead()
        self.assertEqual(role._get_approvers(lead, self.rep), self.colleague)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": self.env["resource.resource"].create({"name": "C", "user_id": self.colleague.id}).id,
                "date_from": self.env.cr.now() - timedelta(days=1),
                "date_to": self.env.cr.now() + timedelta(days=1),
            }
        )
        self.assertEqual(role._get_approvers(lead, self.rep), self.leader)
        self.colleague.active = False
        self.assertEqual(role._get_approvers(lead, self.rep), self.leader)
        self.assertIn(self.manager, role._get_approvers(lead, self.leader))

    def test_order_between_requirements(self):
        background = self._require(self.p_qualify, "Background record", kind="deliverable", judgement="document")
        problem = self._require(self.p_qualify, "Problem questions", after_ids=[Command.set(background.ids)])
        self._activate()
        lead = self._lead()
        with self.assertRaises(UserError) as caught:
            self._tick(lead, problem)
        self.assertIn("Background record", str(caught.exception))
        items = {item["name"]: item for item in lead.with_user(self.rep).get_sales_process_panel()["exit"]}
        self.assertEqual(items["Problem questions"]["state"], "locked")
        self._hand_in(lead, background)
        self._tick(lead, problem)
        self._move(lead, self.diagnose)

    def test_order_cannot_be_a_circle(self):
        first = self._require(self.p_qualify, "First")
        second = self._require(self.p_qualify, "Second", after_ids=[Command.set(first.ids)])
        with self.assertRaises(ValidationError):
            first.after_ids = second

    def test_condition_is_checked_when_it_is_saved(self):
        for domain in (
            "[('no_such_field', '=', 1)]",
            "[('name', '=', ]",
            "__import__('os')",
            "[('name', 'near', 'x')]",
            "[]",
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self._require(self.p_qualify, "Broken", judgement="condition", domain=domain)

    @mute_logger(JUDGEMENT_LOGGER)
    def test_rule_broken_later_stops_no_other(self):
        broken = self._require(self.p_qualify, "Broken", judgement="condition", domain="[('name', '!=', 'x')]")
        self._require(self.p_qualify, "Budget")
        self._activate()
        self.env.cr.execute(
            "UPDATE sales_process_requirement SET domain = %s WHERE id = %s", ["[('gone_field', '=', 1)]", broken.id]
        )
        broken.invalidate_recordset()
        self.env["sales.process"]._clear_playbooks()
        lead = self._lead()
        payload = self.assertRefused(lead, self.diagnose)
        states = {item["name"]: item["state"] for item in payload["moves"][0]["items"]}
        self.assertEqual(states, {"Broken": "error", "Budget": "missing"})
        with self.assertRaises(UserError) as caught:
            broken._get_condition()
        self.assertIn("gone_field", str(caught.exception))

    def test_time_alone_reopens_nothing(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document", freshness_days=30)
        self._activate()
        lead = self._lead()
        self._hand_in(lead, report)
        self._move(lead, self.diagnose)
        self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)]).content_date -= timedelta(days=90)
        self.assertEqual(lead.with_user(self.rep).get_sales_process_panel()["reopened"], [])

    def test_taking_back_reopens(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        budget = self._require(self.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>', 0)]")
        role = self.env["sales.process.role"].create({"name": "Legal", "kind": "users", "user_ids": self.colleague.ids})
        review = self._require(self.p_qualify, "Review", judgement="approval", role_id=role.id)
        self._activate()
        lead = self._lead(expected_revenue=5)
        self._hand_in(lead, report)
        lead.with_user(self.rep).sales_process_request_approval(review.id)
        lead.with_user(self.colleague).sales_process_decide(review.id, True)
        self._move(lead, self.diagnose)

        def reopened():
            return [item["name"] for item in lead.with_user(self.rep).get_sales_process_panel()["reopened"]]

        self.assertEqual(reopened(), [])
        lead.expected_revenue = 0
        self.assertEqual(reopened(), [budget.name])
        self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)]).attachment_ids.unlink()
        self.assertEqual(reopened(), [report.name, budget.name])
        lead.with_user(self.colleague).sales_process_decide(review.id, False, "Clause 5")
        self.assertEqual(reopened(), [report.name, budget.name, review.name])
