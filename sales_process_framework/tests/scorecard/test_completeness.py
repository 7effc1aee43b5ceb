from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.completeness import Item
from ...tools.period import period_of
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestCompletenessByStage(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["sales.process.completeness.rule"]
        cls.process.completeness_field_ids = cls._fields_of("phone")
        cls._activate()

    @classmethod
    def _fields_of(cls, *names):
        fields = cls.env["ir.model.fields"]
        return fields.browse([fields._get("crm.lead", name).id for name in names])

    def _rule(self, stage, kind="filled", names=(), **vals):
        return self.Rule.create(
            {
                "process_stage_id": stage.id,
                "kind": kind,
                "field_ids": [Command.set(self._fields_of(*names).ids)],
                **vals,
            }
        )

    def _missing(self, lead):
        lead.invalidate_recordset()
        return [entry["label"] for entry in lead.get_sales_completeness()["missing"]]

    def test_stages_ask_for_more_and_more(self):
        self._rule(self.p_diagnose, names=["expected_revenue", "city"])
        self._rule(self.p_diagnose, names=["website"], and_later=False)
        lead = self._lead(phone="+32 1", expected_revenue=False)
        self.assertEqual(self._missing(lead), [])
        lead.sudo().stage_id = self.diagnose
        self.assertEqual(lead.sales_process_stage_id, self.p_diagnose)
        self.assertEqual(set(self._missing(lead)), {"City", "Website"}, "0 is a value")
        self._move(lead, self.propose)
        self.assertEqual(self._missing(lead), ["City"])
        lead.city = " "
        self.assertEqual(self._missing(lead), ["City"], "blanks are none")

    def test_freshness_of_dates_and_contact(self):
        self._rule(self.p_qualify, "ahead", ["date_deadline"])
        self._rule(self.p_qualify, "contact", days=7)
        today = self.env.cr.now().date()
        lead = self._lead(phone="+32 1")
        self.assertEqual(len(self._missing(lead)), 2)
        lead.date_deadline = today - timedelta(days=1)
        self.assertEqual(len(self._missing(lead)), 2)
        lead.date_deadline = today
        self.assertEqual(self._missing(lead), ["Contact within 7 days"])
        for days, missing in ((8, True), (3, False)):
            self.env["sales.process.touch"].sudo().create(
                {
                    "lead_id": lead.id,
                    "date": self.env.cr.now() - timedelta(days=days),
                    "source": "call",
                    "direction": "out",
                    "human": True,
                }
            )
            self.env.flush_all()
            self.assertEqual(bool(self._missing(lead)), missing)

    def test_a_date_is_past_where_the_company_is(self):
        """At three in the morning of 10 March UTC it is the 9th in New York, and the 10th in Taipei."""
        self._rule(self.p_qualify, "ahead", ["date_deadline"])
        lead = self._lead(phone="+32 1", date_deadline="2026-03-09")
        moment = datetime(2026, 3, 10, 3)
        for zone, missing in (("America/New_York", []), ("Asia/Taipei", ["ahead:date_deadline"])):
            self.company.partner_id.tz = zone
            self.company.resource_calendar_id.tz = zone
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "SELECT %s FROM crm_lead AS lead WHERE id = %s",
                    self.env["crm.lead"]._get_missing_sql("lead", [Item("ahead", "date_deadline")], moment),
                    lead.id,
                )
            )
            with self.subTest(zone):
                self.assertEqual(self.env.cr.fetchone()[0], missing)

    def test_indicator_and_list_say_the_same(self):
        self._rule(self.p_qualify, "ahead", ["date_deadline"])
        leads = self._lead(name="A") + self._lead(name="B", phone="+32 1")
        self.env.flush_all()
        kpi = self.env.ref("sales_process_framework.kpi_data_completeness")
        period = period_of(self.env.cr.now().date(), "month")
        edges = kpi._get_edges(period, self.company)
        facts = kpi._get_facts_sql(*edges, self.company.ids)
        self.env.cr.execute(facts)
        rows = {row["record_id"]: row for row in self.env.cr.dictfetchall()}
        self.assertEqual([(rows[lead.id]["num"], rows[lead.id]["den"]) for lead in leads], [(0, 2), (1, 2)])
        found = self.env["crm.lead"]._find_incomplete(self.rep, self.company)
        self.assertEqual([lead_id for lead_id, _facts in found], leads.ids, "most missing first")
        self.assertEqual(found[0][1], {"asked": 2, "missing": ["phone", "ahead:date_deadline"]})

    def test_the_next_version_begins_with_the_rules_of_this_one(self):
        self._rule(self.p_diagnose, names=["city"])
        draft = self.process.copy({"name": "Next"})
        [rule] = draft.completeness_rule_ids
        self.assertEqual(
            (rule.process_stage_id.name, rule.field_ids.mapped("name"), rule.process_id), ("Diagnose", ["city"], draft)
        )

    def test_rules_change_while_the_version_is_in_use(self):
        lead = self._lead(phone="+32 1")
        self.process.with_user(self.manager).write(
            {
                "completeness_rule_ids": [
                    Command.create(
                        {
                            "process_stage_id": self.p_qualify.id,
                            "field_ids": [Command.set(self._fields_of("city").ids)],
                        }
                    )
                ]
            }
        )
        self.assertEqual(self._missing(lead), ["City"])
        rule = self.process.completeness_rule_ids
        rule.field_ids = self._fields_of("website")
        self.assertEqual(self._missing(lead), ["Website"])
        rule.unlink()
        self.assertEqual(self._missing(lead), [])

    def test_bad_rules_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "no date"):
            self._rule(self.p_qualify, "ahead", ["phone"])
        with self.assertRaisesRegex(ValidationError, "Choose the fields"):
            self._rule(self.p_qualify)
        with self.assertRaisesRegex(ValidationError, "stored on the lead"):
            self._rule(self.p_qualify, names=["tag_ids"])

    def test_queries_do_not_grow_with_leads(self):
        self._rule(self.p_qualify, "contact", days=7)

        def measure(count):
            for number in range(count):
                self._lead(name=f"Deal {number}")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertGreaterEqual(len(self.env["crm.lead"]._find_incomplete(self.rep, self.company)), count)
            return self.env.cr.sql_log_count - before

        measure(1)
        self.assertLessEqual(measure(50), measure(1))
