"""Drawing a journey: map, matrix, activation, versions."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import JourneyCommon


@tagged("post_install", "-at_install")
class TestMap(JourneyCommon):
    def test_map(self):
        data = self.journey.with_user(self.rep).get_journey_map()
        self.assertEqual(data["journey"]["name"], "Journey")
        self.assertEqual(data["journey"]["state"], "draft")
        self.assertFalse(data["journey"]["can_edit"])
        self.assertTrue(self.journey.with_user(self.manager).get_journey_map()["journey"]["can_edit"])
        aware, choose = data["phases"]
        self.assertEqual((aware["name"], aware["kind"], aware["need"]), ("Aware", "awareness", "Overview"))
        self.assertEqual(aware["stages"], ["Qualify"])
        self.assertEqual([card["name"] for card in aware["touchpoints"]], ["Web lead", "Paper"])
        card = aware["touchpoints"][0]
        self.assertEqual((card["response"], card["quadrant"], card["action"]), ("3 min", "do_first", "Call back"))
        self.assertFalse(choose["touchpoints"])

    def test_matrix(self):
        self._touchpoint("Quick", importance=2, urgency=4)
        self._touchpoint("Best", importance=4, urgency=4)
        self._touchpoint("Routine")
        data = self.journey.with_user(self.rep).get_priority_matrix()
        found = {part["key"]: [card["name"] for card in part["touchpoints"]] for part in data["quadrants"]}
        self.assertEqual(list(found), ["do_first", "plan", "quick", "routine"])
        self.assertEqual(found["do_first"], ["Web lead", "Best"])
        self.assertEqual(found["plan"], ["Paper"])
        self.assertEqual(found["quick"], ["Quick"])
        self.assertEqual(found["routine"], ["Routine"])

    def test_queries_do_not_grow_with_touchpoints(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_all_caches()
            before = self.env.cr.sql_log_count
            self.journey.with_user(self.manager).get_journey_map()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        channel = self.env["sales.process.channel"].search([], limit=1)
        for index in range(50):
            self._touchpoint(f"More {index}", channel_id=channel.id)
        self.assertLessEqual(count(), few + 2)

    def _touchpoint(self, name, phase=None, **vals):
        return self.env["sales.process.touchpoint"].create(
            {"name": name, "phase_id": (phase or self.choose).id, **vals}
        )

    def _names(self, phase):
        self.env.flush_all()
        self.env.invalidate_all()
        return phase.touchpoint_ids.mapped("name")

    def test_move_within_a_phase_and_across(self):
        journey = self.journey.with_user(self.manager)
        journey.move_touchpoint(self.second.id, self.aware.id, 0)
        self.assertEqual(self._names(self.aware), ["Paper", "Web lead"])
        self._touchpoint("Talk")
        journey.move_touchpoint(self.second.id, self.choose.id, 0)
        self.assertEqual(self._names(self.choose), ["Paper", "Talk"])
        self.assertEqual(self._names(self.aware), ["Web lead"])
        journey.move_touchpoint(self.second.id, self.choose.id, 99)
        self.assertEqual(self._names(self.choose), ["Talk", "Paper"])

    def test_map_follows_a_move_at_once(self):
        self.journey.get_journey_map()
        self.journey.move_touchpoint(self.first.id, self.choose.id, 0)
        data = self.journey.get_journey_map()
        self.assertEqual([len(phase["touchpoints"]) for phase in data["phases"]], [1, 1])

    def test_move_to_another_journey_is_refused(self):
        other = self._journey(name="Other")
        for touchpoint, phase in ((self.first, other.phase_ids[0]), (other.touchpoint_ids[0], self.aware)):
            with self.assertRaises(UserError):
                self.journey.with_user(self.manager).move_touchpoint(touchpoint.id, phase.id, 0)

    def test_ratings_outside_one_to_five_are_refused(self):
        for vals in ({"importance": 0}, {"urgency": 6}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.first.write(vals)
                self.env.flush_all()

    def test_quadrant_follows_the_rating(self):
        self.assertEqual(self.first.quadrant, "do_first")
        self.first.urgency = 3
        self.assertEqual(self.first.quadrant, "plan")
        found = self.env["sales.process.touchpoint"].search(
            [("quadrant", "=", "plan"), ("journey_id", "=", self.journey.id)]
        )
        self.assertEqual(found, self.first | self.second)

    def test_channel_sets_its_kind(self):
        with Form(self.first.with_user(self.manager)) as form:
            form.channel_id = self.env.ref("sales_process_framework.sales_process_channel_fair")
            self.assertEqual(form.channel_kind, "offline")

    def test_response_in_words(self):
        for time, unit, text in (
            (0, "hours", ""),
            (1.5, "hours", "1.5 h"),
            (1, "days", "1 working day"),
            (3, "days", "3 working days"),
        ):
            self.first.write({"response_time": time, "response_unit": unit})
            self.assertEqual(self.first._format_response(), text)

    def test_new_touchpoint_in_a_form(self):
        form = Form(self.env["sales.process.touchpoint"].with_user(self.manager))
        form.phase_id = self.choose
        form.name = "Contract talks"
        touchpoint = form.save()
        self.assertEqual(touchpoint.journey_id, self.journey)
        self.assertEqual(touchpoint.company_id, self.company)


@tagged("post_install", "-at_install")
class TestActivation(JourneyCommon):
    def test_in_use_only_when_active(self):
        Journey = self.env["sales.process.journey"]
        self.assertEqual(Journey._is_in_use(), bool(Journey.search_count([("state", "=", "active")])))
        self.journey.with_user(self.manager).action_activate()
        self.assertTrue(Journey._is_in_use())
        self.journey.with_user(self.manager).action_retire()
        self.assertEqual(self.journey.state, "retired")

    def test_asking_costs_nothing_the_second_time(self):
        Journey = self.env["sales.process.journey"]
        Journey._is_in_use()
        with self.assertQueryCount(0):
            Journey._is_in_use()

    def test_needs_process_and_touchpoint(self):
        lonely = self._journey(name="Lonely", process_ids=False)
        with self.assertRaisesRegex(UserError, "Choose the sales process of Lonely"):
            lonely.action_activate()
        empty = self._journey(name="Empty", phase_ids=False)
        with self.assertRaisesRegex(UserError, "Add at least one touchpoint to Empty"):
            empty.action_activate()

    def test_one_active_journey_per_process_and_segment(self):
        self.journey.action_activate()
        other = self._journey(name="Other")
        with self.assertRaisesRegex(ValidationError, "Test Process 1.0 has the active journey Journey"):
            other.action_activate()
        other.segment = "Existing customers"
        other.action_activate()
        third = self._journey(name="Third", segment=" existing  CUSTOMERS ")
        with self.assertRaises(ValidationError):
            third.action_activate()
        self.journey.action_retire()
        other.segment = False
        self.assertEqual(other.state, "active")

    def test_restoring_from_the_archive_is_checked_too(self):
        self.journey.action_activate()
        self.journey.active = False
        self._journey(name="Other").action_activate()
        with self.assertRaises(ValidationError):
            self.journey.active = True

    def test_in_use_is_not_deleted(self):
        self.journey.action_activate()
        with self.assertRaisesRegex(UserError, "archive it"):
            self.journey.unlink()
        self._journey(name="Draft").unlink()

    def test_copy_has_everything_and_starts_as_draft(self):
        self.journey.action_activate()
        copy = self.journey.copy()
        self.assertEqual((copy.state, copy.name), ("draft", "Journey (copy)"))
        self.assertEqual(copy.phase_ids.mapped("name"), ["Aware", "Choose"])
        self.assertEqual(len(copy.touchpoint_ids), 2)
        self.assertFalse(copy.touchpoint_ids & self.journey.touchpoint_ids)
        self.assertEqual(copy.touchpoint_ids.mapped("name"), ["Web lead", "Paper"])
        self.assertEqual(copy.phase_ids.process_stage_ids, self.p_qualify)
        self.assertEqual(copy.touchpoint_ids.journey_id, copy)

    def test_new_version_replaces_the_old_one(self):
        self.journey.with_user(self.manager).action_activate()
        action = self.journey.with_user(self.manager).action_new_version()
        new = self.env["sales.process.journey"].browse(action["res_id"])
        self.assertEqual((new.name, new.version, new.display_name, new.state), ("Journey", 2, "Journey v2", "draft"))
        self.assertEqual(self.journey.state, "active")
        new.with_user(self.manager).action_activate()
        self.assertEqual((self.journey.state, new.state), ("retired", "active"))

    def test_next_version_of_a_process_keeps_its_journey(self):
        self._activate()
        action = self.process.with_user(self.manager).action_new_version()
        process = self.env["sales.process"].browse(action["res_id"])
        self.assertEqual(self.journey.process_ids, self.process | process)
        twin = process.stage_ids.filtered(lambda stage: stage.name == "Qualify")
        self.assertEqual(self.aware.process_stage_ids, self.p_qualify | twin)
        self.assertEqual(self.journey.get_journey_map()["phases"][0]["stages"], ["Qualify"])

    def test_days_are_not_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.aware.days_without_order = -1
            self.env.flush_all()

    def test_channel_key_once(self):
        Channel = self.env["sales.process.channel"]
        Channel.create([{"name": "A"}, {"name": "B", "key": ""}])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            Channel.create({"name": "C", "key": "email"})

    def test_persona_on_both_sides(self):
        persona = self.env["sales.process.persona"].create({"name": "Buyer", "decision_role": "buyer"})
        self.journey.persona_ids = [Command.link(persona.id)]
        self.assertEqual(persona.journey_ids, self.journey)
        self.assertEqual(self.journey.get_journey_map()["journey"]["personas"], ["Buyer"])
