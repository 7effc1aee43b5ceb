from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ScorecardCommon


class ScorecardSecurityCommon(ScorecardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = new_test_user(cls.env, login="spf_card_internal", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="spf_card_portal", groups="base.group_portal")

    def setUp(self):
        super().setUp()
        self._put_value(self.revenue, 6000, self.rep)
        self._put_value(self.node, 80, self.rep, numerator=80, denominator=100)
        self._put_goal(self.revenue, 8000, user_id=self.rep.id)
        self._refresh()
        self.card = self._card()


@tagged("post_install", "-at_install")
class TestScorecardPrivacy(ScorecardSecurityCommon):
    def test_seen_by_the_person_the_leader_and_human_resources_alone(self):
        seeing = (self.rep, self.leader, self.hr)
        blind = (self.colleague, self.stranger, self.other_leader, self.manager)
        lines = self.card.line_ids
        for user in seeing + blind:
            self.env.invalidate_all()
            mine, figures = self.Card.with_user(user), self.env["sales.process.scorecard.line"].with_user(user)
            expected = user in seeing
            with self.subTest(user=user.login):
                self.assertEqual(bool(mine.search([("id", "=", self.card.id)])), expected)
                self.assertEqual(len(figures.search([("id", "in", lines.ids)])), 3 * expected)
                # Neither by an aggregate, nor with archived teams and the like looked at.
                quiet = mine.with_context(active_test=False)
                rows = quiet._read_group([("user_id", "=", self.rep.id)], [], ["score:avg", "__count"])
                self.assertEqual(bool(rows[0][1]), expected)
                groups = figures._read_group([("scorecard_id", "=", self.card.id)], [], ["value:avg", "__count"])
                self.assertEqual(bool(groups[0][1]), expected)
                if expected:
                    self.assertEqual(self.card.with_user(user).read(["score"])[0]["id"], self.card.id)
                else:
                    with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                        self.card.with_user(user).read(["score"])
                    with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                        lines.with_user(user).read(["value"])

    def test_colleagues_see_their_own(self):
        self.assertEqual(self.Card.with_user(self.colleague).search([]), self._card(self.colleague))

    def test_a_new_leader_sees_the_team_and_the_old_one_does_not(self):
        self.team.user_id = self.colleague
        self.env.invalidate_all()
        self.assertFalse(self.Card.with_user(self.leader).search([("user_id", "=", self.rep.id)]))
        self.assertIn(self.card, self.Card.with_user(self.colleague).search([]))

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for user in (self.leader, self.hr):
            user.write({"company_ids": [Command.link(other.id)], "company_id": other.id})
            mine = self.Card.with_user(user).with_context(allowed_company_ids=other.ids)
            self.assertFalse(mine.search([]), user.login)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_writes_and_others_have_no_access_at_all(self):
        for user in (self.rep, self.leader, self.manager, self.hr):
            card = self.card.with_user(user)
            for change in (
                lambda card=card: card.write({"score": 100}),
                lambda card=card: card.unlink(),
                lambda card=card: card.create({"user_id": 1}),
                lambda card=card: card.line_ids.write({"value": 1}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    change()
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login):
                for model in ("", ".line", ".scheme", ".weight"):
                    self.assertFalse(self.env[f"sales.process.scorecard{model}"].with_user(user).has_access("read"))
                with self.assertRaises(AccessError):
                    self.Card.with_user(user).get_scorecard_page()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_methods_ask_for_access(self):
        line = self._line(self.node)
        for user in (self.stranger, self.other_leader, self.manager, self.internal, self.portal):
            self.env.invalidate_all()
            for name, call in (
                ("page", lambda user=user: self.Card.with_user(user).get_scorecard_page(self.card.id)),
                ("value", lambda user=user: line.with_user(user).action_open_value()),
                ("mend", lambda user=user: line.with_user(user).action_mend()),
                ("sheet", lambda user=user: self.card.with_user(user).action_export_sheet()),
            ):
                with self.subTest(user=user.login, method=name), self.assertRaises(AccessError):
                    call()
        for user in (self.rep, self.leader):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.card.with_user(user).action_export_sheet()

    def test_schemes_are_made_by_managers_and_read_by_those_measured(self):
        self.assertTrue(self.scheme.with_user(self.rep).name)
        self.assertTrue(self.scheme.with_user(self.hr).weight_ids[0].weight)
        for user in (self.rep, self.leader, self.hr):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.scheme.with_user(user).action_retire()
        self.scheme.with_user(self.manager).action_retire()

    def test_way_from_a_figure_to_its_records(self):
        for user in (self.rep, self.leader):
            action = self._line(self.node).with_user(user).action_open_value()
            self.assertEqual(
                (action["res_model"], action["res_id"]),
                ("sales.process.kpi.value", self._line(self.node).kpi_value_id.id),
            )
            self.assertTrue(self.env[action["res_model"]].with_user(user).browse(action["res_id"]).read(["value"]))

    def test_what_to_mend_is_what_the_reader_may_see(self):
        self.process.completeness_field_ids = self.env["ir.model.fields"]._get("crm.lead", "phone")
        self._activate()
        lead = self._lead(name="Without phone")
        self._lead(name="With", phone="+32 1")
        self._lead(name="Not mine", user=self.colleague)
        page = self.Card.with_user(self.rep).get_scorecard_page()
        self.assertEqual((page["own"], page["card"]["id"], page["people"]), (True, self.card.id, []))
        self.assertEqual([entry["id"] for entry in page["mend"]["leads"]], lead.ids)
        [missing] = page["mend"]["leads"][0]["missing"]
        self.assertEqual((missing["name"], missing["type"]), ("phone", "char"))
        self.env["ir.rule"].create(
            {
                "name": "Secret",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('name', 'not ilike', 'without')]",
            }
        )
        page = self.Card.with_user(self.leader).get_scorecard_page(self.card.id)
        self.assertEqual((page["own"], page["mend"]), (False, {"count": 0, "leads": []}))
        self.assertEqual(len(page["people"]), 2)
        page = self.Card.with_user(self.hr).get_scorecard_page(self.card.id)
        self.assertEqual(page["mend"]["leads"], [], "no deals without a role in sales")

    def test_every_figure_leads_to_something(self):
        self._activate()
        lead = self._lead(name="Open deal")
        kpis = self.env["sales.process.kpi"].search([]).filtered(lambda kpi: kpi.availability == "ok")
        self.scheme.write(
            {
                "weight_ids": [
                    Command.clear(),
                    *(Command.create({"kpi_id": kpi.id, "weight": 100 / len(kpis)}) for kpi in kpis),
                ]
            }
        )
        self._refresh()
        lines = self._card().line_ids.with_user(self.rep)
        self.assertEqual(len(lines), len(kpis))
        for line in lines:
            with self.subTest(kpi=line.kpi_id.code):
                action = line.action_mend()
                self.env[action["res_model"]].with_user(self.rep).with_context(active_test=False).search(
                    action["domain"]
                )
        revenue = lines.filtered(lambda line: line.kpi_id == self.revenue)
        self.assertEqual(self.env["crm.lead"].search(revenue.action_mend()["domain"]), lead)


@tagged("post_install", "-at_install")
class TestScorecardDownload(ScorecardSecurityCommon, HttpCase):
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_only_human_resources_download(self):
        url = f"/sales_process/scorecards.xlsx?ids={self.card.id}"
        for user, code in ((self.rep, 403), (self.leader, 403), (self.manager, 404), (self.internal, 403)):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(url).status_code, code, user.login)
        self.authenticate(self.hr.login, self.hr.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open("/sales_process/scorecards.xlsx?ids=x").status_code, 404)
        self.assertFalse(self.env["ir.attachment"].search([("name", "ilike", "scorecard")]))
