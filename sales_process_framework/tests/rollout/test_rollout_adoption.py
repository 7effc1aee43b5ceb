"""Adoption is read from facts, since the opening and before it, in statements that do not grow."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestAdoption(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._rollout()
        cls.core, cls.all = cls._phases(cls.plan)

    def _open(self, days):
        self.core._open()
        self._opened_ago(self.core, days)
        self._refresh()

    def _figures(self, team=None):
        self._refresh()
        measured = self.plan._measure(self.core)[self.core.id]
        return measured["teams"][team.id] if team else measured["total"]

    def _age(self, records, days, *names):
        """Let facts have happened so many days ago."""
        self.env.flush_all()
        for name in names:
            self.env.cr.execute(
                f'UPDATE {records._table} SET "{name}" = %s WHERE id = ANY(%s)',  # pylint: disable=sql-injection
                [self.now - timedelta(days=days), records.ids],
            )
        self.env.invalidate_all()

    def test_leads_on_the_version_of_all_open_ones(self):
        self._lead(name="Old")
        self._open(5)
        self._lead(name="New")
        self._lead(name="Newer")
        self._lead(name="Elsewhere", team_id=self.second.id)
        self.assertEqual(self._figures()["leads"]["now"], [2, 3])
        self.assertEqual(self._figures(self.team)["leads"]["now"], [2, 3])

    def test_reps_who_moved_or_answered(self):
        self._open(5)
        self.assertEqual(self._figures()["reps"]["now"], [0, 2])
        mine = self._lead(name="Mine")
        self.assertEqual(self._figures()["reps"]["now"], [0, 2], "having a deal is not working by it")
        self._tick(mine, self._twin(self.budget))
        self.assertEqual(self._figures()["reps"]["now"], [1, 2])
        theirs = self._lead(user=self.colleague, name="Theirs")
        self._tick(theirs, self._twin(self.budget), user=self.colleague)
        self.assertEqual(self._figures()["reps"]["now"], [2, 2])

    def test_pass_rate_and_completion_as_the_indicators_count(self):
        self._open(5)
        smooth, refused = self._lead(name="Smooth"), self._lead(name="Refused")
        for lead in (smooth, refused):
            self._tick(lead, self._twin(self.budget))
        self._tick(smooth, self._twin(self.calls), count=2)
        self._move(smooth, self.diagnose)
        self.env["sales.process.decision"].create(
            {
                "lead_id": refused.id,
                "process_id": self.next.id,
                "from_stage_id": self.qualify.id,
                "to_stage_id": self.diagnose.id,
                "outcome": "refused",
                "date": self.now - timedelta(minutes=5),
            }
        )
        visits = self.env["sales.process.visit"].search([("lead_id", "in", (smooth | refused).ids)])
        self._age(visits, 1, "entered")
        self._age(visits.filtered("left"), 0.1, "left")
        figures = self._figures()
        self.assertEqual(figures["pass"]["now"], [1, 2])
        self.assertEqual(figures["refused"]["now"][0], 1)
        self.assertEqual(figures["completion"]["now"], [2, 2])
        self.assertEqual(figures["reps"]["now"], [1, 2])

    def test_answers_per_stay(self):
        self._open(5)
        lead, idle = self._lead(name="Used"), self._lead(name="Idle")
        self._tick(lead, self._twin(self.budget))
        self._tick(lead, self._twin(self.calls), count=2)
        self._age(self.env["sales.process.visit"].search([("lead_id", "in", (lead | idle).ids)]), 1, "entered")
        self._age(self.env["sales.process.answer"].search([("lead_id", "=", lead.id)]), 0.5, "date")
        self.assertEqual(self._figures()["answers"]["now"], [2, 2])

    def test_before_is_the_same_time_earlier_whatever_the_version(self):
        lead = self._lead(name="Old")
        self._tick(lead, self.budget)
        exception = self.env["sales.process.exception"].create(
            {"lead_id": lead.id, "process_id": self.process.id, "to_stage_id": self.diagnose.id, "reason": "Please"}
        )
        self._open(10)
        self._age(self.env["sales.process.visit"].search([("lead_id", "=", lead.id)]), 15, "entered")
        self._age(self.env["sales.process.answer"].search([("lead_id", "=", lead.id)]), 15, "date")
        self._age(exception, 15, "create_date")
        figures = self._figures()
        self.assertEqual(figures["answers"]["before"], [1, 1])
        self.assertEqual(figures["exceptions"], {"now": [0, 0], "before": [1, 0]})
        self.assertEqual(figures["reps"]["before"], [1, 2])
        self._age(self.env["sales.process.answer"].search([("lead_id", "=", lead.id)]), 21, "date")
        self.assertEqual(self._figures()["answers"]["before"], [0, 1], "ten days open, ten days before")

    def test_training_share(self):
        training = self._training()
        self.core.training_ids = training
        self._attend(training, self.rep)
        self._open(5)
        self.assertEqual(self._figures()["training"]["now"], [1, 2])

    def test_feedback_about_deals_and_by_members(self):
        self._open(5)
        lead = self._lead(name="New")
        vals = {"text": "Too many questions", "company_id": self.company.id, "process_id": self.next.id}
        self.env["sales.process.feedback"].create(
            [
                {**vals, "lead_id": lead.id, "given_on": self.today},
                {**vals, "author_id": self.rep.id, "given_on": self.today - timedelta(days=1)},
                {**vals, "author_id": self.rep.id, "given_on": self.today - timedelta(days=7)},
                {**vals, "author_id": self.second_rep.id, "given_on": self.today},
            ]
        )
        figures = self._figures()["feedback"]
        self.assertEqual((figures["now"][0], figures["before"][0]), (2, 1))

    def test_weeks(self):
        old = self._lead(name="Old")
        self._open(3)
        new = self._lead(name="New")
        self._age(self.env["sales.process.visit"].search([("lead_id", "=", old.id)]), 21, "entered")
        self._age(self.env["sales.process.visit"].search([("lead_id", "=", new.id)]), 0.01, "entered")
        weeks = self.plan._measure(self.core)[self.core.id]["weeks"]
        self.assertEqual([week[1:] for week in weeks], [[0, 1], [1, 1]])

    def test_in_words(self):
        self._open(5)
        self._lead(name="New")
        rows = {row["key"]: row for row in self.plan._say_figures(self._figures())}
        self.assertEqual(rows["leads"]["text"], "100 % (1 of 1)")
        self.assertEqual(rows["pass"]["text"], "no data")
        self.assertEqual((rows["refused"]["value"], rows["refused"]["text"]), (0, "0"))
        self.assertEqual("feedback" in rows, "sales.process.feedback" in self.env)
        self.assertEqual(self.plan._get_trend("pass", 80, 70), "better")
        self.assertEqual(self.plan._get_trend("refused", 80, 70), "worse")
        self.assertEqual(self.plan._get_trend("pass", None, 70), "")

    def test_queries_do_not_grow(self):
        self.core._open()
        self.all._open()
        self._lead()

        def count(phases):
            self._refresh()
            phases.mapped("team_ids.member_ids")
            before = self.env.cr.sql_log_count
            self.plan._measure(phases)
            return self.env.cr.sql_log_count - before

        count(self.core)
        one = count(self.core)
        self.env["crm.lead"].create(
            [
                {"name": f"Deal {n}", "team_id": team.id, "type": "opportunity", "user_id": self.rep.id}
                for n in range(20)
                for team in (self.team, self.second)
            ]
        )
        self.assertEqual(count(self.core | self.all), one)

    def test_other_teams_do_not_count(self):
        self._open(5)
        self._lead(name="Elsewhere", team_id=self.other_team.id)
        self.assertEqual(self._figures()["leads"]["now"], [0, 0])
        self.core.sudo().team_ids = [Command.link(self.other_team.id)]
        self.assertEqual(self._figures()["leads"]["now"], [0, 1])
