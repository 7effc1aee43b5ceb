"""What the dashboard shows is what is stored, and what is clicked opens the records that were counted."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DashboardCommon


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCommon):
    def test_indicators_are_the_stored_values(self):
        for scope, filters in (
            ("company", {"company_id": self.company.id}),
            ("team", {"team_id": self.team.id}),
            ("user", {"user_id": self.rep.id}),
            ("process", {"process_id": self.process.id}),
        ):
            with self.subTest(scope=scope):
                data = self._read(**filters)
                stored = self.env["sales.process.kpi.value"].search(
                    [
                        ("company_id", "=", self.company.id),
                        ("scope", "=", scope),
                        ("scope_id", "=", next(iter(filters.values()))),
                        ("cycle", "=", "month"),
                        ("date_from", "=", self.month.start),
                        ("is_latest", "=", True),
                    ]
                )
                shown = {row["value_id"]: row for row in data["indicators"] if row["value_id"]}
                self.assertTrue(stored)
                self.assertEqual(set(shown), set(stored.ids))
                for value in stored:
                    row = shown[value.id]
                    self.assertEqual(row["code"], value.kpi_id.code)
                    self.assertEqual(row["value"], value.value if value.has_data else None)
                    self.assertEqual(
                        (row["numerator"], row["denominator"], row["sample"], row["band"]),
                        (value.numerator, value.denominator, value.sample, value.band),
                    )

    def test_no_data_is_not_zero(self):
        rows = {row["code"]: row for row in self._read(team_id=self.team.id)["indicators"]}

        self.assertIsNone(rows["win_rate"]["value"])
        self.assertEqual(rows["win_rate"]["trend"], "none")
        self.assertEqual(rows["open_leads"]["value"], rows["open_leads"]["numerator"])
        self.assertTrue(rows["open_leads"]["basis_label"].startswith("Snapshot"))

    def test_trend_and_line(self):
        self._compute(self.month.previous())
        self._compute()

        data = self._read(company_id=self.company.id)

        row = next(row for row in data["indicators"] if row["code"] == "open_leads")
        self.assertEqual(len(row["series"]), 12)
        self.assertEqual(row["series"][-1]["value"], row["value"])
        self.assertEqual(row["series"][-2]["label"], self.month.previous().label())
        self.assertEqual(row["change"], row["value"] - row["previous"])

    def test_periods(self):
        data = self._read(company_id=self.company.id, cycle="quarter", period="2026-02-11")

        self.assertEqual(data["period"]["label"], "2026-Q1")
        self.assertEqual((data["period"]["from"], data["period"]["to"]), ("2026-01-01", "2026-03-31"))
        self.assertEqual((data["period"]["previous"], data["period"]["next"]), ("2025-10-01", "2026-04-01"))
        self.assertFalse(self._read(company_id=self.company.id)["period"]["next"])
        self.assertEqual(data["filters"], {"company_id": self.company.id, "cycle": "quarter", "period": "2026-01-01"})

    def test_a_link_reproduces_the_view(self):
        data = self._read(team_id=self.team.id, cycle="year")

        self.assertEqual(self._read(**data["filters"]), data)

    def test_where_deals_stall(self):
        data = self._read(company_id=self.company.id)

        process = next(item for item in data["stages"]["processes"] if item["id"] == self.process.id)
        stage = self._stage(data["stages"], self.p_diagnose)
        self.assertEqual((stage["deals"], stage["overdue"], stage["revenue"]), (2, 2, 1000))
        self.assertEqual({age: cell["deals"] for age, cell in stage["ages"].items()}, {"month": 2})
        self.assertEqual({team: cell["deals"] for team, cell in stage["teams"].items()}, {self.team.id: 2})
        self.assertEqual(self._stage(data["stages"], self.p_qualify)["deals"], 3)
        self.assertEqual(process["worst"], self.p_diagnose.id)

    def test_stages_of_a_person_and_a_source(self):
        source = self.env["utm.source"].create({"name": "Fair of the tests"})
        self.deals[:1].source_id = source
        self.assertFalse(self._read(user_id=self.rep.id)["stages"])

        mine = self._stages(user_id=self.rep.id)
        fair = self._stages(source_id=source.id)

        self.assertEqual(self._stage(mine, self.p_diagnose)["deals"], 1)
        self.assertEqual(self._stage(mine, self.p_qualify)["deals"], 2)
        self.assertEqual(self._stage(fair, self.p_qualify)["deals"], 1)

    def test_funnel_of_a_team_is_that_of_the_company_when_there_is_no_other(self):
        self._move(self.deals, self.diagnose, self.manager)
        self._compute()

        stored = self._stage(self._read(company_id=self.company.id)["stages"], self.p_qualify)
        counted = self._stage(self._stages(team_id=self.team.id), self.p_qualify)
        person = self._stage(self._stages(user_id=self.colleague.id), self.p_qualify)

        self.assertTrue(stored["conversion"]["value_id"])
        for name in ("conversion", "time"):
            for key in ("value", "numerator", "denominator", "sample"):
                self.assertEqual(counted[name][key], stored[name][key], (name, key))
        self.assertLess(person["conversion"]["denominator"], stored["conversion"]["denominator"])

    def test_the_deals_behind_a_cell(self):
        stage = self._stage(self._read(company_id=self.company.id)["stages"], self.p_diagnose)
        Dashboard = self.Dashboard.with_user(self.manager)
        for part, count in (
            (None, stage["deals"]),
            ({"overdue": True}, stage["overdue"]),
            ({"age": "month"}, stage["ages"]["month"]["deals"]),
            ({"age": "week"}, 0),
            ({"team_id": self.team.id}, stage["teams"][self.team.id]["deals"]),
            ({"team_id": False}, 0),
        ):
            with self.subTest(part=part):
                action = Dashboard.get_deals_action({"company_id": self.company.id}, self.p_diagnose.id, part)
                leads = self.env["crm.lead"].search(action["domain"])
                self.assertEqual(leads, self.stuck if count else leads.browse())
                self.assertEqual(action["res_model"], "crm.lead")
        mine = Dashboard.get_deals_action({"user_id": self.rep.id}, self.p_diagnose.id)
        self.assertEqual(self.env["crm.lead"].search(mine["domain"]), self.stuck[:1])
        with self.assertRaisesRegex(UserError, "no such age"):
            Dashboard.get_deals_action({}, self.p_diagnose.id, {"age": "ancient"})

    def test_the_stays_behind_a_step(self):
        self._move(self.deals, self.diagnose, self.manager)
        self._compute()
        step = self._stage(self._stages(user_id=self.rep.id), self.p_qualify)

        action = self.Dashboard.with_user(self.manager).get_passed_action({"user_id": self.rep.id}, self.p_qualify.id)

        visits = self.env["sales.process.visit"].search(action["domain"])
        self.assertEqual(len(visits), step["conversion"]["denominator"])
        self.assertEqual(visits.user_id, self.rep)

    def test_service_counts_its_own_domains(self):
        for filters in ({"company_id": self.company.id}, {"team_id": self.team.id}):
            service = self._read(**filters)["service"]
            for name, model in (
                ("waiting", "sales.process.response"),
                ("late", "sales.process.response"),
                ("requests", "sales.process.support.request"),
                ("requests_late", "sales.process.support.request"),
            ):
                self.assertEqual(self.env[model].search_count(service["domains"][name]), service[name])

    def test_alerts_count_their_own_domain(self):
        data = self._read(company_id=self.company.id)

        alerts = data["alerts"]
        self.assertEqual(self.env["sales.process.alert"].search_count(alerts["domain"]), alerts["total"])
        self.assertEqual(sum(alerts["counts"].values()), alerts["total"])

    def test_what_has_no_company_is_the_main_company_s(self):
        rule = self.env["sales.process.alert.rule"].create({"name": "Anywhere", "kind": "no_touch"})
        both = self.company + self.company_b
        self.manager.company_ids |= both
        dashboard = self.Dashboard.with_user(self.manager).with_context(allowed_company_ids=both.ids)

        def count():
            return [dashboard.get_dashboard({"company_id": company.id})["alerts"]["total"] for company in both]

        before = count()
        self.env["sales.process.alert"].sudo().create(
            {
                "rule_id": rule.id,
                "lead_id": self.stuck[:1].id,
                "cause_key": "anywhere",
                "opened": self.env.cr.now(),
                "company_id": False,
            }
        )
        self.assertEqual(count(), [before[0] + 1, before[1]])

    def test_goals(self):
        Target = self.env["sales.process.target"]
        Target.search([]).unlink()
        revenue = self.env["sales.process.kpi"].search([("code", "=", "revenue")])
        vals = {
            "kpi_id": revenue.id,
            "company_id": self.company.id,
            "date_from": self.month.start,
            "cycle": "month",
            "value": 1000.0,
            "state": "active",
        }
        whole, of_team, of_rep = Target.create(
            [vals, {**vals, "team_id": self.team.id}, {**vals, "user_id": self.rep.id}]
        )
        Dashboard = self.Dashboard.with_user(self.manager)
        for filters, goal in (
            ({"company_id": self.company.id}, whole),
            ({"team_id": self.team.id}, of_team),
            ({"user_id": self.rep.id}, of_rep),
            ({"process_id": self.process.id}, Target),
        ):
            goals = Dashboard.get_goals(filters)
            self.assertEqual([item["id"] for item in goals["items"]], goal.ids)
            self.assertEqual(goals["total"], len(goal))
            self.assertEqual(Target.search(goals["domain"]), goal)
            for item in goals["items"]:
                self.assertEqual((item["value"], item["pace"]), (goal.value, goal.pace))
        self.assertFalse(Dashboard.get_goals({"company_id": self.company.id, "period": "2001-01-01"})["items"])

    def test_computing_now(self):
        self.env["sales.process.kpi.value"].search([]).sudo().unlink()
        self.assertEqual(self._read(company_id=self.company.id)["state"], "no_values")

        self.Dashboard.with_user(self.manager).action_compute({"company_id": self.company.id})

        self.assertEqual(self._read(company_id=self.company.id)["state"], "ready")

    def test_empty_states(self):
        self.env["sales.process.kpi.value"].search([]).sudo().unlink()
        self.env["sales.process"].search([]).active = False
        self.env["sales.process"].search([]).write({"state": "retired"})

        data = self._read(company_id=self.company.id)

        self.assertEqual(data["state"], "no_process")

    def test_queries_are_flat(self):
        def count():
            self.env.invalidate_all()
            with self.assertQueryCount(200):
                before = self.env.cr.sql_log_count
                self._read(company_id=self.company.id)
                return self.env.cr.sql_log_count - before

        count()
        few = count()
        many = self.env["crm.lead"].create(
            [
                {"name": f"Deal {n}", "type": "opportunity", "team_id": self.team.id, "user_id": self.rep.id}
                for n in range(50)
            ]
        )
        self._put(many[:25], self.diagnose, days=90)
        self._compute()
        count()
        self.assertLessEqual(count(), few)

    def test_wrong_filters_say_what_to_do(self):
        for filters, message in (
            ({"cycle": "fortnight"}, "week, month, quarter"),
            ({"period": "yesterday"}, "2026-01-31"),
            ({"team_id": 1, "user_id": 2}, "one thing at a time"),
            ({"team_id": "x"}, "number of a record"),
            ({"colour": 1}, "no filter colour"),
            ({"team_id": 2**30}, "gone"),
            ({"company_id": 2**30}, "company menu"),
        ):
            with self.subTest(filters=filters), self.assertRaisesRegex(UserError, message):
                self._read(**filters)

    def test_favorites(self):
        Favorite = self.env["sales.process.dashboard.favorite"]
        Favorite.search([]).unlink()
        first = Favorite.with_user(self.rep).create(
            {"name": "Mine", "filters": {"user_id": self.rep.id, "cycle": "quarter"}, "is_default": True}
        )
        shared = Favorite.with_user(self.manager).create(
            {"name": "Ours", "filters": {"process_id": self.process.id}, "user_id": False}
        )

        opened = self.Dashboard.with_user(self.rep).get_dashboard({})

        self.assertEqual(opened["filters"]["cycle"], "quarter")
        self.assertEqual({item["id"] for item in opened["favorites"]}, {first.id, shared.id})
        self.assertEqual([item["can_delete"] for item in opened["favorites"]], [True, False])
        again = Favorite.with_user(self.rep).create(
            {"name": "Later", "filters": {"team_id": self.team.id}, "is_default": True}
        )
        self.assertFalse(first.is_default)
        self.assertTrue(again.is_default)
        with self.assertRaisesRegex(ValidationError, "filters of the dashboard"):
            first.filters = {"script": "x"}

    def test_first_views(self):
        self.env["sales.process.dashboard.favorite"].search([]).unlink()
        views = {
            user: self.Dashboard.with_user(user).get_dashboard()["filters"]
            for user in (self.rep, self.leader, self.manager)
        }

        self.assertEqual(views[self.rep].get("user_id"), self.rep.id)
        self.assertEqual(views[self.leader].get("team_id"), self.team.id)
        self.assertFalse(views[self.manager].keys() & {"user_id", "team_id"})
        self.team.user_id = self.rep
        self.assertEqual(self.Dashboard.with_user(self.rep).get_dashboard()["filters"].get("team_id"), self.team.id)

    def test_plain_crm_has_an_empty_dashboard(self):
        self.env["crm.team"].create({"name": "Empty", "member_ids": [Command.set(self.rep.ids)]})

        self.assertEqual(self._read(user_id=self.manager.id)["alerts"]["total"], 0)
        self.assertEqual(self._stages(user_id=self.manager.id)["processes"], [])
