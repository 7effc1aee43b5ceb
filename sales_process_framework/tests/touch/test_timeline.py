"""The timeline: what happened along the phases, what comes next, what was missed."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TouchCommon


@tagged("post_install", "-at_install")
class TestTimeline(TouchCommon):
    def _timeline(self, user=None, lead=None):
        return (lead or self.lead).with_user(user or self.rep).get_sales_journey_timeline()

    def _names(self, items):
        return [item["name"] for item in items]

    def test_phases_and_what_they_hold(self):
        self._write_to_customer(subject="Welcome")
        timeline = self._timeline()
        self.assertEqual(timeline["journey"], {"id": self.journey.id, "name": "Buyers"})
        interest, evaluation, use = timeline["phases"]
        self.assertEqual([phase["state"] for phase in timeline["phases"]], ["current", "ahead", "ahead"])
        [touch] = interest["touches"]
        self.assertEqual((touch["source"], touch["user"], touch["contact"]), ("email_out", self.rep.name, "Ada"))
        self.assertEqual(self._names(interest["expected"]), ["Inquiry", "First call", "Web form"])
        self.assertEqual(len(evaluation["expected"]), 4)
        self.assertFalse(interest["missed"] or use["touches"] or timeline["others"])

    def test_missed_is_what_we_did_not_do_in_phases_behind(self):
        self._write_to_customer()
        self._move(self.lead, self.diagnose)
        interest, evaluation, _use = self._timeline()["phases"]
        self.assertEqual((interest["state"], evaluation["state"]), ("done", "current"))
        self.assertEqual(self._names(interest["missed"]), ["First call"], "what the customer does is not ours to miss")
        self.assertFalse(interest["expected"])

    def test_next_is_what_matters_most(self):
        self.assertEqual(self._timeline()["next"]["name"], "First answer")
        self._write_to_customer()
        self.assertEqual(self._timeline()["next"]["name"], "Inquiry")

    def test_due_with_the_stage(self):

        deadline = (self.env.cr.now() - timedelta(days=1)).replace(microsecond=0)
        self.env.cr.execute("UPDATE crm_lead SET sales_stage_deadline = %s WHERE id = %s", [deadline, self.lead.id])
        self.lead.invalidate_recordset()
        item = self._timeline()["next"]
        self.assertEqual((item["deadline"], item["late"]), (str(deadline), True))
        self.assertFalse(self._timeline()["phases"][1]["expected"][0]["deadline"])

    def test_lead_without_a_stage_of_the_journey_follows_its_touches(self):
        self.interest.process_stage_ids = False
        self.evaluation.process_stage_ids = False
        self.assertEqual(self._timeline()["phases"][0]["state"], "current")
        self.lead.with_user(self.rep).sales_process_record_touch(self.visit.id)
        self.assertEqual([phase["state"] for phase in self._timeline()["phases"]], ["done", "current", "ahead"])

    def test_planned_meeting_is_not_there_yet(self):
        self._move(self.lead, self.diagnose)
        start = (self.env.cr.now() + timedelta(days=1)).replace(microsecond=0)
        self.env["calendar.event"].with_user(self.rep).create(
            {"name": "Visit", "start": start, "stop": start, "opportunity_id": self.lead.id}
        )
        evaluation = self._timeline()["phases"][1]
        self.assertTrue(evaluation["touches"][0]["planned"])
        self.assertIn("Visit", self._names(evaluation["expected"]))

    def test_by_hand_and_back(self):
        lead = self.lead.with_user(self.rep)
        timeline = lead.sales_process_record_touch(self.form.id, "At the fair")
        [touch] = timeline["phases"][0]["touches"]
        self.assertEqual((touch["source"], touch["direction"], touch["summary"]), ("manual", "in", "At the fair"))
        self.assertTrue(touch["can_remove"])
        lead.sales_process_record_touch(self.form.id)
        self.assertEqual(len(self._touches()), 2, "a touchpoint can take place more than once")
        with self.assertRaises(AccessError):
            self.lead.with_user(self.colleague).sales_process_remove_touch(touch["id"])
        lead.sales_process_remove_touch(touch["id"])
        self.assertEqual(len(self._touches()), 1)

    def test_only_what_was_made_by_hand_is_removed(self):
        self._write_to_customer()
        with self.assertRaises(UserError):
            self.lead.with_user(self.manager).sales_process_remove_touch(self._touches().id)

    def test_touchpoint_of_another_journey(self):
        other = self.journey.copy({"name": "Other"})
        with self.assertRaises(UserError):
            self.lead.with_user(self.rep).sales_process_record_touch(other.touchpoint_ids[:1].id)
        with self.assertRaises(UserError):
            self.lead.with_user(self.rep).sales_process_record_touch(0)

    def test_lead_without_a_journey(self):
        lead = self._lead(team_id=self.other_team.id, name="Plain")
        self.assertIs(self._timeline(lead=lead), False)
        self.assertFalse(lead.sales_has_journey)
        self.assertTrue(self.lead.sales_has_journey)
        self.journey.action_retire()
        self.env.invalidate_all()
        self.assertIs(self._timeline(), False)

    def test_words_are_those_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.interest.with_context(lang="fr_FR").name = "Intérêt"
        french = self.lead.with_user(self.rep).with_context(lang="fr_FR").get_sales_journey_timeline()
        self.assertEqual(french["phases"][0]["name"], "Intérêt")
        self.assertEqual(self._timeline()["phases"][0]["name"], "Interest")

    def test_opens_in_flat_queries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._timeline()
            return self.env.cr.sql_log_count - start

        self._write_to_customer()
        self._timeline()
        few = count()
        for number in range(50):
            self._receive(subject=f"Mail {number}")
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 10)
