"""The dashboard that is shipped reads fields and menus that exist, and only salespeople who see all deals open it."""

import json

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.spreadsheet.utils.validate_data import fields_in_spreadsheet, menus_xml_ids_in_spreadsheet


@tagged("post_install", "-at_install")
class TestSpreadsheetDashboard(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("sales_process_framework_spreadsheet.spreadsheet_dashboard_sales_process")
        cls.content = json.loads(cls.dashboard.spreadsheet_data)
        cls.charts = [
            figure["data"]
            for sheet in cls.content["sheets"]
            for figure in sheet["figures"]
            if figure["data"]["type"].startswith("odoo_")
        ]

    def test_fields_exist(self):
        used = fields_in_spreadsheet(self.content)

        self.assertEqual(
            set(used), {"sales.process.visit", "sales.process.kpi.value", "sales.process.alert"}, "our facts"
        )
        for model, names in used.items():
            for name in names:
                field = self.env[model]._fields.get(name.split(":")[0].split(".")[0])
                self.assertTrue(field, f"{model}.{name}")

    def test_filters_lead_to_fields(self):
        sources = [(chart["metaData"]["resModel"], chart["fieldMatching"]) for chart in self.charts]
        sources += [(pivot["model"], pivot["fieldMatching"]) for pivot in self.content["pivots"].values()]
        known = {item["id"] for item in self.content["globalFilters"]}
        for model, matching in sources:
            self.assertEqual(set(matching), known)
            for target in matching.values():
                if target:
                    record = self.env[model]
                    for name in target["chain"].split("."):
                        self.assertEqual(record._fields[name].name, name)
                        kind = record._fields[name].type
                        record = record[name] if kind == "many2one" else record
                    self.assertEqual(kind, target["type"])

    def test_menus_exist_and_are_shown_to_sales(self):
        user = new_test_user(self.env, login="spf_sheet", groups="sales_team.group_sale_salesman_all_leads")
        for xml_id in menus_xml_ids_in_spreadsheet(self.content):
            self.assertIn(self.env.ref(xml_id).id, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())

    def test_the_figures_can_be_read(self):
        """What the browser asks for: every pivot and chart grouped as it is shown, by whom it is shown to."""
        user = new_test_user(self.env, login="spf_sheet", groups="sales_team.group_sale_salesman_all_leads")
        env = self.env(user=user)
        for pivot in self.content["pivots"].values():
            measures = [measure["id"] for measure in pivot["measures"]]
            groups = [row["fieldName"] for row in pivot["rows"]]
            self.assertIsInstance(
                env[pivot["model"]].formatted_read_group(Domain(pivot["domain"]), groups, measures), list
            )
        for chart in self.charts:
            meta = chart["metaData"]
            measure = meta["measure"] if meta["measure"] == "__count" else f"{meta['measure']}:avg"
            self.assertIsInstance(
                env[meta["resModel"]].formatted_read_group(
                    Domain(chart["searchParams"]["domain"]), meta["groupBy"], [measure]
                ),
                list,
            )

    def test_indicators_exist(self):
        codes = {
            leaf[2] for chart in self.charts for leaf in chart["searchParams"]["domain"] if leaf[0] == "kpi_id.code"
        }
        self.assertEqual(set(self.env["sales.process.kpi"].search([("code", "in", list(codes))]).mapped("code")), codes)

    def test_access(self):
        boss = new_test_user(self.env, login="spf_sheet", groups="sales_team.group_sale_salesman_all_leads")
        rep = new_test_user(self.env, login="spf_sheet_rep", groups="sales_team.group_sale_salesman")

        self.assertIn(self.dashboard, self.env["spreadsheet.dashboard"].with_user(boss).search([]))
        self.assertNotIn(self.dashboard, self.env["spreadsheet.dashboard"].with_user(rep).search([]))
        with self.assertRaises(AccessError):
            self.dashboard.with_user(rep).read(["spreadsheet_data"])
