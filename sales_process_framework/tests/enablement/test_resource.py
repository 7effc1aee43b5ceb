import io

from lxml import html
from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EnablementCommon


@tagged("post_install", "-at_install")
class TestSearch(EnablementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("zh_TW", "zh_CN"):
            cls.env["res.lang"]._activate_lang(code)
        cls.price = cls._resource(
            "Price objection", purpose="Value before discount", content="<p>Compared with <b>what</b>?</p>"
        )
        cls.price.update_field_translations("name", {"zh_TW": "價格異議", "zh_CN": "价格异议"})
        cls.price.with_context(lang="zh_TW").purpose = "先談價值再談折扣"
        cls.case = cls._resource(
            "Case: parts maker", kind="case", content="<p>Line stops became fewer</p>", module="ERP"
        )
        cls.ours = cls.price | cls.case

    def _find(self, text, **context):
        Resource = self.env["sales.process.resource"].with_context(**context)
        return Resource.search([("search_text", "ilike", text), ("id", "in", self.ours.ids)])

    def test_english(self):
        for text in ("objection", "Objections", "object", "price objection", "objection PRICE", "discounts", "what"):
            with self.subTest(text=text):
                self.assertEqual(self._find(text), self.price)
        self.assertEqual(self._find("line stop"), self.case, "what is written as HTML is found")
        self.assertEqual(self._find("erp"), self.case)
        self.assertFalse(self._find("price parts"), "all words have to be there")
        self.assertFalse(self._find("strong b p"), "markup is no text")

    def test_chinese(self):
        for text in ("異議", "价格异议", "格異", "異", "先談價值", "價格 折扣"):
            for lang in ("en_US", "zh_TW", "zh_CN"):
                with self.subTest(text=text, lang=lang):
                    self.assertEqual(self._find(text, lang=lang), self.price)
        self.assertFalse(self._find("議價"), "the characters, in another order")
        self.assertFalse(self._find("扣價"), "not from one text into the next")

    def test_languages_mixed(self):
        self.assertEqual(self._find("objection 異議"), self.price)

    def test_marks_break_nothing(self):
        for text in ("'", '"', "a:*", "!price", "price | parts", "(", "\\", "%", "a & b", "<->", "￥"):
            with self.subTest(text=text):
                self._find(text)
        self.assertEqual(self._find(""), self.ours)
        self.assertFalse(self._find("§§§"))

    def test_the_index_follows_every_change(self):
        self.case.name = "Case: foundry"
        self.assertEqual(self._find("foundry"), self.case)
        self.assertFalse(self._find("maker"))
        self.price.update_field_translations("name", {"zh_CN": "报价异议"})
        self.assertEqual(self._find("报价"), self.price)
        self.assertFalse(self._find("价格异议"))
        copy = self.case.copy({"name": "Twin"})
        self.assertEqual(self.env["sales.process.resource"].search([("search_text", "ilike", "twin")]), copy)

    def test_terms_of_a_translated_html(self):
        self.case.update_field_translations("content", {"zh_TW": {"Line stops became fewer": "停線變少"}})
        self.assertEqual(self._find("停線"), self.case)

    def test_not(self):
        Resource = self.env["sales.process.resource"]
        found = Resource.search([("search_text", "not ilike", "price"), ("id", "in", self.ours.ids)])
        self.assertEqual(found, self.case)

    def test_ranks(self):
        other = self._resource("Discount rules", content="<p>Price lists</p>")
        ranks = (self.price | other)._get_text_ranks("price")
        self.assertGreater(ranks[self.price.id], ranks[other.id], "the name is worth more than the text")
        self.assertFalse(self.price._get_text_ranks(""))

    def test_index_is_used(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["sales.process.resource"].sudo()._search([("search_text", "ilike", "異議")])
        self.env.cr.execute("EXPLAIN " + self.env.cr.mogrify(query.select()).decode())
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("sales_process_resource_search_vector_idx", plan)


@tagged("post_install", "-at_install")
class TestLibraryOnLead(EnablementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry = cls.env["crm.tag"].create({"name": "Foundries"})
        cls.of_stage = cls._resource("Of the stage", process_stage_ids=cls.p_qualify.ids)
        cls.of_action = cls._resource(
            "Of the action", requirement_ids=cls.spin.ids, content="<p>First line</p><p>Second line</p>"
        )
        cls.of_industry = cls._resource(
            "Of the industry", process_stage_ids=cls.p_qualify.ids, industry_ids=cls.industry.ids
        )
        cls.elsewhere = cls._resource("Elsewhere", process_stage_ids=cls.p_propose.ids)
        cls.anywhere = cls._resource("Anywhere")
        cls.ours = cls.of_stage | cls.of_action | cls.of_industry | cls.elsewhere | cls.anywhere
        cls._activate()
        cls.lead = cls._lead(tag_ids=[Command.set(cls.industry.ids)])

    def _ask(self, lead=None, user=None, **kwargs):
        found = (lead or self.lead).with_user(user or self.rep).get_sales_resources(**kwargs)
        return [entry for entry in found if entry["id"] in self.ours.ids]

    def test_what_serves_the_stage_best_first(self):
        names = [entry["name"] for entry in self._ask()]
        self.assertEqual(names, ["Of the action", "Of the industry", "Of the stage", "Anywhere"])

    def test_it_follows_the_stage(self):
        self.process.enforcement = "off"
        lead = self._lead(stage_id=self.propose.id)
        self.assertEqual([entry["name"] for entry in self._ask(lead)], ["Elsewhere", "Anywhere"])

    def test_reasons(self):
        reasons = {entry["name"]: [(why["kind"], why["label"]) for why in entry["reasons"]] for entry in self._ask()}
        self.assertEqual(reasons["Of the action"], [("action", "SPIN questions")])
        self.assertEqual(reasons["Of the industry"], [("stage", "Qualify"), ("industry", "Foundries")])
        self.assertEqual(reasons["Anywhere"], [])

    def test_search_finds_the_whole_library(self):
        self.assertEqual([entry["name"] for entry in self._ask(query="elsewhere")], ["Elsewhere"])
        self.assertEqual(self._ask(query="nowhere"), [])
        self.assertEqual(len(self._ask(query="   ")), 4)

    def test_a_hit_in_the_name_comes_before_what_only_fits_the_lead(self):
        self.of_action.content = "<p>Not elsewhere</p>"
        self.assertEqual([entry["name"] for entry in self._ask(query="elsewhere")], ["Elsewhere", "Of the action"])

    def test_text_to_copy(self):
        text = self._ask(query="Of the action")[0]["text"]
        self.assertEqual([line for line in text.splitlines() if line], ["First line", "Second line"])

    def test_personas_of_the_buying_group(self):
        if "sales.process.buyer" not in self.env:
            self.skipTest("no buying group")
        persona = self.env["sales.process.persona"].create({"name": "Head of production"})
        self.anywhere.persona_ids = persona
        partner = self.env["res.partner"].create({"name": "Ms Lin"})
        self.env["sales.process.buyer"].create(
            {"lead_id": self.lead.id, "partner_id": partner.id, "persona_id": persona.id}
        )
        entry = next(entry for entry in self._ask() if entry["name"] == "Anywhere")
        self.assertEqual(entry["reasons"], [{"kind": "persona", "label": "Head of production"}])

    def test_archived_is_not_shown(self):
        self.of_stage.active = False
        self.assertNotIn("Of the stage", [entry["name"] for entry in self._ask()])

    def test_files_are_opened_by_whoever_reads_the_resource(self):
        file = self.env["ir.attachment"].with_user(self.manager).create({"name": "case.txt", "raw": b"story"})
        self.of_stage.with_user(self.manager).attachment_ids = file
        entry = next(entry for entry in self._ask() if entry["name"] == "Of the stage")
        self.assertEqual(entry["files"], [{"id": file.id, "name": "case.txt"}])
        self.assertEqual(file.with_user(self.rep).raw, b"story")

    def test_queries_do_not_grow(self):
        def count(lead):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lead.with_user(self.rep).get_sales_resources()
            return self.env.cr.sql_log_count - before

        count(self.lead)
        few = count(self.lead)
        self.env["sales.process.resource"].create(
            [
                {
                    "name": f"Script {number}",
                    "kind": "script",
                    "process_stage_ids": [Command.set(self.p_qualify.ids)],
                    "requirement_ids": [Command.set(self.spin.ids)],
                    "industry_ids": [Command.set(self.industry.ids)],
                }
                for number in range(50)
            ]
        )
        self.assertLessEqual(count(self.lead), few)

    def test_lead_without_a_process(self):
        lead = self._lead(team_id=self.other_team.id)
        self.assertEqual([entry["name"] for entry in self._ask(lead, self.colleague)], ["Anywhere"])

    def test_opening_the_lead_asks_nothing_of_the_library(self):
        panel = str(self.lead.with_user(self.rep).get_sales_process_panel())
        self.assertNotIn("Of the stage", panel)

    def test_next_version_keeps_the_library(self):
        self.process.action_new_version()
        version = self.env["sales.process"].search([("predecessor_id", "=", self.process.id)])
        self.assertIn(self.of_stage, version.stage_ids.sorted("sequence")[0].resource_ids)
        self.assertEqual(
            version.stage_ids.requirement_ids.filtered(lambda req: req.key == "spin").resource_ids, self.of_action
        )
        self.assertEqual(self.p_qualify.resource_ids, self.of_stage | self.of_industry)


@tagged("post_install", "-at_install")
class TestComparison(EnablementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.functions = cls.env["sales.process.resource.function"].create([{"name": "Chat"}, {"name": "Files"}])
        cls.chat, cls.files = cls.functions
        cls.tool = cls._resource("Messenger", kind="tool", vendor="Maker", user_id=cls.manager.id)
        cls.script = cls._resource("No tool")

    def _matrix(self, user=None, **kwargs):
        matrix = self.env["sales.process.resource"].with_user(user or self.rep).get_comparison_matrix(**kwargs)
        tools = {tool["id"]: tool for tool in matrix["tools"]}
        return matrix, tools

    def test_matrix(self):
        tool = self.tool.with_user(self.manager)
        self.assertEqual(tool.set_function_rating(self.chat.id, 5, "fast"), 5)
        self.assertEqual(tool.set_function_rating(self.files.id, 0), 2.5)
        matrix, tools = self._matrix()
        self.assertNotIn(self.script.id, tools)
        self.assertFalse(matrix["can_edit"])
        self.assertTrue(self._matrix(self.manager)[0]["can_edit"])
        row = tools[self.tool.id]
        self.assertEqual((row["vendor"], row["owner"], row["average"]), ("Maker", self.manager.name, 2.5))
        self.assertEqual(
            row["ratings"],
            {self.chat.id: {"rating": 5, "note": "fast"}, self.files.id: {"rating": 0, "note": ""}},
        )
        self.assertEqual(self.tool.function_ids, self.chat, "0 says that it does not do it")
        found = self.env["sales.process.resource"].search([("function_ids", "in", self.files.ids)])
        self.assertNotIn(self.tool, found)

    def test_rate_again_and_take_back(self):
        tool = self.tool.with_user(self.manager)
        tool.set_function_rating(self.chat.id, 5, "fast")
        tool.set_function_rating(self.chat.id, 2)
        self.assertEqual((tool.rating_ids.rating, tool.rating_ids.note), (2, "fast"))
        self.assertIs(tool.set_function_rating(self.chat.id, False), False)
        self.assertFalse(tool.rating_ids)

    def test_bad_ratings(self):
        for rating in (6, -1, "5", None, True, 2.5):
            with self.subTest(rating=rating), self.assertRaises(UserError):
                self.tool.with_user(self.manager).set_function_rating(self.chat.id, rating)
        with self.assertRaises(UserError):
            self.tool.with_user(self.manager).set_function_rating(0, 3)

    def test_category(self):
        category = self.env["sales.process.resource.category"].create({"name": "Messaging"})
        self.assertNotIn(self.tool.id, self._matrix(category_id=category.id)[1])
        self.tool.category_id = category
        self.assertEqual(set(self._matrix(category_id=category.id)[1]), {self.tool.id})

    def test_printed(self):
        self.tool.set_function_rating(self.chat.id, 4)
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sales_process_framework.report_comparison", self.tool.ids
        )
        text = html.fromstring(content).text_content()
        for word in ("Messenger", "Chat", "4"):
            self.assertIn(word, text)

    def test_list_as_a_spreadsheet(self):
        self.tool.write({"module": "=1+1", "training_plan": "One hour"})
        action = self.tool.with_user(self.rep).action_export_list()
        attachment = self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0]))
        rows = list(load_workbook(io.BytesIO(attachment.raw)).active.values)
        self.assertEqual(len(rows), 2)
        row = dict(zip(*rows, strict=True))
        self.assertEqual(row["Tool or resource"], "Messenger")
        self.assertEqual((row["Module"], row["Owner"], row["Training plan"]), ("=1+1", self.manager.name, "One hour"))
        cell = next(load_workbook(io.BytesIO(attachment.raw)).active.iter_cols(4, 4, 2, 2))[0]
        self.assertEqual(cell.data_type, "s", "no formula")

    def test_link(self):
        with self.assertRaises(UserError):
            self.tool.link = "javascript:alert(1)"
        self.tool.link = "https://tool.example.com"

    @mute_logger("odoo.sql_db")
    def test_ready_library(self):
        Resource = self.env["sales.process.resource"]
        data = [("key", "!=", False), ("kind", "=", "script")]
        before = Resource.search_count(data)
        self.env["sales.process.resource"].with_user(self.manager).action_load_ready_library() if not before else None
        scripts = Resource.search(data)
        self.assertGreaterEqual(len(scripts), 5)
        with self.assertRaises(UserError):
            Resource.with_user(self.manager).action_load_ready_library()
        self.assertEqual(Resource.search(data), scripts)
