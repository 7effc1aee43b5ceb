from datetime import date, datetime

from odoo.tests import tagged

from odoo.addons.sales_process_framework.tools.period import period_of

from .common import SurveyCommon

QUARTER = period_of(date(2025, 2, 1), "quarter")


@tagged("post_install", "-at_install")
class TestNpsIndicator(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.env.ref("sales_process_framework.kpi_nps")
        cls.company.partner_id.tz = "Asia/Taipei"

    def _answers(self, marks, moment=datetime(2025, 2, 10), **vals):
        leads = [self._lead(partner_id=self._person(f"P{moment:%m%d%H}{n}").id, **vals) for n in range(len(marks))]
        self._deliver(*leads)
        invitations = self._collect().filtered(lambda one: one.lead_id.id in [lead.id for lead in leads])
        self._make_due(invitations)
        self._send()
        for invitation, mark in zip(invitations, marks, strict=True):
            invitation._keep_answer(mark)
            invitation.date_answered = moment
        self.env.flush_all()
        return invitations

    def _value(self, scope="company", scope_id=None):
        self.kpi._compute_values(QUARTER, self.company)
        return self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", self.kpi.id),
                ("company_id", "=", self.company.id),
                ("cycle", "=", QUARTER.cycle),
                ("date_from", "=", QUARTER.start),
                ("scope", "=", scope),
                ("scope_id", "=", scope_id or self.company.id),
                ("is_latest", "=", True),
            ]
        )

    def test_it_can_be_computed(self):
        self.assertEqual((self.kpi.availability, self.kpi.availability_note), ("ok", False))

    def test_score_and_bands_of_t4(self):
        """≥ 50 is healthy, < 30 an alert."""
        for marks, value, band in (
            ((9, 10, 10, 7), 75, "healthy"),
            ((9, 9, 8, 7), 50, "healthy"),
            ((9, 9, 9, 8, 7, 6), 33.33, "watch"),
            ((9, 9, 6, 0, 7), 0, "alert"),
        ):
            with self.subTest(marks=marks), self.env.cr.savepoint() as savepoint:
                self._answers(marks)
                found = self._value()
                self.assertAlmostEqual(found.value, value, 1)
                self.assertEqual((found.band, found.denominator, found.sample), (band, len(marks), len(marks)))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_few_answers_are_no_data(self):
        """In every scope: the company has enough, one of the two salespeople has not."""
        self._answers((9, 9))
        found = self._value()
        self.assertEqual((found.has_data, found.band, found.denominator), (False, "none", 2))
        self._answers((9, 0), datetime(2025, 2, 11), user_id=self.colleague.id)
        self.assertEqual((self._value().has_data, self._value().value), (True, 50))
        of_rep = self._value("user", self.rep.id)
        self.assertEqual((of_rep.has_data, of_rep.denominator), (False, 2))
        self.company.sales_nps_minimum = 2
        self.assertEqual(self._value("user", self.rep.id).value, 100)
        self.assertEqual(self._value("user", self.colleague.id).value, 0)

    def test_the_period_is_the_companys(self):
        """Midnight in Taipei is 16:00 of the day before in UTC."""
        self._answers((9, 9, 9), datetime(2024, 12, 31, 16, 0))
        self._answers((0,), datetime(2024, 12, 31, 15, 59))
        self._answers((0,), datetime(2025, 3, 31, 16, 0))
        self.assertEqual((self._value().value, self._value().denominator), (100, 3))

    def test_the_records_behind_it(self):
        """Behind the numerator promoters and detractors, behind the denominator all answers; waiting ones nowhere."""
        answers = self._answers((9, 8, 2))
        self._invite()
        value = self._value().with_user(self.manager)
        counted = value.get_records_action("numerator")
        self.assertEqual(counted["res_model"], "sales.process.survey.invitation")
        self.assertEqual(sorted(counted["domain"][0][2]), sorted((answers[0] + answers[2]).ids))
        self.assertEqual(sorted(value.get_records_action("denominator")["domain"][0][2]), sorted(answers.ids))

    def test_other_companies_and_questionnaires_do_not_count(self):
        answers = self._answers((9, 9, 9))
        other = self.env["res.company"].create({"name": "Other Company"})
        rows = self.env.execute_query(self.kpi._facts_nps(datetime(2025, 1, 1), datetime(2025, 4, 1), other.ids))
        self.assertFalse(rows)
        answers.write({"band": False})
        self.assertFalse(self._value().has_data)
