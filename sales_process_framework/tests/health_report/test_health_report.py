from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...tools.period import period_of
from .common import FEBRUARY, MARCH, NOW, HealthReportCommon


@tagged("post_install", "-at_install")
class TestHealthReport(HealthReportCommon):
    def test_a_report_is_frozen(self):
        """What is computed, corrected or renamed later does not change what was reported."""
        value = self._give("win_rate", 20.0)
        report = self._report()
        before = (report.snapshot, report._get_findings(self.taipei, MARCH), report.report_html)
        self.assertEqual((report.alert_count, report.changed_count), (1, 0))

        self.env.cr.execute("UPDATE sales_process_kpi_value SET value = 61, band = 'healthy' WHERE id = %s", [value])
        self._kpi("win_rate").write({"name": "Another name", "unit": "number", "healthy": 10, "alert": 5})
        self._kpi("win_rate").active = False
        self.env.invalidate_all()

        self.assertEqual((report.snapshot, report._get_findings(self.taipei, MARCH), report.report_html), before)
        self.assertIn("20.0 %", report.report_html)
        self.assertNotIn("61.0 %", report.report_html)
        self.assertEqual((report.alert_count, report.changed_count), (1, 1))

    def test_a_correction_of_a_closed_period_leaves_the_report(self):
        """A closed value gets a revision; the report keeps the first one and says that there is another."""
        value = self._give("win_rate", 20.0, closed=True)
        report = self._report()
        self.env.cr.execute("UPDATE sales_process_kpi_value SET is_latest = FALSE WHERE id = %s", [value])
        self._give("win_rate", 45.0, closed=True, revision=2)
        self.env.invalidate_all()

        self.assertEqual(self._figures(report)["win_rate"]["value"], 20.0)
        self.assertEqual(report.changed_count, 1)
        self.assertEqual(report.action_open_corrected()["domain"], [("id", "in", [value])])
        # A report of the next period is compared with what was sent, not with what is true by now.
        self._give("win_rate", 50.0, MARCH.next())
        april = self._report(MARCH.next(), now=datetime(2026, 5, 3))
        self.assertEqual(self._figures(april)["win_rate"]["previous"], 20.0)
        self.assertEqual(april.previous_id, report)

    def test_nobody_writes_over_it(self):
        report = self._report()
        for vals in ({"snapshot": {}}, {"cycle": "week"}, {"alert_count": 0}, {"date_from": "2026-02-01"}):
            with self.assertRaises(UserError):
                report.write(vals)
        with self.assertRaises(UserError):
            report.with_user(self.manager).write({"receiver_ids": [Command.link(self.rep.id)]})
        report.with_user(self.manager).action_archive()
        self.assertFalse(report.active)
        self.assertEqual(self.Report._find(self.taipei, MARCH), report, "archived, it is still the report of March")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._report()

    def test_numbers_are_its_own(self):
        """Whatever is handed to create, the numbers come from the values."""
        self._give("win_rate", 20.0)
        with self._at(NOW), self._without_computing():
            report = self.Report.with_user(self.manager).create(
                {
                    "company_id": self.taipei.id,
                    "date_from": "2026-03-17",
                    "snapshot": {"kpis": []},
                    "alert_count": 99,
                    "receiver_ids": [Command.set(self.rep.ids)],
                }
            )
        self.assertEqual((report.alert_count, report.date_from, report.date_to), (1, MARCH.start, MARCH.stop))
        self.assertFalse(report.receiver_ids)

    def test_compared_with_the_one_before(self):
        self._give("win_rate", 45.0, FEBRUARY)
        self._give("win_rate", 30.0)
        # Made in one go and in the wrong order: the earlier one is made first.
        with self._at(NOW), self._without_computing():
            march, february = self.Report.create(
                [{"company_id": self.taipei.id, "date_from": period.start} for period in (MARCH, FEBRUARY)]
            )
        self.assertEqual((march.previous_id, february.previous_id), (february, self.Report))
        finding = self._findings(march)["win_rate", False]
        self.assertEqual((finding["code"], finding["value"], finding["previous"]), ("left_healthy", 30.0, 45.0))
        self.assertEqual(
            finding["text"],
            "Win rate: 30.0 %, no longer healthy, which begins at 40.0 %. "
            "It was 45.0 % before, so it is getting worse.",
        )

    def test_without_a_report_before_the_stored_values_are_compared_with(self):
        self._give("win_rate", 45.0, FEBRUARY)
        self._give("win_rate", 30.0)
        self.assertEqual(self._figures(self._report())["win_rate"]["previous"], 45.0)

    def test_side_by_side(self):
        self._give("win_rate", 20.0, FEBRUARY)
        self._give("win_rate", 30.0)
        self._give("needs_match", 50.0)
        february, march = self._report(FEBRUARY), self._report()
        wizard = Form(
            self.env["sales.process.health.report.compare"]
            .with_user(self.leader)
            .with_context(**march.with_user(self.leader).action_compare()["context"])
        ).save()
        self.assertEqual(wizard.other_id, february)
        page = march._prepare_comparison(february)
        row = next(row for row in page["rows"] if row["name"] == "Win rate")
        self.assertEqual(
            [row[name] for name in ("other", "this", "change", "trend", "band_other", "band")],
            ["20.0 %", "30.0 %", "+10.0 %", "better", "alert", "watch"],
        )
        self.assertEqual([entry["kpi_code"] for entry in page["new"]], ["needs_match"])
        self.assertEqual([entry["kpi_code"] for entry in page["gone"]], ["win_rate"])
        for text in ("+10.0 %", "Health report 2026-02", "Settled"):
            self.assertIn(text, wizard.comparison_html)
        wizard.other_id = False
        self.assertFalse(wizard.comparison_html)

    def test_periods_begin_and_end_in_the_companys_zone(self):
        """At 17:00 UTC on 31 March it is April in Taipei, and March in New York."""
        york = self.env["res.company"].create({"name": "New York"})
        york.partner_id.tz = "America/New_York"
        with self._at(datetime(2026, 3, 31, 17)):
            self.assertEqual(self.Report._get_today(self.taipei), date(2026, 4, 1))
            self.assertEqual(self.Report._get_today(york), date(2026, 3, 31))
            with self._without_computing(), self.assertRaisesRegex(UserError, "has not begun"):
                self.Report.create({"company_id": york.id, "date_from": "2026-04-01"})
            wizard = self.env["sales.process.health.report.make"].with_user(self.manager)
            labels = [
                wizard.new({"company_id": company.id, "cycle": "month", "which": which}).period
                for company in (self.taipei, york)
                for which in ("last", "running")
            ]
        self.assertEqual(labels, ["2026-03", "2026-04", "2026-02", "2026-03"])

    def test_weeks_and_quarters(self):
        for day, cycle, first, last, name in (
            ("2026-01-01", "week", date(2025, 12, 29), date(2026, 1, 4), "Health report 2026-W01"),
            ("2026-03-31", "quarter", date(2026, 1, 1), date(2026, 3, 31), "Health report 2026-Q1"),
        ):
            report = self._report(period_of(date.fromisoformat(day), cycle))
            self.assertEqual((report.date_from, report.date_to, report.name), (first, last, name))

    def test_abnormal_nodes(self):
        """Stages that take too long, lose deals, or stay in alert are named with numbers and advice."""
        calendar = self.process._get_calendar()
        self.assertEqual(calendar._get_days_per_week(), 5)
        # Five working days are seven of the calendar's: 8 is over the limit, 10.5 far over.
        self._give("stage_time", 8.0, stage=self.p_qualify)
        self._give("stage_conversion", 30.0, stage=self.p_propose)
        self._give("stage_conversion", 90.0, stage=self.p_qualify)
        self._give("stage_conversion", 80.0, stage=self.p_diagnose)
        self._give("node_pass_rate", 10.0, FEBRUARY, stage=self.p_diagnose)
        self._give("node_pass_rate", 10.0, stage=self.p_diagnose)
        self._give("node_completion_rate", 0.0, stage=self.p_diagnose, sample=4)
        report = self._report()
        found = self._findings(report)
        self.assertNotIn(("node_completion_rate", self.p_diagnose.id), found, "four deals are too few")
        slow = found["stage_time", self.p_qualify.id]
        self.assertEqual((slow["code"], slow["severity"]), ("over_limit", "warning"))
        self.assertEqual(slow["detail"], "8.0 days, where the limit of 5 working days is about 7.0 days (20 deals).")
        self.assertEqual(slow["title"], f"{self.process.display_name}, stage “Qualify”: Time per stage")
        self.assertEqual(slow["advice"], self._kpi("stage_time").advice)
        lossy = found["stage_conversion", self.p_propose.id]
        self.assertEqual((lossy["code"], lossy["detail"][:6]), ("alert", "30.0 %"))
        stuck = found["node_pass_rate", self.p_diagnose.id]
        self.assertEqual((stuck["code"], stuck["severity"]), ("still_alert", "critical"))
        self.assertIn("for 2 periods in a row", stuck["text"])
        sections = report._get_sections(report.snapshot, self.taipei)
        self.assertEqual([entry["kpi_code"] for entry in sections["first"]][0], "node_pass_rate")
        self.assertEqual(
            {entry["kpi_code"] for entry in sections["nodes"]}, {"node_pass_rate", "stage_conversion", "stage_time"}
        )
        (process,) = report._prepare_page()["processes"]
        self.assertEqual([stage["name"] for stage in process["stages"]], ["Qualify", "Diagnose", "Propose"])
        self.assertEqual((process["stages"][0]["limit"], process["stages"][1]["limit"]), ("5", 0))

    def test_a_won_stage_is_not_compared_with_the_others(self):
        for stage, value in ((self.p_qualify, 90.0), (self.p_diagnose, 88.0), (self.p_won, 55.0)):
            self._give("stage_conversion", value, stage=stage)
        self.assertFalse(self._findings(self._report()))
        self._give("stage_conversion", 60.0, MARCH.next(), stage=self.p_propose)
        for stage in (self.p_qualify, self.p_diagnose):
            self._give("stage_conversion", 90.0, MARCH.next(), stage=stage)
        april = self._findings(self._report(MARCH.next(), now=datetime(2026, 5, 3)))
        self.assertEqual(april["stage_conversion", self.p_propose.id]["code"], "outlier")

    def test_departments(self):
        """Three of four requests delivered in time in March, all of two in February."""
        department = self.env["sales.process.department"].create({"name": "Legal", "company_id": self.taipei.id})
        lead = self._lead(company_id=self.taipei.id, team_id=False, user_id=False)
        march, february = datetime(2026, 3, 10), datetime(2026, 2, 5)
        due = [*[(march, False)] * 3, (march, True), *[(february, False)] * 2]
        # The edge of the month is Taipei's: this one belongs to April.
        due.append((datetime(2026, 3, 31, 16), True))
        policy = self.env["sales.process.sla.policy"].create({"name": "Contract", "department_id": department.id})
        for number, (deadline, late) in enumerate(due):
            self.env.cr.execute(
                """INSERT INTO sales_process_support_request (name, lead_id, department_id, company_id, policy_id,
                          asker_id, state, date_requested, resolution_deadline, resolution_breached)
                   VALUES (%s, %s, %s, %s, %s, %s, 'delivered', %s, %s, %s)""",
                [
                    f"Request {number}",
                    *(lead.id, department.id, self.taipei.id, policy.id, self.rep.id),
                    *(deadline - timedelta(days=2), deadline, late),
                ],
            )
        report = self._report()
        (figure,) = report.snapshot["departments"]
        self.assertEqual((figure["numerator"], figure["denominator"], figure["value"]), (3, 4, 75.0))
        self.assertEqual((figure["previous"], figure["band"], figure["band_before"]), (100.0, "watch", "healthy"))
        self.assertIn("Legal", report.report_html)
        self.assertIn("3 / 4", report.report_html)

    def test_findings_without_a_report(self):
        """The reviews' agenda reads the stored values where no report was made, and makes none."""
        self._give("win_rate", 20.0)
        (finding,) = self.Report.with_user(self.manager)._get_findings(self.taipei, MARCH)
        self.assertEqual(
            {name: finding[name] for name in ("code", "severity", "kpi_code", "value", "previous", "stage_id")},
            {
                "code": "alert",
                "severity": "critical",
                "kpi_code": "win_rate",
                "value": 20.0,
                "previous": None,
                "stage_id": False,
            },
        )
        self.assertEqual((finding["model"], finding["domain"]), ("sales.process.kpi.value", False))
        self.assertEqual(finding["advice"], self._kpi("win_rate").advice)
        self.assertFalse(self.Report._find(self.taipei, MARCH))

    def test_languages(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        self._kpi("win_rate").with_context(lang="zh_TW").name = "商機贏單率"
        self._give("win_rate", 20.0)
        report = self._report()
        self.assertIn("Win rate", report.report_html)
        self.assertIn("商機贏單率", report.with_context(lang="zh_TW").report_html)

    def test_user_texts_are_escaped(self):
        self._kpi("win_rate").name = "<script>alert(1)</script>"
        self._kpi("win_rate").advice = "<img src=x onerror=alert(1)>"
        self._give("win_rate", 20.0)
        report = self._report()
        for html in (report.report_html, report._render_mail()):
            self.assertNotIn("<script>alert", html)
            self.assertNotIn("<img src=x", html)
            self.assertIn("&lt;script&gt;", html)

    def test_nothing_to_report(self):
        report = self._report()
        self.assertEqual((report.alert_count, report.finding_count), (0, 0))
        self.assertIn("No indicator has a value that could be judged yet.", report.report_html)
        self.assertIn("Nothing asks for something to be done", report.report_html)

    def test_queries_are_flat(self):
        """As many for one indicator and stage as for all of them."""

        def count(period):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report = self._report(period, now=datetime(2026, 12, 1))
            made = self.env.cr.sql_log_count - before
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(report.report_html)
            report._render_sheet()
            return made, self.env.cr.sql_log_count - before

        nodes = ("stage_conversion", "stage_time", "stalled", "node_pass_rate", "node_completion_rate")
        for code in ("win_rate", "revenue", "sales_cycle"):
            self._give(code, 20.0)
        for code in nodes:
            self._give(code, 30.0, stage=self.p_qualify)
        count(FEBRUARY)
        few = count(MARCH)
        many = MARCH.next().next()
        for kpi in self.env["sales.process.kpi"].search([]):
            if kpi.get_external_id()[kpi.id].startswith("sales_process_framework.kpi_"):
                self._give(kpi.code, 20.0, many)
        process = self.process.copy({"name": "Long", "version": "9"})
        for stage in self.process.stage_ids | process.stage_ids:
            for code in nodes:
                self._give(code, 30.0, many, stage=stage)
        # The new process has cleared the registry's caches.
        count(MARCH.next())
        made, shown = count(many)
        self.assertLessEqual(made, few[0])
        self.assertLessEqual(shown, few[1])

    def test_values_that_are_missing_are_computed(self):
        """A period that was never computed, and one whose values are from before its end, are computed first."""
        kpi = self._kpi("open_leads")
        self.env["sales.process.kpi"].search([("id", "!=", kpi.id)]).active = False
        self._lead(company_id=self.taipei.id, team_id=False, user_id=False)
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-03-10' WHERE company_id = %s", [self.taipei.id])
        self.env.invalidate_all()
        with self._at(NOW):
            march = self.Report.create({"company_id": self.taipei.id, "date_from": MARCH.start})
        self.assertEqual(self._figures(march)["open_leads"]["value"], 1.0)
        self.assertEqual(self._figures(march)["open_leads"]["previous"], 0.0)
        # Computed during April for the last time: the report made in May takes what April ended with.
        self._give("open_leads", 7.0, MARCH.next())
        self.env.cr.execute("UPDATE sales_process_kpi SET last_run = '2026-04-20'")
        self.env.invalidate_all()
        with self._at(datetime(2026, 5, 1, 12)):
            april = self.Report.create({"company_id": self.taipei.id, "date_from": MARCH.next().start})
        self.assertEqual(self._figures(april)["open_leads"]["value"], 1.0)

    def test_computing_for_a_report_closes_no_other_period(self):
        kpi = self._kpi("open_leads")
        self.env["sales.process.kpi"].search([("id", "!=", kpi.id)]).active = False
        stale = self._give("open_leads", 7.0, FEBRUARY.previous().previous())
        with self._at(datetime(2026, 4, 20, 12)):
            self.Report.create({"company_id": self.taipei.id, "date_from": MARCH.start})
        values = self.env["sales.process.kpi.value"].search(
            [("kpi_id", "=", kpi.id), ("company_id", "=", self.taipei.id), ("closed", "=", True)]
        )
        self.assertEqual(set(values.mapped("period")), {"2026-02", "2026-03"})
        self.assertFalse(self.env["sales.process.kpi.value"].browse(stale).closed, "December waits for its own turn")

    def test_make_now(self):
        self._give("win_rate", 20.0)
        with self._at(NOW), self._without_computing():
            form = Form(self.env["sales.process.health.report.make"].with_user(self.manager))
            form.company_id = self.taipei
            self.assertEqual((form.period, form.which), ("2026-03", "last"))
            action = form.save().action_make()
            report = self.Report.browse(action["res_id"])
            self.assertEqual((report.name, report.alert_count), ("Health report 2026-03", 1))
            again = Form(self.env["sales.process.health.report.make"].with_user(self.manager))
            again.company_id = self.taipei
            self.assertEqual(again.report_id, report)
            self.assertEqual(again.save().action_make()["res_id"], report.id)
            again = Form(self.env["sales.process.health.report.make"].with_user(self.manager))
            again.company_id = self.taipei
            again.which, again.date, again.cycle = "other", "2025-12-31", "week"
            self.assertEqual(again.period, "2026-W01")
