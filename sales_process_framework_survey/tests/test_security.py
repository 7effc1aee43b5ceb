from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SurveyCommon

MODELS = (
    "sales.process.survey.program",
    "sales.process.survey.invitation",
    "sales.process.survey.optout",
    "sales.process.survey.hit",
)
OPERATIONS = ("read", "write", "create", "unlink")
#: Who may do what at most; everybody else nothing.
ALLOWED = {
    "sales.process.survey.program": {"rep": {"read"}, "manager": set(OPERATIONS)},
    "sales.process.survey.invitation": {"rep": {"read"}, "manager": {"read"}},
    "sales.process.survey.optout": {"rep": set(), "manager": {"read", "create", "unlink"}},
    "sales.process.survey.hit": {"rep": set(), "manager": set()},
}
#: What anybody may call from outside; all check access themselves.
PUBLIC_METHODS = {
    "sales.process.survey.program": {
        "action_start",
        "action_pause",
        "action_view_invitations",
        "action_view_results",
    },
    "sales.process.survey.invitation": {"action_open_lead"},
    "sales.process.survey.optout": set(),
    "sales.process.survey.hit": set(),
}


@tagged("post_install", "-at_install")
class TestSurveySecurity(SurveyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")
        cls.employee = new_test_user(cls.env, login="spf_employee", groups="base.group_user")
        cls.public = cls.env.ref("base.public_user")
        cls.surveyor = new_test_user(
            cls.env, login="spf_surveyor", groups="base.group_user,survey.group_survey_manager"
        )

    def test_access_of_every_role(self):
        people = {
            "rep": self.rep,
            "manager": self.manager,
            "portal": self.portal,
            "employee": self.employee,
            "public": self.public,
            "surveyor": self.surveyor,
        }
        for model in MODELS:
            for role, user in people.items():
                for operation in OPERATIONS:
                    with self.subTest(model=model, role=role, operation=operation):
                        allowed = operation in ALLOWED[model].get(role, ())
                        self.assertEqual(self.env[model].with_user(user).has_access(operation), allowed)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_answers_follow_the_lead(self):
        """A rep sees those of own leads; colleagues with all leads see them all."""
        invitation = self._invite()
        invitation._keep_answer(3)
        self.assertEqual(self.Invitation.with_user(self.rep).search([]), invitation)
        self.lead.user_id = self.colleague
        self.env.flush_all()
        self.assertFalse(self.Invitation.with_user(self.rep).search([("id", "=", invitation.id)]))
        with self.assertRaises(AccessError):
            invitation.with_user(self.rep).read(["comment"])
        self.assertEqual(self.Invitation.with_user(self.leader).search([]), invitation)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_other_companies_are_closed(self):
        invitation = self._invite()
        optout = self.env["sales.process.survey.optout"].create({"email": "a@b.example.com"})
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            login="spf_stranger",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in (invitation, optout, self.program):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["company_id"])
        with self.assertRaises(AccessError):
            self.program.with_user(stranger).action_pause()

    def test_the_link_stays_with_the_customer(self):
        """Not even administrators of sales read what links are made of, by no method either."""
        invitation = self._invite()
        for user in (self.rep, self.manager):
            with self.assertRaises(AccessError):
                invitation.with_user(user).read(["selector"])
            self.assertNotIn("selector", self.Invitation.with_user(user).fields_get())
            with self.assertRaises(AccessError):
                self.Invitation.with_user(user).search([("selector", "=like", "a%")])

    def test_public_methods(self):
        """Nothing that starts mails, answers or finds links can be called from outside."""
        for model in MODELS:
            found = set()
            for name in dir(type(self.env[model])):
                method = getattr(type(self.env[model]), name, None)
                own = getattr(method, "__module__", "") or ""
                if not callable(method) or "sales_process_framework_survey" not in own:
                    continue
                try:
                    get_public_method(self.env[model], name)
                except (AccessError, AttributeError):
                    continue
                found.add(name)
            found -= {"create", "write", "unlink"}
            self.assertEqual(found, PUBLIC_METHODS[model], model)

    def test_reps_do_not_run_programs(self):
        for action in ("action_pause", "action_start"):
            with self.assertRaises(AccessError):
                self.program.with_user(self.rep)[:1].__getattribute__(action)()
        self.assertEqual(self.program.state, "running")

    def test_managers_choose_surveys_but_read_no_answers(self):
        surveys = self.env["survey.survey"].with_user(self.manager)
        self.assertIn(self.survey, surveys.search([]))
        closed = self.env["survey.survey"].create(
            {"title": "Of others", "restrict_user_ids": [Command.set(self.surveyor.ids)]}
        )
        self.assertNotIn(closed, surveys.search([]))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(surveys.has_access(operation))
        for model in ("survey.user_input", "survey.user_input.line", "survey.question"):
            self.assertFalse(self.env[model].with_user(self.manager).has_access("read"))
        self.assertFalse(self.env["survey.survey"].with_user(self.rep).has_access("read"))

    def test_a_manager_sets_up_a_program(self):
        program = self.Program.with_user(self.manager).create(
            {"name": "Mine", "trigger": "won", "company_id": self.company.id}
        )
        program.action_start()
        self.assertEqual((program.state, program.user_id), ("running", self.manager))
        self.assertFalse(program.score_text and "(" not in program.score_text)
        self.assertTrue(program.read(["survey_id", "score_text", "invitation_count"]))

    def test_opting_out_by_hand(self):
        invitation = self._invite()
        optouts = self.env["sales.process.survey.optout"].with_user(self.manager)
        optout = optouts.create({"email": "Ada <ADA@Customer.example.com>"})
        self.assertEqual((optout.email, optout.by_customer), ("ada@customer.example.com", False))
        self._send()
        self.assertEqual(invitation.state, "opted_out")
        with self.assertRaises(ValidationError):
            optouts.create({"email": "nonsense"})
