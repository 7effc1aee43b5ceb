from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MARCH, HealthReportCommon


@tagged("post_install", "-at_install")
class TestHealthReportSecurity(HealthReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give("win_rate", 20.0)
        cls.portal = new_test_user(cls.env, "spf_portal", groups="base.group_portal")
        cls.internal = new_test_user(cls.env, "spf_internal", groups="base.group_user")
        cls.outsider = cls._new_user("spf_outsider", "sales_team.group_sale_manager")

    def _assert_refused(self, user, call):
        try:
            call()
        except (AccessError, UserError):
            return
        self.fail(f"{user.login} may do this")

    def test_readers(self):
        report = self._report()
        for user in (self.leader, self.manager):
            self.assertIn("20.0 %", report.with_user(user).report_html)
            self.assertTrue(report.with_user(user)._render_sheet())
        for user in (self.rep, self.portal, self.internal, self.outsider):
            mine = report.with_user(user)
            self.assertFalse(mine.has_access("read"))
            for method in (
                *("action_print", "action_export_sheet", "action_compare", "action_send_now", "action_subscribe"),
                *("action_unsubscribe", "action_open_previous", "action_open_corrected", "action_open_receivers"),
                *("action_archive", "unlink", "_render_sheet"),
            ):
                report.invalidate_recordset()
                self._assert_refused(user, getattr(mine, method))
            self._assert_refused(user, lambda mine=mine: mine.report_html)

    def test_leaders_read_and_change_nothing(self):
        report = self._report().with_user(self.leader)
        for call in (
            report.action_send_now,
            report.action_archive,
            report.unlink,
            lambda: report.create({"company_id": self.taipei.id, "date_from": "2026-01-01"}),
            # Without a schedule there is nothing to join, and to make one is for managers.
            report.action_subscribe,
            lambda: self.Schedule.with_user(self.leader).create({}),
            lambda: self.env["sales.process.health.report.make"].with_user(self.leader).create({}),
        ):
            self._assert_refused(self.leader, call)

    def test_schedules_are_for_managers_of_the_company(self):
        schedule = self._schedule(self.manager)
        self.assertTrue(schedule.with_user(self.manager).has_access("write"))
        for user in (self.rep, self.leader, self.portal, self.internal, self.outsider):
            mine = schedule.with_user(user)
            self.assertFalse(mine.has_access("read"), user.login)
            for method in ("action_send_now", "action_subscribe", "action_unsubscribe", "unlink"):
                self._assert_refused(user, getattr(mine, method))

    def test_of_ones_own_companies_alone(self):
        report = self._report()
        found = self.Report.with_user(self.outsider).search([("company_id", "=", self.taipei.id)])
        self.assertFalse(found)
        for call in (
            lambda: self.Report.with_user(self.outsider)._get_findings(self.taipei, MARCH),
            lambda: self.Report.with_user(self.outsider).create(
                {"company_id": self.taipei.id, "date_from": "2026-01-01"}
            ),
            lambda: (
                self.env["sales.process.health.report.compare"]
                .with_user(self.outsider)
                .create({"report_id": report.id})
                .comparison_html
            ),
        ):
            self._assert_refused(self.outsider, call)

    def test_a_comparison_shows_no_report_of_another_company(self):
        report, other = self._report(), self._report(company=self.company)
        self.outsider.company_ids |= self.taipei
        wizard = self.env["sales.process.health.report.compare"].with_user(self.outsider)
        compare = wizard.with_context(allowed_company_ids=self.taipei.ids).create({"report_id": report.id})
        compare.sudo().other_id = other
        compare.invalidate_recordset()
        self._assert_refused(self.outsider, lambda: compare.comparison_html)

    def test_values_of_two_companies_do_not_mix(self):
        self._give("win_rate", 90.0, company=self.company)
        self.assertEqual(self._figures(self._report())["win_rate"]["value"], 20.0)
        here = self._report(company=self.company)
        self.assertEqual(self._figures(here)["win_rate"]["value"], 90.0)

    def test_money_is_in_the_companys_currency(self):
        self._give("revenue", 1234.5)
        row = next(row for row in self._report()._prepare_page()["more"] if row["code"] == "revenue")
        self.assertIn("€", row["value"])
        self.assertIn("1,234.50", row["value"])
