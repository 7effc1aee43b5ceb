from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestKpiSecurity(KpiCommon):
    """The team: rep and colleague are members, the leader leads it; the stranger is of another team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman", company_id=cls.taipei.id)
        cls.far = cls._new_user("spf_far", "sales_team.group_sale_manager", company_id=cls.york.id)
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")
        cls.stranger.company_ids = [Command.set(cls.taipei.ids)]
        cls.far.company_ids = [Command.set(cls.york.ids)]
        (cls.rep | cls.colleague | cls.leader).write({"company_ids": [Command.link(cls.taipei.id)]})
        (cls.team | cls.other_team).company_id = False
        cls.other_team.member_ids = cls.stranger
        cls.kpi = cls._made_up()

    def setUp(self):
        super().setUp()
        people, teams = self.rep | self.colleague | self.stranger, self.team | self.other_team
        self.facts = [
            {"company_id": company.id, "user_id": user.id, "team_id": team.id, "process_id": self.process.id}
            for company in self.both
            for user in people
            for team in teams
        ]
        self._compute(self.kpi)

    def _seen(self, user, company=None):
        """:return: {(scope, record id)} of a company's values that a person sees"""
        company = company or self.taipei
        values = self.env["sales.process.kpi.value"].with_user(user).with_context(allowed_company_ids=company.ids)
        found = values.search([("kpi_id", "=", self.kpi.id), ("cycle", "=", "month")])
        self.assertFalse(found.company_id - company)
        return {(value.scope, value.scope_id) for value in found}

    def test_who_sees_whose_numbers(self):
        common = {("company", self.taipei.id), ("process", self.process.id)}
        team, other = ("team", self.team.id), ("team", self.other_team.id)
        rep, colleague, stranger = (("user", user.id) for user in (self.rep, self.colleague, self.stranger))
        self.assertEqual(self._seen(self.rep), common | {team, rep})
        self.assertEqual(self._seen(self.colleague), common | {team, colleague}, "whoever's leads one may see")
        self.assertEqual(self._seen(self.stranger), common | {other, stranger})
        self.assertEqual(self._seen(self.leader), common | {team, rep, colleague})
        self.assertEqual(self._seen(self.boss), common | {team, other, rep, colleague, stranger})

    def test_companies_are_apart(self):
        self.assertEqual(len(self._seen(self.far, self.york)), 7)
        with self.assertRaises(AccessError):
            self._seen(self.far)
        hidden = self._value(self.kpi).with_user(self.far)
        for call in (lambda: hidden.read(["value"]), lambda: hidden.get_records_action("numerator")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                call()
        self.kpi.company_id = self.taipei
        self.assertFalse(self.env["sales.process.kpi"].with_user(self.far).search([("id", "=", self.kpi.id)]))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_outsiders_see_nothing(self):
        value = self._value(self.kpi)
        for user in (self.internal, self.portal):
            for records in (self.kpi, value):
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(records.with_user(user).has_access(operation), f"{user.login} {operation}")
            with self.assertRaises(AccessError):
                self.env["sales.process.kpi"].with_user(user).get_series(["made_up"])
            with self.assertRaises(AccessError):
                value.with_user(user).get_records_action("numerator")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_writes_a_number(self):
        value = self._value(self.kpi)
        for user in (self.rep, self.colleague, self.leader, self.boss):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(value.with_user(user).has_access(operation), f"{user.login} {operation}")
            with self.assertRaises(AccessError):
                value.with_user(user).write({"value": 3})

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_definitions_are_the_managers(self):
        for user in (self.rep, self.colleague, self.leader):
            self.assertTrue(self.kpi.with_user(user).has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.kpi.with_user(user).has_access(operation), f"{user.login} {operation}")
            for call in (
                lambda kpi: kpi.action_compute(),
                lambda kpi: kpi.action_correct_period("2026-03-01", "month", "Because"),
                lambda kpi: kpi.env["sales.process.kpi.backfill"].create({"date_from": "2026-01-01"}),
                lambda kpi: kpi.env["sales.process.kpi.correct"].create(
                    {"value_id": self._value(self.kpi).id, "reason": "Because"}
                ),
            ):
                with self.assertRaises(AccessError):
                    call(self.kpi.with_user(user))
        self.kpi.with_user(self.boss).action_compute()

    def test_correction_of_another_company_is_refused(self):
        with self.assertRaises(UserError):
            self.kpi.with_user(self.far).action_correct_period("2026-03-01", "month", "Because", self.taipei.id)

    def test_series_show_what_the_values_show(self):
        series = self.env["sales.process.kpi"].with_user(self.rep).with_company(self.taipei)

        def value_of(scope, record):
            return series.get_series(["made_up"], scope, record.id, date="2026-03-01", count=1)["made_up"]["points"][0][
                "value"
            ]

        self.assertEqual(value_of("company", self.taipei), 6)
        self.assertEqual(value_of("user", self.rep), 2)
        self.assertIsNone(value_of("user", self.stranger))
        self.assertIsNone(value_of("team", self.other_team))

    def test_records_behind_a_value_follow_their_own_rules(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": user.login, "type": "opportunity", "user_id": user.id, "company_id": False, "team_id": False}
                for user in (self.rep, self.colleague)
            ]
        )
        self.facts = [
            {"record_id": lead.id, "company_id": self.taipei.id, "user_id": lead.user_id.id} for lead in leads
        ]
        self._compute(self.kpi)
        with self._at(self._value(self.kpi).computed):
            action = self._value(self.kpi).with_user(self.rep).get_records_action("numerator")
        found = self.env["crm.lead"].with_user(self.rep).with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, leads[0], "a rep sees own leads alone, though the company's value counts both")
