import ast
from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from ..common import SalesProcessCommon

#: Views of facts of their own, by the model that their rows are of.
REPORTS = {
    "sales.process.alert": "sales.process.fact.alert",
    "sales.process.answer": "sales.process.fact.answer",
    "sales.process.decision": "sales.process.fact.decision",
    "sales.process.deliverable": "sales.process.fact.deliverable",
    "sales.process.exception": "sales.process.fact.exception",
    "sales.process.response": "sales.process.fact.response",
    "sales.process.support.request": "sales.process.fact.support",
    "sales.process.touch": "sales.process.fact.touch",
    "sales.process.training.attendee": "sales.process.fact.training",
}
OF_LEADS = sorted(set(REPORTS) - {"sales.process.training.attendee"})


@tagged("post_install", "-at_install")
class TestFacts(SalesProcessCommon):
    """Two deals of two people in two teams, the second one lost since, with facts of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.cr.now()
        cls.criterion = cls._require(cls.p_qualify, "Budget")
        cls.document = cls._require(cls.p_qualify, "Report", kind="deliverable", judgement="document")
        cls._activate()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.source = cls.env["utm.source"].create({"name": "Fair of Facts"})
        cls.mine = cls._lead(name="Mine", source_id=cls.source.id)
        cls.other = cls._lead(cls.stranger, name="Other")
        cls.journey = cls.env["sales.process.journey"].create({"name": "Facts"})
        cls.phase = cls.env["sales.process.journey.phase"].create({"name": "First", "journey_id": cls.journey.id})
        cls.touchpoint = cls.env["sales.process.touchpoint"].create({"name": "Phone", "phase_id": cls.phase.id})
        cls.department = cls.env["sales.process.department"].create({"name": "Facts"})
        cls.policy = cls.env["sales.process.sla.policy"].create({"name": "Report", "department_id": cls.department.id})
        cls._make(cls.mine, 1)
        cls._make(cls.other, 2)
        cls.env["crm.lead"].browse(cls.other.id).write({"active": False, "probability": 0})
        cls._train()
        cls.env.flush_all()

    @classmethod
    def _ago(cls, **span):
        return cls.now - timedelta(**span)

    @classmethod
    def _make(cls, lead, number):
        """So many facts of each kind, of different outcome."""
        of_lead = {"lead_id": lead.id}
        turns = range(number)
        cls.env["sales.process.decision"].create(
            [
                {
                    **of_lead,
                    "lead_name": lead.name,
                    "company_id": cls.company.id,
                    "process_id": cls.process.id,
                    "from_stage_id": cls.qualify.id,
                    "to_stage_id": cls.diagnose.id,
                    "outcome": "passed" if turn else "refused",
                    "unmet": [] if turn else [{"id": 1, "name": "Budget"}, {"id": 2, "name": "Report"}],
                    "user_id": lead.user_id.id,
                }
                for turn in turns
            ]
        )
        cls.env["sales.process.answer"].create(
            [
                {**of_lead, "requirement_id": requirement.id, "state": state, "count": 3}
                for requirement, state in zip((cls.criterion, cls.document), ("done", "na"), strict=True)
            ][:number]
        )
        cls.env["sales.process.deliverable"].create(
            [
                {
                    **of_lead,
                    "requirement_id": cls.document.id,
                    "state": "rejected" if turn else "approved",
                    "submitted_date": cls._ago(days=5),
                    "decision_date": cls._ago(days=3),
                    "content_date": cls._ago(days=15).date(),
                    "submitted_by_id": lead.user_id.id,
                }
                for turn in turns
            ]
        )
        cls.env["sales.process.exception"].create(
            [
                {
                    **of_lead,
                    "process_id": cls.process.id,
                    "from_stage_id": cls.qualify.id,
                    "to_stage_id": cls.diagnose.id,
                    "reason": "Customer waits",
                    "state": "rejected" if turn else "used",
                    "decision_date": cls.now + timedelta(hours=6),
                }
                for turn in turns
            ]
        )
        cls.env["sales.process.touch"].create(
            [
                {
                    **of_lead,
                    "company_id": cls.company.id,
                    "date": cls.now,
                    "source": "call",
                    "direction": "out" if turn else "in",
                    "human": not turn,
                    "touchpoint_id": cls.touchpoint.id,
                    "phase_id": cls.phase.id,
                }
                for turn in turns
            ]
        )
        cls.env["sales.process.response"].create(
            [
                {
                    **of_lead,
                    "company_id": cls.company.id,
                    "touchpoint_id": cls.touchpoint.id,
                    "started": cls._ago(hours=2),
                    "deadline": cls._ago(hours=1),
                    "answered": False if turn else cls._ago(hours=1),
                    "seconds_working": 0 if turn else 3600,
                    "minutes_working": 0 if turn else 60,
                    "kept_rate": 0 if turn else 1,
                    "state": "breached_open" if turn else "kept",
                }
                for turn in turns
            ]
        )
        cls.env["sales.process.support.request"].create(
            [
                {
                    **of_lead,
                    "name": "Report",
                    "policy_id": cls.policy.id,
                    "department_id": cls.department.id,
                    "company_id": cls.company.id,
                    "asker_id": lead.user_id.id,
                    "date_requested": cls._ago(days=4),
                    "date_first_response": cls._ago(days=3),
                    "date_delivered": cls._ago(days=2),
                    "resolution_breached": bool(turn),
                    "state": "delivered",
                }
                for turn in turns
            ]
        )
        rule = cls.env["sales.process.alert.rule"].search([], limit=1)
        cls.env["sales.process.alert"].create(
            [
                {
                    **of_lead,
                    "rule_id": rule.id,
                    "company_id": cls.company.id,
                    "cause_key": f"facts {lead.id} {turn}",
                    "opened": cls._ago(days=2),
                    "notified": cls._ago(days=2),
                    "acted": False if turn else cls._ago(days=1),
                    "closed": cls.now,
                    "state": "closed",
                    "severity": "warning",
                }
                for turn in turns
            ]
        )

    @classmethod
    def _train(cls):
        training = cls.env["sales.process.training"].create(
            {
                "name": "Needs analysis",
                "trainer_id": cls.leader.id,
                "date": cls.now,
                "attendee_ids": [
                    Command.create({"user_id": cls.rep.id, "state": "attended", "completed": True}),
                    Command.create({"user_id": cls.stranger.id, "state": "absent"}),
                ],
            }
        )
        training.attendee_ids[0].write({"score": 80, "assessed": True})
        cls.training = training

    def _report(self, fact, user=None):
        model = self.env[REPORTS[fact]]
        return model.with_user(user) if user else model

    def _group(self, fact, groupby=(), user=None, domain=None):
        """Groups of the rows of these deals, with every measure that pivot and graph offer."""
        model = self._report(fact, user)
        measures = [
            f"{name}:{field.aggregator}"
            for name, field in model._fields.items()
            if field.store and field.aggregator and name != "id"
        ]
        if domain is None:
            domain = [("lead_id", "in", (self.mine + self.other).ids)] if "lead_id" in model._fields else []
        return model.formatted_read_group(domain, list(groupby), ["__count", *measures])

    def test_numbers_equal_plain_counts(self):
        for fact in OF_LEADS:
            with self.subTest(fact=fact):
                # archived, the second deal is lost: its facts count all the same
                expected = (
                    self.env[fact]
                    .with_context(active_test=False)
                    .search([("lead_id", "in", (self.mine + self.other).ids)])
                )
                [total] = self._group(fact)
                self.assertEqual(total["__count"], len(expected))
                self.assertGreaterEqual(len(expected), 3)
                self.assertEqual(total["lead_id:count_distinct"], 2)
                by_user = {row["user_id"][0]: row["__count"] for row in self._group(fact, ["user_id"])}
                self.assertEqual(
                    by_user,
                    {
                        lead.user_id.id: len(expected.filtered(lambda row, lead=lead: row.lead_id == lead))
                        for lead in (self.mine, self.other)
                    },
                )
                self.assertEqual(
                    self._report(fact).search([("id", "in", expected.ids)]).ids,
                    self._report(fact).search([("lead_id", "in", (self.mine + self.other).ids)]).ids,
                )

    def test_measures(self):
        """By hand: of three facts two are of the first outcome."""
        expected = {
            "sales.process.decision": {"refused_rate": 2 / 3, "missing": 2},
            "sales.process.answer": {"done_rate": 2 / 3, "quantity": 9, "days_to_answer": 0},
            "sales.process.deliverable": {"first_time_rate": 2 / 3, "days_to_decide": 2, "age_days": 10, "versions": 1},
            "sales.process.exception": {"granted_rate": 2 / 3, "hours_to_decide": 6},
            "sales.process.touch": {"human_rate": 2 / 3, "incoming_rate": 2 / 3},
            # who still waits has no time
            "sales.process.response": {"kept_rate": 2 / 3, "minutes_working": 60, "seconds_working": 3600},
            "sales.process.support.request": {"kept_rate": 2 / 3, "days_to_deliver": 2, "hours_to_respond": 24},
            "sales.process.alert": {"acted_rate": 2 / 3, "hours_to_act": 24, "hours_open": 48},
        }
        self.assertEqual(sorted(expected), OF_LEADS)
        for fact, measures in expected.items():
            [total] = self._group(fact)
            for name, value in measures.items():
                with self.subTest(fact=fact, measure=name):
                    [found] = [total[key] for key in total if key.startswith(f"{name}:")]
                    self.assertAlmostEqual(found, value, places=2)

    def test_training(self):
        [total] = self._group("sales.process.training.attendee", domain=[("training_id", "=", self.training.id)])
        self.assertEqual((total["__count"], total["user_id:count_distinct"]), (2, 2))
        self.assertAlmostEqual(total["attended_rate:avg"], 0.5)
        self.assertAlmostEqual(total["passed_rate:avg"], 1.0, msg="of those who attended")
        self.assertAlmostEqual(total["score:avg"], 80, msg="who was not assessed has no score")
        teams = self._group("sales.process.training.attendee", ["team_id"], domain=[("user_id", "=", self.rep.id)])
        self.assertEqual([row["team_id"][0] for row in teams], [self.team.id])
        mine = self._report("sales.process.training.attendee", self.rep).search(
            [("training_id", "=", self.training.id)]
        )
        self.assertEqual(mine.user_id, self.rep, "one's own result only")
        for user in (self.leader, self.manager):
            found = self._report("sales.process.training.attendee", user).search(
                [("training_id", "=", self.training.id)]
            )
            self.assertEqual(len(found), 2, user.login)
        self.assertEqual(mine.action_open_record()["res_id"], self.training.id)

    def test_every_view_opens_and_every_group_answers(self):
        """What the web client asks for when a manager opens each report and tries each filter and group."""
        menu = self.env.ref("sales_process_framework.sales_process_fact_menu")
        actions = menu.child_id.mapped("action")
        self.assertGreaterEqual(len(actions), 12)
        opened = set()
        for action in actions:
            model = self.env[action.res_model].with_user(self.manager)
            opened.add(action.res_model)
            modes = action.view_mode.split(",")
            self.assertTrue({"pivot", "graph", "list"} <= set(modes), action.name)
            views = model.get_views([(False, mode) for mode in (*modes, "search")])["views"]
            measures = []
            for mode in ("pivot", "graph"):
                arch = etree.fromstring(views[mode]["arch"])
                for node in arch.iter("field"):
                    field = model._fields[node.get("name")]
                    if node.get("type") == "measure":
                        measures.append(f"{field.name}:{field.aggregator}")
            arch = etree.fromstring(views["search"]["arch"])
            for node in arch.iter("filter"):
                with self.subTest(model=model._name, filter=node.get("name")):
                    grouped = ast.literal_eval(node.get("context") or "{}").get("group_by")
                    domain = [] if "uid" in node.get("domain", "") else ast.literal_eval(node.get("domain") or "[]")
                    rows = model.formatted_read_group(
                        [*domain, ("id", "!=", 0)], [grouped] if grouped else [], ["__count", *dict.fromkeys(measures)]
                    )
                    if grouped and rows:
                        # a click on a bar
                        self.assertEqual(
                            model.search_count(rows[0]["__extra_domain"]), rows[0]["__count"], "drill-down"
                        )
        self.assertTrue(set(REPORTS.values()) <= opened)
        self.assertTrue({"sales.process.visit", "sales.process.closing.change", "sales.process.kpi.value"} <= opened)

    def test_row_leads_to_its_record(self):
        for fact in OF_LEADS:
            with self.subTest(fact=fact):
                row = self._report(fact, self.manager).search([("lead_id", "=", self.mine.id)], limit=1)
                action = row.action_open_record()
                own = row._fact_has_form
                self.assertEqual(action["res_model"], fact if own else "crm.lead")
                self.assertEqual(action["res_id"], row.id if own else self.mine.id)

    def test_stage_is_the_one_of_that_time(self):
        """A touch stays with the stage that it happened in, a document with the stage that asks for it."""
        self.env.cr.execute(
            "UPDATE sales_process_visit SET entered = %s WHERE lead_id = %s", [self._ago(days=9), self.mine.id]
        )
        self.env.invalidate_all()
        before = self._report("sales.process.touch").search([("lead_id", "=", self.mine.id)])
        self.assertEqual(before.stage_id, self.qualify)
        self.env.cr.execute(
            """UPDATE sales_process_visit SET "left" = %(moved)s WHERE lead_id = %(lead)s;
               INSERT INTO sales_process_visit (lead_id, stage_id, entered, direction, outcome)
               VALUES (%(lead)s, %(stage)s, %(moved)s, 'forward', 'open')""",
            {"lead": self.mine.id, "stage": self.diagnose.id, "moved": self._ago(days=3)},
        )
        self.env.invalidate_all()
        mine = [("lead_id", "=", self.mine.id)]
        self.assertEqual(self._report("sales.process.touch").search(mine).stage_id, self.diagnose)
        self.assertEqual(self._report("sales.process.support.request").search(mine).stage_id, self.qualify)
        self.assertEqual(self._report("sales.process.deliverable").search(mine).stage_id, self.qualify)

    def test_team_and_salesperson_are_the_leads_and_cost_its_writes_nothing(self):
        self.mine.write({"team_id": self.other_team.id, "user_id": self.colleague.id})
        self.env.flush_all()
        self.env.invalidate_all()
        for fact in OF_LEADS:
            row = self._report(fact).search([("lead_id", "=", self.mine.id)], limit=1)
            self.assertEqual((row.team_id, row.user_id), (self.other_team, self.colleague), fact)
            self.assertEqual(row.source_id, self.source, fact)
            self.assertFalse(self.env[REPORTS[fact]]._auto, "nothing is stored")

    def test_reps_see_facts_of_their_leads_alone(self):
        both = [("lead_id", "in", (self.mine + self.other).ids)]
        for fact in OF_LEADS:
            with self.subTest(fact=fact):
                self.assertEqual(self._report(fact, self.rep).search(both).lead_id, self.mine)
                groups = self._group(fact, ["lead_id"], self.rep)
                self.assertEqual([row["lead_id"][0] for row in groups], self.mine.ids)
                self.assertEqual(len(self._report(fact, self.manager).search(both).lead_id), 2)
                self.assertEqual(len(self._report(fact, self.colleague).search(both).lead_id), 2)

    def test_department_sees_what_it_was_asked_for(self):
        self.assertFalse(
            self._report("sales.process.support.request", self.rep).search([("lead_id", "=", self.other.id)])
        )
        self.department.member_ids = self.rep
        found = self._report("sales.process.support.request", self.rep).search([("lead_id", "=", self.other.id)])
        self.assertEqual(len(found), 2)

    def test_another_company_stays_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visitor = self._new_user(
            "spf_elsewhere",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for fact in OF_LEADS:
            with self.subTest(fact=fact):
                found = self._report(fact, visitor).search([("lead_id", "in", (self.mine + self.other).ids)])
                self.assertFalse(found)

    def test_refusal_of_a_lead_never_created(self):
        """There is no lead to open, and only its author and administrators see it."""
        decision = self.env["sales.process.decision"].create(
            {"lead_name": "Never born", "outcome": "refused", "user_id": self.rep.id, "company_id": self.company.id}
        )
        for user, seen in ((self.rep, True), (self.manager, True), (self.stranger, False)):
            found = self._report("sales.process.decision", user).search([("id", "=", decision.id)])
            self.assertEqual(bool(found), seen, user.login)
            if found:
                self.assertFalse(found.action_open_record())
