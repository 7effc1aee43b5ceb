from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import MARCH, KpiCommon


@tagged("post_install", "-at_install")
class TestFormulaKpi(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a, cls.b = (cls._made_up(code, aggregation=how) for code, how in (("a", "sum"), ("b", "ratio")))
        cls.f = cls._formula("f", "a / (b + 1)")

    @classmethod
    def _formula(cls, code, expression, **vals):
        return cls._kpi(code, computation="formula", expression=expression, **vals)

    def test_each_scope_by_its_own_values(self):
        self.facts = [
            {"company_id": self.taipei.id, "user_id": self.rep.id, "num": 6, "den": 3},
            {"company_id": self.taipei.id, "user_id": self.colleague.id, "num": 5, "den": 0},
        ]
        # Whatever the order in which they are given, operands come first.
        self._compute(self.f | self.a | self.b)
        value = self._value(self.f)
        self.assertAlmostEqual(value.value, 11 / (11 / 3 + 1))
        self.assertAlmostEqual(value.numerator, 11)
        self.assertAlmostEqual(value.denominator, 11 / 3 + 1)
        self.assertEqual(self._value(self.f, "user", self.rep).value, 2)
        self.assertFalse(self._value(self.f, "user", self.colleague).has_data, "one of them has no data")
        self.assertFalse(self._value(self.f, company=self.york).has_data)
        self.assertFalse(self._value(self.f, "team", self.team))

    def test_no_data(self):
        zero = self._formula("zero", "1 / (a - a)")
        percent = self._formula("percent", "a / (a + a)", unit="percent")
        plain = self._formula("plain", "-a * 2 + 0.5")
        self.facts = [{"company_id": self.taipei.id, "num": 4}]
        self._compute(self.a | zero | percent | plain)
        self.assertFalse(self._value(zero).has_data)
        self.assertEqual(self._value(percent).value, 50)
        self.assertEqual(self._value(plain).value, -7.5)

    def test_of_formulas(self):
        h = self._formula("h", "a")
        g = self._formula("g", "f * 2 - h")
        self.facts = [{"company_id": self.taipei.id, "num": 4, "den": 4}]
        self._compute(g | h | self.f | self.b | self.a)
        self.assertEqual(self._value(g).value, 0)
        self.assertEqual(set(g._get_all_operands()), set(self.f | h | self.a | self.b))

    def test_a_circle_is_refused_by_name(self):
        g = self._formula("g", "f + 1")
        with self.assertRaisesRegex(ValidationError, "f → g → f"):
            self.f.expression = "a + g"
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "g → g"):
            g.expression = "g"

    def test_refused(self):
        for expression in ("", "a +", "a ** 2", "f(a)", "a.b", "unknown_code", "1 + 1", "__import__('os')"):
            with self.subTest(expression=expression), self.assertRaises(ValidationError):
                self.f.expression = expression

    def test_what_a_formula_reads_stays(self):
        with self.assertRaisesRegex(UserError, "F"):
            self.a.code = "renamed"
        with self.assertRaises(UserError):
            self.a.unlink()
        (self.f | self.a).unlink()

    def test_missing_source_is_handed_on(self):
        gone = self._kpi("gone", computation="builtin", builtin="of_an_app_that_is_not_there", aggregation="sum")
        self.f.expression = "gone / a"
        self.assertEqual((gone.availability, self.f.availability), ("missing", "missing"))
        self.assertIn("gone", self.f.availability_note)
        self._compute(gone | self.f)
        self.assertFalse(self._value(gone))
        self.assertFalse(self._value(self.f))

    def test_behind_it_stand_the_values_it_reads(self):
        self.facts = [{"company_id": self.taipei.id, "num": 4, "den": 4}]
        self._compute(self.f | self.a | self.b)
        action = self._value(self.f).get_records_action("numerator")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self._value(self.a) | self._value(self.b))
        self.assertEqual(found.mapped("date_from"), [MARCH.start] * 2)
