"""The verdict as pure functions; no database."""

import unittest

from ...tools.gate import (
    Direction,
    Outside,
    Playbook,
    Requirement,
    Rule,
    Stage,
    Standing,
    evaluate,
    judge_answer,
    percent,
    plan_move,
    progress,
    settle,
)


def requirement(number, gate="exit", **values):
    return Requirement(id=number, stage=number // 10, gate=gate, judgement="manual", **values)


def playbook(skip_rule="gates", back_rule="free", flexible=()):
    """Four stages 1–4 for pipeline stages 10–40; requirement 11 enters stage 1, 12 leaves it, and so on."""
    stages = tuple(
        Stage(
            id=number,
            pipeline_stage=number * 10,
            flexible=number in flexible,
            entry=(requirement(number * 10 + 1, "entry"),),
            exit=(requirement(number * 10 + 2),),
        )
        for number in range(1, 5)
    )
    return Playbook.build(id=1, enforcement="block", skip_rule=skip_rule, back_rule=back_rule, stages=stages)


def ids(move):
    return [req.id for req in move.requirements]


class TestPlanMove(unittest.TestCase):
    def test_next_stage_asks_for_exit_and_entry(self):
        move = plan_move(playbook(), 10, 20)
        self.assertEqual((move.direction, ids(move), move.broken_rule), (Direction.FORWARD, [12, 21], None))

    def test_skipping(self):
        self.assertEqual(ids(plan_move(playbook("gates"), 10, 40)), [12, 21, 22, 31, 32, 41])
        self.assertEqual(ids(plan_move(playbook("free"), 10, 40)), [12, 41])
        self.assertEqual(plan_move(playbook("forbid"), 10, 40).broken_rule, Rule.SKIP)
        self.assertIsNone(plan_move(playbook("forbid"), 10, 20).broken_rule)

    def test_back(self):
        self.assertEqual(plan_move(playbook(), 30, 10).requirements, ())
        self.assertIsNone(plan_move(playbook(), 30, 10).broken_rule)
        self.assertEqual(plan_move(playbook(back_rule="forbid"), 30, 10).broken_rule, Rule.BACK)

    def test_entering_late_is_judged_from_the_first_stage(self):
        self.assertEqual(plan_move(playbook(), None, 10).requirements, ())
        for rule in ("free", "gates", "forbid"):
            entering, dragged = plan_move(playbook(rule), None, 30), plan_move(playbook(rule), 10, 30)
            self.assertEqual(ids(entering), ids(dragged))
            self.assertEqual(entering.broken_rule, dragged.broken_rule)
            self.assertEqual(entering.direction, Direction.ENTRY)

    def test_stages_outside(self):
        self.assertEqual(ids(plan_move(playbook(), 20, 99, Outside.AHEAD)), [22])
        self.assertEqual(ids(plan_move(playbook(), 20, 99, Outside.BEHIND)), [])
        self.assertEqual(ids(plan_move(playbook(), 30, 99, Outside.WON)), [32, 41, 42])
        self.assertEqual(plan_move(playbook("forbid"), 30, 99, Outside.WON).broken_rule, Rule.SKIP)

    def test_flexible_at_either_end(self):
        self.assertTrue(plan_move(playbook(flexible={1}), 10, 20).flexible)
        self.assertTrue(plan_move(playbook(flexible={2}), 10, 20).flexible)
        self.assertFalse(plan_move(playbook(flexible={3}), 10, 20).flexible)


class TestSettle(unittest.TestCase):
    def test_order_locks_whatever_the_answer(self):
        chain = [requirement(1), requirement(2, after=(1,)), requirement(3, after=(2,))]
        met = dict.fromkeys((1, 2, 3), Standing.MET)
        self.assertEqual(settle(chain, met), met)
        self.assertEqual(
            settle(chain, {**met, 1: Standing.MISSING}),
            {1: Standing.MISSING, 2: Standing.LOCKED, 3: Standing.LOCKED},
        )
        self.assertEqual(settle(chain, {**met, 1: Standing.NOT_APPLICABLE})[3], Standing.MET)

    def test_circle_ends(self):
        circle = [requirement(1, after=(2,)), requirement(2, after=(1,))]
        self.assertEqual(set(settle(circle, {})), {1, 2})

    def test_long_chain(self):
        chain = [requirement(number, after=(number - 1,) if number else ()) for number in range(300)]
        standings = settle(chain, dict.fromkeys(range(300), Standing.MET))
        self.assertEqual(set(standings.values()), {Standing.MET})


class TestEvaluate(unittest.TestCase):
    def test_unmet_and_advisory(self):
        move = plan_move(playbook(), 10, 20)
        self.assertTrue(evaluate(move, {12: Standing.MET, 21: Standing.NOT_APPLICABLE}).passes)
        for standing in set(Standing) - {Standing.MET, Standing.NOT_APPLICABLE}:
            verdict = evaluate(move, {12: standing, 21: Standing.MET})
            self.assertFalse(verdict.passes)
            self.assertEqual([req.id for req in verdict.unmet], [12])

    def test_broken_rule_refuses_even_when_all_is_met(self):
        move = plan_move(playbook("forbid"), 10, 40)
        self.assertFalse(evaluate(move, {12: Standing.MET, 41: Standing.MET}).passes)

    def test_progress_rounds_down(self):
        checklist = [requirement(number) for number in range(3)] + [requirement(9, mandatory=False)]
        self.assertEqual(progress(checklist, {0: Standing.MET, 1: Standing.MET}), (2, 3))
        self.assertEqual([percent(2, 3), percent(0, 0), percent(0, 3), percent(199, 200)], [66, 100, 0, 99])

    def test_answers(self):
        counted = requirement(1, min_count=2)
        self.assertEqual(judge_answer(counted, "done", 1), Standing.MISSING)
        self.assertEqual(judge_answer(counted, "done", 2), Standing.MET)
        self.assertEqual(judge_answer(counted, None, 5), Standing.MISSING)
        self.assertEqual(judge_answer(counted, "na", 0), Standing.MISSING)
        self.assertEqual(judge_answer(requirement(1, allow_na=True), "na", 0), Standing.NOT_APPLICABLE)
