"""Entry conditions are judged from facts: x of y, who is missing, whatever the number of phases."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...tools.period import period_of
from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestConditions(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._rollout()
        cls.core, cls.all = cls._phases(cls.plan)

    def _standing(self, condition):
        self._refresh()
        standing = condition.phase_id._judge()[condition.id]
        return standing.have, standing.total, standing.holds

    def test_trained_counts_members_of_the_teams(self):
        condition = self._condition(self.all, "trained", percent=100)
        self.assertEqual(self._standing(condition), (0, 2, False))
        self.assertEqual(condition.standing, "No training belongs to this phase yet.")
        training = self._training()
        self.all.training_ids = training
        self._attend(training, self.second_rep)
        self._attend(training, self.third_rep, state="absent")
        self._attend(training, self.rep)
        self.assertEqual(self._standing(condition), (1, 2, False))
        self.assertEqual((condition.standing, condition.missing), ("1 of 2", self.third_rep.name))
        condition.percent = 50
        self.assertEqual(self._standing(condition), (1, 2, True))

    def test_sessions_of_one_key_action_stand_in_for_each_other(self):
        condition = self._condition(self.all, "trained", percent=100)
        topic = {"requirement_ids": [Command.set(self.budget.ids)]}
        morning, evening = self._training("Morning", **topic), self._training("Evening", **topic)
        tools = self._training("Tools")
        self.all.training_ids = morning + evening
        self._attend(morning, self.second_rep)
        self._attend(evening, self.third_rep)
        self.assertEqual(self._standing(condition), (2, 2, True))
        self.all.training_ids += tools
        self._attend(tools, self.third_rep)
        self.assertEqual(self._standing(condition), (1, 2, False))
        tools.action_cancel()
        self.assertEqual(self._standing(condition), (2, 2, True), "what is cancelled asks for nothing")

    def test_assessed_needs_the_score_that_passes(self):
        condition = self._condition(self.all, "assessed", percent=100)
        training = self._training(pass_score=70)
        self.all.training_ids = training
        self._attend(training, self.second_rep, score=70)
        attendee = self._attend(training, self.third_rep, score=69)
        self.assertEqual(self._standing(condition), (1, 2, False))
        self.assertEqual(condition.missing, self.third_rep.name)
        attendee.score = 71
        self.assertEqual(self._standing(condition), (2, 2, True))

    def test_skill_level_in_each_key_action(self):
        condition = self._condition(self.all, "skill", percent=50, skill_level="able")
        training = self._training(requirement_ids=[Command.set(self.budget.ids)])
        self.all.training_ids = training
        attendee = self._attend(training, self.second_rep)
        self.assertEqual(self._standing(condition), (0, 2, False), "attended only makes a beginner")
        attendee.write({"assessed": True, "score": 95})
        self.assertEqual(self._standing(condition), (1, 2, True))
        condition.skill_level = "expert"
        self.assertEqual(self._standing(condition), (0, 2, False))

    def test_members_who_left_do_not_count(self):
        condition = self._condition(self.all, "trained", percent=100)
        training = self._training()
        self.all.training_ids = training
        self._attend(training, self.second_rep)
        self.second.crm_team_member_ids.filtered(lambda row: row.user_id == self.third_rep).active = False
        self.assertEqual(self._standing(condition), (1, 1, True))
        self.second_rep.active = False
        self.assertEqual(self._standing(condition), (0, 0, False))
        self.assertEqual(condition.standing, "The teams of this phase have no members.")

    def _value(self, kpi, band, team=None, months=0, **vals):
        period = period_of(self.today, kpi.cycle)
        for _month in range(months):
            period = period.previous()
        scope = {"scope": "team", "scope_id": team.id, "team_id": team.id} if team else {}
        return self.env["sales.process.kpi.value"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "cycle": kpi.cycle,
                "date_from": period.start,
                "date_to": period.stop,
                "scope": "company",
                "scope_id": self.company.id,
                "band": band,
                "value": 1,
                "has_data": True,
                **scope,
                **vals,
            }
        )

    def test_indicator_in_band_since_the_phase_before(self):
        kpi = self.env["sales.process.kpi"].search([("cycle", "=", "month"), ("company_id", "=", False)], limit=1)
        self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id)]).closed = False
        self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id)]).unlink()
        condition = self._condition(self.all, "kpi", kpi_id=kpi.id, band="not_alert")
        self.core._open()
        self._value(kpi, "healthy", self.team, months=2)
        self.assertEqual(self._standing(condition), (0, 1, False), "a value of the time before proves nothing")
        self.assertIn("no value since the phase before", condition.missing)
        value = self._value(kpi, "watch", self.team)
        self.assertEqual(self._standing(condition), (1, 1, True))
        condition.band = "healthy"
        self.assertEqual(self._standing(condition), (0, 1, False))
        self.assertIn("Gate Team: Watch", condition.missing)
        value.band = "healthy"
        self.assertEqual(self._standing(condition), (1, 1, True))
        value.band = "none"
        condition.band = "not_alert"
        self.assertEqual(self._standing(condition), (0, 1, False), "without limits nothing is in band")

    def test_indicator_of_the_company(self):
        kpi = self.env["sales.process.kpi"].search([("cycle", "=", "month"), ("company_id", "=", False)], limit=1)
        self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id)]).closed = False
        self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id)]).unlink()
        condition = self._condition(self.all, "kpi", kpi_id=kpi.id, kpi_scope="company")
        self.core._open()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._value(kpi, "healthy", company_id=other.id, scope_id=other.id)
        self.assertEqual(self._standing(condition), (0, 1, False))
        self._value(kpi, "healthy")
        self.assertEqual(self._standing(condition), (1, 1, True))

    def test_days_since_the_phase_before(self):
        condition = self._condition(self.all, "days", days=14)
        self.assertEqual(self._standing(condition), (0, 14, False))
        self.core._open()
        self._opened_ago(self.core, 13)
        self.assertEqual(self._standing(condition), (13, 14, False))
        self._opened_ago(self.core, 14)
        self.assertEqual(self._standing(condition), (14, 14, True))
        self.assertEqual(condition.standing, "14 of 14 days")

    def test_days_count_by_the_calendar_of_the_company(self):
        condition = self._condition(self.all, "days", days=1)
        self.core._open()
        self.core.sudo().opened_on = self.now.replace(hour=23, minute=30) - timedelta(days=1)
        moment = self.now.replace(hour=0, minute=30)
        with self.subTest("UTC: another day"), self._at(moment):
            self.company.partner_id.tz = "UTC"
            self.assertEqual(self._standing(condition)[0], 1)
        with self.subTest("New York: the same evening"), self._at(moment):
            self.company.partner_id.tz = "America/New_York"
            self.assertEqual(self._standing(condition)[0], 0)

    def _at(self, moment):
        return patch.object(type(self.env.cr), "now", lambda _cr: moment)

    def test_checklist(self):
        condition = self._condition(self.all, "checks")
        self.assertEqual(self._standing(condition), (0, 0, False))
        checks = self.env["sales.process.rollout.check"].create(
            [{"phase_id": self.all.id, "name": name} for name in ("Templates", "Price list")]
        )
        checks[0].done = True
        self.assertEqual(self._standing(condition), (1, 2, False))
        self.assertEqual(condition.missing, "Price list")
        checks[1].done = True
        self.assertEqual(self._standing(condition), (2, 2, True))

    def test_critical_alert_and_broken_guardrail(self):
        condition = self._condition(self.all, "alerts")
        self.core._open()
        self.assertEqual(self._standing(condition), (1, 1, True))
        lead = self._lead(name="Burning deal")
        rule = self.env["sales.process.alert.rule"].search([], limit=1)
        alert = self.env["sales.process.alert"].create(
            {"rule_id": rule.id, "lead_id": lead.id, "cause_key": "x", "severity": "critical", "opened": self.now}
        )
        self.assertEqual(self._standing(condition), (0, 1, False))
        self.assertIn("Burning deal", condition.missing)
        alert.severity = "warning"
        self.assertEqual(self._standing(condition), (1, 1, True))
        pilot = self.env["sales.process.pilot"].create(
            {
                "name": "Next question",
                "company_id": self.company.id,
                "candidate_process_id": self.next.id,
                "kpi_id": self.env.ref("sales_process_framework.kpi_win_rate").id,
            }
        )
        pilot.sudo().write({"state": "running", "breaches": {"7": {"date": "2026-01-01"}}})
        self.assertEqual(self._standing(condition), (0, 1, False))
        self.assertIn("Next question", condition.missing)

    def test_kind_of_an_addon_that_is_gone_never_holds(self):
        condition = self._condition(self.all, "checks")
        self.env.cr.execute("UPDATE sales_process_rollout_condition SET kind = 'gone' WHERE id = %s", [condition.id])
        self.env.invalidate_all()
        self.assertFalse(condition.phase_id._judge()[condition.id].holds)
        self.assertIn("not installed", condition.phase_id._judge()[condition.id].note)

    def test_queries_do_not_grow_with_phases(self):
        kpi = self.env["sales.process.kpi"].search([], limit=1)
        training = self._training(requirement_ids=[Command.set(self.budget.ids)])

        def build(count):
            teams = self.env["crm.team"].create(
                [{"name": f"T{n}", "company_id": self.company.id} for n in range(count)]
            )
            for team in teams:
                people = [self._new_user(f"spf_{team.id}_{n}", "sales_team.group_sale_salesman") for n in range(1)]
                team.member_ids = [Command.set([user.id for user in people])]
                for user in people:
                    self._attend(training, user)
            plan = self.Rollout.create(
                {
                    "name": f"{count} phases",
                    "company_id": self.company.id,
                    "process_id": self.next.id,
                    "phase_ids": [
                        Command.create(
                            {
                                "name": f"P{number}",
                                "sequence": number,
                                "team_ids": [Command.set(team.ids)],
                                "training_ids": [Command.set(training.ids)],
                                "check_ids": [Command.create({"name": "Point"})],
                                "condition_ids": [
                                    Command.create({"kind": kind, "kpi_id": kpi.id})
                                    for kind in ("trained", "assessed", "skill", "kpi", "checks", "days", "alerts")
                                ],
                            }
                        )
                        for number, team in enumerate(teams)
                    ],
                }
            )
            self._refresh()
            return plan

        few, many = build(2), build(6)
        counts = []
        for plan in (few, many, few, many):
            self._refresh()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(plan.board["phases"]), len(plan.phase_ids))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[3])
        self.assertLess(counts[3], 75)
