from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools import feedback as rules
from ..pilot.common import PilotCommon
from .common import FeedbackCommon


@tagged("post_install", "-at_install")
class TestFeedbackGiving(FeedbackCommon):
    def test_from_a_requirement_of_the_panel(self):
        feedback = self._give(
            "  <b>Too early</b>  ",
            about={
                "lead_id": self.lead.id,
                "requirement_id": self.budget.id,
                "unmet": [self.budget.id, self.decider.id],
            },
            theme_id=self.theme.id,
        )
        self.assertEqual(feedback.text, "<b>Too early</b>", "as typed; views escape it")
        self.assertEqual(feedback.display_name, "<b>Too early</b>")
        self.assertEqual(
            (feedback.process_id, feedback.process_stage_id, feedback.requirement_id),
            (self.process, self.p_qualify, self.budget),
        )
        self.assertEqual((feedback.lead_id, feedback.author_id), (self.lead, self.rep))
        self.assertEqual((feedback.kind, feedback.source, feedback.state), ("obstacle", "rep", "new"))
        self.assertEqual(feedback.theme_id, self.theme)
        self.assertFalse(feedback.decision_id, "nothing was refused")
        self.assertEqual(feedback.context["unmet"], ["Budget confirmed", "Decision maker known"])
        mine = feedback.with_user(self.rep)
        self.assertEqual(mine.unmet_summary, "Budget confirmed\nDecision maker known")
        self.assertEqual(mine.situation, "Pump for Meyer · Qualify")
        self.assertEqual((mine.my_role, mine.vote_count), ("giver", 1))
        self.assertEqual(mine.about, "Qualify · Budget confirmed")

    def test_from_a_refused_gate(self):
        """The attempt is stored after the refusal; what it said was missing is kept, whatever happens to it later."""
        decision = self.env["sales.process.decision"].create(
            {
                "lead_id": self.lead.id,
                "lead_name": self.lead.name,
                "outcome": "refused",
                "user_id": self.rep.id,
                "company_id": self.company.id,
                "process_id": self.process.id,
                "from_stage_id": self.qualify.id,
                "to_stage_id": self.diagnose.id,
                "movement": "Stages cannot be skipped",
                "unmet": [{"id": self.budget.id, "name": "Budget confirmed"}],
            }
        )
        others = decision.copy({"user_id": self.other_rep.id})
        about = {
            "lead_id": self.lead.id,
            "process_id": self.process.id,
            "from_stage_id": self.qualify.id,
            "to_stage_id": self.diagnose.id,
            "refused": True,
        }
        feedback = self._give(about=about)
        self.assertEqual(feedback.decision_id, decision, "one's own, not a colleague's")
        self.assertEqual(feedback.process_stage_id, self.p_qualify)
        self.assertEqual(
            feedback.context,
            {
                "lead": "Pump for Meyer",
                "from_stage": "Qualify",
                "to_stage": "Diagnose",
                "movement": "Stages cannot be skipped",
                "unmet": ["Budget confirmed"],
            },
        )
        self.assertEqual(feedback.with_user(self.rep).unmet_summary, "Stages cannot be skipped\nBudget confirmed")
        decision.unlink()
        self.assertTrue(feedback.exists().context["unmet"])
        self.assertTrue(others.exists())
        old = self.env["sales.process.decision"].create(
            {"lead_id": self.lead.id, "outcome": "refused", "user_id": self.rep.id, "to_stage_id": self.diagnose.id}
        )
        old.date = "2020-01-01 00:00:00"
        self.assertFalse(self._give(about=about).decision_id, "of another day")

    def test_a_real_refusal_is_found(self):
        """As it happens in the browser: the refusal is kept through the rollback, then feedback is given."""
        rows = []
        decisions = self.env.registry["sales.process.decision"]
        with patch.object(decisions, "_keep_through_rollback", lambda _self, vals_list: rows.extend(vals_list)):
            context = self.assertRefused(self.lead, self.diagnose, missing=["Budget confirmed"])
        self.env["sales.process.decision"].sudo()._store_refusals(rows)
        move = context["moves"][0]
        feedback = self._give(
            about={
                "lead_id": move["lead_id"],
                "process_id": move["process_id"],
                "from_stage_id": move["from_stage_id"],
                "to_stage_id": move["to_stage_id"],
                "requirement_id": move["items"][0]["id"],
                "refused": True,
            }
        )
        self.assertEqual(feedback.decision_id.outcome, "refused")
        self.assertEqual(feedback.context["unmet"], ["Budget confirmed", "Decision maker known"])

    def test_what_says_nothing_is_refused(self):
        for text in ("", "   ", None):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.Feedback.with_user(self.rep).give(text)
        feedback = self._give(
            "Odd", about={"lead_id": "x", "unmet": ["y"], "stage_id": -1}, kind="hacked", theme_id="z"
        )
        self.assertEqual(
            (feedback.kind, feedback.theme_id.id, feedback.process_stage_id.id), ("obstacle", False, False)
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_only_about_what_one_may_see(self):
        foreign = self._lead(name="Secret", user=self.colleague)
        with self.assertRaises(AccessError):
            self.Feedback.with_user(self.rep).give("Mine", {"lead_id": foreign.id})
        self.assertFalse(self.Feedback.search([("text", "=", "Mine")]))

    def test_place_fits_together(self):
        with self.assertRaises(ValidationError):
            self.Feedback.create(
                {"text": "x", "process_stage_id": self.p_propose.id, "requirement_id": self.budget.id}
            ).process_stage_id = self.p_won

    def test_merging_asks_for_feedback_only_where_there_is_any(self):
        """Plain CRM merges leads by the hundred."""
        self.env.registry.clear_cache("stable")
        search = type(self.Feedback).search
        with patch.object(type(self.Feedback), "search", autospec=True, side_effect=search) as asked:
            (self._lead() | self._lead()).merge_opportunity()
            self.assertFalse(asked.called)
            self._give("Slow")
            (self._lead() | self._lead()).merge_opportunity()
            self.assertTrue(asked.called, "the first feedback switches it on")

    def test_it_stays_with_the_lead_that_stays(self):
        other = self._lead(name="Twin")
        feedback = self._give(about={"lead_id": other.id})
        (self.lead | other).merge_opportunity()
        self.assertTrue(feedback.lead_id.exists())
        self.assertEqual(feedback.lead_id, (self.lead | other).exists())

    # -- similar --------------------------------------------------------------

    def _similar(self, text, about=None, user=None):
        return self.Feedback.with_user(user or self.other_rep).get_similar(text, about)

    def test_similar(self):
        first = self._give("Nobody tells the budget in the first call")
        self._give("The report template is missing a page", about={"requirement_id": self.report.id})
        done = self._give("Budget in the first call annoys people")
        self._managed(done).write({"state": "done"})
        found = self._similar("In a first call nobody would tell their budgets", {"requirement_id": self.budget.id})
        self.assertEqual([row["id"] for row in found], first.ids, "open, and about the same")
        self.assertEqual(
            found[0],
            {
                "id": first.id,
                "text": "Nobody tells the budget in the first call",
                "votes": 1,
                "state": "New",
                "is_mine": False,
                "about": "Qualify · Budget confirmed",
            },
            "no name, no deal",
        )
        self.assertFalse(self._similar("Holidays are too short"))
        self.assertEqual(self._similar("", {"requirement_id": self.budget.id})[0]["id"], first.id, "before typing")
        self.assertFalse(self._similar("", {"requirement_id": self.decider.id, "stage_id": 0})[1:])
        self.assertTrue(self._similar("", {"requirement_id": self.budget.id}, user=self.rep)[0]["is_mine"])

    def test_similar_in_chinese(self):
        feedback = self._give("第一次通話就要問預算，太早了", about={})
        self.assertEqual([row["id"] for row in self._similar("問預算太早了")], feedback.ids)
        self.assertFalse(self._similar("合同模板太長"))

    def test_similar_with_and_without_trigrams(self):
        """pg_trgm adds what is misspelt; without it the search stands on its own."""
        feedback = self._give("Confirming the budget takes ages", about={})
        registry = self.env.registry
        before = registry.has_trigram
        try:
            registry.has_trigram = False
            self.assertEqual([row["id"] for row in self._similar("budget confirming takes ages")], feedback.ids)
        finally:
            registry.has_trigram = before
        if before:
            self.assertIn(feedback.id, [row["id"] for row in self._similar("Confirmng the budgett takes agess budget")])

    def test_similar_of_other_versions(self):
        """The requirement of the next version continues the one that was complained about."""
        feedback = self._give("Nobody tells it")
        draft = self.env["sales.process"].browse(self.process.with_user(self.manager).action_new_version()["res_id"])
        twin = self.budget.search([("previous_id", "=", self.budget.id)])
        self.assertEqual(twin.process_id, draft)
        self.assertEqual([row["id"] for row in self._similar("", {"requirement_id": twin.id})], feedback.ids)
        self.assertEqual(twin.with_user(self.manager).feedback_count, 1)
        self.assertEqual(twin.process_stage_id.with_user(self.manager).feedback_count, 1)
        action = twin.with_user(self.manager).action_open_feedback()
        self.assertEqual(self.Feedback.search(action["domain"]), feedback)

    def test_what_customers_said_is_not_shown_to_reps(self):
        partner = self.env["res.partner"].create({"name": "Meyer"})
        self.Feedback.with_user(self.manager)._log_customer(partner, "Nobody tells the budget in the first call")
        self.assertFalse(self._similar("Nobody tells the budget in the first call"))

    def test_me_too(self):
        feedback = self._give()
        for _twice in range(2):
            self.assertEqual(feedback.with_user(self.other_rep).me_too(), 2)
        self.assertEqual(feedback.with_user(self.rep).me_too(), 2, "the giver is one voice")
        self.assertEqual(feedback.with_user(self.other_rep).my_role, "me_too")
        self.assertEqual(feedback.with_user(self.rep).my_role, "giver")
        feedback.with_user(self.rep).take_back()
        feedback.with_user(self.other_rep).take_back()
        feedback.invalidate_recordset()
        self.assertEqual((feedback.vote_count, feedback.with_user(self.rep).my_role), (1, "giver"))
        self._managed(feedback).write({"state": "done"})
        with self.assertRaises(UserError):
            feedback.with_user(self.other_rep).me_too()

    def test_queries_stay_flat(self):
        """Looking for similar ones costs the same with one as with sixty; the form costs little."""
        for number in range(60):
            self.Feedback.create(
                {
                    "text": f"Budget number {number} in the first call",
                    "requirement_id": self.budget.id,
                    "company_id": self.company.id,
                }
            )
        counts = []
        for domain in ([("id", "=", self.Feedback.search([], limit=1).id)], []):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env["sales.process.feedback"].with_user(self.rep)._get_similar("warm", self.budget)
            before = self.env.cr.sql_log_count
            self.Feedback.with_user(self.rep)._get_similar(
                "Budget in the first call", self.budget, limit=50, domain=domain
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.env.invalidate_all()
        self.Feedback.with_user(self.rep).get_form({"requirement_id": self.budget.id})
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            self.Feedback.with_user(self.rep).get_form({"requirement_id": self.budget.id})

    def test_panel_costs_nothing_more(self):
        """Feedback is no part of what a form needs to open."""
        lead = self.lead.with_user(self.rep)
        lead.get_sales_process_panel()
        counts = []
        for _before_and_after in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            panel = lead.get_sales_process_panel()
            counts.append(self.env.cr.sql_log_count - before)
            self._give(about={"lead_id": self.lead.id, "requirement_id": self.budget.id})
        self.assertEqual(counts[0], counts[1])
        self.assertNotIn("feedback", str(panel))

    # -- customers and interviews ---------------------------------------------

    def test_customer(self):
        partner = self.env["res.partner"].create({"name": "Meyer"})
        self.lead.partner_id = partner
        for score, kind in ((0, "obstacle"), (6, "obstacle"), (7, "idea"), (9, "praise"), (None, "idea")):
            feedback = self.Feedback._log_customer(partner, "Slow", lead=self.lead, score=score)
            with self.subTest(score=score):
                self.assertEqual((feedback.source, feedback.kind), ("customer", kind))
                self.assertEqual((feedback.has_score, feedback.score), (score is not None, score or 0))
                self.assertEqual((feedback.partner_id, feedback.lead_id), (partner, self.lead))
                self.assertEqual(feedback.process_stage_id, self.p_qualify)
                self.assertFalse(feedback.author_id)
                self.assertEqual(feedback.vote_count, 1)
        silent = self.Feedback._log_customer(partner, "", score=0)
        self.assertEqual(silent.text, "0 of 10, without a word.")
        with self.assertRaises(ValidationError):
            self.Feedback._log_customer(partner, " ")

    def test_customer_from_a_message(self):
        partner = self.env["res.partner"].create({"name": "Meyer"})
        self.lead.partner_id = partner
        text = "Your offer came <late>"
        message = self.lead.message_post(
            body=text, author_id=partner.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        action = self.Feedback.with_user(self.manager).action_log_customer("crm.lead", self.lead.id, message.id)
        feedback = self.Feedback.with_user(self.manager).with_context(**action["context"]).create({})
        self.assertEqual(feedback.text, "Your offer came <late>")
        self.assertEqual((feedback.partner_id, feedback.lead_id, feedback.source), (partner, self.lead, "customer"))
        self.assertEqual(feedback.logged_by_id, self.manager)
        noted = self.Feedback.with_user(self.manager).create(
            {"text": "By phone", "source": "customer", "lead_id": self.lead.id}
        )
        self.assertEqual((noted.partner_id, noted.process_stage_id), (partner, self.p_qualify), "as the lead says")
        self.assertFalse(noted.author_id)
        action = self.Feedback.with_user(self.manager).action_log_customer("res.partner", partner.id)
        self.assertEqual(action["context"]["default_partner_id"], partner.id)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.Feedback.with_user(self.rep).action_log_customer("crm.lead", self.lead.id)

    def test_interview(self):
        interviews = self.env["sales.process.feedback.interview"].with_user(self.manager)
        interview = interviews.create(
            {
                "spoken_with_id": self.rep.id,
                "process_id": self.process.id,
                "feedback_ids": [
                    Command.create({"text": "First point", "requirement_id": self.budget.id}),
                    Command.create({"text": "Second point", "kind": "idea"}),
                ],
            }
        )
        points = interview.feedback_ids
        self.assertEqual(set(points.mapped("source")), {"interview"})
        self.assertEqual(points.author_id, self.rep)
        self.assertEqual(points.logged_by_id, self.manager)
        self.assertEqual(points.with_user(self.rep).mapped("my_role"), ["giver"] * 2, "hears what becomes of it")
        points[0].write({"state": "planned"})
        self.assertEqual(len(self._told(self.rep)), 1)
        with self.assertRaises(UserError):
            interview.unlink()
        points[0].write({"state": "new"})
        interview.unlink()
        self.assertFalse(points.exists())

    def test_interview_with_a_customer(self):
        partner = self.env["res.partner"].create({"name": "Meyer"})
        interview = self.env["sales.process.feedback.interview"].create(
            {"partner_id": partner.id, "feedback_ids": [Command.create({"text": "Too many forms"})]}
        )
        self.assertEqual(interview.feedback_ids.partner_id, partner)
        self.assertFalse(interview.feedback_ids.author_id)
        self.assertEqual(interview.feedback_ids.vote_count, 1)

    # -- quadrants ------------------------------------------------------------

    def test_judged_and_dragged(self):
        feedback = self._give()
        self.assertEqual(feedback.quadrant, "unjudged")
        for effort, impact, expected in (
            (1, 5, "quick_win"),
            (5, 4, "big_project"),
            (3, 3, "fill_in"),
            (4, 1, "thankless"),
        ):
            feedback.write({"effort": effort, "impact": impact})
            self.assertEqual(feedback.quadrant, expected)
        feedback.write({"quadrant": "quick_win"})
        self.assertEqual((feedback.effort, feedback.impact), rules.place("quick_win", 4, 1))
        feedback.write({"quadrant": "unjudged"})
        self.assertEqual((feedback.effort, feedback.impact, feedback.quadrant), (0, 0, "unjudged"))
        groups = self.Feedback.formatted_read_group([("id", "=", feedback.id)], ["quadrant"], ["__count"])
        self.assertEqual([group["quadrant"] for group in groups], ["unjudged"])
        board = self.Feedback.with_context(read_group_expand=True).web_read_group(
            [("id", "=", feedback.id)], ["quadrant"], ["__count"]
        )
        self.assertEqual(
            [group["quadrant"] for group in board["groups"]],
            ["quick_win", "big_project", "fill_in", "thankless", "unjudged"],
            "all fields are there, also empty ones",
        )


@tagged("post_install", "-at_install")
class TestFeedbackInPilot(PilotCommon):
    def test_feedback_counts_per_arm(self):
        """The daily figures of a pilot read what was said about its leads."""
        self._history(60)
        pilot = self._start(self._pilot())
        self._arrive(12)
        baseline, candidate = self._arms(pilot)
        self.assertTrue(baseline and candidate)
        Feedback = self.env["sales.process.feedback"]
        for lead in (baseline[0], candidate[0], candidate[0]):
            Feedback.with_user(self.manager).give("In the way", {"lead_id": lead.id})
        self.assertEqual(self._count_feedback(pilot), {"baseline": 1.0, "candidate": 2.0})

    def test_anonymous_feedback_counts_per_arm(self):
        """It names no lead; the version that it is about says of which arm it is, and nothing else of it is kept."""
        self._history(60)
        Feedback = self.env["sales.process.feedback"]
        stage = self.candidate.stage_ids[0]
        Feedback.with_user(self.manager).give("Before the start", {"stage_id": stage.id}, anonymous=True)
        self.env.cr.execute("UPDATE sales_process_feedback SET given_on = given_on - 5")
        pilot = self._start(self._pilot())
        self._arrive(12)
        _baseline, candidate = self._arms(pilot)
        Feedback.with_user(self.manager).give("In the way", {"lead_id": candidate[0].id}, anonymous=True)
        Feedback.with_user(self.manager).give("In the way", {"stage_id": stage.id}, anonymous=True)
        Feedback.with_user(self.manager).give("So is this", {"lead_id": candidate[1].id})
        Feedback.with_user(self.manager).give("Elsewhere", {"process_id": self.process.id}, anonymous=True)
        self.assertEqual(self._count_feedback(pilot), {"baseline": 1.0, "candidate": 3.0})
        self.process.team_ids = [Command.link(self.other_team.id)]
        self.assertEqual(self._count_feedback(pilot), {"candidate": 1.0}, "others work by the baseline too")

    def _count_feedback(self, pilot):
        pilot._record_day()
        figures = self.env["sales.process.pilot.result"].search(
            [("pilot_id", "=", pilot.id), ("metric", "=", "feedback")]
        )
        return {row.arm: row.value for row in figures}
