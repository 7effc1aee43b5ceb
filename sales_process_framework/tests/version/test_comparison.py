"""What is different between two versions, on the screen and in the change log."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import VersionCommon


@tagged("post_install", "-at_install")
class TestComparison(VersionCommon):
    def _rows(self, diff):
        return {(row["new"] or row["old"]): row for stage in diff["root"]["rows"] for row in [stage, *stage["rows"]]}

    def test_fresh_copy_is_the_same(self):
        diff = self.next.get_version_diff()
        self.assertEqual(set(diff["counts"].values()), {0})
        self.assertFalse(diff["root"]["different"])
        self.assertEqual((diff["old"]["id"], diff["new"]["id"]), (self.process.id, self.next.id))

    def test_every_kind_of_change(self):
        self.n_qualify.name = "Qualification"
        self.n_qualify.time_limit_days = 3
        budget = self._twin(self.budget)
        budget.write({"name": "Money", "standard": "Ask for the budget once."})
        self._twin(self.later).unlink()
        self._twin(self.calls).process_stage_id = self.n_diagnose
        self._require(self.n_propose, "Brand new")
        self.next.skip_rule = "forbid"
        diff = self.next.get_version_diff()
        self.assertEqual(diff["counts"], {"added": 1, "removed": 1, "changed": 3, "moved": 1})
        rows = self._rows(diff)
        self.assertEqual(rows["Money"]["kind"], "changed")
        self.assertEqual(rows["Money"]["old"], "Budget")
        standard = next(field for field in rows["Money"]["fields"] if field["label"] == "Standard")
        self.assertIn(["removed", "twice"], standard["parts"])
        self.assertIn(["added", "once"], standard["parts"])
        self.assertEqual(rows["Later"]["kind"], "removed")
        self.assertEqual(rows["Brand new"]["kind"], "added")
        self.assertEqual((rows["Calls"]["kind"], rows["Calls"]["moved"]), ("moved", True))
        limit = next(field for field in rows["Qualification"]["fields"] if field["label"] == "Time Limit")
        self.assertEqual(limit["parts"], [["added", "3"]])
        [skipping] = diff["root"]["fields"]
        self.assertEqual(skipping["label"], "Skipping Stages")
        self.assertIn(["added", "Not"], [part[:1] + [part[1].strip()[:3]] for part in skipping["parts"]])

    def test_html_is_compared_as_text(self):
        self.n_qualify.guidance = "<p>Call <b>first</b> &amp; write</p>"
        [field] = self._rows(self.next.get_version_diff())["Qualify"]["fields"]
        self.assertEqual("".join(text for _kind, text in field["parts"]), "Call *first* & write")

    def test_a_new_version_keeps_the_translated_name(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.process.with_context(lang="fr_FR").name = "Vente"
        version = self.env["sales.process"].browse(self.process.action_new_version()["res_id"])
        self.assertEqual(version.with_context(lang="fr_FR").name, "Vente")
        self.assertEqual(version.name, self.process.name)

    def test_a_number_that_is_taken_is_left_out(self):
        self.assertEqual(self.next.version, "1.1")
        beside = self.env["sales.process"].browse(self.process.action_new_version()["res_id"])
        self.assertEqual(beside.version, "1.2")

    def test_versions_of_versions_know_each_other(self):
        self._twin(self.budget).name = "Money"
        self.next.state = "active"
        third = self.env["sales.process"].browse(self.next.action_new_version()["res_id"])
        diff = third.get_version_diff(self.process.id)
        self.assertEqual(diff["counts"], {"added": 0, "removed": 0, "changed": 1, "moved": 0})
        self.assertEqual(
            [other["id"] for other in diff["others"]][:2],
            [self.next.id, self.process.id],
            "versions of the same process come first",
        )

    def test_first_version_has_nothing_to_compare_with(self):
        with self.assertRaises(UserError):
            self.process.get_version_diff()
        self.assertTrue(self.process.get_version_diff(self.next.id))

    def test_log_says_what_and_who_and_keeps_reasons(self):
        self._twin(self.budget).with_user(self.manager).name = "Money"
        self._twin(self.later).unlink()
        self.next.with_user(self.manager).action_log_changes()
        log = {change.kind: change for change in self.next.change_ids}
        self.assertEqual(log["changed"].element, "Qualify / Money")
        self.assertIn("Budget → Money", log["changed"].detail)
        self.assertEqual(log["changed"].user_id, self.manager)
        self.assertEqual(log["removed"].element, "Propose / Later")
        log["changed"].reason = "Reps asked for it."
        self._require(self.n_propose, "New")
        self._twin(self.budget).name = "Purse"
        self.next.with_user(self.manager).action_log_changes()
        self.assertEqual(set(self.next.change_ids.mapped("kind")), {"changed", "removed", "added"})
        changed = self.next.change_ids.filtered(lambda change: change.kind == "changed")
        self.assertEqual(changed, log["changed"])
        self.assertEqual((changed.element, changed.reason), ("Qualify / Purse", "Reps asked for it."))
        self.assertEqual(self.next.unexplained_count, 2)
        self._twin(self.budget).name = "Budget"
        self.next.action_log_changes()
        self.assertFalse(changed.exists(), "taken back, there is nothing to explain")

    def test_reason_shows_beside_the_change(self):
        self._twin(self.budget).name = "Money"
        self.next.action_log_changes()
        self.next.change_ids.reason = "Clearer"
        self.assertEqual(self._rows(self.next.get_version_diff())["Money"]["reason"], "Clearer")

    def test_log_of_a_version_in_use_is_settled(self):
        self.next.action_log_changes()
        self.next.state = "active"
        with self.assertRaises(UserError):
            self.next.action_log_changes()
        with self.assertRaises(UserError):
            self.process.action_log_changes()

    def test_who_may_compare(self):
        self.assertTrue(self.next.with_user(self.rep).get_version_diff())
        with self.assertRaises(AccessError):
            self.next.with_user(self.rep).action_log_changes()
        internal = new_test_user(self.env, login="spf_v_internal", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.next.with_user(internal).get_version_diff()

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.next.get_version_diff()
            return self.env.cr.sql_log_count - before

        self.next.get_version_diff()
        few = count()
        for number in range(30):
            self._require(self.n_propose, f"New {number}")
        self.assertLessEqual(count(), few + 2)
