import io
import math
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from .common import PilotCommon


class VerdictCommon(PilotCommon):
    @classmethod
    def _run(cls, pilot, base, sample, count=300):
        """Let a pilot have had so many leads, of which these shares were won.

        Which lead is drawn to which arm differs from run to run: amounts go by the place in the arm, so that the arms
        differ in nothing but what the test says.
        """
        cls._start(pilot)
        cls._enroll(count)
        for leads, share in zip(cls._arms(pilot), (base, sample), strict=True):
            cls._decide(leads, cls._spread(share, len(leads)), [30] * len(leads))
            cls._price(leads, [1000 + place * 37 % 100 for place in range(len(leads))])
        cls._ago(pilot, 120)
        return pilot

    @staticmethod
    def _spread(share, count):
        """The share of the places, spread evenly over them, rounded up however many there are."""
        return [math.ceil((place + 1) * share) > math.ceil(place * share) for place in range(count)]

    @classmethod
    def _price(cls, leads, amounts):
        cls.env.cr.execute(
            """UPDATE crm_lead AS lead SET expected_revenue = priced.amount
                 FROM unnest(%s, %s::numeric[]) AS priced (id, amount) WHERE lead.id = priced.id""",
            [leads.ids, amounts],
        )
        cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestVerdict(VerdictCommon):
    """Looks, verdicts and what is said about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()

    def test_not_enough_data(self):
        pilot = self._run(self._pilot(design="fixed"), 0.3, 0.6, count=40)
        pilot._follow()
        self.assertEqual((pilot.state, pilot.verdict), ("running", "none"))
        self.assertRegex(pilot.verdict_text, "Not enough data: 40 of the planned [0-9]+ records")
        self.assertFalse(pilot.analysis.get("primary"), "nothing is shown that could be taken for a result")
        self.assertNotIn("Effect", pilot.report_html)

    def test_better(self):
        pilot = self._run(self._pilot(design="fixed"), 0.3, 0.6)
        pilot.sudo().planned_size = 300
        pilot._follow()
        self.assertEqual((pilot.state, pilot.verdict), ("analysis", "better"))
        primary = pilot.analysis["primary"]
        self.assertEqual(primary["method"], "proportions")
        self.assertAlmostEqual(primary["effect"], 0.3, delta=0.01)
        self.assertLess(primary["low"], 0.3)
        self.assertGreater(primary["low"], 0.15)
        self.assertRegex(pilot.report_html, r"6\d(\.\d)? % with the candidate, 3\d(\.\d)? % with the baseline")
        self.assertIn("more than chance explains", pilot.verdict_text)
        for text in ("Chi-squared", "The arms are as large", "svg"):
            self.assertIn(text, pilot.report_html)
        self.assertIn(self.manager, pilot.activity_ids.user_id)
        before = pilot.looks
        pilot._follow()
        self.assertEqual(pilot.looks, before, "the verdict is there: nobody looks again")

    def _get_suggestion(self, pilot):
        return self.env["sales.process.pilot.decide"].new({"pilot_id": pilot.id}).decision

    def test_worse(self):
        pilot = self._run(self._pilot(), 0.6, 0.3)
        pilot.sudo().planned_size = 300
        pilot._follow()
        self.assertEqual(pilot.verdict, "worse")
        self.assertEqual(self._get_suggestion(pilot), "dropped")
        self.assertIn("The candidate is worse", pilot.verdict_text)

    def test_no_difference(self):
        pilot = self._run(self._pilot(), 0.4, 0.4)
        pilot.sudo().planned_size = 300
        pilot._follow()
        self.assertEqual((pilot.state, pilot.verdict), ("analysis", "no_difference"))
        self.assertEqual(self._get_suggestion(pilot), "dropped")
        self.assertIn("can still be there", pilot.verdict_text)
        wizard = self.env["sales.process.pilot.decide"].create(
            {"pilot_id": pilot.id, "decision": "extended", "reason": "Perhaps next month"}
        )
        with self.assertRaisesRegex(UserError, "would prove nothing"):
            wizard.action_decide()

    def test_peeking_has_its_price(self):
        """Half way the bound is 2.96: what a plain test would call sure is not yet."""
        pilot = self._run(self._pilot(), 0.40, 0.54, count=200)
        pilot.sudo().planned_size = 400
        pilot._follow()
        look = pilot.looks["primary"][0]
        self.assertAlmostEqual(look["share"], 0.5)
        self.assertAlmostEqual(look["bound"], 2.963, places=2)
        self.assertGreater(abs(look["z"]), 1.9)
        self.assertEqual((pilot.state, pilot.verdict), ("running", "none"))
        self.assertIn("within what chance explains", pilot.verdict_text)
        self.assertIn("bound", pilot._say_look())
        pilot._follow()
        self.assertEqual(len(pilot.looks["primary"]), 1, "nothing new, no other look")

    def test_stopped_early(self):
        pilot = self._run(self._pilot(), 0.2, 0.7, count=200)
        pilot.sudo().planned_size = 400
        pilot._follow()
        self.assertEqual((pilot.state, pilot.verdict), ("analysis", "better"))
        self.assertEqual(self._get_suggestion(pilot), "adopted")
        pilot.sudo().breaches = {str(self.win_rate.id): {}}
        self.assertFalse(self._get_suggestion(pilot), "better in one thing, worse in another")
        self._arrive(3)
        self.assertEqual(pilot.lead_count, 200, "nobody is drawn any more")

    def test_time_is_over(self):
        pilot = self._run(self._pilot(), 0.4, 0.4, count=20)
        pilot.sudo().date_end = self.now - timedelta(days=1)
        pilot._follow()
        self.assertEqual((pilot.state, pilot.verdict), ("analysis", "none"))
        self.assertIn("extend the pilot or drop it", pilot.verdict_text)
        self.assertEqual(self._get_suggestion(pilot), "extended")
        self.assertIn(f"20 of the planned {pilot.planned_size} records", pilot.report_html)
        self.assertIn("All leads stayed with the version of their arm.", pilot.report_html)

    def test_guardrail(self):
        """A guardrail that breaks is told at once: in an alert, in the chatter, and to whoever is responsible."""
        pilot = self._run(
            self._pilot(kpi_id=self.average_deal.id, effect_wanted=20, guardrail_ids=[Command.set(self.win_rate.ids)]),
            0.7,
            0.2,
            count=200,
        )
        pilot.sudo().planned_size = 400
        pilot._follow()

        self.assertEqual(list(pilot.breaches), [str(self.win_rate.id)])
        guard = pilot.analysis["guardrails"][0]
        self.assertTrue(guard["broken"])
        self.assertEqual(guard["good"], False)
        self.assertIn("Broken", pilot.report_html)
        self.assertTrue(pilot.message_ids.filtered(lambda message: "Guardrail broken" in message.body))
        self.assertEqual(pilot.activity_ids.user_id, self.manager)
        rule = self.env.ref("sales_process_framework.alert_rule_pilot_guardrail")
        Alert = self.env["sales.process.alert"].sudo()
        Alert._scan(rule)
        alert = Alert.search([("rule_id", "=", rule.id)])
        self.assertEqual(alert.company_id, self.company)
        self.assertIn(self.manager, alert.receiver_ids)
        self.assertIn("Shorter needs analysis", alert.facts_text)
        action = alert.with_user(self.manager).action_open_lead()
        self.assertEqual((action["res_model"], action["res_id"]), ("sales.process.pilot", pilot.id))
        pilot._follow()
        told = pilot.activity_ids.filtered(lambda activity: activity.summary == "Guardrail broken")
        self.assertEqual(len(told), 1, "told once")
        self.env["sales.process.pilot.decide"].create(
            {"pilot_id": pilot.id, "decision": "dropped", "reason": "Fewer deals"}
        ).action_decide()
        Alert._scan(rule)
        self.assertEqual(alert.state, "closed")

    def test_guardrail_kept(self):
        pilot = self._run(self._pilot(guardrail_ids=[Command.set(self.average_deal.ids)]), 0.4, 0.5, count=100)
        pilot._follow()
        self.assertFalse(pilot.breaches)
        [guard] = pilot.analysis["guardrails"]
        self.assertEqual(guard["method"], "mann_whitney")
        [[share, records]] = pilot.looks["watched"][str(self.average_deal.id)]
        self.assertEqual(pilot.looks["guardrails"], [share])
        self.assertEqual(records, sum(guard["counts"]), "its bound goes by its own records: deals that were won")
        self.assertLess(records, 60)
        looks = pilot.looks
        pilot._follow()
        self.assertEqual(pilot.looks, looks, "every night, but no other look without more data")

    def test_guardrail_does_not_wait_for_a_slow_indicator(self):
        """The primary indicator has a fiftieth of its plan, a third of the time is over, and the win rate collapses."""
        pilot = self._run(
            self._pilot(kpi_id=self.average_deal.id, effect_wanted=20, guardrail_ids=[Command.set(self.win_rate.ids)]),
            0.7,
            0.1,
            count=120,
        )
        pilot.sudo().write({"planned_size": 2400, "expected_days": 360, "cycles": 12})
        pilot._follow()
        self.assertLess(pilot.analysis["share"], 0.05)
        self.assertFalse(pilot.looks["primary"])
        self.assertAlmostEqual(pilot.looks["guardrails"][0], 120 / 360, places=2)
        self.assertEqual(list(pilot.breaches), [str(self.win_rate.id)])
        looks = pilot.looks
        pilot._follow()
        self.assertEqual(pilot.looks, looks, "no other look before another twentieth of the time")

    def test_guardrail_that_comes_late_has_spent_nothing(self):
        """Looks at which it could not be tested yet are none of its looks."""
        pilot = self._run(self._pilot(guardrail_ids=[Command.set(self.average_deal.ids)]), 0.4, 0.5, count=100)
        pilot.sudo().write({"planned_size": 400, "expected_days": 2000, "cycles": 12})
        pilot.sudo().looks = {"primary": [], "guardrails": [0.05, 0.1], "watched": {}}
        pilot._follow()
        self.assertEqual([share for share, _count in pilot.looks["watched"][str(self.average_deal.id)]], [0.25])

    def test_guardrail_of_a_pilot_that_began_before_bounds_of_its_own(self):
        """What was kept of its looks is enough to go on."""
        pilot = self._run(self._pilot(guardrail_ids=[Command.set(self.average_deal.ids)]), 0.4, 0.5, count=100)
        pilot.sudo().planned_size = 400
        pilot.sudo().write({"looks": {"primary": [], "guardrails": [0.1]}, "expected_days": 2000, "cycles": 12})
        pilot._follow()
        [first, second] = pilot.looks["watched"][str(self.average_deal.id)]
        self.assertEqual([first[0], second[0]], [0.1, 0.25])
        self.assertAlmostEqual(first[1] / second[1], 0.4)

    def test_daily_figures(self):
        pilot = self._start(self._pilot(guardrail_ids=[Command.set(self.average_deal.ids)]))
        self._arrive(20)
        baseline, candidate = self._arms(pilot)
        self._require(self.process.copy({"name": "Other"}).stage_ids[0], "Unrelated")
        candidate[:4].with_user(self.leader).write({"stage_id": self.diagnose.id})
        baseline[:2].with_user(self.leader).write({"stage_id": self.diagnose.id})
        self.env["sales.process.decision"].create(
            {
                "lead_id": candidate[0].id,
                "lead_name": "x",
                "outcome": "refused",
                "from_stage_id": self.qualify.id,
                "company_id": self.company.id,
            }
        )
        pilot._record_day()
        pilot._record_day()
        found = {(row.metric, row.arm, row.stage_id): (row.value, row.sample) for row in pilot.sudo().result_ids}
        none = self.env["crm.stage"]
        self.assertEqual(found["leads", "candidate", none], (len(candidate), len(candidate)))
        self.assertEqual(found["conversion", "candidate", self.qualify], (100, 4))
        self.assertEqual(found["conversion", "baseline", self.qualify], (100, 2))
        self.assertEqual(found["stage_pass", "candidate", self.qualify], (75, 4))
        self.assertEqual(found["stage_pass", "baseline", self.qualify], (100, 2))
        self.assertEqual(found["stage_time", "baseline", self.qualify][1], 2)
        self.assertIn("Qualify", pilot.report_html)

    def test_the_day_is_the_companys(self):
        """At 20:00 UTC it is the next day in Taipei."""
        pilot = self._start(self._pilot())
        self._arrive(2)
        self.company.partner_id.tz = "Asia/Taipei"
        evening = self.now.replace(hour=20, minute=0) + timedelta(days=1)
        with patch.object(type(self.env.cr), "now", lambda _cr: evening):
            pilot._record_day()
        self.assertEqual(set(pilot.sudo().result_ids.mapped("date")), {(evening + timedelta(days=1)).date()})

    def test_daily_queries_are_flat(self):
        pilot = self._start(self._pilot())
        counts = []
        for number in (5, 60):
            self._arrive(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pilot._record_day()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_scheduled_action(self):
        """One pilot that cannot be followed stops none of the others."""
        pilot = self._run(self._pilot(), 0.4, 0.6, count=60)
        bad = self._pilot(name="Bad", team_ids=[Command.set(self.other_team.ids)])
        bad.sudo().state = "running"
        follow = type(self.Pilot)._follow

        def fail(records):
            if records == bad:
                raise ValueError("broken")
            return follow(records)

        with (
            patch.object(type(self.Pilot), "_follow", fail),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60),
            self.assertLogs("odoo.addons.sales_process_framework", "ERROR"),
            self.assertRaisesRegex(ValueError, "broken"),
        ):
            self.Pilot._cron_follow_pilots()
        self.assertTrue(pilot.analysed_on)
        self.assertFalse(bad.analysed_on)

    def test_report_on_paper(self):
        pilot = self._run(self._pilot(), 0.3, 0.6)
        pilot._follow()
        html, kind = self.env["ir.actions.report"]._render_qweb_html("sales_process_framework.report_pilot", pilot.ids)
        self.assertEqual(kind, "html")
        text = html.decode()
        for part in (
            "Shorter needs analysis",
            "Do more deals succeed?",
            "Assumptions",
            "Chi-squared",
        ):
            self.assertIn(part, text)

    def test_report_as_pdf(self):
        reports = self.env["ir.actions.report"].with_user(self.leader).with_context(force_report_rendering=True)
        if reports.get_wkhtmltopdf_state() not in ("ok", "workers"):
            self.skipTest("no wkhtmltopdf")
        pilot = self._run(self._pilot(), 0.3, 0.6)
        pilot._follow()
        content, kind = reports._render_qweb_pdf("sales_process_framework.report_pilot", pilot.ids)
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
        pages = PdfReader(io.BytesIO(content)).pages
        width, height = (float(side) for side in pages[0].mediabox[2:])
        self.assertAlmostEqual(width, 595.3, delta=2, msg="A4")
        self.assertAlmostEqual(height, 841.9, delta=2, msg="upright")
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for part in ("Shorter needs analysis", "The candidate is better", "Chi-squared", "Assumptions"):
            self.assertIn(part, text)
