from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...tools import survival
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestTimeToClose(SalesProcessCommon):
    def _make_deals(self, ended, still_open, **vals):
        """Opportunities that ended after so many days, and others that are so many days old."""
        now = self.env.cr.now()
        leads = self.env["crm.lead"].browse(self._lead(**vals).id for _number in [*ended, *still_open])
        self.env.flush_all()
        for lead, days in zip(leads, [*ended, *still_open], strict=True):
            is_ended = lead in leads[: len(ended)]
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s, date_closed = %s, won_status = %s WHERE id = %s",
                [
                    now - timedelta(days=days + (30 if is_ended else 0)),
                    now - timedelta(days=30) if is_ended else None,
                    "won" if is_ended else "pending",
                    lead.id,
                ],
            )
        self.env.invalidate_all()
        return leads

    def _get(self, group="none", user=None, **kwargs):
        report = self.env["sales.process.time.to.close"].with_user(user or self.rep)
        return report.get_time_to_close(group, **kwargs)["groups"]

    def test_open_deals_count_as_open(self):
        self._make_deals([10] * 6 + [20] * 6, [40] * 12)
        [row] = self._get()
        self.assertEqual((row["count"], row["ended"]), (24, 12))
        self.assertEqual(row["median"], 20)

    def test_not_enough_data(self):
        self._make_deals([10] * (survival.MINIMUM_ENDED - 1), [5])
        [row] = self._get()
        self.assertFalse(row["enough"])
        self.assertIsNone(row["median"])

    def test_by_team_and_only_what_one_may_see(self):
        self._make_deals([10] * 12, [])
        self._make_deals([30] * 12, [], team_id=self.other_team.id, user=self.colleague)
        self.assertEqual([row["count"] for row in self._get("team")], [12])
        rows = {row["name"]: row for row in self._get("team", user=self.manager)}
        self.assertEqual(rows["Gate Team"]["median"], 10)
        self.assertEqual(rows["Plain Team"]["median"], 30)

    def test_span(self):
        self._make_deals([10] * 12, [])
        self._make_deals([400] * 12, [])
        self.assertEqual(self._get(months=12)[0]["count"], 12)

    def test_bad_requests(self):
        for arguments in (("lead_id; DROP TABLE",), ("team", 0), ("team", "12"), ("team", 1000)):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.env["sales.process.time.to.close"].get_time_to_close(*arguments)

    def test_not_for_everybody(self):
        for group in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, login=f"spf_{group[11:]}", groups=group)
            with self.subTest(group), self.assertRaises(AccessError):
                self._get(user=user)


@tagged("post_install", "-at_install")
class TestSuggestedLimit(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.create({"name": "Day", "dayofweek": str(day), "hour_from": 8, "hour_to": 16})
                    for day in range(5)
                ],
            }
        )
        cls.process.calendar_id = calendar
        cls._activate()

    def _stay(self, count, days, won=True):
        """Stays in the first stage that began on a Monday at eight and took so many calendar days."""
        for _number in range(count):
            lead = self._lead()
            self.env.flush_all()
            entered = datetime(2026, 3, 2, 8)
            self.env.cr.execute(
                'UPDATE sales_process_visit SET entered = %s, "left" = %s, outcome = %s WHERE lead_id = %s',
                [entered, entered + timedelta(days=days), "advanced", lead.id],
            )
            self.env.cr.execute(
                "UPDATE crm_lead SET won_status = %s WHERE id = %s", ["won" if won else "pending", lead.id]
            )
        self.env.invalidate_all()

    def test_learned_from_won_deals_in_working_days(self):
        self._stay(survival.MINIMUM_STAYS - 1, 7)
        self._stay(30, 1, won=False)
        self.assertEqual(self.p_qualify.suggested_limit_sample, survival.MINIMUM_STAYS - 1)
        self.assertEqual(self.p_qualify.suggested_limit_days, 0)
        self._stay(1, 7)
        # a week has five working days
        self.assertEqual(self.p_qualify.suggested_limit_days, 5)
        self.assertEqual(self.p_diagnose.suggested_limit_sample, 0)

    def test_the_next_version_learns_from_this_one_and_takes_it_over(self):
        self._stay(survival.MINIMUM_STAYS, 2)
        with self.assertRaises(UserError):
            self.p_qualify.action_take_suggested_limit()
        draft = self.process.browse(self.process.action_new_version()["res_id"])
        stage = draft.stage_ids.filtered(lambda stage: stage.stage_id == self.qualify)
        self.assertEqual(stage.suggested_limit_days, 2)
        stage.action_take_suggested_limit()
        self.assertEqual(stage.time_limit_days, 2)
        with self.assertRaises(AccessError):
            stage.with_user(self.rep).action_take_suggested_limit()
