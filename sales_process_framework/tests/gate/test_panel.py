"""What the web client gets for the panel and sends from the dialog."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.gate.sales_process_judgement import GateFacts
from ..common import SalesProcessCommon


@tagged("post_install", "-at_install")
class TestPanel(SalesProcessCommon):
    def _count_queries(self, lead):
        """Queries of one panel, with nothing of the lead in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        lead.with_user(self.rep).get_sales_process_panel()
        return self.env.cr.sql_log_count - start

    def test_panel_shows_stage_checklist_and_what_comes_next(self):
        self.p_qualify.write({"guidance": "<p>Listen</p>", "time_limit_days": 5})
        template = self.env["ir.attachment"].create({"name": "form.txt", "raw": b"x"})
        self._require(
            self.p_qualify,
            "Report",
            kind="deliverable",
            judgement="document",
            standard="One page",
            script="<p>Ask</p>",
            template_ids=[Command.set(template.ids)],
        )
        self._require(self.p_diagnose, "Agreed", gate="entry")
        self._activate()
        lead = self._lead()
        panel = lead.with_user(self.rep).get_sales_process_panel()
        self.assertEqual(panel["stage"]["name"], "Qualify")
        self.assertEqual((panel["stage"]["position"], panel["stage"]["count"]), (1, 4))
        self.assertEqual(panel["stage"]["visits"], 1)
        self.assertTrue(panel["stage"]["deadline"])
        self.assertEqual([stage["state"] for stage in panel["stages"]], ["current", "todo", "todo", "todo"])
        self.assertEqual(panel["next"]["name"], "Diagnose")
        self.assertEqual(panel["progress"], {"met": 0, "total": 2, "percent": 0})
        [item] = panel["exit"]
        self.assertEqual((item["standard"], str(item["script"])), ("One page", "<p>Ask</p>"))
        self.assertEqual([file["name"] for file in item["templates"]], ["form.txt"])
        self.assertEqual([item["name"] for item in panel["entry"]], ["Agreed"])
        self.assertEqual(template.with_user(self.rep).raw, b"x", "a rep may open the template")

    def test_no_panel_without_process(self):
        self._activate()
        self.assertFalse(self._lead(team_id=self.other_team.id).get_sales_process_panel())

    def test_advance(self):
        criterion = self._require(self.p_qualify, "Budget")
        self._activate()
        lead = self._lead()
        rep_lead = lead.with_user(self.rep)
        with self.assertRaises(UserError):
            rep_lead.action_sales_process_advance()
        self._tick(lead, criterion)
        self.assertTrue(rep_lead.action_sales_process_advance())
        self.assertEqual(lead.stage_id, self.diagnose)
        rep_lead.action_sales_process_advance()
        self.assertEqual(rep_lead.action_sales_process_advance()["effect"]["type"], "rainbow_man")
        self.assertEqual(lead.won_status, "won")
        with self.assertRaises(UserError):
            rep_lead.action_sales_process_advance()

    def test_dialog_stores_everything_in_one_call(self):
        background = self._require(self.p_qualify, "Background", kind="deliverable", judgement="document")
        spin = self._require(self.p_qualify, "Questions", min_count=2, after_ids=[Command.set(background.ids)])
        contact = self._require(
            self.p_qualify,
            "Contact",
            judgement="field",
            field_ids=[Command.set(self.env["ir.model.fields"]._get("crm.lead", "contact_name").ids)],
        )
        optional = self._require(self.p_qualify, "Optional", allow_na=True)
        self._activate()
        lead = self._lead()
        self.assertRefused(lead, self.diagnose)
        file = self._upload(lead)
        lead.with_user(self.rep).sales_process_complete(
            [
                {"requirement_id": spin.id, "state": "done", "count": 3, "note": "Went well"},
                {"requirement_id": contact.id, "values": {"contact_name": "Ann"}},
                {"requirement_id": optional.id, "state": "na"},
                {"requirement_id": background.id, "attachment_ids": file.ids},
            ]
        )
        self._move(lead, self.diagnose)
        self.assertEqual(lead.contact_name, "Ann")

    def test_dialog_is_all_or_nothing_and_no_side_door(self):
        criterion = self._require(self.p_qualify, "Budget", max_count=2)
        contact = self._require(
            self.p_qualify,
            "Contact",
            judgement="field",
            field_ids=[Command.set(self.env["ir.model.fields"]._get("crm.lead", "contact_name").ids)],
        )
        self._activate()
        lead = self._lead().with_user(self.rep)
        with self.assertRaises(AccessError):
            lead.sales_process_complete([{"requirement_id": contact.id, "values": {"user_id": 1}}])
        with self.assertRaises(UserError):
            lead.sales_process_complete(
                [
                    {"requirement_id": contact.id, "values": {"contact_name": "Ann"}},
                    {"requirement_id": criterion.id, "state": "done", "count": 7},
                ]
            )
        lead.invalidate_recordset()
        self.assertFalse(lead.contact_name)

    def test_dialog_offers_the_fields_of_a_condition(self):
        budget = self._require(
            self.p_qualify, "Budget", judgement="condition", domain="[('expected_revenue', '>=', 500000)]"
        )
        mover = self._require(
            self.p_qualify, "Owned", judgement="condition", domain="[('user_id.name', '=', 'Nobody')]"
        )
        self._activate()
        lead = self._lead()
        items = {item["id"]: item for item in self.assertRefused(lead, self.diagnose)["moves"][0]["items"]}
        self.assertEqual([field["name"] for field in items[budget.id]["fields"]], ["expected_revenue"])
        self.assertIn("Expected Revenue", items[budget.id]["explanation"])
        self.assertEqual(items[mover.id]["fields"], [], "what moves a lead is no input of the dialog")
        entry = {"requirement_id": budget.id, "values": {"expected_revenue": 600000}}
        lead.with_user(self.rep).sales_process_complete([entry])
        self.assertEqual(lead.expected_revenue, 600000)

    def test_queries_of_the_panel_are_flat(self):
        for index in range(3):
            self._require(self.p_qualify, f"Criterion {index}")
        long = self.process.copy({"name": "Long"})
        for stage, pipeline in zip(long.stage_ids, self.stages, strict=True):
            stage.write({"stage_id": pipeline.id})
        for index in range(20):
            self._require(long.stage_ids[0], f"More {index}")
        self._activate()
        short_lead = self._lead()
        self.process.state = "retired"
        long.write({"team_ids": self.team.ids, "state": "active"})
        long_lead = self._lead()
        self.assertEqual(long_lead.sales_process_id, long)

        for lead in (short_lead, long_lead):
            lead.with_user(self.rep).get_sales_process_panel()

        self._count_queries(short_lead)
        self.assertEqual(self._count_queries(short_lead), self._count_queries(long_lead))

    def test_queries_of_the_panel_do_not_grow_with_documents(self):
        reports = [
            self._require(self.p_qualify, f"Report {index}", kind="deliverable", judgement="document")
            for index in range(6)
        ]
        self._activate()
        few, many = self._lead(), self._lead()
        for report in reports[:1]:
            self._hand_in(few, report)
        for report in reports:
            self._hand_in(many, report)

        self._count_queries(few)
        self.assertEqual(self._count_queries(few), self._count_queries(many))

    def test_one_query_reads_what_gates_read_one_by_one(self):
        call = self.env.ref("mail.mail_activity_data_call")
        tick = self._require(self.p_qualify, "Tick")
        report = self._require(self.p_qualify, "Report", kind="deliverable", judgement="document")
        self._require(self.p_qualify, "Call", judgement="activity", activity_type_id=call.id)
        self._activate()
        lead = self._lead()
        self._tick(lead, tick, count=3, note="Three of them")
        self._hand_in(lead, report)
        lead.activity_schedule(activity_type_id=call.id, user_id=self.rep.id)._action_done()

        gathered, single = GateFacts(lead), GateFacts(lead)
        self.env["sales.process.panel"]._gather_facts(lead, gathered)
        answers, documents = self.env["sales.process.answer"], self.env["sales.process.deliverable"]
        activities = self.env["sales.process.judgement.activity"]._load_done
        self.assertEqual(answers._recall(gathered), answers._recall(single))
        self.assertEqual(documents._recall_details(gathered), documents._recall_details(single))
        self.assertEqual(documents._recall(gathered), documents._recall(single))
        self.assertEqual(gathered.recall("activities", activities), activities(lead))
        self.assertEqual(gathered.recall("activities", activities)[lead.id, call.id], 1)
        self.assertEqual(gathered.recall("names", None)[self.rep.id], self.rep.name)

    def test_panel_takes_few_queries(self):
        """Opening a form is limited to half as much again as plain Odoo takes; see bench."""
        self._require(self.p_qualify, "Known", judgement="condition", domain="[('partner_id.email', '!=', False)]")
        self._activate()
        lead = self._lead(partner_id=self.env["res.partner"].create({"name": "Customer"}).id)
        self._count_queries(lead)
        self.assertLessEqual(self._count_queries(lead), 6)

    def test_panel_says_what_the_role_is_called_now(self):
        role = self.env["sales.process.role"].create({"name": "Desk", "kind": "users", "user_ids": self.colleague.ids})
        self._require(self.p_qualify, "Checked", role_id=role.id)
        self._activate()
        lead = self._lead().with_user(self.rep)
        self.assertEqual(lead.get_sales_process_panel()["exit"][0]["role"], "Desk")
        role.name = "Front desk"
        item = lead.get_sales_process_panel()["exit"][0]
        self.assertEqual((item["role"], item["owner"]), ("Front desk", self.colleague.name))
