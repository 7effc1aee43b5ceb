from odoo.tests import HttpCase, tagged

from .common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestTours(SalesProcessCommon, HttpCase):
    """What people click, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tour_rep = cls._new_user("spf_tour_rep", "sales_team.group_sale_salesman")
        cls.tour_manager = cls._new_user("spf_tour_manager", "sales_team.group_sale_manager")
        cls.team.member_ids |= cls.tour_rep

    def test_rep(self):
        known = self._require(self.p_qualify, "Decision maker is known")
        questions = self._require(
            self.p_qualify, "Problem questions", kind="action", min_count=2, max_count=5, after_ids=known.ids
        )
        confirmed = self._require(self.p_diagnose, "Needs are confirmed")
        self._activate()
        lead = self._lead(user=self.tour_rep, name="Tour deal")

        self.start_tour("/odoo", "sales_process_rep_tour", login=self.tour_rep.login)

        lead.invalidate_recordset()
        self.assertEqual(lead.stage_id, self.propose)
        self.assertEqual(lead.email_from, "lin@example.com")
        answers = self.env["sales.process.answer"].search([("lead_id", "=", lead.id)])
        by_requirement = {answer.requirement_id: answer for answer in answers}
        self.assertEqual(by_requirement.keys(), {known, questions, confirmed})
        self.assertEqual(by_requirement[known].note, "Ms Lin signs")
        self.assertEqual(by_requirement[questions].count, 2)
        self.assertEqual(answers.user_id, self.tour_rep)
        visits = self.env["sales.process.visit"].search([("lead_id", "=", lead.id)], order="id")
        self.assertEqual(visits.stage_id, self.qualify + self.diagnose + self.propose)

    def test_manager(self):
        sheet = self._require(
            self.p_qualify, "Signed sheet", kind="deliverable", judgement="document", approval_required=True
        )
        self._require(self.p_qualify, "Decision maker is known")
        self._activate()
        lead = self._lead(user=self.tour_rep, name="Tour deal")
        file = self._upload(lead, name="sheet.txt", user=self.tour_rep)
        lead.with_user(self.tour_rep).sales_process_submit_document(sheet.id, file.ids)
        lead.with_user(self.tour_rep).sales_process_request_exception(self.diagnose.id, "The fair is on Friday")

        self.start_tour(
            f"/odoo/action-crm.crm_lead_action_pipeline/{lead.id}",
            "sales_process_manager_tour",
            login=self.tour_manager.login,
        )

        exception = self.env["sales.process.exception"].search([("lead_id", "=", lead.id)])
        self.assertEqual(exception.state, "approved")
        self.assertEqual(exception.decided_by_id, self.tour_manager)
        deliverable = self.env["sales.process.deliverable"].search([("lead_id", "=", lead.id)])
        self.assertEqual(deliverable.state, "approved")
        self.assertEqual(deliverable.approver_id, self.tour_manager)

    def test_paths(self):
        self._require(self.p_qualify, "Decision maker is known")
        budget = self._require(self.p_qualify, "Budget is known")
        self._activate()
        leads = {
            name: self._lead(user=self.tour_manager, name=name) for name in ("First deal", "Second deal", "Third deal")
        }
        for name in ("First deal", "Second deal"):
            self._tick(leads[name], budget, user=self.tour_manager)
        self.team.member_ids |= self.tour_manager

        self.start_tour(
            "/odoo/action-crm.crm_lead_action_pipeline", "sales_process_paths_tour", login=self.tour_manager.login
        )

        self.env.invalidate_all()
        self.assertEqual(leads["First deal"].stage_id, self.diagnose)
        self.assertEqual(leads["Second deal"].stage_id, self.diagnose)
        self.assertEqual(leads["Third deal"].stage_id, self.won)
        self.assertEqual(leads["Third deal"].email_from, "third@example.com")
        exception = self.env["sales.process.exception"].search([("lead_id", "=", leads["Third deal"].id)])
        self.assertEqual((exception.state, exception.reason), ("used", "Signed at the fair"))
        self.assertEqual(self.env["crm.lead"].search([("name", "=", "Late deal")]).stage_id, self.qualify)

    def test_admin(self):
        self._lead(name="Open deal", team_id=self.other_team.id)

        self.start_tour("/odoo", "sales_process_admin_tour", login=self.tour_manager.login)

        process = self.env["sales.process"].search([("name", "=", "Tour process")])
        self.assertEqual(process.state, "active")
        self.assertEqual(process.team_ids, self.other_team)
        self.assertIn("Ask for the birthday", process.stage_ids[0].exit_requirement_ids.mapped("name"))
