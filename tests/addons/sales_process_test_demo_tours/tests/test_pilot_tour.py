"""A manager of the demo company closes a pilot, makes the next version and sets up the pilot of it."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestPilotTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_bundles()
        cls.decided, cls.running, cls.planned, cls.dropped = (
            cls._ref(f"pilot_{name}") for name in ("demo", "running_demo", "planned_demo", "dropped_demo")
        )
        cls.baseline = cls._ref("process_b2b_demo")
        cls.manager = cls._ref("user_manager")
        cls.manufacturing, cls.technology = cls._ref("team_manufacturing"), cls._ref("team_technology")

    @classmethod
    def _make_bundles(cls):
        """Those that the tour needs, before its time begins to run."""
        bundles = cls.env["ir.qweb"]
        bundles._get_asset_bundle("web.assets_web", css=True, js=False).css()
        for name in ("web.assets_web", "web.assets_tests"):
            bundles._get_asset_bundle(name, css=False, js=True).js()

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"sales_process_framework.{name}")

    def _get_arms(self, pilot):
        return {row.lead_id: row.arm for row in pilot.assignment_ids}

    def test_manager_sets_up_follows_and_closes_a_pilot(self):
        pilots = self.decided | self.running | self.planned | self.dropped
        self.assertEqual(pilots.mapped("state"), ["analysis", "running", "draft", "dropped"])
        candidate = self.decided.candidate_process_id
        arms = [self._get_arms(pilot) for pilot in pilots]
        looks = self.decided.looks["primary"]

        with mute_logger("odoo.http"):  # what the manager is refused on the way
            self.start_tour(
                "/odoo/sales-pilots", "sales_process_demo_pilot_tour", login=self.manager.login, timeout=120
            )

        self._check_closed(candidate, looks)
        made = self.env["sales.process.pilot"].search([("id", "not in", pilots.ids)])
        self._check_made(made, candidate)
        # Those that the manager only looked at
        self.assertEqual((self.running | self.planned | self.dropped).mapped("state"), ["running", "draft", "dropped"])
        self.assertFalse(self.running.decision_ids)
        for pilot, before in zip(pilots, arms, strict=True):
            # bringing the figures up to date may draw leads that came late
            self.assertLessEqual(before.items(), self._get_arms(pilot).items(), pilot.name)
        # The time of a test stands still; the pilot has begun since.
        with patch.object(self.env.cr, "now", return_value=made.date_start + timedelta(minutes=1)):
            self._check_draw(made)

    def _check_closed(self, candidate, looks):
        """Adopted by the manager for the reasons given; looked at no more often than the design allows."""
        pilot = self.decided
        self.assertEqual((pilot.state, pilot.decision, pilot.verdict), ("adopted", "adopted", "better"))
        self.assertEqual(pilot.looks["primary"], looks)
        self.assertEqual(pilot.decided_by_id, self.manager)
        decision = pilot.decision_ids
        self.assertEqual((decision.decision, decision.user_id), ("adopted", self.manager))
        self.assertEqual((decision.reason, decision.verdict), ("A third faster, and customers say so too.", "better"))
        self.assertTrue(decision.analysis["primary"]["good"])
        self.assertFalse(any(pilot.assignment_ids.mapped("is_running")))
        self.assertFalse(pilot.activity_ids, "the manager was asked to decide, and has")
        # The team works by the candidate now, the other one goes on with the version before.
        self.assertEqual((candidate.state, candidate.team_ids), ("active", self.manufacturing))
        self.assertEqual((self.baseline.state, self.baseline.team_ids), ("active", self.technology))

    def _check_made(self, pilot, candidate):
        self.assertEqual((pilot.name, pilot.state), ("Needs analysis within a week", "running"))
        self.assertEqual(pilot.user_id, self.manager)
        self.assertEqual((pilot.baseline_process_id, pilot.team_ids), (candidate, self.manufacturing))
        self.assertEqual(pilot.kpi_id, self._ref("kpi_stage_time"))
        self.assertEqual(pilot.guardrail_ids, self._ref("kpi_win_rate") | self._ref("kpi_average_deal"))
        self.assertEqual((pilot.split, pilot.design, pilot.effect_wanted), ("lead", "sequential", -60))
        self.assertGreater(pilot.planned_size, 0)
        self.assertGreaterEqual(pilot.planned_leads, pilot.planned_size)
        self.assertGreaterEqual(pilot.plan["history"], 20, "planned by the deals of the team")
        self.assertGreater(pilot.date_end, pilot.date_start)
        version = pilot.candidate_process_id
        self.assertEqual((version.state, version.version, version.predecessor_id), ("pilot", "1.3", candidate))
        self.assertEqual(version.change_ids.mapped("kind"), ["changed"])
        self.assertEqual(version.change_ids.element, "Needs diagnosis")

    def _check_draw(self, pilot):
        """Leads that arrive are drawn, about half of them for the candidate; handed on, they keep their arm."""
        reps = self.manufacturing.member_ids
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Enquiry {number}",
                    "type": "opportunity",
                    "team_id": self.manufacturing.id,
                    "user_id": reps[number % 2].id,
                    "company_id": pilot.company_id.id,
                }
                for number in range(40)
            ]
        )
        arms = self._get_arms(pilot)
        self.assertEqual(set(arms), set(leads))
        versions = {"baseline": pilot.baseline_process_id, "candidate": pilot.candidate_process_id}
        counts = Counter(arms.values())
        self.assertGreater(min(counts[arm] for arm in versions), 10, "the coin keeps the arms in balance")
        for lead, arm in arms.items():
            self.assertEqual(lead.sales_process_id, versions[arm])
        leads.user_id = reps[2]
        pilot._follow()
        self.assertEqual(self._get_arms(pilot), arms)
        self.assertEqual(pilot.lead_count, 40)
