from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PilotCommon


@tagged("post_install", "-at_install")
class TestPilot(PilotCommon):
    """Plan, start, draw, close."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()

    def test_plan(self):
        """The win rate of history and the effect wanted say how many, before the first lead."""
        pilot = self._pilot()
        with self.assertRaisesRegex(UserError, "Plan the pilot first"):
            pilot.action_start()

        pilot.action_plan()

        base = pilot.plan["base"]
        self.assertAlmostEqual(base, 0.4, delta=0.12)
        self.assertEqual(pilot.plan["method"], "proportions")
        # Fleiss: two shares base and 1.4 base, 5 %, 80 %, both arms, 5 % more for the looks on the way
        share = base * 1.4
        middle = (base + share) / 2
        root = 1.959964 * (2 * middle * (1 - middle)) ** 0.5
        root += 0.841621 * (base * (1 - base) + share * (1 - share)) ** 0.5
        self.assertAlmostEqual(pilot.planned_size, 2 * 1.05 * (root / (base - share)) ** 2, delta=1)
        self.assertGreaterEqual(pilot.planned_leads, pilot.planned_size)
        self.assertAlmostEqual(pilot.expected_days, pilot.planned_leads / (120 / 365), delta=2)
        codes = [code for code, _values in pilot.plan["warnings"]]
        self.assertIn("too_short", codes)
        self.assertIn("no_guardrail", codes)
        self.assertIn("leads", pilot.plan_html)

        pilot.effect_wanted = 60
        self.assertFalse(pilot.plan, "another design needs another plan")

    def test_plan_of_a_time(self):
        pilot = self._pilot(kpi_id=self.sales_cycle.id, effect_wanted=-20, design="fixed")
        pilot.action_plan()
        # Schoenfeld: 4 (1.96 + 0.84)² / ln(0.8)² ends
        self.assertEqual(pilot.planned_size, 631)
        self.assertEqual(pilot.plan["method"], "times")
        self.assertGreater(pilot.planned_leads, 631, "not every lead is won")
        self.assertIn("too_short", [code for code, _values in pilot.plan["warnings"]])

    def test_too_little_history(self):
        pilot = self._pilot(team_ids=[Command.set(self.other_team.ids)])
        with self.assertRaisesRegex(UserError, "too little to plan by"):
            pilot.action_plan()
        pilot.size_by_hand = 80
        pilot.action_plan()
        self.assertEqual(pilot.planned_size, 80)

    def test_impossible_effect(self):
        with self.assertRaisesRegex(UserError, "cannot change by"):
            self._pilot(effect_wanted=400).action_plan()

    def test_people_and_overlap_are_warned_about(self):
        first = self._pilot(name="First")
        second = self._pilot(name="Second", guardrail_ids=[Command.set(self.average_deal.ids)], split="user")
        second.action_plan()
        codes = dict(second.plan["warnings"])
        self.assertEqual(codes["overlap"], {"pilot": "First", "teams": "Gate Team"})
        # both began a year ago: the history says so
        self.assertIn("few_people", codes)
        self._start(first)
        with self.assertRaisesRegex(UserError, "one pilot at a time"):
            second.action_start()

    def test_start_puts_the_candidate_to_work(self):
        pilot = self._start(self._pilot())
        self.assertEqual((pilot.state, self.candidate.state), ("running", "pilot"))
        self.assertEqual(self.process.state, "active")
        self.assertFalse(self.candidate.team_ids, "the team goes on with its process")

        leads = self._arrive(40)

        baseline, candidate = self._arms(pilot)
        self.assertEqual(len(baseline | candidate), 40)
        self.assertEqual(baseline.sales_process_id, self.process)
        self.assertEqual(candidate.sales_process_id, self.candidate)
        self.assertEqual(candidate.sales_process_stage_id, self.candidate.stage_ids[0])
        self.assertEqual(leads.stage_id, self.qualify)
        # two salespeople, each in balance
        for user in (self.rep, self.colleague):
            of_user = len(candidate.filtered(lambda lead, user=user: lead.user_id == user))
            self.assertAlmostEqual(of_user, 10, delta=5)
        visits = self.env["sales.process.visit"].search([("lead_id", "in", candidate.ids)])
        self.assertEqual(visits.process_id, self.candidate)
        self.assertEqual(len(visits), len(candidate))

    def test_no_lead_changes_arm(self):
        pilot = self._start(self._pilot())
        self._arrive(10)
        baseline, candidate = self._arms(pilot)
        lead, other = candidate[0], baseline[0]

        (lead | other).write({"user_id": self.colleague.id, "tag_ids": [Command.create({"name": "Steel"})]})
        lead.team_id = self.other_team
        self.assertFalse(lead.sales_process_id, "a team without a process")
        lead.team_id = self.team
        self.assertEqual(lead.sales_process_id, self.candidate, "back in the team, it follows its arm again")
        pilot._follow()
        self.assertEqual(self._arms(pilot), (baseline, candidate))
        self.assertEqual(other.sales_process_id, self.process)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["sales.process.pilot.assignment"].create(
                {"pilot_id": pilot.id, "lead_id": lead.id, "arm": "baseline", "date": self.now}
            )

    def test_gates_of_the_candidate_hold(self):
        self._require(self.candidate.stage_ids[0], "Second thoughts")
        pilot = self._start(self._pilot())
        self._arrive(12)
        baseline, candidate = self._arms(pilot)
        self._move(baseline, self.diagnose, self.leader)
        self.assertRefused(candidate[:1], self.diagnose, self.leader, missing=["Second thoughts"])

    def test_split_by_salesperson(self):
        members = [self._new_user(f"spf_pilot_{number}", "sales_team.group_sale_salesman") for number in range(6)]
        self.team.member_ids = [Command.link(user.id) for user in members]
        pilot = self._start(self._pilot(split="user"))
        arms = pilot.sudo().allocation
        self.assertEqual(sorted(arms.values()).count("candidate"), 4)

        for user in members:
            self._arrive(2, user_id=user.id)
        unassigned = self._arrive(1, user_id=False)

        for row in pilot.sudo().assignment_ids:
            self.assertEqual(row.arm, arms[str(row.lead_id.user_id.id)])
        self.assertNotIn(unassigned, pilot.sudo().assignment_ids.lead_id)
        someone = next(user for user in members if arms[str(user.id)] == "candidate")
        unassigned.user_id = someone
        pilot._follow()
        self.assertEqual(unassigned.sales_process_id, self.candidate, "drawn with its salesperson, in the night")

    def test_from_the_draft_to_its_pilot(self):
        action = self.candidate.with_user(self.manager).action_try_in_pilot()
        with Form(self.Pilot.with_user(self.manager).with_context(**action["context"])) as form:
            form.question = "Do deals close sooner?"
        pilot = form.save()
        self.assertEqual((pilot.candidate_process_id, pilot.baseline_process_id), (self.candidate, self.process))
        self.assertEqual((pilot.team_ids, pilot.kpi_id), (self.team, self.sales_cycle))
        self.assertEqual(self.candidate.pilot_count, 1)
        self.assertEqual(
            self.candidate.action_try_in_pilot()["domain"], [("candidate_process_id", "=", self.candidate.id)]
        )
        with self.assertRaises(AccessError):
            self.process.with_user(self.rep).action_try_in_pilot()

    def test_a_candidate_retired_by_hand_gets_no_more_leads(self):
        pilot = self._start(self._pilot())
        self.candidate.state = "retired"
        self.assertEqual(self._arrive(6).sales_process_id, self.process)
        self.assertFalse(pilot.lead_count)

    def test_only_some_industries(self):
        steel = self.env["crm.tag"].create({"name": "Steel"})
        pilot = self._start(self._pilot(tag_ids=[Command.set(steel.ids)], size_by_hand=80))
        inside = self._arrive(4, tag_ids=[Command.set(steel.ids)])
        outside = self._arrive(4)
        self.assertEqual(pilot.sudo().assignment_ids.lead_id, inside)
        self.assertEqual(outside.sales_process_id, self.process)

    def test_teams_left_over_from_a_split_by_team(self):
        """Drawing leads after all: the teams that were to be compared with leave the form, and take no part."""
        self.process.team_ids = [Command.link(self.other_team.id)]
        with Form(self._pilot(split="team", control_team_ids=[Command.set(self.other_team.ids)])) as form:
            form.split = "user"
            form.split = "lead"
        pilot = form.save()
        self.assertFalse(pilot.control_team_ids)
        # as it was kept before that was refused
        self.env.cr.execute(
            "INSERT INTO sales_process_pilot_control_team_rel (pilot_id, team_id) VALUES (%s, %s)",
            [pilot.id, self.other_team.id],
        )
        pilot.invalidate_recordset(["control_team_ids"])
        self._start(pilot)
        leads = self._arrive(6, team_id=self.other_team.id)
        pilot._follow()
        self.assertFalse(pilot.lead_count, "they work by the baseline and would water down the candidate")
        self.assertEqual(leads.sales_process_id, self.process)

    def test_another_version_for_the_pilot_teams(self):
        """A third version would take the baseline away from one arm."""
        pilot = self._start(self._pilot())
        self._arrive(12)
        baseline, _candidate = self._arms(pilot)
        third = self.process.copy({"name": "Test Process", "version": "1.2", "predecessor_id": self.process.id})
        for old, new in zip(self.process.stage_ids, third.stage_ids, strict=True):
            new.stage_id = old.stage_id
        Activation = self.env["sales.process.activation"]
        wizard = Activation.create({"process_id": third.id, "team_ids": [Command.set(self.team.ids)]})
        for call in (wizard.action_dry_run, wizard.action_activate):
            with self.assertRaisesRegex(UserError, "“Shorter needs analysis” is under way"):
                call()
        self.assertEqual((third.state, self.process.state), ("draft", "active"))
        elsewhere = Activation.create({"process_id": third.id, "team_ids": [Command.set(self.other_team.ids)]})
        elsewhere.action_dry_run()
        elsewhere.action_activate()
        self.assertEqual(third.state, "active")

        self.assertEqual(pilot._get_crossed_count(), 0)
        baseline[:2].team_id = self.other_team
        baseline[2]._attach_to_process(self.candidate)
        self.assertEqual(baseline[:2].sales_process_id, third)
        self.env.flush_all()
        self.assertEqual(pilot._get_crossed_count(), 3, "whoever left the baseline, wherever to")

    def test_adopting_spares_the_teams_of_other_pilots(self):
        self.process.team_ids = [Command.link(self.other_team.id)]
        pilot = self._start(self._pilot())
        other = self._pilot(
            name="Elsewhere",
            team_ids=[Command.set(self.other_team.ids)],
            candidate_process_id=self.process.copy({"version": "1.3"}).id,
        )
        other.sudo().state = "running"
        with self.assertRaisesRegex(UserError, "“Elsewhere” is under way"):
            self._close(pilot, "adopted", team_ids=[Command.set((self.team | self.other_team).ids)])
        self._close(pilot, "adopted")
        self.assertEqual((pilot.state, self.candidate.team_ids), ("adopted", self.team), "the others are not proposed")
        self.assertEqual((self.process.state, self.process.team_ids), ("active", self.other_team))

    def test_pilots_in_analysis_keep_their_teams(self):
        """Until it is decided about a pilot can be extended, and its leads are still worked by its versions."""
        candidate = self.process.copy({"name": "Test Process", "version": "1.4"})
        first = self._start(self._pilot(name="First"))
        second = self._pilot(name="Second", candidate_process_id=candidate.id)
        first.sudo().state = "analysis"
        second.action_plan()
        self.assertEqual(dict(second.plan["warnings"])["overlap"]["pilot"], "First")
        with self.assertRaisesRegex(UserError, "take part in “First”"):
            second.action_start()
        # as it could begin before that was refused
        second.sudo().state = "running"
        with self.assertRaisesRegex(UserError, "take part in “Second”"):
            self._close(first, "extended", cycles=1)
        self._close(second, "dropped")
        self._close(first, "extended", cycles=1)
        self.assertEqual(first.state, "extended")

    def test_question_and_design_are_settled(self):
        pilot = self._start(self._pilot())
        for vals in ({"question": "Another?"}, {"kpi_id": self.average_deal.id}, {"effect_wanted": 1}):
            with self.assertRaisesRegex(UserError, "are settled"):
                pilot.with_user(self.manager).write(vals)
        for vals in ({"verdict": "better"}, {"state": "adopted"}, {"planned_size": 1}):
            with self.assertRaisesRegex(UserError, "keeps this itself"):
                pilot.with_user(self.manager).write(vals)
        with self.assertRaisesRegex(UserError, "is kept"):
            pilot.unlink()

    def test_numbers_and_indicators_are_checked(self):
        for vals, message in (
            ({"alpha": 60}, "error level"),
            ({"effect_wanted": 0}, "Say which effect"),
            ({"cycles": 0}, "sales cycles"),
            ({"candidate_process_id": self.process.id}, "another version"),
            ({"baseline_kind": "history"}, "split by team"),
            ({"control_team_ids": [Command.set(self.other_team.ids)]}, "Only a split by team"),
            (
                {
                    "baseline_kind": "history",
                    "split": "team",
                    "control_team_ids": [Command.set(self.other_team.ids)],
                },
                "Only a split by team",
            ),
            ({"kpi_id": self.env.ref("sales_process_framework.kpi_revenue_attainment").id}, "told apart by arm"),
            ({"guardrail_ids": [Command.set(self.win_rate.ids)]}, "no guardrail of itself"),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(ValidationError, message):
                self._pilot(**vals)

    def _close(self, pilot, decision, **vals):
        wizard = (
            self.env["sales.process.pilot.decide"]
            .with_user(self.manager)
            .create({"pilot_id": pilot.id, "decision": decision, "reason": "Everybody liked it.", **vals})
        )
        wizard.action_decide()

    def test_adopt(self):
        pilot = self._start(self._pilot())
        self._arrive(10)
        baseline, candidate = self._arms(pilot)
        with self.assertRaisesRegex(UserError, "Give the reasons"):
            self._close(pilot, "adopted", reason=" ")

        self._close(pilot, "adopted")

        self.assertEqual((pilot.state, pilot.decision, pilot.decided_by_id), ("adopted", "adopted", self.manager))
        self.assertEqual((self.candidate.state, self.process.state), ("active", "retired"))
        self.assertEqual(self.candidate.team_ids, self.team)
        self.assertEqual(baseline.sales_process_id, self.process, "they finish on their version")
        self.assertEqual(candidate.sales_process_id, self.candidate)
        self.assertEqual(self._arrive(2).sales_process_id, self.candidate)
        self.assertEqual(pilot.decision_ids.reason, "Everybody liked it.")
        self.assertEqual(len(pilot.sudo().assignment_ids), 10, "who was drawn for what is kept")
        with self.assertRaisesRegex(UserError, "not under way"):
            self._close(pilot, "dropped")

    def test_adopt_with_the_open_leads(self):
        pilot = self._start(self._pilot())
        self._arrive(10)
        baseline, _candidate = self._arms(pilot)
        criterion = self._tickable
        self._tick(baseline[0], criterion, user=self.leader)
        self._close(pilot, "adopted", migrate_leads=True)
        self.assertEqual(baseline.sales_process_id, self.candidate)
        answer = self.env["sales.process.answer"].search([("lead_id", "=", baseline[0].id)])
        self.assertIn(self.candidate, answer.requirement_id.process_id, "what was answered goes along")

    def test_adopt_in_one_of_two_teams(self):
        self.process.team_ids = [Command.link(self.other_team.id)]
        pilot = self._start(self._pilot())
        self._close(pilot, "adopted", team_ids=[Command.set(self.team.ids)])
        self.assertEqual((self.process.state, self.process.team_ids), ("active", self.other_team))
        self.assertEqual(self.candidate.team_ids, self.team)

    def test_drop(self):
        pilot = self._start(self._pilot())
        self._arrive(10)
        _baseline, candidate = self._arms(pilot)
        candidate[0].with_user(self.leader).stage_id = self.diagnose

        self._close(pilot, "dropped", return_leads=True)

        self.assertEqual((pilot.state, self.candidate.state, self.process.state), ("dropped", "retired", "active"))
        self.assertEqual(candidate.sales_process_id, self.process)
        self.assertEqual(candidate[0].stage_id, self.diagnose)
        self.assertEqual(candidate[0].sales_process_stage_id, self.p_diagnose)
        self.assertEqual(self._arrive(2).sales_process_id, self.process)

    def test_drop_without_return(self):
        pilot = self._start(self._pilot())
        self._arrive(10)
        _baseline, candidate = self._arms(pilot)
        self._close(pilot, "dropped")
        self.assertEqual(candidate.sales_process_id, self.candidate)
        candidate[0].with_user(self.leader).stage_id = self.diagnose
        self.assertEqual(candidate[0].sales_process_id, self.candidate, "they finish on it")

    def test_extend(self):
        pilot = self._start(self._pilot())
        before = pilot.date_end
        self._close(pilot, "extended", cycles=2)
        self.assertEqual((pilot.state, pilot.cycles), ("extended", 4))
        self.assertEqual((pilot.date_end - before).days, 2 * pilot.plan["cycle"])
        self._arrive(4)
        self.assertEqual(pilot.lead_count, 4, "leads are still drawn")
        self._close(pilot, "dropped")
        pilot.invalidate_recordset(["decision_ids"])
        self.assertEqual(set(pilot.decision_ids.mapped("decision")), {"dropped", "extended"})

    def test_queries_are_flat(self):
        self._start(self._pilot())
        self._arrive(1)
        counts = []
        for number in (1, 50):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueries_recorded() as queries:
                self._arrive(number)
                self.env.flush_all()
            counts.append(len([query for query in queries if "sales_process_pilot" in query]))
        self.assertEqual(counts[0], counts[1])

    def assertQueries_recorded(self):
        return _Recorder(self.env.cr)

    def test_without_a_pilot_nothing_is_asked(self):
        self._arrive(1)
        with self.assertQueries_recorded() as queries:
            self._arrive(3)
            self.env.flush_all()
        self.assertFalse([query for query in queries if "sales_process_pilot" in query])


class _Recorder:
    """The statements of a block."""

    def __init__(self, cr):
        self.cr, self.queries = cr, []

    def __enter__(self):
        cursor = type(self.cr._cnx and self.cr)
        execute = cursor.execute
        queries = self.queries

        def record(cr, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        self.patcher = patch.object(cursor, "execute", record)
        self.patcher.start()
        return self.queries

    def __exit__(self, *_exc):
        self.patcher.stop()
