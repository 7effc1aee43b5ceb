from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ...exceptions import SalesProcessGateError
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestClosingChange(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._require(cls.p_diagnose, "Pain named")
        cls._activate()
        cls.leads = cls._new_leads(2)

    @classmethod
    def _new_leads(cls, count):
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "team_id": cls.team.id,
                    "user_id": cls.rep.id,
                    "date_deadline": date(2026, 5, 1),
                }
                for number in range(count)
            ]
        )

    def _get_changes(self, leads):
        return self.env["sales.process.closing.change"].search([("lead_id", "in", leads.ids)], order="id")

    def test_a_push_is_a_fact(self):
        self.leads.with_user(self.leader).write({"date_deadline": date(2026, 5, 11)})
        changes = self._get_changes(self.leads)
        self.assertEqual(changes.mapped("days"), [10, 10])
        self.assertEqual(changes.changed_by_id, self.leader)
        self.assertEqual(changes.user_id, self.rep)
        self.assertEqual(changes.process_id, self.process)
        self.assertEqual(changes.company_id, self.company)
        self.assertEqual(self.leads.mapped("sales_closing_push_count"), [1, 1])

    def test_pulled_in_or_taken_away_is_no_push(self):
        lead = self.leads[0]
        lead.date_deadline = date(2026, 4, 1)
        lead.date_deadline = False
        self.assertEqual(self._get_changes(lead).mapped("days"), [-30, 0])
        lead.invalidate_recordset(["sales_closing_push_count"])
        self.assertEqual(lead.sales_closing_push_count, 0)

    def test_the_same_date_again_is_no_change(self):
        self.leads.write({"date_deadline": date(2026, 5, 1), "name": "Renamed"})
        self.assertFalse(self._get_changes(self.leads))

    def test_with_the_stage_in_one_write(self):
        self.leads.write({"date_deadline": date(2026, 6, 1), "stage_id": self.diagnose.id})
        self.assertEqual(self._get_changes(self.leads).mapped("days"), [31, 31])

    def test_nobody_writes_the_facts(self):
        self.leads.write({"date_deadline": date(2026, 6, 1)})
        change = self._get_changes(self.leads[0]).with_user(self.manager)
        for attempt in (lambda: change.write({"days": 0}), change.unlink, lambda: change.copy()):
            with self.assertRaises(AccessError):
                attempt()

    def test_they_follow_the_lead(self):
        self.leads.write({"date_deadline": date(2026, 6, 1)})
        changes = self.env["sales.process.closing.change"]
        stranger = self._new_user("spf_stranger", "sales_team.group_sale_salesman")
        self.assertTrue(changes.with_user(self.rep).search([("lead_id", "in", self.leads.ids)]))
        self.assertFalse(changes.with_user(stranger).search([("lead_id", "in", self.leads.ids)]))

    def test_a_refused_write_leaves_no_fact(self):
        lead = self.leads[0]
        self._move(lead, self.diagnose, self.leader)
        with self.assertRaises(SalesProcessGateError):
            lead.with_user(self.rep).write({"date_deadline": date(2026, 6, 1), "stage_id": self.propose.id})
        lead.invalidate_recordset()
        self.assertEqual(lead.date_deadline, date(2026, 5, 1))
        self.assertFalse(self._get_changes(lead))

    def test_plain_leads_cost_nothing(self):
        lead = self.env["crm.lead"].create(
            {"name": "Plain", "type": "opportunity", "team_id": self.other_team.id, "date_deadline": date(2026, 5, 1)}
        )
        lead.date_deadline = date(2026, 6, 1)
        self.assertFalse(self._get_changes(lead))

    def test_queries_do_not_grow(self):
        few, many = self._new_leads(1), self._new_leads(50)
        self.env.flush_all()
        counts = []
        for leads in (few, many):
            before = self.env.cr.sql_log_count
            leads.write({"date_deadline": date(2026, 7, 1)})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_completeness_counts_what_holds_a_value(self):
        full, empty = self._new_leads(2)
        partner = self.env["res.partner"].create({"name": "Customer"})
        full.write({"partner_id": partner.id, "email_from": "a@example.com", "expected_revenue": 0, "phone": "  "})
        empty.write({"email_from": False, "date_deadline": False, "user_id": False, "phone": False})
        self.env.flush_all()
        names = ("partner_id", "email_from", "phone", "expected_revenue", "date_deadline", "user_id")
        sql = self.env["crm.lead"]._get_completeness_sql("lead", names)
        rows = self.env.execute_query(
            SQL("SELECT lead.id, %s FROM crm_lead lead WHERE id IN %s", sql, (full.id, empty.id))
        )
        # 0 is a value, blanks are none
        self.assertEqual(dict(rows), {full.id: 5, empty.id: 1})
