from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PathsCommon


@tagged("post_install", "-at_install")
class TestAllowedDeviations(PathsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls.known = cls.env["crm.tag"].create({"name": "Known customer"})
        cls.skipping = cls._walk(cls.qualify, cls.propose, cls.won, outcome="won", count=2)
        cls.tagged = cls._walk(cls.qualify, cls.propose, cls.won, outcome="won")
        cls.tagged.tag_ids = cls.known
        cls.late = cls._walk(cls.qualify, cls.propose, cls.won, outcome="won", late=[0])
        cls.Allowed = cls.env["sales.process.variant.allowed"]

    def _allow(self, user=None, **vals):
        return self.Allowed.with_user(user or self.manager).create(
            {
                "process_id": self.process.id,
                "kind": "skipped",
                "process_stage_id": self.p_diagnose.id,
                "reason": "Needs are known",
                **vals,
            }
        )

    def test_allowed_for_all(self):
        self.assertEqual(self._read()["conforming"], 0)
        self._allow()
        page = self._read()
        self.assertEqual((page["conforming"], page["strict"]), (3, 0), "the late one still departs")
        skipped = self._deviation(page, "skipped", 2)
        self.assertEqual((skipped["deals"], skipped["allowed"]), (4, 4))
        [variant] = page["variants"]
        self.assertEqual((variant["conforming"], variant["deviations"][0]["allowed"]), (3, 4))
        self.assertEqual([row["reason"] for row in page["allowed"]], ["Needs are known"])
        self.assertEqual(self._deals({"conforming": True}), self.skipping + self.tagged)

    def test_allowed_for_a_tag(self):
        self._allow(tag_id=self.known.id)
        page = self._read()
        self.assertEqual((page["conforming"], self._deviation(page, "skipped", 2)["allowed"]), (1, 1))
        self.assertEqual(self._deals({"conforming": True}), self.tagged)

    def test_allowed_for_a_team(self):
        second = self.env["crm.team"].create({"name": "Second Team", "company_id": self.company.id})
        self._allow(team_id=second.id)
        self.assertEqual(self._read()["conforming"], 0)
        self._allow(team_id=self.team.id)
        self.assertEqual(self._read()["conforming"], 3)

    def test_allowed_path(self):
        allowed = self._allow(kind="variant", process_stage_id=False, path="1-3-4")
        self.assertEqual(allowed.path_text, "Qualify → Propose → Won!")
        self.assertEqual(self._read()["conforming"], 3, "a path says nothing about time")
        self._allow(kind="too_long", process_stage_id=self.p_qualify.id)
        self.assertEqual(self._read()["conforming"], 4)

    def test_taken_back_and_logged(self):
        allowed = self._allow()
        self.env.cr.precommit.run()
        allowed.active = False
        self.assertEqual(self._read()["conforming"], 0)
        log = "".join(self.process.message_ids.mapped("body"))
        self.assertIn("Deviation allowed", log)
        self.assertIn("Deviation no longer allowed", log)
        self.assertIn("Needs are known", log)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn("active", allowed.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))
        with self.assertRaisesRegex(UserError, "Take it back"):
            allowed.unlink()

    def test_reason_is_escaped(self):
        self._allow(reason="<script>alert(1)</script>")
        self.assertNotIn("<script>", "".join(self.process.message_ids.mapped("body")))

    def test_what_is_wrong_is_refused(self):
        for vals in (
            {"process_stage_id": False},
            {"process_stage_id": self.process_b.stage_ids[0].id},
            {"kind": "variant", "path": False},
            {"kind": "variant", "path": "1-x"},
            {"reason": " "},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._allow(**vals)

    def test_once(self):
        allowed = self._allow()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._allow()
        allowed.active = False
        self._allow()

    def test_form(self):
        with Form(self.Allowed.with_user(self.manager)) as form:
            form.process_id = self.process
            form.kind = "repeated"
            form.process_stage_id = self.p_qualify
            form.reason = "Customers come back"
        self.assertEqual(form.record.display_name, "Stage entered again: Qualify")

    def test_only_managers_allow(self):
        for user in (self.rep, self.leader):
            with self.assertRaises(AccessError):
                self._allow(user)
        allowed = self._allow()
        with self.assertRaises(AccessError):
            allowed.with_user(self.leader).active = False
