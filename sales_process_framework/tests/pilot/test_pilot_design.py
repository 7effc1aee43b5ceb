import math
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ...tools import pilot_compare
from ...tools.pilot_follow import BATCHES
from .common import PilotCommon


@tagged("post_install", "-at_install")
class TestDesigns(PilotCommon):
    """Other comparisons than that of drawn leads: times, people, teams, the past."""

    def test_times_with_open_deals(self):
        """Half of the candidate's deals take 20 days, half of the baseline's 60; open ones are censored."""
        self._history(share=0.8)
        pilot = self._start(self._pilot(kpi_id=self.sales_cycle.id, effect_wanted=-50))
        self._enroll(120)
        times = {}
        for arm, leads, scale in zip(("baseline", "candidate"), self._arms(pilot), (60, 20), strict=True):
            born = [self.now - timedelta(days=30 + 2 * number) for number in range(len(leads))]
            days = [scale * (0.5 + number / len(leads)) for number in range(len(leads))]
            self._decide(leads, [True] * len(leads), days, born)
            ages = [30 + 2 * number for number in range(len(leads))]
            times[arm] = pilot_compare.Times(
                tuple(day for day, age in zip(days, ages, strict=True) if day < age),
                tuple(age for day, age in zip(days, ages, strict=True) if day >= age),
            )
        self._ago(pilot, 200)
        pilot._follow()

        primary = pilot.analysis["primary"]
        expected = pilot_compare.compare_times(times["baseline"], times["candidate"])
        self.assertEqual(primary["method"], "logrank")
        self.assertAlmostEqual(primary["z"], expected.z, places=3)
        self.assertAlmostEqual(primary["effect"], expected.effect, places=3)
        self.assertEqual(primary["information"], len(times["baseline"].ended) + len(times["candidate"].ended))
        self.assertTrue(primary["good"], "sooner is better")
        self.assertEqual(pilot.verdict, "better")
        self.assertIn("Log-rank", pilot.report_html)
        self.assertIn("half of the deals are won after", pilot.report_html)
        self.assertEqual(pilot.analysis["plot"]["kind"], "curve")

    def test_people_drawn_as_a_whole(self):
        self._history(share=0.4)
        members = [self._new_user(f"spf_pilot_{number}", "sales_team.group_sale_salesman") for number in range(6)]
        self.team.member_ids = [Command.set([user.id for user in members])]
        pilot = self._start(self._pilot(split="user"))
        for user in members:
            self._enroll(40, user=user)
        for leads, share in zip(self._arms(pilot), (0.3, 0.5), strict=True):
            # of each person the same share
            for group in leads.grouped("user_id").values():
                self._decide(group, [place < share * len(group) for place in range(len(group))], [30] * len(group))
        self._ago(pilot, 120)
        pilot.sudo().planned_size = 240
        pilot._follow()

        primary = pilot.analysis["primary"]
        checks = {code: (holds, values) for code, holds, values in primary["checks"]}
        self.assertEqual(checks["clusters"][1]["count"], 6)
        self.assertTrue(checks["clusters"][0])
        plain = pilot_compare.compare_proportions(36, 120, 60, 120)
        self.assertGreater(primary["pvalue"], plain.pvalue, "six people are less than 240 leads")

    def test_teams_by_their_change(self):
        """Everybody got better by ten points, the pilot team by thirty: twenty are the candidate's."""
        self.process.team_ids = [Command.link(self.other_team.id)]
        self._steady_history(self.team, 0.30)
        self._steady_history(self.other_team, 0.40)
        pilot = self._start(
            self._pilot(split="team", control_team_ids=[Command.set(self.other_team.ids)], effect_wanted=60)
        )
        self._enroll(200)
        self._enroll(200, team=self.other_team)
        baseline, candidate = self._arms(pilot)
        self.assertEqual((baseline.team_id, candidate.team_id), (self.other_team, self.team))
        self.assertEqual((baseline.sales_process_id, candidate.sales_process_id), (self.process, self.candidate))
        for leads, share in ((baseline, 0.50), (candidate, 0.60)):
            self._decide(leads, [place < share * len(leads) for place in range(len(leads))], [10] * len(leads))
        pilot.sudo().planned_size = 400
        self._ago(pilot, 101)
        pilot._analyse()

        primary = pilot.analysis["primary"]
        self.assertEqual(primary["method"], "did_proportions")
        self.assertAlmostEqual(primary["effect"], 0.20, delta=0.02)
        codes = [code for code, _holds, _values in primary["checks"]]
        self.assertEqual(codes, ["parallel_trends", "few_teams", "same_age"])
        self.assertIn("had they changed like the others", pilot.report_html)
        # two teams: what was seen is told, and nothing is claimed
        self.assertGreater(primary["z"], 2)
        self.assertTrue(primary["descriptive"])
        self.assertEqual((pilot.state, pilot.verdict), ("analysis", "described"))
        self.assertIn("nothing is concluded", pilot.verdict_text)
        self.assertIn("with fewer than 4", pilot.report_html)
        self.assertIn("it will be described", pilot.plan_html)
        self.assertNotIn("will be noticed", pilot.plan_html, "that goes for drawn leads")
        for text in ("more than chance", "it is sure", "bound"):
            self.assertNotIn(text, pilot.report_html + pilot.verdict_text)

    def _steady_history(self, team, share):
        """A deal each day, decided after ten: exactly so many of them won, early and late."""
        born = [self.now - timedelta(days=120 + number) for number in range(200)]
        won = [number * 37 % 100 < share * 100 for number in range(200)]
        self._decide(self._insert(200, team), won, [10] * 200, born)

    def _pilot_of_four_teams(self, shares, **vals):
        """Two pilot teams and two others; shares won of each, before and since."""
        teams = self.team | self.other_team
        for name in ("East", "West"):
            teams |= self.env["crm.team"].create({"name": name, "company_id": self.company.id})
        self.process.team_ids = [Command.set(teams.ids)]
        for team, (before, _since) in zip(teams, shares, strict=True):
            self._steady_history(team, before)
        control = [Command.set(teams[2:].ids)]
        pilot = self._start(
            self._pilot(
                split="team", team_ids=[Command.set(teams[:2].ids)], control_team_ids=control, effect_wanted=60, **vals
            )
        )
        for team, (_before, since) in zip(teams, shares, strict=True):
            leads = self._enroll(100, team=team)
            self._decide(leads, [place < since * 100 for place in range(100)], [10] * 100)
        self._ago(pilot, 101)
        pilot.sudo().planned_size = 400
        pilot._follow()
        return pilot

    def test_four_teams_count_as_one_each(self):
        """Both pilot teams gain thirty points, the others none: four numbers that agree."""
        pilot = self._pilot_of_four_teams(((0.3, 0.60), (0.3, 0.62), (0.3, 0.30), (0.3, 0.32)))
        primary = pilot.analysis["primary"]
        self.assertFalse(primary["descriptive"])
        self.assertAlmostEqual(primary["effect"], 0.3, delta=0.06)
        checks = {code: (holds, values) for code, holds, values in primary["checks"]}
        self.assertEqual(checks["few_teams"], (True, {"count": 4}))
        self.assertEqual(pilot.verdict, "better")
        self.assertIn("each counts as one", pilot.report_html)

    def test_luck_of_one_team_is_no_effect(self):
        """One pilot team gains forty points, the other none: by leads sure, by teams anything but."""
        pilot = self._pilot_of_four_teams(((0.3, 0.70), (0.3, 0.30), (0.3, 0.30), (0.3, 0.30)))
        self.assertEqual(pilot.verdict, "no_difference")
        self.assertGreater(pilot.analysis["primary"]["pvalue"], 0.2)

    def test_compared_with_the_past(self):
        before = self._history(count=200, share=0.3, days=(5, 15))
        pilot = self._start(
            self._pilot(split="team", baseline_kind="history", baseline_process_id=False, effect_wanted=60)
        )
        even = pilot.planned_size
        self.assertLess(pilot.planned_leads, even, "one arm is there already")
        self.assertIn("history", [code for code, _values in pilot.plan["warnings"]])
        age, step = pilot.plan["age"], pilot.plan["step"]
        self.assertEqual(age, pilot.plan["cycle"], "half of two cycles of about ten days")
        self._enroll(150)
        baseline, candidate = self._arms(pilot)
        self.assertFalse(baseline)
        self.assertEqual(candidate.sales_process_id, self.candidate)
        born = [self.now - timedelta(days=39 - 36 * number / 150) for number in range(150)]
        self._decide(candidate, [number % 3 < 2 for number in range(150)], [3] * 150, born)
        self._ago(pilot, 40)
        pilot.sudo().planned_size = 330
        pilot._analyse()

        primary = pilot.analysis["primary"]
        past, own = primary["counts"]
        until = self.now - timedelta(days=40 - (40 - age) // step * step)
        self.assertEqual(own, len([day for day in born if day < until]), "of the age only")
        self.assertEqual(primary["information"], round(4 * past * own / (past + own)), "the past alone tells nothing")
        won = self._decided_in_time(pilot, before, age, step)
        self.assertEqual((past, primary["values"][0]), (len(won), sum(won) / len(won)))
        self.assertAlmostEqual(primary["values"][1], 2 / 3, delta=0.01)
        self.assertEqual(pilot.verdict, "better")
        self.assertIn("whatever else changed meanwhile", pilot.report_html)
        for html in (pilot.report_html, pilot.plan_html):
            self.assertIn(f"until its last lead was {age} days old", html)

    def _decided_in_time(self, pilot, leads, age, step):
        """By hand: of leads of the past, whether they were won, of those decided before their batch had the age."""
        found = []
        for lead in leads:
            places = (pilot.date_start - timedelta(days=age) - lead.create_date) / timedelta(days=step)
            begin = pilot.date_start - timedelta(days=age + step * math.ceil(places))
            if 0 < places <= min(365 // step, BATCHES) and lead.date_closed < begin + timedelta(days=step + age):
                found.append(lead.won_status == "won")
        return found

    def test_slow_wins_are_no_loss(self):
        """Losses take ten days, wins fifty: what a young pilot has lost says nothing, its leads have to grow up."""
        self._slow_deals(self._insert(400, self.team), [500 - 1.2 * number for number in range(400)])
        pilot = self._start(
            self._pilot(split="team", baseline_kind="history", baseline_process_id=False, effect_wanted=40, cycles=3)
        )
        self.assertEqual((pilot.plan["age"], pilot.plan["step"]), (50, 7))
        self.assertGreater(pilot.plan["days"], 57)
        pilot.sudo().planned_size = 150
        leads = self._enroll(120)
        for days, batches in ((40, 0), (110, 8)):
            with self.subTest(days=days):
                self._slow_deals(leads, [days - days * number / 120 for number in range(120)])
                self._ago(pilot, days)
                pilot._analyse()
                self.assertEqual(pilot.analysis["information"] > 0, bool(batches))
                self.assertNotIn(pilot.verdict, ("better", "worse"))
        past, own = pilot.analysis["primary"]["values"]
        self.assertAlmostEqual(own, past, delta=0.08)

    def _slow_deals(self, leads, ages):
        """Two of five are won."""
        won = [number % 5 < 2 for number in range(len(leads))]
        days = [50 if each else 10 for each in won]
        self._decide(leads, won, days, [self.now - timedelta(days=age) for age in ages])

    def test_seniority_of_the_groups(self):
        """Experienced people here, new ones there: said before the start."""
        self._history()
        newcomers = [self._new_user(f"spf_new_{number}", "sales_team.group_sale_salesman") for number in range(3)]
        self.process.team_ids = [Command.link(self.other_team.id)]
        self.other_team.member_ids = [Command.set([user.id for user in newcomers])]
        self.env.cr.execute(
            "UPDATE res_users SET create_date = %s WHERE id = ANY(%s)",
            [self.now - timedelta(days=800), (self.rep | self.colleague).ids],
        )
        self.env.invalidate_all()
        pilot = self._pilot(split="team", control_team_ids=[Command.set(self.other_team.ids)])
        pilot.action_plan()
        codes = dict(pilot.plan["warnings"])
        self.assertEqual(codes["seniority"], {"pilot": 100, "control": 0})
        self.assertTrue(codes["one_seniority"]["senior"])
        self.assertIn("Experience differs", pilot.plan_html)

    def test_every_design_with_every_kind_of_indicator(self):
        """Each comparison finds its test, says so in words, and can be read and printed."""
        self.process.team_ids = [Command.link(self.other_team.id)]
        self._history(count=160, days=(5, 40))
        self._history(count=160, days=(5, 40), team=self.other_team)
        members = [self._new_user(f"spf_pilot_{number}", "sales_team.group_sale_salesman") for number in range(4)]
        self.team.member_ids = [Command.set([user.id for user in members])]
        designs = {
            "lead": {"split": "lead"},
            "user": {"split": "user"},
            "team": {"split": "team", "control_team_ids": [Command.set(self.other_team.ids)]},
            "history": {"split": "team", "baseline_kind": "history"},
        }
        plain = {self.win_rate: "proportions", self.average_deal: "mann_whitney", self.sales_cycle: "logrank"}
        changes = {self.win_rate: "did_proportions", self.average_deal: "did_means", self.sales_cycle: "did_survival"}
        for design, vals in designs.items():
            for kpi, method in (changes if design == "team" else plain).items():
                with self.subTest(design=design, kpi=kpi.code), self.env.cr.savepoint() as savepoint:
                    effect = -40 if kpi == self.sales_cycle else 50
                    pilot = self._start(self._pilot(kpi_id=kpi.id, effect_wanted=effect, design="fixed", **vals))
                    for user in members:
                        self._enroll(30, user=user)
                    if design == "team":
                        self._enroll(120, team=self.other_team)
                    leads = pilot.sudo().assignment_ids.lead_id
                    count = len(leads)
                    self._decide(
                        leads,
                        [number % 3 < 2 for number in range(count)],
                        [10 + number % 50 for number in range(count)],
                    )
                    self._ago(pilot, 101)
                    pilot.sudo().planned_size = 40
                    pilot._follow()
                    self.assertEqual(pilot.analysis["primary"]["method"], method)
                    self.assertNotEqual(pilot.verdict, "none")
                    self.assertIn("Effect", pilot.report_html)
                    self.assertIn("svg", pilot.report_html)
                    self.assertTrue(pilot.plan_html)
                    savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache("stable")
