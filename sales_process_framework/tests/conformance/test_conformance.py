import random
from collections import Counter
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools import conformance
from .common import PathsCommon


@tagged("post_install", "-at_install")
class TestConformance(PathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        path = cls.qualify, cls.diagnose, cls.propose, cls.won
        cls.straight = cls._walk(*path, outcome="won", count=4)
        cls.skipping = cls._walk(cls.qualify, cls.propose, cls.won, outcome="won", count=2, stay=3)
        cls.returning = cls._walk(cls.qualify, cls.diagnose, cls.qualify, cls.diagnose, outcome="lost", count=3, stay=4)
        cls.waiting = cls._walk(cls.qualify, cls.diagnose, late=[1])
        cls.strayed = cls._walk(cls.qualify, cls.other_stage, cls.diagnose, outcome="archived")

    def test_figures(self):
        page = self._read()
        self.assertEqual(page["total"], 11)
        outcome = page["outcome"]
        self.assertEqual([outcome[name] for name in ("won", "lost", "archived", "open")], [6, 3, 1, 1])
        self.assertAlmostEqual(outcome["win_rate"], 100 * 6 / 9)
        self.assertEqual((page["conforming"], page["strict"]), (4, 4))
        self.assertEqual([stage["position"] for stage in page["stages"]], [1, 2, 3, 4])

    def test_variants(self):
        page = self._read()
        self.assertEqual([row["path"] for row in page["variants"][:2]], [[1, 2, 3, 4], [1, 2, 1, 2]])
        straight = self._variant(page, 1, 2, 3, 4)
        self.assertEqual((straight["deals"], straight["conforming"], straight["deviations"]), (4, 4, []))
        self.assertAlmostEqual(straight["days"], 6, places=2, msg="from the first stage to the sale")
        self.assertEqual(straight["win_rate"], 100)
        returned = self._variant(page, 1, 2, 1, 2)
        self.assertEqual(returned["win_rate"], 0)
        self.assertEqual(
            [(row["kind"], row["position"]) for row in returned["deviations"]],
            [("out_of_order", 1), ("repeated", 1), ("repeated", 2)],
        )
        self.assertAlmostEqual(sum(row["share"] for row in page["variants"]), 100)

    def test_deviations(self):
        page = self._read()
        skipped = self._deviation(page, "skipped", 2)
        self.assertEqual((skipped["deals"], skipped["won"], skipped["win_rate"]), (2, 2, 100))
        self.assertAlmostEqual(skipped["days"], 6, places=2)
        self.assertEqual(self._deviation(page, "out_of_order", 1)["deals"], 3)
        self.assertEqual(self._deviation(page, "repeated", 2)["lost"], 3)
        late = self._deviation(page, "too_long", 2)
        self.assertEqual((late["deals"], late["open"], late["win_rate"]), (1, 1, None))
        self.assertEqual(self._deviation(page, "outside", 0)["archived"], 1)
        self.assertIsNone(self._deviation(page, "skipped", 3))
        self.assertEqual([row["deals"] for row in page["deviations"]], [3, 3, 3, 2, 1, 1], "the most frequent first")

    def test_map(self):
        page = self._read()
        edges = {(edge["from"], edge["to"]): edge for edge in page["edges"]}
        self.assertEqual(edges[1, 2]["count"], 4 + 2 * 3 + 1)
        self.assertEqual(edges[1, 3]["count"], 2)
        self.assertAlmostEqual(edges[1, 3]["days"], 3, places=2)
        self.assertEqual(edges[2, 1]["count"], 3)
        nodes = {node["position"]: node for node in page["nodes"]}
        self.assertEqual(nodes[1]["count"], 11 + 3)
        self.assertAlmostEqual(nodes[1]["days"], 3, places=2, msg="6 of 2 days, 2 of 3, 6 of 4")
        ends = {(end["from"], end["outcome"]): end["count"] for end in page["ends"]}
        self.assertEqual(ends, {(2, "lost"): 3, (2, "open"): 1, (2, "archived"): 1, (4, "won"): 6})

    def test_flexible_stage_may_be_left_out(self):
        draft = self.process.copy({"name": "Flexible"})
        draft.stage_ids[1].flexible = True
        for stage, copy in zip(self.stages, draft.stage_ids, strict=True):
            copy.stage_id = stage
        self.team.copy()
        draft.write({"state": "retired"})
        self._walk(self.qualify, self.propose, self.won, outcome="won", process=draft)
        page = self._read(process_id=draft.id)
        self.assertEqual((page["total"], page["conforming"], page["deviations"]), (1, 1, []))
        self.assertEqual(page["fitness"], 1)

    def test_stays_in_one_stage_are_one_step(self):
        deal = self._walk(self.qualify, self.qualify, self.diagnose)
        page = self._read()
        self.assertEqual(self._variant(page, 1, 2)["deals"], 2)
        self.assertIn(deal, self._deals({"path": [1, 2], "joined": False}))
        self.assertEqual(self._deviation(page, "repeated", 1)["deals"], 3, "not entered again")

    def test_drill_down_finds_as_many_as_the_page_counts(self):
        page = self._read()
        for row in page["variants"]:
            self.assertEqual(len(self._deals({"path": row["path"], "joined": row["joined"]})), row["deals"])
        for row in page["deviations"]:
            found = self._deals({"kind": row["kind"], "position": row["position"]})
            self.assertEqual(len(found), row["deals"], row)
        for end in page["ends"]:
            self.assertEqual(len(self._deals({"end": [end["from"], end["outcome"]]})), end["count"])
        self.assertEqual(self._deals({"edge": [1, 3]}), self.skipping)
        self.assertEqual(self._deals({"node": 0}), self.strayed)
        self.assertEqual(self._deals({"conforming": True}), self.straight)
        self.assertEqual(len(self._deals({"conforming": False})), page["total"] - page["conforming"])
        self.assertEqual(len(self._deals({})), page["total"])

    def test_nonsense_is_refused(self):
        for what in ({"edge": ["x", 1]}, {"kind": "skipped"}, {"path": [None]}, {"end": [1]}, {"node": "a"}):
            with self.subTest(what=what), self.assertRaises(UserError):
                self._deals(what)
        for filters in (
            {"date_from": "soon"},
            {"date_from": "2026-02-01", "date_to": "2026-01-01"},
            {"process_id": "1"},
            {"process_id": self.process_b.id},
            {"colour": 1},
        ):
            with self.subTest(filters=filters), self.assertRaises(UserError):
                self._read(**filters)
        with self.assertRaises(UserError):
            self._read(basis="someday")

    def test_teams(self):
        deal = self._walk(self.qualify, self.diagnose)
        second = self.env["crm.team"].create({"name": "Second Team", "company_id": self.company.id})
        self.env.cr.execute("UPDATE crm_lead SET team_id = %s WHERE id = %s", [second.id, deal.id])
        self.env.invalidate_all()
        self.assertEqual(self._read(team_id=second.id)["total"], 1)
        self.assertEqual(self._read(team_id=self.team.id)["total"], 11)

    def test_begun_and_closed_in_the_period(self):
        """A day of the company, not of the server: Brussels is an hour ahead of UTC in winter."""
        with freeze_time("2026-01-15 12:00:00"):
            leads = self._walk(self.qualify, self.diagnose, outcome="lost", count=2)
        early, late = leads
        moments = {early: "2025-12-31 22:59:59", late: "2025-12-31 23:00:00"}
        for lead, moment in moments.items():
            self.env.cr.execute(
                "UPDATE sales_process_visit SET entered = %s WHERE id = %s",
                [moment, lead.sales_visit_ids.sorted("entered")[0].id],
            )
            self.env.cr.execute("UPDATE crm_lead SET date_closed = %s WHERE id = %s", [moment, lead.id])
        self.env.invalidate_all()
        january = {"date_from": "2026-01-01", "date_to": "2026-01-31"}
        december = {"date_from": "2025-12-01", "date_to": "2025-12-31"}
        for basis in ("started", "closed"):
            with self.subTest(basis=basis):
                self.assertEqual(self._deals({}, basis=basis, **january) & leads, late)
                self.assertEqual(self._deals({}, basis=basis, **december) & leads, early)

    def test_path_goes_on_after_the_period(self):
        """Deals that began in it are followed to where they are now; those on their way before are none of it."""
        first = (self.now - timedelta(days=99)).date()
        last = (self.now - timedelta(days=90)).date()
        page = self._read(date_from=first.isoformat(), date_to=last.isoformat())
        self.assertEqual(page["total"], 0)
        first = (self.now - timedelta(days=101)).date()
        page = self._read(date_from=first.isoformat(), date_to=last.isoformat())
        self.assertEqual(page["total"], 11)
        self.assertEqual(self._variant(page, 1, 2, 3, 4)["deals"], 4)

    def test_deal_from_another_version_has_skipped_nothing(self):
        draft = self.process.copy({"name": "Earlier"})
        for stage, copy in zip(self.stages, draft.stage_ids, strict=True):
            copy.stage_id = stage
        draft.write({"state": "retired"})
        deal = self._walk(self.qualify, self.diagnose, self.propose, self.won, outcome="won")
        for visit in deal.sales_visit_ids.sorted("entered")[:2]:
            visit.sudo().write({"process_id": draft.id})
        page = self._read()
        joined = self._variant(page, 3, 4)
        self.assertTrue(joined["joined"])
        self.assertEqual((joined["deviations"], joined["conforming"]), ([], 1))
        self.assertEqual(self._deals({"path": [3, 4], "joined": True}), deal)

    def test_deal_created_in_a_late_stage_has_skipped(self):
        self._walk(self.propose, self.won, outcome="won")
        page = self._read()
        self.assertEqual(self._deviation(page, "skipped", 1)["deals"], 1)
        self.assertEqual(self._deviation(page, "skipped", 2)["deals"], 3)

    def test_won_in_a_stage_that_the_process_does_not_know(self):
        stage = self.env["crm.stage"].create({"name": "Sold", "is_won": True, "sequence": 600})
        self._walk(self.qualify, self.diagnose, self.propose, stage, outcome="won")
        page = self._read()
        row = self._variant(page, 1, 2, 3, 5)
        self.assertEqual([(found["kind"], found["position"]) for found in row["deviations"]], [("skipped", 4)])

    def test_merged_deal_counts_once(self):
        leads = self._walk(self.qualify, self.diagnose, count=2, name="Twin")
        before = self._read()["total"]
        leads.with_user(self.manager).merge_opportunity(auto_unlink=True)
        self.assertEqual(self._read()["total"], before - 1)

    def test_real_moves_leave_the_path_that_was_gone(self):
        deal = self._lead(name="Moved by hand")
        self._move(deal, self.diagnose)
        self._move(deal, self.qualify)
        self._move(deal, self.propose)
        self.assertIn(deal, self._deals({"path": [1, 2, 1, 3], "joined": False}))

    def test_statement_and_rules_agree(self):
        """The paths that PostgreSQL puts together are those of the pure functions, on deals that go anywhere."""
        rng = random.Random(7)
        choices = [*self.stages, self.other_stage]
        positions = {stage: number for number, stage in enumerate(self.stages, 1)} | {self.other_stage: 0}
        expected = Counter()
        for deal in self._make_deals(25):
            stages = [rng.choice(choices) for _step in range(rng.randint(1, 7))]
            self._walk(*stages, leads=deal, ago=20, outcome=rng.choice(["open", "lost", "archived"]))
            expected[conformance.merge(positions[stage] for stage in stages)] += 1
        first = (self.now - timedelta(days=30)).date().isoformat()
        page = self._read(date_from=first)
        self.assertEqual({tuple(row["path"]): row["deals"] for row in page["variants"]}, expected)
        model = conformance.Model(4)
        wanted = Counter()
        for path, count in expected.items():
            for deviation in conformance.find_deviations(path, model):
                wanted[deviation.kind, deviation.position] += count
        self.assertEqual({(row["kind"], row["position"]): row["deals"] for row in page["deviations"]}, wanted)
        edges = conformance.count_edges(expected)
        self.assertEqual({(edge["from"], edge["to"]): edge["count"] for edge in page["edges"]}, edges)
        replays = sum(
            (conformance.replay(path, model).times(count) for path, count in expected.items()), conformance.Replay()
        )
        self.assertAlmostEqual(page["fitness"], replays.fitness)

    def test_query_count_is_flat(self):
        self._read()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._read()
        few = self.env.cr.sql_log_count - before
        self._walk(self.qualify, self.diagnose, self.propose, count=15)
        self._walk(self.qualify, self.propose, self.diagnose, count=15)
        self._read()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._read()
        self.assertEqual(self.env.cr.sql_log_count - before, few)

    def test_nothing_there(self):
        page = self._read(date_from="1999-01-01", date_to="1999-12-31")
        self.assertEqual((page["total"], page["variants"], page["fitness"]), (0, [], None))
        self.assertEqual(page["outcome"]["days"], None)
