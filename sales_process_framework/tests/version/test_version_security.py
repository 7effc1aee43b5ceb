"""Who may plan, run and undo migrations and write the change log; and that no company sees another's."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import VersionCommon


@tagged("post_install", "-at_install")
class TestVersionSecurity(VersionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead()
        cls.next.action_log_changes()
        cls._twin(cls.budget).name = "Money"
        cls.next.action_log_changes()
        cls._put_to_use()
        cls.migration = cls.process._prepare_migration(cls.next)
        cls.migration._check()
        cls.internal = new_test_user(cls.env, login="spf_v_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_v_portal", groups="base.group_portal")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_only_administrators_change_anything(self):
        for user in (self.rep, self.leader, self.internal, self.portal):
            migration = self.migration.with_user(user)
            for method in ("action_check", "action_start"):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(migration, method)()
            with self.assertRaises(AccessError):
                migration.write({"reason": "mine"})
            with self.assertRaises(AccessError):
                migration.stage_map_ids[:1].write({"target_stage_id": self.n_propose.id})
            with self.assertRaises(AccessError):
                self.next.change_ids.with_user(user).write({"reason": "mine"})
            with self.assertRaises(AccessError):
                self.process.with_user(user).action_open_retirement()
            with self.assertRaises(AccessError):
                self.env["sales.process.retirement"].with_user(user).create({"process_id": self.process.id})
        self.migration.with_user(self.manager).action_start()
        for user in (self.rep, self.leader, self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.migration.with_user(user).action_undo()
        self.migration.with_user(self.manager).action_undo()
        self.assertEqual(self.migration.state, "undone")

    def test_everybody_who_sells_reads_the_log(self):
        self.assertEqual(self.next.with_user(self.rep).change_ids.kind, "changed")
        with self.assertRaises(AccessError):
            self.next.change_ids.with_user(self.internal).read(["element"])

    def test_trail_follows_the_lead(self):
        self.migration.with_user(self.manager).action_start()
        trails = self.env["sales.process.migration.lead"]
        stranger = self._new_user("spf_v_stranger", "sales_team.group_sale_salesman")
        self.assertTrue(trails.with_user(self.rep).search([("lead_id", "=", self.lead.id)]))
        self.assertFalse(trails.with_user(stranger).search([("lead_id", "=", self.lead.id)]))
        for user in (self.rep, self.manager):
            with self.assertRaises(AccessError):
                trails.with_user(user).search([]).write({"state": "kept"})

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._new_user(
            "spf_v_foreign",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for records in (self.migration, self.next.change_ids, self.migration.stage_map_ids):
            self.assertTrue(records)
            self.assertFalse(records.with_user(foreign).search([("id", "in", records.ids)]))
        with self.assertRaises(AccessError):
            self.next.with_user(foreign).get_version_diff()
        with self.assertRaises(AccessError):
            self.migration.with_user(foreign).action_check()

    def test_migration_to_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.env["sales.process"].create({"name": "Theirs", "company_id": company.id})
        with self.assertRaises(UserError):
            self.process._prepare_migration(other)
