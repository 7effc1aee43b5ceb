from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ResponseCommon


@tagged("post_install", "-at_install")
class TestResponseSecurity(ResponseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_user("spf_stranger", "sales_team.group_sale_salesman")
        cls.internal = new_test_user(cls.env, login="spf_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_portal", groups="base.group_portal")

    def test_clocks_follow_their_lead(self):
        clock = self._clocks(self._web_lead())
        for user, seen in ((self.rep, True), (self.colleague, True), (self.manager, True), (self.stranger, False)):
            found = self.env["sales.process.response"].with_user(user).search([("id", "=", clock.id)])
            self.assertEqual(bool(found), seen, user.login)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            clock.with_user(self.stranger).action_open_lead()["res_id"] and clock.with_user(self.stranger).read(
                ["state"]
            )

    def test_nobody_edits_a_clock(self):
        clock = self._clocks(self._web_lead())
        for user in (self.rep, self.colleague, self.manager, self.internal, self.portal):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(clock.with_user(user).has_access(operation), f"{user.login} {operation}")
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env["sales.process.response"].with_user(user).search([])

    def test_rep_answers_without_rights_on_clocks(self):
        lead = self._web_lead()
        self._reply(lead)
        self.assertEqual(self._clocks(lead).state, "kept")
