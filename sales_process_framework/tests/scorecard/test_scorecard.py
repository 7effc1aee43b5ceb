import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import LATER, MARCH, MIDDLE, ScorecardCommon


@tagged("post_install", "-at_install")
class TestScorecard(ScorecardCommon):
    def test_figures_come_from_stored_values_and_goals(self):
        value = self._put_value(self.revenue, 6000, self.rep, numerator=6000, sample=3)
        self._put_value(self.revenue, 6000)
        self._put_value(self.node, 85.5, self.rep, numerator=171, denominator=200, sample=40)
        goal = self._put_goal(self.revenue, 8000, user_id=self.rep.id)
        self._refresh(LATER - timedelta(days=18))

        line = self._line(self.revenue)
        self.assertEqual((line.kpi_value_id, line.target_id, line.goal_source), (value, goal, "user"))
        self.assertEqual((line.value, line.goal, line.due, line.score, line.points), (6000, 8000, 8000, 75, 45))
        node = self._line(self.node)
        self.assertEqual((node.numerator, node.denominator, node.sample), (171, 200, 40))
        self.assertEqual((node.goal, node.goal_source, node.score), (95, "kpi", 90))
        cycle = self._line(self.cycle)
        self.assertFalse(cycle.has_data or cycle.has_score, "no data is not zero")
        card = self._card()
        self.assertAlmostEqual(card.score, (60 * 75 + 30 * 90) / 90)
        self.assertEqual((card.coverage, card.has_score, card.team_ids), (90, True, self.team))

    def test_amounts_are_measured_by_what_is_due_by_now(self):
        self._put_value(self.revenue, 3000, self.rep)
        self._put_value(self.revenue, 3000)
        self._put_goal(self.revenue, 6200, user_id=self.rep.id)
        self._refresh(MIDDLE)
        line = self._line(self.revenue)
        self.assertAlmostEqual(line.due, 6200 * 15 / 31)
        self.assertAlmostEqual(line.score, 100 * 3000 / 3000)

    def test_nobody_of_whom_nothing_was_counted_sold_unknown_amounts(self):
        self._put_goal(self.revenue, 6200, user_id=self.rep.id)
        self._refresh()
        self.assertFalse(self._line(self.revenue).has_data, "nothing was computed yet")
        self._put_value(self.revenue, 5000)
        self._put_value(self.node, 90)
        self._refresh()
        self.assertEqual((self._line(self.revenue).has_data, self._line(self.revenue).score), (True, 0))
        self.assertFalse(self._line(self.node).has_data, "a rate of nothing is no rate")

    def test_which_goal_counts(self):
        for kpi in (self.revenue, self.node):
            self._put_value(kpi, 50, self.rep)
        self._put_goal(self.node, 80)
        self._put_goal(self.revenue, 80)
        self._refresh()
        self.assertEqual((self._line(self.node).goal, self._line(self.node).goal_source), (80, "company"))
        self.assertEqual(self._line(self.revenue).goal_source, "none", "what all aim at says nothing about one")
        self._put_goal(self.node, 85, team_id=self.team.id)
        self._refresh()
        self.assertEqual((self._line(self.node).goal, self._line(self.node).goal_source), (85, "team"))
        self.scheme.weight_ids[1].goal = 88
        self._refresh()
        self.assertEqual((self._line(self.node).goal, self._line(self.node).goal_source), (88, "scheme"))
        self._put_goal(self.node, 70, user_id=self.rep.id)
        self._put_goal(self.revenue, 300, user_id=self.rep.id, cycle="quarter", date_from="2026-01-01")
        self._refresh()
        self.assertEqual((self._line(self.node).goal, self._line(self.node).goal_source), (70, "user"))
        self.assertEqual(self._line(self.revenue).goal, 100, "a month of a quarter")
        self._put_goal(self.revenue, 120, user_id=self.rep.id)
        self._refresh()
        self.assertEqual(self._line(self.revenue).goal, 120, "the goal of the month itself")

    def test_bands_and_cap(self):
        self.scheme.weight_ids[1].method = "bands"
        self._put_value(self.node, 90, self.rep)
        self._put_value(self.revenue, 900, self.rep)
        self._put_goal(self.revenue, 100, user_id=self.rep.id)
        self._refresh()
        self.assertEqual((self._line(self.node).score, self._line(self.node).goal_source), (50, "bands"))
        self.assertEqual(self._line(self.revenue).score, 120)
        with self.assertRaisesRegex(ValidationError, "no bands"):
            self.scheme.weight_ids[0].method = "bands"

    def test_weights_make_up_a_hundred(self):
        with self.assertRaises(ValidationError):
            self.scheme.weight_ids = [Command.delete(self.scheme.weight_ids[1].id)]
        draft = self.scheme.copy()
        self.assertEqual((draft.state, len(draft.weight_ids)), ("draft", 3))
        draft.weight_ids = [Command.delete(draft.weight_ids[1].id)]
        with self.assertRaises(ValidationError):
            draft.action_activate()

    def test_closed_periods_are_frozen(self):
        self._put_value(self.revenue, 6000, self.rep)
        company = self._put_value(self.revenue, 6000)
        goal = self._put_goal(self.revenue, 6000, user_id=self.rep.id)
        self._refresh(LATER)
        card = self._card()
        self.assertFalse(card.frozen, "a figure of March can still change")
        self.env["sales.process.kpi.value"].search([("kpi_id", "=", self.revenue.id)]).sudo().closed = True
        self._refresh(LATER)
        self.assertTrue(card.frozen)
        self.assertEqual(card.score, 100)
        goal.value = 60_000
        self.scheme.weight_ids[0].goal = 5
        self._refresh(LATER)
        self.assertEqual((card.score, self._line(self.revenue).goal), (100, 6000))
        for change in (
            lambda: card.write({"score": 120}),
            lambda: card.sudo().unlink(),
            lambda: card.line_ids.write({"value": 1}),
            lambda: card.line_ids[0].sudo().unlink(),
        ):
            with self.assertRaisesRegex(UserError, "never change"):
                change()
        self.assertFalse(self._line(self.revenue).is_corrected)
        self.assertTrue(company.closed)
        value = self._line(self.revenue).kpi_value_id
        self.env.cr.execute("UPDATE sales_process_kpi_value SET is_latest = FALSE WHERE id = %s", [value.id])
        self.env.invalidate_all()
        self.assertTrue(self._line(self.revenue).is_corrected, "the card says so, and stays")
        newcomer = self._new_user("spf_newcomer", "sales_team.group_sale_salesman")
        self.team.member_ids += newcomer
        self._refresh(LATER)
        self.assertFalse(self._card(newcomer), "who came later has no past")

    def test_who_left_the_team_keeps_the_card_of_the_period(self):
        self._put_value(self.revenue, 6000, self.rep)
        self._refresh()
        self.team.member_ids -= self.rep
        self._put_goal(self.revenue, 3000, user_id=self.rep.id)
        self._refresh()
        self.assertEqual((self._line(self.revenue).score, self._card().team_ids), (120, self.team))

    def test_scheme_of_the_team_comes_before_that_of_everybody(self):
        everybody = self._scheme(name="Everybody", company_id=False, team_ids=[Command.clear()], sequence=1)
        self._refresh()
        self.assertEqual(self._card().scheme_id, self.scheme)
        self.assertEqual(self._card(self.stranger).scheme_id, everybody)
        self.scheme.action_retire()
        self._refresh()
        self.assertEqual(self._card().scheme_id, everybody, "whoever measures now")

    def test_before_and_history(self):
        april = MARCH.next()
        self._put_goal(self.revenue, 1000, user_id=self.rep.id)
        self._put_goal(self.revenue, 1000, user_id=self.rep.id, date_from=april.start)
        self._put_value(self.revenue, 500, self.rep)
        self._put_value(self.revenue, 900, self.rep, period=april)
        self._refresh(LATER.replace(month=5))
        card = self._card(period=april)
        self.assertEqual((card.score, card.previous_score, card.has_previous), (90, 50, True))
        page = self.Card.with_user(self.rep).get_scorecard_page(card.id)
        self.assertEqual([entry["score"] for entry in page["history"]], [50, 90, None])

    def test_nothing_is_measured_without_a_scheme_in_force(self):
        self.scheme.action_retire()
        self.assertFalse(self.env["sales.process.scorecard.scheme"]._is_in_use())
        self._refresh()
        self.assertFalse(self._card())
        self.assertEqual(self.Card.with_user(self.rep).get_scorecard_page(), {"in_use": False, "card": None})

    def test_queries_do_not_grow_with_people(self):
        def measure(count):
            team = self.env["crm.team"].create({"name": f"Team of {count}", "company_id": self.company.id})
            scheme = self._scheme(name=f"For {count}", team_ids=[Command.set(team.ids)])
            for number in range(count):
                user = self._new_user(f"spf_many_{count}_{number}", "sales_team.group_sale_salesman")
                team.member_ids += user
                for kpi in (self.revenue, self.node, self.cycle):
                    self._put_value(kpi, 50, user)
                self._put_goal(self.revenue, 100, user_id=user.id)
            with self._at(MIDDLE):
                units = [unit for unit in self.Card._plan_units() if unit[0] == scheme]
                self.Card._refresh_unit(*units[0])
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.Card._refresh_unit(*units[0])
                after = self.env.cr.sql_log_count - before
            cards = self.Card.search([("scheme_id", "=", scheme.id)])
            self.assertEqual((len(cards), len(cards.line_ids)), (count, 3 * count))
            return after

        self.assertLessEqual(measure(12), measure(1) + 2)

    def test_values_computed_bring_cards_up_to_date(self):
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("sales_process_framework.ir_cron_refresh_scorecards")
        before = trigger.search_count([("cron_id", "=", cron.id)])
        self.env["sales.process.kpi"]._on_values_computed()
        self.assertEqual(trigger.search_count([("cron_id", "=", cron.id)]), before + 1)
        self.scheme.action_retire()
        self.env["sales.process.kpi"]._on_values_computed()
        self.assertEqual(trigger.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_spreadsheet_has_every_figure(self):
        self._put_value(self.node, 85.5, self.rep, numerator=171, denominator=200, sample=40)
        self._put_value(self.revenue, 0)
        self.rep.name = "=1+1"
        self._refresh()
        cards = self.Card.with_user(self.hr).search([])
        book = load_workbook(io.BytesIO(cards._render_sheet()))
        summary, figures = book.worksheets
        people = {row[0]: row for row in summary.iter_rows(values_only=True, min_row=2)}
        self.assertEqual(set(people), {"=1+1", self.colleague.name})
        self.assertEqual(summary.max_row, 3)
        [node] = [
            row
            for row in figures.iter_rows(values_only=True, min_row=2)
            if row[0] == "=1+1" and row[1] == self.node.name
        ]
        self.assertEqual((node[4], node[5], node[6], node[8]), (171, 200, 85.5, 95))
        self.assertFalse(any(cell.data_type == "f" for row in summary.iter_rows() for cell in row))
