from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestDeliverable(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["sales.process.role"].create(
            {"name": "Advisers", "kind": "users", "user_ids": cls.colleague.ids}
        )
        cls.proposal = cls._require(
            cls.p_qualify,
            "Proposal",
            kind="deliverable",
            judgement="document",
            approval_required=True,
            role_id=cls.role.id,
        )
        cls.report = cls._require(cls.p_qualify, "Report", kind="deliverable", judgement="document")
        cls._activate()

    def _deliverables(self, lead, requirement=None):
        return self.env["sales.process.deliverable"].search(
            [("lead_id", "=", lead.id), ("requirement_id", "in", (requirement or self.proposal).ids)]
        )

    def test_approval_resets_when_the_file_is_replaced(self):
        lead = self._lead()
        self._hand_in(lead, self.proposal)
        deliverable = self._deliverables(lead)
        self.assertEqual((deliverable.state, deliverable.version), ("submitted", 1))
        with self.assertRaises(UserError):
            deliverable.with_user(self.rep).action_approve()
        deliverable.with_user(self.colleague).action_approve()
        self.assertEqual((deliverable.state, deliverable.approver_id), ("approved", self.colleague))
        first_file = deliverable.attachment_ids
        self._hand_in(lead, self.proposal)
        self.assertEqual((deliverable.state, deliverable.version), ("submitted", 2))
        self.assertFalse(deliverable.approver_id)
        self.assertIn(first_file, deliverable.message_ids.attachment_ids, "the version before stays in the log")
        self.assertNotIn(first_file, deliverable.attachment_ids)

    def test_rejected_with_a_reason(self):
        lead = self._lead()
        self._hand_in(lead, self.proposal)
        deliverable = self._deliverables(lead)
        wizard = (
            self.env["sales.process.rejection"]
            .with_user(self.manager)
            .create({"deliverable_ids": deliverable.ids, "reason": "Prices are missing"})
        )
        wizard.action_reject()
        self.assertEqual((deliverable.state, deliverable.rejection_reason), ("rejected", "Prices are missing"))
        [item] = [item for item in lead.get_sales_process_panel()["exit"] if item["id"] == self.proposal.id]
        self.assertEqual((item["state"], item["deliverable"]["rejection_reason"]), ("rejected", "Prices are missing"))

    def test_bulk_approval_is_all_or_nothing(self):
        leads = self._lead(name="One") + self._lead(name="Two", user=self.colleague)
        self._hand_in(leads[0], self.proposal)
        self._hand_in(leads[1], self.proposal, user=self.colleague)
        both = self._deliverables(leads[0]) + self._deliverables(leads[1])
        with self.assertRaises(UserError) as caught:
            both.with_user(self.colleague).action_approve()
        self.assertIn("Two", str(caught.exception))
        self.assertEqual(set(both.mapped("state")), {"submitted"})
        both.with_user(self.manager).action_approve()
        self.assertEqual(set(both.mapped("state")), {"approved"})

    def test_never_matched_by_file_name(self):
        lead = self._lead()
        self._upload(lead, name="Proposal")
        self.assertRefused(lead, self.diagnose, missing=["Proposal", "Report"])

    def test_access_follows_the_lead(self):
        lead = self._lead()
        self._hand_in(lead, self.report)
        deliverable = self._deliverables(lead, self.report)
        stranger = self._new_user("spf_stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            deliverable.with_user(stranger).read(["state"])
        with self.assertRaises(AccessError):
            deliverable.attachment_ids.with_user(stranger).read(["raw"])
        self.assertFalse(self.env["sales.process.deliverable"].with_user(stranger).search([]))
        self.assertEqual(deliverable.attachment_ids.with_user(self.rep).raw, b"content")

    def test_files_of_others_cannot_be_pulled_in(self):
        other = self._lead(user=self.colleague)
        foreign = self._upload(other, user=self.colleague)
        with self.assertRaises(AccessError):
            self._lead().with_user(self.rep).sales_process_submit_document(self.report.id, foreign.ids)

    def test_merge_keeps_the_documents_of_both(self):
        head, tail = self._lead(name="Head", probability=60), self._lead(name="Tail", probability=5)
        self._hand_in(head, self.proposal)
        self._hand_in(tail, self.proposal)
        self._hand_in(tail, self.report)
        merged = (head + tail).with_user(self.manager).merge_opportunity()
        self.assertEqual(len(self._deliverables(merged)), 2)
        self.assertEqual(len(self._deliverables(merged, self.report)), 1)
        self.assertEqual(len((self._deliverables(merged) + self._deliverables(merged, self.report)).attachment_ids), 3)

    def test_removing_a_file(self):
        lead = self._lead()
        self._hand_in(lead, self.report)
        file = self._deliverables(lead, self.report).attachment_ids
        panel = lead.with_user(self.rep).sales_process_remove_document(self.report.id, file.id)
        [item] = [item for item in panel["exit"] if item["id"] == self.report.id]
        self.assertEqual(item["state"], "missing")
        self.assertFalse(file.exists())

    def test_removing_one_of_two_files_resets_the_approval(self):
        lead = self._lead()
        files = self._upload(lead) + self._upload(lead, name="annex.txt", content=b"annex")
        lead.with_user(self.rep).sales_process_submit_document(self.proposal.id, files.ids)
        deliverable = self._deliverables(lead)
        deliverable.with_user(self.colleague).action_approve()
        lead.with_user(self.rep).sales_process_remove_document(self.proposal.id, files[1].id)
        self.assertEqual((deliverable.state, deliverable.attachment_ids), ("submitted", files[0]))
        self.assertFalse(deliverable.approver_id)

    def test_approval_taken_back(self):
        lead = self._lead()
        self._hand_in(lead, self.proposal)
        self._hand_in(lead, self.report)
        deliverable = self._deliverables(lead)
        deliverable.with_user(self.colleague).action_approve()
        self.assertEqual(lead.sales_gate_state, "ready")
        with self.assertRaises(UserError):
            deliverable.with_user(self.rep).action_revoke()
        deliverable.with_user(self.colleague).action_revoke()
        self.assertEqual(lead.sales_gate_state, "open")
