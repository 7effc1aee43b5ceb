from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SupportCommon


@tagged("post_install", "-at_install")
class TestSupportOfStages(SupportCommon):
    """A stage raises its requests by itself, a gate waits for one."""

    def _requests(self, leads):
        return self.env["sales.process.support.request"].search([("lead_id", "in", leads.ids)])

    def test_entering_a_stage_raises(self):
        self.report.process_stage_ids = self.p_diagnose
        self._activate()
        lead = self._lead()
        self.assertFalse(self._requests(lead))
        self._move(lead, self.diagnose)
        request = self._requests(lead)
        self.assertEqual((request.policy_id, request.asker_id, request.raised), (self.report, self.rep, True))
        self.assertTrue(request.resolution_deadline)

    def test_the_leader_finds_what_a_stage_raised_among_the_activities(self):
        self.report.process_stage_ids = self.p_diagnose
        self._activate()
        leads = self._lead() | self._lead()
        self._move(leads, self.diagnose)
        requests = self._requests(leads)
        self.assertEqual([(one.activity_ids.user_id, len(one.activity_ids)) for one in requests], [(self.head, 1)] * 2)
        self.assertEqual(requests[0].activity_ids.date_deadline, requests[0].resolution_deadline.date())
        requests[0].with_user(self.member).action_take()
        self.assertEqual(requests[0].activity_ids.user_id, self.member)
        self._deliver(requests[0])
        self.assertFalse(requests[0].activity_ids)
        leads[1].action_set_lost()
        self.assertFalse(requests[1].activity_ids)

    def test_a_department_without_a_leader_raises_quietly(self):
        self.report.process_stage_ids = self.p_diagnose
        self.marketing.leader_id = False
        self.assertEqual(self.marketing.member_ids, self.head + self.member)
        self._activate()
        lead = self._lead()
        self._move(lead, self.diagnose)
        self.assertFalse(self._requests(lead).activity_ids)

    def test_never_twice_while_one_is_open(self):
        self.report.process_stage_ids = self.p_diagnose
        self._activate()
        lead = self._lead()
        for stage in (self.diagnose, self.qualify, self.diagnose):
            self._move(lead, stage)
        request = self._requests(lead)
        self.assertEqual(len(request), 1)
        self._deliver(request)
        self._move(lead, self.qualify)
        self._move(lead, self.diagnose)
        self.assertEqual(len(self._requests(lead)), 2)

    def test_created_in_the_stage_and_asked_by_hand(self):
        self.report.process_stage_ids = self.p_qualify + self.p_diagnose
        self._activate()
        lead = self._lead()
        self.assertEqual(len(self._requests(lead)), 1)
        other = self._lead(stage_id=self.qualify.id)
        self.assertEqual(len(self._requests(other)), 1)
        self._move(lead, self.diagnose)
        self.assertEqual(len(self._requests(lead)), 1, "the first one is open still")

    def test_not_for_leads_that_are_lost_or_archived(self):
        self.report.process_stage_ids = self.p_diagnose
        self._activate()
        lost, archived = self._lead(), self._lead()
        archived.action_archive()
        lost.action_set_lost()
        (lost | archived).write({"stage_id": self.diagnose.id})
        self.assertFalse(self._requests(lost | archived))

    def test_losing_a_lead_withdraws_what_is_open(self):
        self._activate()
        lead = self._lead()
        open_one, waiting, done = self._ask(lead), self._ask(lead, self.case), self._ask(lead, self.review)
        waiting.with_user(self.member)._step_wait("?")
        self._deliver(done, self.lawyer)
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual((open_one + waiting).mapped("state"), ["cancelled", "cancelled"])
        self.assertEqual(done.state, "delivered")

    def test_gate_waits_for_the_delivery(self):
        wanted = self._require(self.p_qualify, "Report is there", judgement="support", support_policy_id=self.report.id)
        self._activate()
        lead = self._lead()
        payload = self.assertRefused(lead, self.diagnose, missing=["Report is there"])
        self.assertIn("Marketing", payload["moves"][0]["items"][0]["explanation"])
        other = self._ask(lead, self.case)
        self._deliver(other)
        self.assertRefused(lead, self.diagnose)
        request = self._ask(lead)
        self.assertRefused(lead, self.diagnose)
        self.assertEqual(lead.sales_gate_state, "open")
        self._deliver(request)
        self.assertEqual(lead.sales_gate_state, "ready")
        request.with_user(self.rep)._step_reopen("Not what we asked for")
        self.assertEqual(lead.sales_gate_state, "open")
        self.assertRefused(lead, self.diagnose)
        self._deliver(request)
        request.with_user(self.rep).action_accept()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)
        self.assertEqual(wanted.support_policy_id.requirement_ids, wanted)

    def test_gate_needs_to_know_what_it_waits_for(self):
        with self.assertRaises(ValidationError):
            self._require(self.p_qualify, "Nothing", judgement="support")

    def test_next_version_raises_and_waits_for_the_same(self):
        self.report.process_stage_ids = self.p_diagnose
        self._require(self.p_qualify, "Report", judgement="support", support_policy_id=self.report.id)
        copy = self.process.copy()
        self.assertEqual(copy.stage_ids[1].support_policy_ids, self.report)
        self.assertEqual(copy.stage_ids[0].requirement_ids.support_policy_id, self.report)

    def test_merge_keeps_what_was_asked(self):
        self.report.process_stage_ids = self.p_qualify
        self._activate()
        head, tail = self._lead(name="Head"), self._lead(name="Tail")
        asked = self._ask(tail, self.case)
        (head | tail).merge_opportunity(auto_unlink=True)
        left = (head | tail).exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(len(self._requests(left)), 3)
        self.assertIn(asked, self._requests(left))

    def test_batch_is_flat(self):
        self.report.process_stage_ids = self.p_diagnose
        self.case.process_stage_ids = self.p_diagnose
        self._activate()
        leads = self.env["crm.lead"].concat(*(self._lead(name=f"Deal {number}") for number in range(52)))

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.with_context(tracking_disable=True).write({"stage_id": self.diagnose.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(leads[:1])
        one, fifty = count(leads[1:2]), count(leads[2:])
        self.assertLessEqual(fifty, one + 5, "one and fifty leads into a stage")
        self.assertEqual(len(self._requests(leads)), 104)
