from datetime import timedelta

from odoo.tests import tagged

from ...tools import skill
from .common import EnablementCommon


@tagged("post_install", "-at_install")
class TestSkill(EnablementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activity_type = cls.env["mail.activity.type"].create({"name": "Visit", "res_model": "crm.lead"})
        cls.visit = cls._require(
            cls.p_qualify,
            "Visit",
            kind="action",
            judgement="activity",
            activity_type_id=cls.activity_type.id,
            mandatory=False,
        )
        cls._activate()

    def _matrix(self, user=None, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        matrix = (
            self.env["sales.process.skill"]
            .with_user(user or self.manager)
            .get_skills_matrix(**{"team_id": self.team.id, "process_id": self.process.id, **kwargs})
        )
        return matrix, {row["user_id"]: row for row in matrix["rows"]}

    def _cell(self, requirement, user=None, by=None):
        return self._matrix(by)[1][(user or self.rep).id]["cells"].get(requirement.id)

    def _row(self, requirement, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["sales.process.skill"].search(
            [("requirement_id", "=", requirement.id), ("user_id", "=", (user or self.rep).id)]
        )

    def test_nothing_known(self):
        matrix, rows = self._matrix()
        self.assertEqual(set(rows), {self.rep.id, self.colleague.id})
        self.assertEqual(
            [column["name"] for column in matrix["columns"]], ["SPIN questions", "Report", "Visit", "Objections"]
        )
        self.assertEqual(rows[self.rep.id]["cells"], {})
        self.assertEqual(rows[self.rep.id]["average"], 0)

    def test_training(self):
        training = self._training(self.rep | self.colleague)
        self.assertIsNone(self._cell(self.spin), "invited is not trained")
        training.attendee_ids[0].write({"state": "attended", "completed": True, "score": 60})
        self.assertEqual(self._cell(self.spin)["level"], 1)
        self.assertEqual(self._cell(self.spin)["score"], 60)
        second = self._training(self.rep)
        second.attendee_ids.write({"state": "attended", "completed": True, "score": 85})
        cell = self._cell(self.spin)
        self.assertEqual((cell["trainings"], cell["passed"], cell["score"], cell["level"]), (2, True, 85, 2))
        self.assertIsNone(self._cell(self.spin, self.colleague))
        second.action_cancel()
        self.assertEqual(self._cell(self.spin)["trainings"], 1)

    def test_executions_of_every_kind(self):
        for number in range(3):
            lead = self._lead(name=f"Deal {number}")
            self._tick(lead, self.spin)
        self._hand_in(lead, self.report)
        lead.with_user(self.rep).activity_schedule(
            activity_type_id=self.activity_type.id, user_id=self.rep.id
        ).action_feedback()
        counts = [self._cell(requirement)["executions"] for requirement in (self.spin, self.report, self.visit)]
        self.assertEqual(counts, [3, 1, 1])
        self.assertEqual(self._row(self.spin).level, "beginner")

    def test_not_applicable_and_untouched_are_no_execution(self):
        lead = self._lead()
        lead.with_user(self.rep).activity_schedule(activity_type_id=self.activity_type.id, user_id=self.rep.id)
        self.assertIsNone(self._cell(self.visit))
        self.assertIsNone(self._cell(self.spin))

    def test_refused_moves_and_rejections_are_not_clean(self):
        held, smooth = self._lead(name="Held"), self._lead(name="Smooth")
        self.env["sales.process.decision"].create(
            {
                "lead_id": held.id,
                "outcome": "refused",
                "unmet": [{"id": self.spin.id, "name": "SPIN questions"}],
                "user_id": self.rep.id,
                "process_id": self.process.id,
            }
        )
        for lead in held | smooth:
            self._tick(lead, self.spin)
            self._hand_in(lead, self.report)
        cell = self._cell(self.spin)
        self.assertEqual((cell["executions"], cell["clean"], cell["pass_rate"]), (2, 1, 50))
        self.assertEqual(self._cell(self.report)["clean"], 2, "refused for lack of something else")
        smooth.with_user(self.manager).sales_process_decide(self.report.id, False, "Too short")
        self.assertEqual(self._cell(self.report)["clean"], 1)

    def test_level_is_that_of_the_formula(self):
        training = self._training(self.rep)
        training.attendee_ids.write({"state": "attended", "completed": True, "score": 90})
        for number in range(5):
            self._tick(self._lead(name=f"Deal {number}"), self.spin)
        row = self._row(self.spin)
        expected = skill.level(skill.Evidence(trainings=1, passed=True, executions=5, clean=5))
        self.assertEqual(self._cell(self.spin)["level"], expected)
        self.assertEqual(skill.LEVELS.index(row.level), expected)
        self.assertEqual(row.pass_rate, 1.0)

    def test_old_practice_no_longer_counts(self):
        lead = self._lead()
        self._tick(lead, self.spin)
        answer = self.env["sales.process.answer"].search([("lead_id", "=", lead.id)])
        answer.date = self.env.cr.now() - timedelta(days=366)
        self.assertIsNone(self._cell(self.spin))

    def test_next_version_remembers(self):
        self._tick(self._lead(), self.spin)
        training = self._training(self.rep)
        training.attendee_ids.write({"state": "attended", "completed": True, "score": 90})
        self.process.action_new_version()
        version = self.env["sales.process"].search([("predecessor_id", "=", self.process.id)])
        self.process.action_retire()
        version.write({"state": "active", "team_ids": [(6, 0, self.team.ids)]})
        matrix, rows = self._matrix(process_id=version.id)
        column = next(column for column in matrix["columns"] if column["name"] == "SPIN questions")
        cell = rows[self.rep.id]["cells"][column["id"]]
        self.assertEqual((cell["executions"], cell["trainings"], cell["level"]), (1, 1, 3))
        self.assertIn(self.spin.id, column["requirement_ids"])

    def test_process_of_the_team_comes_first(self):
        other = self.process.copy({"name": "Other", "team_ids": [(6, 0, self.other_team.ids)]})
        other.state = "active"
        self.other_team.member_ids = self.leader
        self.assertEqual(self._matrix(process_id=False)[0]["process_id"], self.process.id)
        self.assertEqual(self._matrix(team_id=self.other_team.id, process_id=False)[0]["process_id"], other.id)

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._matrix()
            return self.env.cr.sql_log_count - before

        self._tick(self._lead(), self.spin)
        count()
        few = count()
        users = self.env["res.users"]
        for number in range(20):
            users |= self._new_user(f"spf_many_{number}", "sales_team.group_sale_salesman")
        self.team.member_ids |= users
        for user in users:
            self._tick(self._lead(user=user, name=user.login), self.spin, user=user)
        count()  # new users empty Odoo's caches
        self.assertLessEqual(count(), few)
        self.assertEqual(len(self._matrix()[1]), 22)
