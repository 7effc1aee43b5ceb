from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..improvement.common import ImprovementCommon


@tagged("post_install", "-at_install")
class TestRoadmap(ImprovementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Roadmap = cls.env["sales.process.roadmap"].with_user(cls.manager)
        cls.idea.write({"date_start": "2031-02-01", "date_end": "2031-04-30", "user_id": cls.manager.id})
        cls.mine = [("improvement", cls.idea.id)]

    def _bars(self, user=None, **filters):
        data = self.Roadmap.with_user(user or self.manager).get_roadmap(**{"year": 2031, **filters})
        return {bar["key"]: {**bar, "lane": lane["name"]} for lane in data["lanes"] for bar in lane["bars"]}

    def test_everything_of_a_year_and_nothing_of_another(self):
        self.process.date_activated = datetime(2031, 3, 1, 12)
        # At 23:30 UTC on New Year's Eve the year 2032 has begun in Brussels.
        self.next.date_activated = datetime(2031, 12, 31, 23, 30)
        review = self.env["sales.process.review"].create(
            {"date": datetime(2031, 5, 5, 8), "company_id": self.company.id}
        )
        pilot = self.env["sales.process.pilot"].create(
            {
                "name": "Trial",
                "company_id": self.company.id,
                "candidate_process_id": self.next.id,
                "kpi_id": self.kpi.id,
                "date_start": datetime(2030, 11, 1),
            }
        )
        pilot.sudo().write({"state": "running", "date_end": datetime(2031, 1, 20, 12)})
        bars = self._bars()
        self.assertEqual(
            set(bars),
            {
                f"improvement {self.idea.id}",
                f"version {self.process.id}",
                f"review {review.id}",
                f"pilot {pilot.id}",
            },
        )
        self.assertEqual(bars[f"version {self.process.id}"]["start"], "2031-03-01")
        self.assertTrue(bars[f"version {self.process.id}"]["point"])
        trial = bars[f"pilot {pilot.id}"]
        self.assertEqual((trial["start"], trial["stop"]), ("2030-11-01", "2031-01-20"))
        self.assertEqual((trial["clipped_start"], trial["clipped_stop"]), (True, False))
        self.assertEqual(set(self._bars(kinds=["review"])), {f"review {review.id}"})
        self.assertEqual(set(self._bars(year=2032)), {f"version {self.next.id}"})

    def test_a_rollout_from_its_first_phase_to_its_last(self):
        rollout = self.env["sales.process.rollout"].create(
            {
                "name": "To all teams",
                "company_id": self.company.id,
                "process_id": self.next.id,
                "phase_ids": [
                    (0, 0, {"name": "Core", "date_planned": "2031-03-01"}),
                    (0, 0, {"name": "All", "date_planned": "2031-06-01"}),
                ],
            }
        )
        bar = self._bars()[f"rollout {rollout.id}"]
        self.assertEqual((bar["start"], bar["stop"], bar["lane"]), ("2031-03-01", "2031-06-01", "Test Process"))

    def test_lanes(self):
        key = f"improvement {self.idea.id}"
        self.assertEqual(self._bars()[key]["lane"], "Test Process")
        self.assertEqual(self._bars(group="state")[key]["lane"], "Improvement: Idea")
        self.assertEqual(self._bars(group="owner")[key]["lane"], self.manager.name)
        other = self._idea(name="Elsewhere", process_id=False, date_start="2031-03-01", date_end="2031-03-02")
        self.assertEqual(self._bars()[f"improvement {other.id}"]["lane"], "Whole company")
        # Of one process: every version of it.
        carried = self._idea(name="Next", process_id=self.next.id, date_start="2031-03-01", date_end="2031-03-02")
        self.assertEqual(set(self._bars(process_id=self.process.id)), {key, f"improvement {carried.id}"})
        self.assertEqual(self._bars()[f"improvement {carried.id}"]["row"], 1)

    def test_what_has_no_dates_waits_beside(self):
        waiting = self._idea(name="Some day")
        data = self.Roadmap.get_roadmap(2031)
        self.assertEqual([bar["id"] for bar in data["undated"]], [waiting.id])
        waiting.write({"date_start": "2031-12-20"})
        bar = self._bars()[f"improvement {waiting.id}"]
        self.assertEqual((bar["stop"], bar["clipped_stop"]), ("2032-01-19", True))

    def test_only_what_can_be_moved(self):
        key = f"improvement {self.idea.id}"
        self.assertTrue(self._bars()[key]["can_move"])
        self.assertFalse(self._bars(self.rep)[key]["can_move"])
        self.assertFalse(self.Roadmap.with_user(self.rep).get_roadmap(2031)["can_edit"])
        self.idea.action_drop()
        self.assertFalse(self._bars()[key]["can_move"])

    def test_the_loop_counts_the_ideas_of_the_year(self):
        year = self.company._get_sales_today().year
        before = [step["count"] for step in self.Roadmap.get_roadmap(year)["funnel"]]
        self._store({})
        self._in_use(date(2025, 6, 1)).action_measure()
        waiting = self._idea(user_id=self.manager.id)
        waiting.action_accept()
        steps = self.Roadmap.get_roadmap(year)["funnel"]
        grown = [step["count"] - count for step, count in zip(steps, before, strict=True)]
        self.assertEqual(
            [step["key"] for step in steps], ["idea", "accepted", "in_version", "in_use", "measured", "better"]
        )
        self.assertEqual(grown, [2, 2, 1, 1, 1, 0])
        self.assertEqual([step["count"] for step in self.Roadmap.get_roadmap(2031)["funnel"]], [0] * 6)
        self.assertIsNone(self.Roadmap.get_roadmap(2031)["funnel"][1]["share"])

    def test_what_there_is_not(self):
        for filters in ({"group": "x"}, {"kinds": ["user"]}, {"year": 1}, {"kinds": ["_read"]}):
            with self.subTest(filters), self.assertRaises(UserError):
                self._bars(**filters)

    def test_who_sees_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.Improvement.sudo().create(
            {"name": "Secret", "company_id": other.id, "date_start": "2031-03-01", "date_end": "2031-03-02"}
        )
        self.assertEqual(set(self._bars()), {f"improvement {self.idea.id}"})
        for group in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, login=f"spf_{group}", groups=group)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.Roadmap.with_user(user).get_roadmap(2031)

    def test_no_query_more_for_more_bars(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Roadmap.get_roadmap(2031)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(20):
            self._idea(name=f"I{number}", date_start="2031-03-01", date_end="2031-05-01", version_id=self.next.id)
        self.assertLessEqual(count(), few + 1)
