import io
import json
from datetime import timedelta

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ...tools.period import period_of
from ..conformance.common import PathsCommon


class GatesCommon(PathsCommon):
    """Deals at the gate out of Qualify: some pass at once, some are refused, let pass, excused or held."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls._require(cls.p_qualify, "Budget", allow_na=True)
        cls.signed = cls._require(cls.p_qualify, "Signed")
        cls.entry = cls._require(cls.p_diagnose, "Room booked", gate="entry")
        cls.proof = cls._require(cls.p_diagnose, "Proof")
        cls.tip = cls._require(cls.p_qualify, "Advice read", mandatory=False)
        cls.field = cls._require(
            cls.p_qualify,
            "Customer known",
            mandatory=False,
            judgement="field",
            field_ids=cls.env["ir.model.fields"]._get("crm.lead", "partner_id").ids,
        )
        cls._activate()
        cls.Gates = cls.env["sales.process.effectiveness"]

    @classmethod
    def _decide(cls, leads, requirements, outcome="refused", ago=99.0, stage=None):
        cls.env["sales.process.decision"].create(
            [
                {
                    "lead_id": lead.id,
                    "lead_name": lead.name,
                    "company_id": lead.company_id.id,
                    "process_id": cls.process.id,
                    "from_stage_id": (stage or cls.qualify).id,
                    "outcome": outcome,
                    "unmet": [{"id": requirement.id, "name": requirement.name} for requirement in requirements],
                    "date": cls.now - timedelta(days=ago),
                }
                for lead in leads
            ]
        )

    @classmethod
    def _answer(cls, leads, requirement, ago, state="done"):
        cls.env["sales.process.answer"].create(
            [
                {
                    "lead_id": lead.id,
                    "requirement_id": requirement.id,
                    "state": state,
                    "user_id": cls.rep.id,
                    "date": cls.now - timedelta(days=ago),
                }
                for lead in leads
            ]
        )

    def _rows(self, user=None, **filters):
        filters.setdefault("process_id", self.process.id)
        page = self.Gates.with_user(user or self.manager).get_effectiveness(filters)
        return {row["id"]: row for row in page["rows"]}

    def _records(self, requirement, part, user=None, **filters):
        filters.setdefault("process_id", self.process.id)
        user = user or self.manager
        action = self.Gates.with_user(user).get_records_action(filters, requirement.id, part)
        return self.env[action["res_model"]].with_user(user).with_context(**action["context"]).search(action["domain"])


@tagged("post_install", "-at_install")
class TestEffectiveness(GatesCommon):
    """Ninety-eight days ago deals left Qualify, two days after they entered it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.qualify, cls.diagnose
        cls.smooth = cls._walk(*path, cls.propose, cls.won, outcome="won", count=3)
        cls.refused = cls._walk(*path, outcome="lost", count=2)
        cls._decide(cls.refused, cls.budget + cls.signed, ago=99.5)
        cls._decide(cls.refused[0], cls.budget, ago=98.5)
        cls.let = cls._walk(*path, outcome="lost")
        cls._decide(cls.let, cls.budget, "overridden", ago=98)
        cls.excused = cls._walk(*path)
        cls._answer(cls.excused, cls.budget, 99, "na")
        cls.held = cls._walk(cls.qualify, outcome="lost")
        cls._decide(cls.held, cls.budget, ago=99)

    def test_numbers(self):
        row = self._rows()[self.budget.id]
        names = ("asked", "met", "na", "overridden", "held", "unmet", "refused", "refusals")
        self.assertEqual([row[name] for name in names], [8, 5, 1, 1, 1, 0, 3, 4])
        self.assertEqual((row["with"], row["with_won"], row["without"], row["without_won"]), (5, 3, 2, 0))
        self.assertEqual((row["rate_with"], row["rate_without"]), (60, 0))
        self.assertEqual((row["verdict"], row["difference"], row["flags"]), ("unknown", None, []))
        signed = self._rows()[self.signed.id]
        self.assertEqual([signed[name] for name in names], [7, 7, 0, 0, 0, 0, 2, 2])

    def test_entry_gate(self):
        row = self._rows()[self.entry.id]
        self.assertEqual((row["asked"], row["met"], row["stage"]), (7, 7, self.p_diagnose.name))
        self.assertEqual(self._rows()[self.proof.id]["asked"], 3, "who went on from Diagnose")

    def test_gates_of_stages_passed_over(self):
        jump = self._walk(self.qualify, self.propose)
        rows = self._rows()
        self.assertEqual((rows[self.proof.id]["asked"], rows[self.entry.id]["asked"]), (4, 8))
        self.assertIn(jump, self._records(self.proof, "met"))
        self.env.cr.execute("UPDATE sales_process SET skip_rule = 'free' WHERE id = %s", [self.process.id])
        self.env.invalidate_all()
        self.assertEqual(self._rows()[self.proof.id]["asked"], 3)

    def test_time_added(self):
        """From the first refusal that named it to the pass of the same gate: 1.5 days for both that were refused.

        The excused one waited a day for that answer.
        """
        row = self._rows()[self.budget.id]
        self.assertEqual(row["delayed"], 3)
        self.assertAlmostEqual(row["days"], 1.5, places=3)

    def test_time_added_by_the_last_answer(self):
        """The others were answered half a day before it, a day and a half after entering the stage."""
        self._answer(self.smooth, self.signed, 98.75)
        self._answer(self.smooth, self.budget, 98.25)
        rows = self._rows()
        self.assertEqual(rows[self.budget.id]["delayed"], 3 + 3)
        self.assertAlmostEqual(rows[self.budget.id]["days"], 0.75, places=3, msg="of 0.5, 0.5, 0.5, 1, 1.5, 1.5")
        self.assertEqual(rows[self.signed.id]["delayed"], 2, "was not the last")
        self._answer(self.let, self.signed, 98.5)
        self.assertAlmostEqual(self._rows()[self.signed.id]["days"], 1.5, places=3)
        self.assertEqual(self._records(self.budget, "delayed"), self.smooth + self.refused + self.excused)

    def test_answers_after_the_gate_add_nothing(self):
        self._answer(self.smooth, self.budget, 97)
        self.assertEqual(self._rows()[self.budget.id]["delayed"], 3)

    def test_advice_is_looked_up(self):
        self._answer(self.smooth, self.tip, 99)
        row = self._rows()[self.tip.id]
        self.assertTrue(row["known"])
        self.assertEqual((row["asked"], row["met"], row["unmet"]), (7, 3, 4))
        self.assertEqual(self._records(self.tip, "met"), self.smooth)
        self.assertEqual((row["rate_with"], row["rate_without"]), (100, 0))

    def test_what_nobody_can_tell(self):
        row = self._rows()[self.field.id]
        self.assertFalse(row["known"])
        self.assertEqual((row["asked"], row["rate_with"], row["rate_without"]), (7, None, None))

    def test_records_are_as_many_as_the_number(self):
        parts = (
            *("asked", "met", "na", "overridden", "held", "unmet", "refused", "refusals", "delayed"),
            *("with", "with_won", "without", "without_won"),
        )
        for requirement, row in ((each, self._rows()[each.id]) for each in self.budget + self.signed + self.entry):
            for part in parts:
                with self.subTest(requirement=requirement.name, part=part):
                    self.assertEqual(len(self._records(requirement, part)), row[part])
        self.assertEqual(self._records(self.budget, "held"), self.held)
        self.assertEqual(self._records(self.budget, "na"), self.excused)
        self.assertEqual(self._records(self.budget, "overrides").lead_id, self.let)
        with self.assertRaises(UserError):
            self._records(self.budget, "nonsense")
        with self.assertRaises(UserError):
            self._records(self.process_b.stage_ids.requirement_ids, "asked")

    def test_period_and_later_pass(self):
        """Refused in the period and passed after it: asked in the period, met."""
        day = (self.now - timedelta(days=99.5)).date()
        filters = {"date_from": (day - timedelta(days=3)).isoformat(), "date_to": day.isoformat()}
        row = self._rows(**filters)[self.budget.id]
        if (self.now - timedelta(days=98)).date() > day:
            self.assertEqual((row["asked"], row["met"]), (row["refused"] + row["overridden"], row["met"]))
        after = (self.now - timedelta(days=97)).date().isoformat()
        self.assertEqual(self._rows(date_from=after)[self.budget.id]["asked"], 0)

    def test_rebuilt_past_passed_no_gate(self):
        self.smooth.sales_visit_ids.sudo().write({"is_rebuilt": True})
        self.assertEqual(self._rows()[self.budget.id]["asked"], 8 - 3)

    def test_real_moves(self):
        """What the gate itself writes down: refused, answered, passed."""
        lead = self._lead(name="By hand")
        self.assertRefused(lead, self.diagnose, missing=["Budget", "Signed", "Room booked"])
        # What is refused is kept by a transaction of its own; here it is written down by hand.
        self._decide(lead, self.budget + self.signed + self.entry, ago=0)
        self.assertIn(lead, self._records(self.budget, "held"))
        for requirement in self.budget + self.signed + self.entry:
            self._tick(lead, requirement)
        self._move(lead, self.diagnose)
        self.assertIn(lead, self._records(self.budget, "met"))
        self.assertIn(lead, self._records(self.entry, "refused"))
        row = self._rows()[self.entry.id]
        self.assertEqual((row["asked"], row["refused"], row["met"]), (8, 1, 8))

    def test_leaders_and_rules(self):
        self.assertEqual(self._rows(self.leader)[self.budget.id]["asked"], 8)
        with self.assertRaises(AccessError):
            self._rows(self.rep)
        self.env["ir.rule"].create(
            {
                "name": "Only the held one",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": f"[('id', '=', {self.held.id})]",
            }
        )
        row = self._rows(self.leader)[self.budget.id]
        self.assertEqual((row["asked"], row["held"], row["refusals"]), (1, 1, 1))

    def test_query_count_is_flat(self):
        self._rows()
        before = self.env.cr.sql_log_count
        self._rows()
        few = self.env.cr.sql_log_count - before
        more = self._walk(self.qualify, self.diagnose, count=20)
        self._decide(more, self.budget, ago=99)
        self._rows()
        before = self.env.cr.sql_log_count
        self._rows()
        self.assertEqual(self.env.cr.sql_log_count - before, few)


@tagged("post_install", "-at_install")
class TestGatesThatOnlyCost(GatesCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.qualify, cls.diagnose
        # Budget: refused for many, and won as often without it.
        cls._walk(*path, cls.propose, cls.won, outcome="won", count=6)
        cls._walk(*path, cls.propose, outcome="lost", count=6)
        for outcome, count in (("won", 6), ("lost", 6)):
            deals = cls._walk(*path, cls.propose, cls.won, outcome=outcome, count=count)
            cls._decide(deals, cls.budget, ago=99.5)
            cls._decide(deals, cls.budget, "overridden", ago=98)

    def test_named(self):
        page = self.Gates.with_user(self.manager).get_effectiveness({"process_id": self.process.id})
        self.assertEqual(page["named"]["only_costs"], self.budget.ids)
        self.assertEqual(page["named"]["overridden"], self.budget.ids)
        self.assertIn(self.signed.id, page["named"]["stops_nobody"])
        self.assertIn("not causal", page["warning"])
        row = next(row for row in page["rows"] if row["id"] == self.budget.id)
        self.assertLess(row["low"], 0)
        self.assertGreater(row["high"], 0)
        self.assertAlmostEqual(row["difference"], 0)

    def test_findings(self):
        period = period_of((self.now - timedelta(days=99)).date(), "year")
        findings = self.Gates.with_user(self.manager)._get_findings(self.company, period)
        mine = [finding for finding in findings if finding["process_id"] == self.process.id]
        self.assertEqual(mine[0]["code"], "gate_only_costs")
        self.assertEqual((mine[0]["severity"], mine[0]["res_id"]), ("warning", self.budget.id))
        self.assertIn("12 of 24", mine[0]["text"])
        report = self.env["sales.process.health.report"]
        keys = {
            *("code", "severity", "title", "text", "advice", "model", "res_id", "domain", "is_node", "kpi_id"),
            *("kpi_code", "stage_id", "process_id", "department_id", "value", "previous"),
        }
        self.assertEqual(set(mine[0]), keys)
        for finding in report.with_user(self.manager)._get_findings(self.company, period)[:1]:
            self.assertEqual(set(finding), keys, "the shape that reviews take")
        with self.assertRaises(AccessError):
            self.Gates.with_user(self.rep)._get_findings(self.company, period)

    def test_sheet(self):
        filters = json.dumps({"process_id": self.process.id})
        url = f"/sales_process/effectiveness.xlsx?filters={filters}"
        self.authenticate(self.manager.login, self.manager.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertIn("not causal", rows[1][0])
        [row] = [row for row in rows if row[1] == "Budget"]
        self.assertEqual(row[3], 24)
        self.assertIn("only costs time", row[-1])
        self.assertEqual(self.url_open("/sales_process/effectiveness.xlsx?filters=x").status_code, 404)
        self.authenticate(self.rep.login, self.rep.login)
        self.assertEqual(self.url_open(url).status_code, 404)
