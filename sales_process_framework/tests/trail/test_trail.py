from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ...models.trail.trail_source import TrailScope
from ..common import SalesProcessCommon


class TrailCommon(SalesProcessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env["res.partner"]
        cls.customer = Partner.create({"name": "Northwind", "is_company": True})
        cls.buyer, cls.engineer = Partner.create(
            [{"name": name, "parent_id": cls.customer.id} for name in ("Buyer", "Engineer")]
        )
        cls.foreign = Partner.create({"name": "Somebody Else"})
        cls.lead = cls._lead(name="This deal", partner_id=cls.buyer.id)

    @classmethod
    def _meet(cls, name, days=0, **vals):
        start = cls.env.cr.now() + timedelta(days=days)
        values = {"name": name, "start": start, "stop": start + timedelta(hours=1), **vals}
        return cls.env["calendar.event"].create(values)

    def _get_trail(self, record, user=None, **kwargs):
        return record.with_user(user or self.rep).get_sales_trail(**kwargs)

    def _names(self, record, kind=None, **kwargs):
        entries = self._get_trail(record, **kwargs)["entries"]
        return [entry["name"] for entry in entries if kind in (None, entry["kind"])]


@tagged("post_install", "-at_install")
class TestTrail(TrailCommon):
    def test_nothing_but_the_lead(self):
        lead = self._lead(name="Nobody's")
        self.assertEqual(self._get_trail(lead), {"entries": [], "has_more": False})

    def test_opportunities_of_the_whole_customer_with_their_outcome(self):
        won, lost, open_lead = (
            self._lead(name=name, partner_id=partner.id, expected_revenue=revenue)
            for name, partner, revenue in (
                ("Won deal", self.customer, 700),
                ("Lost deal", self.engineer, 0),
                ("Open deal", self.buyer, 10),
            )
        )
        won.action_set_won()
        lost.action_set_lost()
        put_aside = self._lead(name="Put aside", partner_id=self.buyer.id)
        put_aside.active = False
        put_aside.won_status = "pending"
        self._lead(name="Of somebody else", partner_id=self.foreign.id)
        entries = {entry["name"]: entry for entry in self._get_trail(self.lead)["entries"]}
        self.assertEqual(set(entries), {"Won deal", "Lost deal", "Open deal"})
        states = [entries[name]["state"] for name in ("Won deal", "Lost deal", "Open deal")]
        self.assertEqual(states, ["Won", "Lost", open_lead.stage_id.name])
        entry = entries["Won deal"]
        self.assertEqual((entry["model"], entry["id"], entry["kind"]), ("crm.lead", won.id, "lead"))
        self.assertEqual((entry["amount"], entry["currency"]), (700, self.company.currency_id.id))

    def test_customer_has_the_same_trail_and_the_lead_itself(self):
        self._meet("Visit", partner_ids=self.engineer.ids)
        for partner in (self.customer, self.buyer, self.engineer):
            self.assertEqual(set(self._names(partner)), {"This deal", "Visit"})
        self.assertEqual(self._names(self.lead), ["Visit"])
        self.assertFalse(self._names(self.foreign))

    def test_archived_contacts_count(self):
        self._meet("Visit", partner_ids=self.engineer.ids)
        self.engineer.active = False
        self.assertEqual(self._names(self.lead), ["Visit"])

    def test_meetings_of_lead_and_customer(self):
        self._meet("With the lead", -2, opportunity_id=self.lead.id)
        self._meet("With the customer", 3, partner_ids=self.customer.ids)
        self._meet("With both", -1, opportunity_id=self.lead.id, partner_ids=self.buyer.ids)
        self._meet("With others", partner_ids=self.foreign.ids)
        entries = self._get_trail(self.lead)["entries"]
        self.assertEqual(
            [(entry["name"], entry["state"]) for entry in entries],
            [("With the customer", "Planned"), ("With both", False), ("With the lead", False)],
        )

    def test_deliverables_handed_in(self):
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._activate()
        lead = self._lead(name="Gated", partner_id=self.buyer.id)
        sibling = self._lead(name="Sibling", partner_id=self.engineer.id)
        self.env["sales.process.deliverable"].create({"lead_id": sibling.id, "requirement_id": report.id})
        self.assertFalse(self._names(lead, "deliverable"))
        self._hand_in(lead, report)
        self._hand_in(sibling, report)
        [mine, _theirs] = [entry for entry in self._get_trail(lead)["entries"] if entry["kind"] == "deliverable"]
        self.assertEqual((mine["name"], mine["state"], mine["amount"]), ("Report", "Submitted", False))

    def test_newest_first_and_limited(self):
        for days in range(5):
            self._meet(f"Meeting {days}", -days, opportunity_id=self.lead.id)
        trail = self._get_trail(self.lead, limit=3)
        self.assertEqual([entry["name"] for entry in trail["entries"]], ["Meeting 0", "Meeting 1", "Meeting 2"])
        self.assertTrue(trail["has_more"])
        trail = self._get_trail(self.lead, limit=5)
        self.assertEqual((len(trail["entries"]), trail["has_more"]), (5, False))

    def test_limit_is_bounded(self):
        self._meet("One", opportunity_id=self.lead.id)
        self._meet("Two", opportunity_id=self.lead.id)
        self.assertEqual(len(self._get_trail(self.lead, limit=-5)["entries"]), 1)
        limits = []
        prepare = type(self.env["crm.lead"])._prepare_trail_entries

        def spy(records, source, limit):
            limits.append(limit)
            return prepare(records, source, limit)

        with patch.object(type(self.env["crm.lead"]), "_prepare_trail_entries", spy):
            self._get_trail(self.lead, limit=10**9)
        self.assertEqual(set(limits), {401})

    def test_labels_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        self.rep.lang = "zh_TW"
        self._lead(name="Won deal", partner_id=self.buyer.id).action_set_won()
        [entry] = self._get_trail(self.lead)["entries"]
        selection = self.env["crm.lead"].with_context(lang="zh_TW").fields_get(["won_status"])["won_status"]
        self.assertEqual(entry["state"], dict(selection["selection"])["won"])

    def test_queries_are_flat(self):
        self._fill(1)
        self._count_queries()
        one = self._count_queries()
        self._fill(49)
        self.assertEqual(self._count_queries(), one)

    def _fill(self, number):
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact {index}", "parent_id": self.customer.id} for index in range(number)]
        )
        values = {"type": "opportunity", "team_id": self.team.id, "user_id": self.rep.id}
        self.env["crm.lead"].create(
            [{**values, "name": f"Deal of {contact.name}", "partner_id": contact.id} for contact in contacts]
        )
        times = {"start": self.env.cr.now(), "stop": self.env.cr.now() + timedelta(hours=1)}
        Event = self.env["calendar.event"].with_context(no_mail_to_attendees=True)
        Event.create([{**times, "name": "Meeting", "opportunity_id": self.lead.id} for _index in range(number)])

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        lead = self.lead.with_user(self.rep)
        before = self.env.cr.sql_log_count
        lead.get_sales_trail()
        return self.env.cr.sql_log_count - before

    def test_scope_without_anybody_is_empty(self):
        self.assertTrue(TrailScope((), ()).domain("partner_id", "lead_id").is_false())
        self.assertEqual(list(TrailScope((1,), ()).domain("partner_id", "lead_id")), [("lead_id", "in", [1])])

    def test_dates_are_utc(self):
        self._meet("Visit", opportunity_id=self.lead.id, start=datetime(2026, 3, 2, 8), stop=datetime(2026, 3, 2, 9))
        [entry] = self._get_trail(self.lead)["entries"]
        self.assertEqual(entry["date"], "2026-03-02 08:00:00")

    def test_plain_forms_have_the_page(self):
        for record, user in ((self.lead, self.rep), (self.customer, self.rep)):
            arch = record.with_user(user).get_view(view_type="form")["arch"]
            self.assertIn("sales_process_trail", arch)
        arch = self.customer.with_user(self._new_user("spf_clerk", "base.group_user")).get_view(view_type="form")[
            "arch"
        ]
        self.assertNotIn("sales_process_trail", arch)
