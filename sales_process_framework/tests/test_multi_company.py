"""Two companies on one database: what one may see of the other, and working time in either of them."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SalesProcessCommon

WEEK = [(str(day), hours) for day in range(5) for hours in ((9, 12), (13, 18))]


class TwoCompanies(SalesProcessCommon):
    """The common company works in Brussels, a second one in Taipei; each has a team with a process of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brussels = cls._make_calendar("Brussels", "Europe/Brussels", cls.company)
        cls.company.resource_calendar_id = cls.brussels
        cls.company_b = cls.env["res.company"].create({"name": "Taipei Company"})
        cls.taipei = cls._make_calendar("Taipei", "Asia/Taipei", cls.company_b)
        cls.company_b.resource_calendar_id = cls.taipei
        cls.rep_b = cls._new_company_user("spf_rep_b", "sales_team.group_sale_salesman", cls.company_b)
        cls.manager_b = cls._new_company_user("spf_manager_b", "sales_team.group_sale_manager", cls.company_b)
        cls.team_b = cls.env["crm.team"].create({"name": "Team B", "company_id": cls.company_b.id})
        cls.stages_b = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": 200 + index, "team_ids": [Command.set(cls.team_b.ids)]}
                for index, name in enumerate(["B one", "B two"])
            ]
        )
        cls.process_b = cls.env["sales.process"].create(
            {
                "name": "Process B",
                "company_id": cls.company_b.id,
                "enforcement": "block",
                "team_ids": [Command.set(cls.team_b.ids)],
                "stage_ids": [
                    Command.create({"name": stage.name, "sequence": index, "stage_id": stage.id})
                    for index, stage in enumerate(cls.stages_b)
                ],
            }
        )

    @classmethod
    def _new_company_user(cls, login, groups, company):
        return cls._new_user(login, groups, company_id=company[0].id, company_ids=[Command.set(company.ids)])

    @classmethod
    def _make_calendar(cls, name, tz, company, week=None):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": company.id if company else False,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": day,
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day, (start, stop) in (WEEK if week is None else week)
                ],
            }
        )

    def _lead_b(self, **vals):
        return self._lead(
            user=self.rep_b,
            **{"name": "Deal B", "team_id": self.team_b.id, "company_id": self.company_b.id, **vals},
        )


@tagged("post_install", "-at_install")
class TestCompanies(TwoCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate_a = cls._require(cls.p_qualify, "Gate A")
        cls.gate_b = cls._require(cls.process_b.stage_ids[0], "Gate B")
        cls.role_b = cls.env["sales.process.role"].create({"name": "Role B", "company_id": cls.company_b.id})
        cls._activate()
        cls.process_b.write({"state": "active"})

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_process_of_another_company_is_invisible(self):
        foreign = (self.process_b, self.process_b.stage_ids, self.gate_b, self.role_b)
        for records in foreign:
            for user, seen in ((self.rep, False), (self.manager, False), (self.rep_b, True), (self.manager_b, True)):
                with self.subTest(model=records._name, user=user.login):
                    records.invalidate_recordset()
                    found = records.with_user(user).search([("id", "in", records.ids)])
                    self.assertEqual(found, records if seen else records.browse())
                    if not seen:
                        with self.assertRaises(AccessError):
                            records.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.process_b.with_user(self.manager).write({"enforcement": "off"})
        with self.assertRaises(AccessError):
            self.process_b.with_user(self.manager).action_retire()

    def test_shared_process_is_visible_to_both(self):
        shared = self.env["sales.process"].create({"name": "Shared", "company_id": False})
        for user in (self.rep, self.rep_b):
            self.assertTrue(shared.with_user(user).search([("id", "=", shared.id)]))

    def test_team_of_another_company_cannot_join(self):
        draft = self.process.copy({"name": "Draft"})
        with self.assertRaises(UserError):
            draft.team_ids = self.team_b

    def test_facts_of_another_company_are_invisible(self):
        lead = self._lead_b()
        self._tick(lead, self.gate_b, user=self.rep_b)
        self.env["sales.process.decision"].create(
            {"lead_id": lead.id, "lead_name": "Deal B", "outcome": "refused", "company_id": self.company_b.id}
        )
        self.env["sales.process.decision"].create(
            {"lead_name": "Unborn B", "outcome": "refused", "company_id": self.company_b.id}
        )
        for name in ("sales.process.answer", "sales.process.visit", "sales.process.decision"):
            with self.subTest(model=name):
                model = self.env[name].with_user(self.manager)
                self.assertFalse(model.search([("lead_id", "=", lead.id)]))
                self.assertTrue(self.env[name].with_user(self.manager_b).search([("lead_id", "=", lead.id)]))
        decisions = self.env["sales.process.decision"]
        self.assertFalse(decisions.with_user(self.manager).search([("lead_name", "=", "Unborn B")]))
        self.assertTrue(decisions.with_user(self.manager_b).search([("lead_name", "=", "Unborn B")]))

    def test_managers_of_the_company_only_stand_in(self):
        lead = self._lead_b()
        managers = lead._get_sales_managers()
        self.assertIn(self.manager_b, managers)
        self.assertNotIn(self.manager, managers)

    def test_ceiling_counts_for_its_company_alone(self):
        self.company.sales_process_ceiling = "off"
        lead, lead_b = self._lead(), self._lead_b()
        self._move(lead, self.diagnose)
        self.assertEqual(lead.stage_id, self.diagnose)
        self.assertRefused(lead_b, self.stages_b[1], user=self.rep_b, missing=["Gate B"])
        self.company.sales_process_ceiling = "block"
        self.company_b.sales_process_ceiling = "off"
        self.assertRefused(self._lead(), self.diagnose, missing=["Gate A"])
        self._move(lead_b, self.stages_b[1], user=self.rep_b)
        self.assertEqual(lead_b.stage_id, self.stages_b[1])

    def test_ceiling_never_tightens(self):
        self.process.enforcement = "warn"
        for ceiling, expected in (("block", "warn"), ("warn", "warn"), ("off", "off")):
            self.company.sales_process_ceiling = ceiling
            self.assertEqual(self.process._get_enforcement(self.company), expected)

    def test_both_companies_in_one_write(self):
        leads = self._lead() | self._lead_b()
        both = self._new_company_user("spf_both", "sales_team.group_sale_manager", self.company | self.company_b)
        parked = self.env["crm.stage"].create({"name": "Parked", "sequence": 999})
        with self.assertRaises(UserError) as caught:
            leads.with_user(both).with_context(allowed_company_ids=both.company_ids.ids).write({"stage_id": parked.id})
        moves = {
            move["lead_id"]: [item["name"] for item in move["items"]] for move in caught.exception.context["moves"]
        }
        self.assertEqual(moves, {leads[0].id: ["Gate A"], leads[1].id: ["Gate B"]})

    def test_defaults_of_each_company(self):
        self.company_b.write({"sales_process_enforcement": "warn", "sales_process_mandatory": False})
        process = self.env["sales.process"].with_company(self.company_b)
        made = process.create({"name": "New", "stage_ids": [Command.create({"name": "One"})]})
        self.assertEqual((made.company_id, made.enforcement), (self.company_b, "warn"))
        requirement = self.env["sales.process.requirement"].with_company(self.company_b)
        self.assertFalse(requirement.create({"name": "R", "process_stage_id": made.stage_ids.id}).mandatory)
        self.assertTrue(self.env["sales.process.requirement"].new({"name": "R"}).mandatory)


@tagged("post_install", "-at_install")
class TestWorkingTime(TwoCompanies):
    """Deadlines in the working time of the lead's company. Weeks: 9–12 and 13–18, so a working day has 8 hours.

    Brussels is UTC+1 in winter and UTC+2 from 29 March to 25 October 2026; Taipei is UTC+8 all year.
    """

    def _deadline(self, lead_maker, entered):
        now = fields.Datetime.to_datetime(entered)
        with patch.object(self.env.cr, "now", lambda: now):
            lead = lead_maker()
        self.assertEqual(lead.sales_stage_entered, now)
        visit = self.env["sales.process.visit"].search([("lead_id", "=", lead.id), ("left", "=", False)])
        self.assertEqual(visit.deadline, lead.sales_stage_deadline)
        return fields.Datetime.to_string(lead.sales_stage_deadline) if lead.sales_stage_deadline else False

    def _limit(self, days, process=None):
        (process or self.process).stage_ids[0].time_limit_days = days
        (process or self.process).write({"state": "active"})

    def _holiday(self, calendar, day, tz_offset, company=None, until=None):
        start = fields.Datetime.to_datetime(f"{day} 00:00:00") - timedelta(hours=tz_offset)
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id if calendar else False,
                "date_from": start,
                "date_to": until or start + timedelta(hours=24),
            }
        )
        self.env.flush_all()
        if not calendar:
            # The client's current company; in a test it is that of the environment.
            leave.company_id = company or self.company
        return leave

    def test_within_the_week(self):
        self._limit(1)
        self.assertEqual(self._deadline(self._lead, "2026-01-12 08:00:00"), "2026-01-12 17:00:00")
        self.assertEqual(self._deadline(self._lead, "2026-01-12 13:00:00"), "2026-01-13 13:00:00")

    def test_friday_evening(self):
        self._limit(1)
        self.assertEqual(self._deadline(self._lead, "2026-01-16 19:30:00"), "2026-01-19 17:00:00")
        self.assertEqual(self._deadline(self._lead, "2026-01-17 12:00:00"), "2026-01-19 17:00:00")

    def test_each_company_in_its_own_time(self):
        self._limit(0.5)
        self._limit(0.5, self.process_b)
        entered = "2026-01-15 23:30:00"  # half past midnight in Brussels, half past seven in Taipei on Friday
        # Four hours: 9–12 and 13–14 in both places.
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-16 13:00:00")
        self.assertEqual(self._deadline(self._lead_b, entered), "2026-01-16 06:00:00")

    def test_daylight_saving_begins(self):
        self._limit(2)
        # Friday 27 March noon local (UTC+1) → 5 hours that day, 8 on Monday, 3 on Tuesday (UTC+2).
        self.assertEqual(self._deadline(self._lead, "2026-03-27 12:00:00"), "2026-03-31 10:00:00")

    def test_daylight_saving_ends(self):
        self._limit(1)
        # Friday 23 October 13:00 local (UTC+2) → 5 hours that day, 3 on Monday (UTC+1).
        self.assertEqual(self._deadline(self._lead, "2026-10-23 11:00:00"), "2026-10-26 11:00:00")

    def test_holiday_in_between(self):
        self._limit(2)
        self._holiday(self.brussels, "2026-01-13", 1)
        self.assertEqual(self._deadline(self._lead, "2026-01-12 08:00:00"), "2026-01-14 17:00:00")

    def test_holiday_for_half_a_day(self):
        self._limit(1)
        self._holiday(self.brussels, "2026-01-12", 1, until=fields.Datetime.to_datetime("2026-01-12 12:00:00"))
        self.assertEqual(self._deadline(self._lead, "2026-01-12 08:00:00"), "2026-01-13 11:00:00")

    def test_holiday_of_one_company_is_none_of_the_other(self):
        """A public holiday that names no calendar counts for all calendars of its company, and no other."""
        self._limit(1)
        self._limit(1, self.process_b)
        self._holiday(None, "2026-01-12", 1)
        self.assertEqual(self._deadline(self._lead, "2026-01-12 08:00:00"), "2026-01-13 17:00:00")
        self.assertEqual(self._deadline(self._lead_b, "2026-01-12 01:00:00"), "2026-01-12 10:00:00")
        self._holiday(None, "2026-01-20", 8, company=self.company_b)
        self.assertEqual(self._deadline(self._lead, "2026-01-20 08:00:00"), "2026-01-20 17:00:00")
        self.assertEqual(self._deadline(self._lead_b, "2026-01-20 01:00:00"), "2026-01-21 10:00:00")

    def test_leave_of_a_person_is_nobodys_holiday(self):
        self._limit(1)
        resource = self.env["resource.resource"].create(
            {"name": "Rep", "user_id": self.rep.id, "calendar_id": self.brussels.id}
        )
        leave = self._holiday(self.brussels, "2026-01-12", 1)
        leave.resource_id = resource
        self.assertEqual(self._deadline(self._lead, "2026-01-12 08:00:00"), "2026-01-12 17:00:00")

    def test_half_days(self):
        """Four full days and Friday morning: a working day is the average one of 7 hours."""
        week = [(day, hours) for day, hours in WEEK if day != "4"] + [("4", (9, 12))]
        calendar = self._make_calendar("Half Friday", "Europe/Brussels", self.company, week)
        self.assertEqual(calendar.hours_per_day, 7)
        self.process.calendar_id = calendar
        self._limit(1)
        self.assertEqual(self._deadline(self._lead, "2026-01-15 08:00:00"), "2026-01-15 16:00:00")
        self.assertEqual(self._deadline(self._lead, "2026-01-16 08:00:00"), "2026-01-19 13:00:00")

    def test_empty_calendar_counts_calendar_days(self):
        self.process.calendar_id = self._make_calendar("Empty", "Europe/Brussels", self.company, [])
        self._limit(2)
        self.assertEqual(self._deadline(self._lead, "2026-01-16 12:00:00"), "2026-01-18 12:00:00")

    def test_no_calendar_counts_calendar_days(self):
        self.assertEqual(
            self.env["resource.calendar"]._plan_working_days(datetime(2026, 1, 16, 12), 2), datetime(2026, 1, 18, 12)
        )

    def test_process_names_its_own_calendar(self):
        self.process.calendar_id = self._make_calendar("Short", "Europe/Brussels", self.company, [("0", (9, 10))])
        self._limit(3)
        # One hour on Mondays only; an average day is that hour.
        self.assertEqual(self._deadline(self._lead, "2026-01-13 12:00:00"), "2026-02-02 09:00:00")

    def test_limit_beyond_the_kept_intervals(self):
        self._limit(200)
        deadline = fields.Datetime.to_datetime(self._deadline(self._lead, "2026-01-12 08:00:00"))
        self.assertEqual(deadline, datetime(2026, 10, 16, 16), "40 weeks, the last day in summer time")

    def test_no_limit_no_deadline(self):
        self._limit(0)
        self.assertFalse(self._deadline(self._lead, "2026-01-12 08:00:00"))

    def test_changing_a_holiday_changes_later_deadlines(self):
        self._limit(1)
        entered, free, busy = "2026-01-12 08:00:00", "2026-01-13 17:00:00", "2026-01-12 17:00:00"
        self.assertEqual(self._deadline(self._lead, entered), busy)
        holiday = self._holiday(self.brussels, "2026-01-12", 1)
        self.assertEqual(self._deadline(self._lead, entered), free)
        holiday.write({"date_from": "2026-02-01 00:00:00", "date_to": "2026-02-02 00:00:00"})
        self.assertEqual(self._deadline(self._lead, entered), busy)
        holiday.write({"date_from": "2026-01-11 23:00:00", "date_to": "2026-01-12 23:00:00"})
        self.assertEqual(self._deadline(self._lead, entered), free)
        holiday.unlink()
        self.assertEqual(self._deadline(self._lead, entered), busy)

    def test_changing_working_hours_changes_later_deadlines(self):
        self._limit(1)
        entered = "2026-01-12 08:00:00"
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-12 17:00:00")
        self.brussels.attendance_ids.filtered(lambda line: line.dayofweek == "0").unlink()
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-13 17:00:00")
        self.brussels.tz = "America/New_York"
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-13 23:00:00")

    def test_changing_the_calendar_of_the_company_changes_later_deadlines(self):
        self._limit(1)
        entered = "2026-01-12 08:00:00"
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-12 17:00:00")
        self.company.resource_calendar_id = self._make_calendar(
            "Tuesdays", "Europe/Brussels", self.company, [("1", (9, 12))]
        )
        self.assertEqual(self._deadline(self._lead, entered), "2026-01-13 11:00:00")

    def test_shared_process_counts_in_each_companys_time(self):
        shared_stage = self.env["crm.stage"].create({"name": "Shared", "sequence": 1})
        shared = self.env["sales.process"].create(
            {
                "name": "Shared",
                "company_id": False,
                "stage_ids": [Command.create({"name": "One", "stage_id": shared_stage.id, "time_limit_days": 1})],
            }
        )
        team = self.env["crm.team"].create({"name": "Everywhere", "company_id": False})
        shared.write({"team_ids": [Command.set(team.ids)], "state": "active"})
        for make, deadline in ((self._lead, "2026-01-12 17:00:00"), (self._lead_b, "2026-01-12 10:00:00")):
            entered = "2026-01-12 00:00:00"
            self.assertEqual(self._deadline(lambda make=make: make(team_id=team.id), entered), deadline)

    def test_entered_stage_counts_from_its_own_entry(self):
        self.p_diagnose.time_limit_days = 1
        self._limit(0)
        lead = self._lead()
        with patch.object(self.env.cr, "now", lambda: datetime(2026, 1, 16, 16, 30)):
            self._move(lead, self.diagnose)
        self.assertEqual(lead.sales_stage_deadline, datetime(2026, 1, 19, 16, 30))
        with patch.object(self.env.cr, "now", lambda: datetime(2026, 1, 19, 17)):
            lead.invalidate_recordset()
            self.assertTrue(lead.sales_stage_overdue)
            self.assertIn(lead, self.env["crm.lead"].search([("sales_stage_overdue", "=", True)]))
