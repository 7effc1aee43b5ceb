from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...tools import health
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestLeadHealth(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need = cls._require(cls.p_qualify, "Need stated")
        cls.p_qualify.time_limit_days = 10
        cls._activate()
        cls.Health = cls.env["sales.process.health.sql"]

    def _refresh(self, leads):
        self.env.flush_all()
        return self.Health._refresh_health(leads.ids)

    def _make_world(self, count):
        """Leads that differ in everything a score follows from."""
        now = self.env.cr.now()
        leads = self.env["crm.lead"].browse(self._lead(name=f"Lead {n}").id for n in range(count))
        for number, lead in enumerate(leads):
            if number % 3:
                lead.date_deadline = now.date() + timedelta(days=number * 5 - 20)
            if number % 4 == 1:
                lead.date_deadline = now.date() + timedelta(days=60)
            if number % 2:
                self._tick(lead, self.need)
            roles = [("decider", "neutral"), ("champion", "champion"), ("user", "unknown")][: number % 4]
            self.env["sales.process.buyer"].create(
                [
                    {"lead_id": lead.id, "name": f"{role} {number}", "role": role, "attitude": attitude}
                    for role, attitude in roles
                ]
            )
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET create_date = %s - id %% 40 * interval '1 day',
                                   sales_stage_entered = %s - id %% 25 * interval '1 day' WHERE id = ANY(%s)""",
            [now, now, leads.ids],
        )
        self.env.cr.execute(
            """INSERT INTO sales_process_touch (lead_id, date, source, direction, human)
               SELECT id, %s - id %% 30 * interval '1 day', 'call', 'out', TRUE
                 FROM crm_lead WHERE id = ANY(%s) AND id %% 3 > 0""",
            [now, leads.ids],
        )
        self.env.invalidate_all()
        return leads

    def test_what_is_stored_is_what_the_parts_say(self):
        leads = self._make_world(40)
        self._refresh(leads)
        scores = set()
        for lead in leads:
            told = lead.with_user(self.rep).get_sales_health()
            self.assertEqual((lead.sales_health, lead.sales_health_band), (told["score"], told["band"]), told)
            parts = {part["part"]: part["score"] for part in told["parts"]}
            self.assertEqual(set(parts), set(health.WEIGHTS))
            self.assertTrue(all(part["reason"] for part in told["parts"]))
            scores.add(told["score"])
        self.assertGreater(len(scores), 10)

    def test_refresh_leaves_no_trace_and_writes_only_what_changed(self):
        leads = self._make_world(5)
        written = leads.mapped("write_date")
        messages = self.env["mail.message"].search_count([("model", "=", "crm.lead"), ("res_id", "in", leads.ids)])
        self.assertEqual(self._refresh(leads), 5)
        self.assertEqual(self._refresh(leads), 0)
        self.assertEqual(leads.mapped("write_date"), written)
        self.assertEqual(
            self.env["mail.message"].search_count([("model", "=", "crm.lead"), ("res_id", "in", leads.ids)]), messages
        )

    def test_closed_leads_have_no_score(self):
        lost, archived, plain, kept = self._make_world(4)
        self._refresh(lost | archived | plain | kept)
        lost.action_set_lost()
        archived.action_archive()
        plain.team_id = self.other_team
        self._refresh(lost | archived | plain | kept)
        self.assertEqual(
            [bool(lead.sales_health_band) for lead in (lost, archived, plain, kept)], [False, False, False, True]
        )
        self.assertFalse(lost.get_sales_health())
        self.assertFalse(plain.get_sales_health())

    def test_the_scheduled_run_covers_all_and_clears_the_closed(self):
        leads = self._make_world(3)
        self.Health._refresh_all_health()
        self.assertTrue(all(lead.sales_health_band for lead in leads))
        leads[0].action_set_lost()
        self.Health._refresh_all_health()
        self.assertFalse(leads[0].sales_health_band)

    def test_one_statement_for_any_number(self):
        counts = []
        for leads in (self._make_world(1), self._make_world(50)):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Health._refresh_health(leads.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_filters_and_groups(self):
        leads = self._make_world(20)
        self._refresh(leads)
        mine = [("id", "in", leads.ids)]
        groups = dict(self.env["crm.lead"]._read_group(mine, ["sales_health_band"], ["__count"]))
        self.assertEqual(sum(groups.values()), 20)
        poor = self.env["crm.lead"].search([*mine, ("sales_health_band", "=", "poor")])
        self.assertEqual(len(poor), groups.get("poor", 0))

    def test_touchpoints_of_the_phase_count(self):
        lead = self._lead()
        journey = self.env["sales.process.journey"].create(
            {
                "name": "Journey",
                "company_id": self.company.id,
                "process_ids": self.process.ids,
                "phase_ids": [
                    Command.create(
                        {"name": "Now", "kind": "interest", "process_stage_ids": [Command.set(self.p_qualify.ids)]}
                    )
                ],
            }
        )
        points = self.env["sales.process.touchpoint"].create(
            [
                {"phase_id": journey.phase_ids.id, "name": name, "channel_kind": "online"}
                for name in ("Call", "Mail", "Visit", "Demo")
            ]
        )
        journey.action_activate()
        self.env["sales.process.touch"].sudo().create(
            {
                "lead_id": lead.id,
                "date": self.env.cr.now(),
                "source": "call",
                "direction": "out",
                "touchpoint_id": points[0].id,
            }
        )
        part = next(part for part in lead.get_sales_health()["parts"] if part["part"] == "journey")
        self.assertEqual((part["score"], part["reason"]), (25, "1 of 4 took place"))

    def test_completeness_names_what_is_missing(self):
        lead = self._lead(expected_revenue=0, email_from="a@example.com")
        told = lead.get_sales_completeness()
        self.assertEqual(told["asked"], len(self.process.completeness_field_ids))
        missing = {field["name"] for field in told["missing"]}
        self.assertIn("phone", missing)
        self.assertNotIn("expected_revenue", missing)
        self.assertEqual(told["filled"] + len(missing), told["asked"])
        self.process.completeness_field_ids = [Command.clear()]
        self.assertEqual(lead.get_sales_completeness(), {"filled": 0, "asked": 0, "missing": []})

    def test_only_who_sees_the_lead_sees_its_health(self):
        lead = self._lead()
        stranger = self._new_user("spf_other", "sales_team.group_sale_salesman")
        portal = new_test_user(self.env, login="spf_portal", groups="base.group_portal")
        clerk = new_test_user(self.env, login="spf_clerk", groups="base.group_user")
        for user in (stranger, portal, clerk):
            for method in ("get_sales_health", "get_sales_completeness"):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(lead.with_user(user), method)()
        with self.assertRaises(UserError):
            lead.with_user(self.rep).write({"sales_health": 100})
