from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReviewCommon


def finding(**vals):
    return {
        "code": "alert",
        "severity": "critical",
        "title": "Win rate",
        "text": "Win rate is 10 %",
        "advice": "Ask sooner",
        "model": "sales.process.kpi",
        "res_id": False,
        "domain": False,
        "is_node": False,
        "kpi_id": False,
        "kpi_code": "win_rate",
        "stage_id": False,
        "process_id": False,
        "department_id": False,
        "value": 10.0,
        "previous": 40.0,
        **vals,
    }


@tagged("post_install", "-at_install")
class TestReviewAgenda(ReviewCommon):
    def _fill(self, *findings, review=None):
        """Fill an agenda where the health report finds these."""
        review = review or self.review
        asked = []

        def find(_report, company, period):
            asked.append((company, period.label()))
            return list(findings)

        with patch.object(type(self.env["sales.process.health.report"]), "_get_findings", find):
            review.action_fill_agenda()
        self.asked = asked
        return review.topic_ids

    def _let_wait(self, leads):
        """Past the ORM: the process keeps this itself."""
        self.env.flush_all()
        deadline = self.now - timedelta(days=3)
        self.env.cr.execute("UPDATE crm_lead SET sales_stage_deadline = %s WHERE id = ANY(%s)", [deadline, leads.ids])
        leads.invalidate_recordset()

    def _node(self, **vals):
        kpi = self.env.ref("sales_process_framework.kpi_stage_conversion")
        return finding(
            is_node=True,
            kpi_id=kpi.id,
            kpi_code="stage_conversion",
            stage_id=self.p_diagnose.id,
            process_id=self.process.id,
            title="Diagnose: conversion",
            model=kpi._name,
            res_id=kpi.id,
            **vals,
        )

    def test_gates_that_only_cost_time(self):
        asked, needs = [], self.budget

        def find(gates, company, period):
            asked.append((company, period.label(), gates.env.companies))
            shared = {"model": "sales.process.requirement", "stage_id": self.p_diagnose.id, "domain": False}
            return [
                {**finding(**shared), "code": f"gate_{flag}", "severity": severity, "res_id": needs.id}
                | {"process_id": self.process.id, "title": "Needs", "text": f"It {flag}.", "advice": "Drop it."}
                for flag, severity in (("only_costs", "warning"), ("stops_nobody", "info"))
            ]

        with patch.object(type(self.env["sales.process.effectiveness"]), "_get_findings", find):
            [topic] = self._fill()
        self.assertEqual(asked, [(self.company, self.review._get_period().label(), self.company)])
        self.assertEqual((topic.kind, topic.severity, topic.text), ("node", "warning", "It only_costs.\nDrop it."))
        self.assertEqual(
            (topic.requirement_id, topic.stage_id, topic.process_id), (needs, self.p_diagnose, self.process)
        )

    def test_findings_of_the_period_by_kind(self):
        slow = self._node() | {"kpi_code": "stage_time", "severity": "warning", "title": "Diagnose: time"}
        topics = self._fill(
            finding(severity="warning"),
            slow,
            self._node(),
            finding(severity="good", kpi_code="nps"),
            finding(department_id=7, kpi_code="sla_kept"),
        )
        self.assertEqual(self.asked, [(self.company, self.review._get_period().label())])
        self.assertEqual(
            [(topic.kind, topic.severity) for topic in topics],
            [("node", "critical"), ("bottleneck", "warning"), ("indicator", "warning")],
        )
        node = topics[0]
        self.assertEqual((node.stage_id, node.process_id), (self.p_diagnose, self.process))
        self.assertEqual(node.kpi_id.code, "stage_conversion")
        self.assertIn("Ask sooner", node.text)
        self.assertEqual(node.with_user(self.manager).action_open_target()["res_id"], node.kpi_id.id)

    def test_filling_again_keeps_what_people_wrote(self):
        topics = self._fill(self._node(), finding())
        topics[0].with_user(self.manager).assessment = "Too few questions"
        own = self._topic(name="Our own", severity="info", kind="other")
        node, other = topics
        again = self._fill(self._node(text="Now it is 5 %"))
        self.assertEqual(again, node | own)
        self.assertFalse(other.exists())
        self.assertEqual((node.text, node.assessment), ("Now it is 5 %\nAsk sooner", "Too few questions"))
        self._fill()
        self.assertTrue(node.gone)
        self.assertEqual(node.assessment, "Too few questions")
        self._fill(self._node())
        self.assertFalse(node.gone)
        self.assertEqual(len(self.review.topic_ids), 2)

    def test_an_action_of_a_topic_keeps_it(self):
        topic = self._fill(self._node())
        self._action(topic_id=topic.id)
        self.assertEqual(self._fill(), topic)
        self.assertTrue(topic.gone)

    def test_what_was_found_is_not_written_over(self):
        topic = self._fill(self._node()).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "beside it"):
            topic.severity = "info"
        forged = (
            self.env["sales.process.review.topic"]
            .with_user(self.manager)
            .create(
                {
                    "review_id": self.review.id,
                    "name": "x",
                    "key": "finding win_rate 0",
                    "target": {"model": "res.users"},
                }
            )
        )
        self.assertFalse(forged.key or forged.target)
        with self.assertRaisesRegex(UserError, "no record behind"):
            forged.action_open_target()

    def test_stages_where_deals_wait(self):
        leads = self.env["crm.lead"]
        for _number in range(6):
            leads |= self._lead()
        self._lead(name="In time")
        self._let_wait(leads)
        topic = self._fill().filtered(lambda topic: topic.kind == "bottleneck")
        self.assertEqual((topic.stage_id, topic.severity), (self.p_qualify, "critical"))
        self.assertEqual(topic.value, "6 of 7")
        action = topic.with_user(self.manager).action_open_target()
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), leads)
        # Told together with what the period says about the same stage.
        slow = self._node() | {"kpi_code": "stalled", "stage_id": self.p_qualify.id, "text": "A third stalls"}
        topic = self._fill(slow).filtered(lambda topic: topic.kind == "bottleneck")
        self.assertEqual(len(topic), 1)
        self.assertIn("A third stalls", topic.text)
        self.assertIn("6 of 7 open deals", topic.text)

    def test_departments_with_late_requests_in_the_period(self):
        department = self.env["sales.process.department"].create(
            {"name": "Marketing", "company_id": self.company.id, "leader_id": self.colleague.id}
        )
        policy = self.env["sales.process.sla.policy"].create(
            {"name": "Case study", "department_id": department.id, "resolution_days": 2}
        )
        lead = self._lead()
        Request = self.env["sales.process.support.request"].sudo()
        inside = self.now.replace(day=1) - timedelta(days=10)
        for number, (deadline, breached) in enumerate(
            (
                (inside, True),
                (inside, False),
                (inside - timedelta(days=60), True),
                (self.now + timedelta(days=9), False),
            )
        ):
            request = Request.create(
                {
                    "name": f"R{number}",
                    "lead_id": lead.id,
                    "policy_id": policy.id,
                    "department_id": department.id,
                    "company_id": self.company.id,
                    "asker_id": self.rep.id,
                    "date_requested": deadline - timedelta(days=5),
                }
            )
            request.write({"resolution_deadline": deadline, "resolution_breached": breached})
        topic = self._fill().filtered(lambda topic: topic.kind == "sla")
        self.assertEqual((topic.name, topic.value), ("Marketing: support came late", "1 of 2"))
        action = topic.with_user(self.manager).action_open_target()
        self.assertEqual(Request.search(action["domain"]).mapped("name"), ["R0"])

    def test_of_a_half_year_the_quarter_that_ends_it_speaks(self):
        review = self._review(cycle="half_year", date_from="2025-01-01")
        self._fill(review=review)
        self.assertEqual(self.asked, [(self.company, "2025-Q2")])

    def test_the_full_review_asks_for_goals_and_journeys(self):
        self.env["sales.process.target"].create(
            {
                "kpi_id": self.env.ref("sales_process_framework.kpi_win_rate").id,
                "company_id": self.company.id,
                "cycle": "quarter",
                "date_from": "2025-04-01",
                "value": 40,
                "state": "active",
            }
        )
        journey = self.env["sales.process.journey"].create({"name": "New customers", "company_id": self.company.id})
        phase = self.env["sales.process.journey.phase"].create({"name": "Interest", "journey_id": journey.id})
        self.env["sales.process.touchpoint"].create({"name": "Demo", "journey_id": journey.id, "phase_id": phase.id})
        journey.sudo().state = "active"
        topics = self._fill(review=self._review(cycle="half_year", date_from="2025-01-01"))
        by_kind = {topic.kind: topic for topic in topics if topic.kind != "journey"}
        self.assertIn("0 of 1 goals are behind", by_kind["goal"].text)
        self.assertTrue(by_kind["market"].text and by_kind["strategy"].text)
        walked = topics.filtered(lambda topic: "New customers" in topic.name)
        self.assertEqual((walked.kind, walked.value), ("journey", "1 of 1"))
        self.assertIn("Demo", walked.text)

    def test_in_the_language_of_whoever_leads_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        seen = []

        def find(review):
            seen.append(review.env.lang)
            return []

        with patch.object(type(self.review), "_find_topics", find):
            self.review.with_context(lang="en_US")._fill_agenda()
        self.assertEqual(seen, ["fr_FR"])

    def test_the_real_findings_are_readable(self):
        """Whatever the stored values say, without a stand-in."""
        self.review.action_fill_agenda()
        self.assertTrue(self.review.agenda_on)

    def test_no_query_more_for_more_topics(self):
        findings = [self._node() | {"stage_id": stage.id} for stage in self.process.stage_ids | self.next.stage_ids]

        def count(*found):
            review = self._review()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._fill(*found, review=review)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(*findings)
        self.assertLessEqual(count(*findings), count(findings[0]) + 2)
