from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SupportCommon

#: What of a lead a supporter may read on the request.
SAFE = {"lead_name", "customer_name", "stage_id", "industry_name", "tag_names", "date_closing"}


@tagged("post_install", "-at_install")
class TestSupportSecurity(SupportCommon):
    """A supporter sees the request and what is needed of the lead, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")
        cls.partner = cls.env["res.partner"].create({"name": "Steel AG"})
        cls.lead = cls._lead(
            name="Steel mill", partner_id=cls.partner.id, expected_revenue=123456, description="secret plans"
        )

    def setUp(self):
        super().setUp()
        self.request = self._ask(self.lead, files=self._file(self.rep, "brief.txt"))
        self.legal_request = self._ask(self.lead, self.review)
        self.env.flush_all()
        self.env.invalidate_all()

    def _seen(self, user):
        return self.env["sales.process.support.request"].with_user(user).search([]) & (
            self.request + self.legal_request
        ).with_user(user)

    def test_who_sees_which_request(self):
        both = self.request + self.legal_request
        nothing = both.browse()
        for user, expected in (
            (self.rep, both),
            (self.colleague, both),
            (self.manager, both),
            (self.stranger, nothing),
            (self.member, self.request),
            (self.head, self.request),
            (self.lawyer, self.legal_request),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(user), expected)
                for request in both - expected:
                    with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                        request.with_user(user).read(["name"])
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._seen(user)

    def test_supporter_reads_what_is_needed_of_the_lead(self):
        mine = self.request.with_user(self.member)
        values = mine.read([*SAFE, "need", "name"])[0]
        self.assertEqual((values["lead_name"], values["customer_name"]), ("Steel mill", "Steel AG"))
        self.assertEqual(values["stage_id"][1], self.lead.stage_id.name)
        self.assertIn("Steel mill", mine.display_name)
        view = mine.get_view(self.env.ref("sales_process_framework.sales_process_support_request_view_form").id)
        self.assertNotIn('name="lead_id"', view["arch"])
        self.assertNotIn('name="action_open_lead"', view["arch"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.http")
    def test_supporter_reads_nothing_else_of_the_lead(self):
        lead, member = self.lead.with_user(self.member), self.member
        Request = self.env["sales.process.support.request"].with_user(member)
        for name, call in {
            "read": lambda: lead.read(["name"]),
            "search_read": lambda: lead.search_read([("id", "=", lead.id)], ["expected_revenue"]),
            "search": lambda: lead.search([]),
            "name_search": lambda: lead.name_search("Steel"),
            "write": lambda: lead.write({"name": "x"}),
            "field of the request": lambda: self.request.with_user(member).read(["lead_id"]),
            "domain": lambda: Request.search([("lead_id.expected_revenue", ">", 1)]),
            "group": lambda: Request.formatted_read_group([], ["lead_id"], ["__count"]),
            "nested": lambda: self.request.with_user(member).web_read({"lead_id": {"fields": {"description": {}}}}),
            "open": lambda: self.request.with_user(member).action_open_lead() and lead.check_access("read"),
            "facts": lambda: self.env["sales.process.visit"].with_user(member).search([]),
            "documents": lambda: self.env["sales.process.deliverable"].with_user(member).search([]),
            "ask": lambda: self._ask(self.lead, user=member),
            "post": lambda: self._post(lead, "x"),
        }.items():
            with self.subTest(name), self.assertRaises(AccessError):
                call()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_messages_and_files_of_the_lead_stay_closed(self):
        secret = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "crm.lead", "res_id": self.lead.id}
        )
        message = self._post(self.lead, "internal matter")
        self.env.invalidate_all()
        Message = self.env["mail.message"].with_user(self.member)
        self.assertFalse(Message.search([("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]))
        with self.assertRaises(AccessError):
            message.with_user(self.member).read(["body"])
        Attachment = self.env["ir.attachment"].with_user(self.member)
        with self.assertRaises(AccessError):
            Attachment.search([("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)])
        self.assertNotIn(secret.id, Attachment.search([]).ids)
        with self.assertRaises(AccessError):
            secret.with_user(self.member).read(["raw"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_files_and_log_of_the_request(self):
        brief = self.request.wanted_file_ids
        self.assertEqual(brief.with_user(self.member).raw, b"facts")
        self._post(self.request.with_user(self.member), "A question")
        for user in (self.lawyer, self.stranger, self.internal, self.portal):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    brief.with_user(user).read(["raw"])
                with self.assertRaises(AccessError):
                    self.request.message_ids.with_user(user).read(["body"])
                with self.assertRaises(AccessError):
                    self._post(self.request.with_user(user), "x")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_writes_past_the_steps(self):
        for user in (self.rep, self.member, self.head, self.manager):
            mine = self.request.with_user(user)
            for name, call in {
                "write": lambda mine=mine: mine.write({"state": "accepted"}),
                "create": lambda mine=mine: mine.create({"name": "x", "lead_id": self.lead.id}),
                "unlink": lambda mine=mine: mine.unlink(),
                "pause": lambda mine=mine: mine.env["sales.process.support.pause"].create({"request_id": mine.id}),
            }.items():
                with self.subTest(user=user.login, call=name), self.assertRaises(AccessError):
                    call()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_public_methods_are_refused_to_strangers(self):
        self.request.with_user(self.member).action_take()
        names = [
            *("action_take", "action_resume", "action_accept", "action_open_wait", "action_open_deliver"),
            *("action_open_reopen", "action_open_cancel", "action_open_assign", "action_open_hand_in"),
            "action_open_lead",
        ]
        for user in (self.lawyer, self.stranger, self.internal, self.portal):
            for name in names:
                with self.subTest(user=user.login, method=name), self.assertRaises(UserError):
                    self.env.invalidate_all()
                    getattr(self.request.with_user(user), name)()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.request.browse().with_user(user).action_print_agenda(self.request.ids)
        for user in (self.stranger, self.internal, self.portal):
            for name in ("action_ask_sales_support", "action_view_sales_support"):
                with self.subTest(user=user.login, method=name), self.assertRaises(AccessError):
                    getattr(self.lead.with_user(user), name)()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_dialogs_check_again(self):
        Step = self.env["sales.process.support.step"]
        for user, kind in (
            (self.lawyer, "deliver"),
            (self.stranger, "wait"),
            (self.member, "reopen"),
            (self.member, "cancel"),
            (self.rep, "deliver"),
            (self.rep, "assign"),
        ):
            with self.subTest(user=user.login, kind=kind), self.assertRaises(UserError):
                Step.with_user(user).create(
                    {"request_id": self.request.id, "kind": kind, "note": "x", "user_id": user.id}
                ).action_apply()
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Step.with_user(user).create({"request_id": self.request.id, "kind": "deliver"})
        with self.assertRaises(AccessError):
            self.env["sales.process.support.ask"].with_user(self.stranger).create(
                {"lead_id": self.lead.id, "policy_id": self.report.id, "need": "x"}
            ).action_ask()
        self.assertEqual(self.request.state, "new")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_step_takes_only_files_of_one_s_own(self):
        secret = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "crm.lead", "res_id": self.lead.id}
        )
        for files in (secret, self._file(self.lawyer), self.legal_request.wanted_file_ids | secret):
            with self.assertRaises(AccessError):
                self.request.with_user(self.member)._step_deliver("x", files.with_user(self.member))
        self.assertEqual(secret.res_model, "crm.lead")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_configuration_is_the_manager_s(self):
        for record in (self.marketing, self.report):
            for user in (self.rep, self.head, self.member):
                with self.subTest(model=record._name, user=user.login):
                    self.assertTrue(record.with_user(user).read(["name"]))
                    with self.assertRaises(AccessError):
                        record.with_user(user).write({"name": "x"})
            for user in (self.internal, self.portal):
                with self.subTest(model=record._name, user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
            record.with_user(self.manager).write({"name": "x"})

    def test_membership_opens_the_app_and_takes_it_back(self):
        group = self.env.ref("sales_process_framework.group_support_member")
        menu = self.env.ref("sales_process_framework.sales_process_support_root_menu")
        Menu = self.env["ir.ui.menu"]
        self.assertIn(group, self.member.group_ids)
        self.assertIn(menu.id, Menu.with_user(self.member)._visible_menu_ids())
        self.assertNotIn(menu.id, Menu.with_user(self.internal)._visible_menu_ids())
        self.marketing.with_user(self.manager).member_ids = [Command.link(self.internal.id)]
        self.assertIn(group, self.internal.group_ids)
        self.legal.member_ids = [Command.link(self.internal.id)]
        self.marketing.member_ids = [Command.unlink(self.internal.id)]
        self.assertIn(group, self.internal.group_ids, "still in the other department")
        self.legal.member_ids = [Command.unlink(self.internal.id)]
        self.assertNotIn(group, self.internal.group_ids)
        self.marketing.leader_id = self.internal
        self.assertIn(self.internal, self.marketing.member_ids)
        self.assertIn(group, self.internal.group_ids)

    def test_requests_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        both = self._new_user(
            "spf_both", "sales_team.group_sale_manager", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        self.assertFalse(self._seen(both))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.request.with_user(both).read(["name"])

    def test_plain_crm_stays_plain(self):
        self.env["sales.process.support.request"].search([]).unlink()
        self.env["sales.process.sla.policy"].with_context(active_test=False).search([]).unlink()
        self.env["sales.process.sla.policy"]._is_in_use()
        lead = self._lead()
        lead.invalidate_recordset()
        with self.assertQueryCount(0):
            self.assertFalse(lead.sales_support_offered)
            self.assertEqual(lead.sales_support_count, 0)
