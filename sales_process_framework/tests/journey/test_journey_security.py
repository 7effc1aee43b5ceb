"""Who may read and who may draw journeys, method by method, and company by company."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..test_multi_company import TwoCompanies
from .common import JourneyCommon

MODELS = (
    "sales.process.persona",
    "sales.process.channel",
    "sales.process.journey",
    "sales.process.journey.phase",
    "sales.process.touchpoint",
)


@tagged("post_install", "-at_install")
class TestJourneySecurity(JourneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.persona = cls.env["sales.process.persona"].create({"name": "Buyer"})
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal_user", groups="base.group_portal")
        cls.public = new_test_user(cls.env, login="spf_public_user", groups="base.group_public")
        cls.records = (
            cls.persona,
            cls.env["sales.process.channel"].search([], limit=1),
            cls.journey,
            cls.aware,
            cls.first,
        )

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_models(self):
        for record in self.records:
            for user in (self.rep, self.colleague):
                mine = record.with_user(user)
                self.assertTrue(mine.read(["display_name"]))
                for call in (
                    lambda mine=mine: mine.write({"name": "x"}),
                    lambda mine=mine: mine.create({"name": "x"}),
                    lambda mine=mine: mine.unlink(),
                ):
                    with self.subTest(model=record._name, user=user.login), self.assertRaises(AccessError):
                        call()
            for user in (self.internal, self.portal, self.public):
                with self.subTest(model=record._name, user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_public_methods(self):
        reading = (
            lambda mine: mine.get_journey_map(),
            lambda mine: mine.get_priority_matrix(),
            lambda mine: mine.action_export_json(),
            lambda mine: mine.action_export_xlsx(),
        )
        writing = (
            lambda mine: mine.move_touchpoint(self.first.id, self.choose.id, 0),
            lambda mine: mine.action_activate(),
            lambda mine: mine.action_retire(),
            lambda mine: mine.action_new_version(),
            lambda mine: mine.copy(),
        )
        for call in reading:
            self.assertTrue(call(self.journey.with_user(self.rep)))
        for user in (self.internal, self.portal, self.public):
            for call in reading + writing:
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    call(self.journey.with_user(user))
        for call in writing:
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                call(self.journey.with_user(self.rep))
        self.assertEqual((self.journey.state, self.first.phase_id), ("draft", self.aware))
        with self.assertRaises(AccessError):
            self.env["sales.process.journey.import"].with_user(self.rep).create({}).action_create_draft()

    def test_manager_does_everything(self):
        mine = self.journey.with_user(self.manager)
        mine.move_touchpoint(self.first.id, self.choose.id, 0)
        mine.action_activate()
        mine.action_new_version()
        mine.action_retire()
        self.first.with_user(self.manager).write({"importance": 1})
        self.persona.with_user(self.manager).unlink()


@tagged("post_install", "-at_install")
class TestJourneyCompanies(TwoCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journey = JourneyCommon._journey.__func__(cls)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_other_company_sees_nothing(self):
        parts = (self.journey, self.journey.phase_ids, self.journey.touchpoint_ids)
        for records in parts:
            for user in (self.rep_b, self.manager_b):
                self.assertFalse(self.env[records._name].with_user(user).search([("id", "in", records.ids)]))
        for call in (
            lambda mine: mine.get_journey_map(),
            lambda mine: mine.get_priority_matrix(),
            lambda mine: mine.action_activate(),
            lambda mine: mine.move_touchpoint(self.journey.touchpoint_ids[0].id, self.journey.phase_ids[0].id, 0),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                call(self.journey.with_user(self.manager_b))

    def test_shared_journey_is_seen_by_both(self):
        shared = self.env["sales.process.journey"].create({"name": "Shared", "company_id": False})
        for user in (self.rep, self.rep_b):
            self.assertTrue(self.env["sales.process.journey"].with_user(user).search([("id", "=", shared.id)]))

    def test_parts_of_another_company_are_refused(self):
        persona = self.env["sales.process.persona"].create({"name": "B", "company_id": self.company_b.id})
        role = self.env["sales.process.role"].create({"name": "B", "company_id": self.company_b.id})
        for write in (
            lambda: self.journey.write({"process_ids": [Command.link(self.process_b.id)]}),
            lambda: self.journey.write({"persona_ids": [Command.link(persona.id)]}),
            lambda: self.journey.phase_ids[0].write(
                {"process_stage_ids": [Command.link(self.process_b.stage_ids[0].id)]}
            ),
            lambda: self.journey.touchpoint_ids[0].write({"role_id": role.id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                write()
                self.env.flush_all()

    def test_template_in_the_company_of_the_wizard(self):
        wizard = self.env["sales.process.journey.import"].with_user(self.manager_b)
        action = wizard.create({"process_id": False}).action_create_draft()
        journey = self.env["sales.process.journey"].browse(action["res_id"])
        self.assertEqual(journey.company_id, self.company_b)
        self.assertEqual(journey.touchpoint_ids.company_id, self.company_b)
        self.assertEqual(journey.persona_ids.company_id, self.company_b)
