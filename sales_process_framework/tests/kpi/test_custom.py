from datetime import datetime, timedelta
from statistics import mean, median

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ...tools.period import period_of
from .common import MARCH, NOW, KpiCommon

DURING = datetime(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestCustom(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.amounts = (100.0, 200.0, 600.0)
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {amount}",
                    "type": "opportunity",
                    "company_id": cls.taipei.id,
                    "user_id": cls.rep.id,
                    "team_id": False,
                    "expected_revenue": amount,
                    "source_id": cls.env["utm.source"].create({"name": f"Source {amount}"}).id,
                    "country_id": cls.env.ref("base.tw").id,
                }
                for amount in cls.amounts
            ]
        )
        cls.env.flush_all()
        for number, lead in enumerate(cls.leads):
            cls.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
                [DURING, DURING + timedelta(days=number * number), lead.id],
            )
        cls.env.invalidate_all()
        cls.within = f"[('id', 'in', {cls.leads.ids})]"

    def _of_leads(self, code="custom", **vals):
        return self._custom(code, domain=self.within, **vals)

    def test_each_measure(self):
        times = [0, 1, 4]
        cases = [
            ({"measure": "count"}, 3),
            ({"measure": "sum", "measure_field": "expected_revenue", "unit": "money"}, 900),
            ({"measure": "average", "measure_field": "expected_revenue", "unit": "money"}, mean(self.amounts)),
            ({"measure": "median", "measure_field": "expected_revenue", "unit": "money"}, median(self.amounts)),
            (
                {
                    "measure": "duration",
                    "date_start_field": "create_date",
                    "date_end_field": "date_closed",
                    "unit": "days",
                },
                mean(times),
            ),
            (
                {
                    "measure": "duration_median",
                    "date_start_field": "create_date",
                    "date_end_field": "date_closed",
                    "unit": "hours",
                },
                median(times) * 24,
            ),
            (
                {
                    "measure": "ratio",
                    "numerator_domain": "[('expected_revenue', '>', 150)]",
                    "unit": "percent",
                },
                200 / 3,
            ),
        ]
        for number, (vals, expected) in enumerate(cases):
            with self.subTest(**vals):
                kpi = self._of_leads(f"custom_{number}", **vals)
                self._compute(kpi)
                self.assertAlmostEqual(self._value(kpi).value, expected)
                self.assertAlmostEqual(self._value(kpi, "user", self.rep).value, expected)
                self.assertAlmostEqual(self._value(kpi, "country", self.env.ref("base.tw")).value, expected)
                self.assertEqual(self._value(kpi, "source", self.leads[0].source_id).sample <= 1, True)

    def test_what_is_not_known_is_not_measured(self):
        self.leads[0].write({"date_closed": False})
        kpi = self._of_leads(
            measure="duration", date_start_field="create_date", date_end_field="date_closed", unit="days"
        )
        self._compute(kpi)
        value = self._value(kpi)
        self.assertEqual((value.value, value.sample), (2.5, 2))

    def test_money_of_another_currency_counts_at_the_rate_of_the_day(self):
        self.env["res.currency.rate"].search([]).unlink()
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        self.env["res.currency.rate"].create(
            [
                {"name": day, "currency_id": usd.id, "company_id": company.id, "rate": rate}
                for company, rates in (
                    (self.taipei, (("2026-03-01", 2.0), ("2026-03-11", 4.0))),
                    (self.york, (("2026-03-01", 8.0),)),
                )
                for day, rate in rates
            ]
        )
        kpi = self._of_leads(measure="sum", measure_field="expected_revenue", unit="money")
        for currency, day, expected in ((usd, "2026-03-10", 50), (usd, "2026-03-11", 25), (eur, "2026-03-11", 100)):
            converted = kpi._sql_to_company_currency(
                *[SQL("%s", part) for part in (100.0, currency.id, self.taipei.id, fields.Date.to_date(day))]
            )
            self.env.cr.execute(SQL("SELECT %s", converted))
            self.assertAlmostEqual(float(self.env.cr.fetchone()[0]), expected)
            self.assertAlmostEqual(
                expected,
                currency._convert(100, eur, self.taipei, fields.Date.to_date(day), round=False),
                msg="as Odoo converts",
            )

    def test_slices_of_a_lead_are_found_through_it(self):
        self._activate()
        lead = self._insert_lead(company_id=self.company.id, team_id=self.team.id, user_id=self.rep.id)
        self._move(lead, self.diagnose)
        kpi = self._custom(
            model="sales.process.visit",
            date_field="entered",
            domain=f"[('lead_id', '=', {lead.id})]",
        )
        self._compute(kpi, self._now_period(), self.company, self.env.cr.now())
        period = self._now_period()
        for scope, record in (
            ("company", self.company),
            ("team", self.team),
            ("user", self.rep),
            ("process", self.process),
        ):
            self.assertEqual(self._value(kpi, scope, record, period, self.company).value, 2, scope)
        self.assertEqual(self._value(kpi, "stage", self.p_diagnose, period, self.company).value, 1)

    def _now_period(self):
        return period_of(self.env.cr.now().date(), "month")

    def test_snapshot_is_of_today(self):
        kpi = self._of_leads(basis="snapshot", date_field=False)
        self.assertTrue(kpi._is_of_today())
        with self._at(NOW):
            self.assertTrue(kpi._refresh(MARCH.previous().start))
        values = self.env["sales.process.kpi.value"].search([("kpi_id", "=", kpi.id), ("cycle", "=", "month")])
        self.assertEqual(set(values.mapped("period")), {"2026-04"}, "nobody knows how it stood in March")

    def test_days_without_a_time(self):
        self.leads.date_deadline = "2026-03-31"
        self.leads[0].date_deadline = "2026-04-01"
        kpi = self._of_leads(date_field="date_deadline")
        self._compute(kpi, now=datetime(2026, 5, 1))
        self.assertEqual(self._value(kpi).value, 2, "the last day of March, in Taipei as anywhere")

    # ------------------------------------------------------------------
    # What cannot be
    # ------------------------------------------------------------------

    def test_refused(self):
        for number, vals in enumerate(
            [
                {"model": False},
                {"domain": "[('no_such_field', '=', 1)]"},
                {"domain": "[('create_date', '=', 'never')]"},
                {"domain": "__import__('os')"},
                {"domain": "[('id', '=', uid)]"},
                {"domain": "[("},
                {"measure": "ratio", "numerator_domain": "[1, 2]"},
                {"date_field": False},
                {"date_field": "name"},
                {"date_field": "create_date; DROP TABLE crm_lead"},
                {"measure": "sum"},
                {"measure": "sum", "measure_field": "name"},
                {"measure": "sum", "measure_field": "duplicate_lead_count"},
                {"measure": "duration", "date_start_field": "create_date", "unit": "days"},
                {
                    "measure": "duration",
                    "date_start_field": "create_date",
                    "date_end_field": "date_closed",
                    "unit": "money",
                },
                {"user_field": "team_id"},
                {"team_field": "nothing"},
            ]
        ):
            with self.subTest(**vals), self.assertRaises(UserError):
                self._custom(f"bad_{number}", **vals)

    def test_models_that_are_nobodys_business(self):
        offered = {name for name, _label in self.env["sales.process.kpi"].with_user(self.manager)._selection_model()}
        self.assertTrue({"crm.lead", "calendar.event", "sales.process.visit"} <= offered)
        for model in (
            "ir.config_parameter",
            "res.users.log",
            "mail.message",
            "ir.attachment",
            "sales.process.kpi.value",
        ):
            self.assertNotIn(model, offered)
        self.assertFalse([name for name in offered if self.env[name]._transient or self.env[name]._abstract])
        for model in ("ir.config_parameter", "ir.cron", "no.such.model"):
            with self.assertRaises(UserError):
                self._custom("forbidden", user=self.manager, model=model)

    def test_what_people_work_with_is_offered_first(self):
        offered = [name for name, _label in self.env["sales.process.kpi"].with_user(self.manager)._selection_model()]

        places = [offered.index(name) for name in ("res.partner", "crm.lead", "crm.lead.scoring.frequency")]
        self.assertEqual(places, sorted(places))

    def test_values_are_made_of_what_the_author_may_see(self):
        self.leads.company_id = self.taipei
        stranger = self._new_user("spf_far_boss", "sales_team.group_sale_manager", company_id=self.company.id)
        kpi = self._of_leads("foreign", user=stranger)
        self.assertEqual(kpi.author_id, stranger)
        self._compute(kpi)
        self.assertFalse(self._value(kpi), "no value of a company that the author does not belong to, rather than 0")
        own = self._of_leads("own", user=self.boss)
        self._compute(own)
        self.assertEqual(self._value(own).value, 3)
        # Who changes it, answers for it; and nobody writes in another's name.
        kpi.with_user(stranger).write({"author_id": self.env.uid})
        self.assertEqual(kpi.author_id, stranger)
        kpi.with_user(self.boss).write({"domain": self.within, "author_id": stranger.id})
        self.assertEqual(kpi.author_id, self.boss)
        created = self._of_leads("third", user=stranger, author_id=self.boss.id)
        self.assertEqual(created.author_id, stranger)

    def test_preview_is_of_what_whoever_types_may_see(self):
        """A browser may send any author along with what is typed."""
        self.env["ir.rule"].create(
            {
                "name": "Large deals are nobody's business",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('expected_revenue', '<', 500)]",
            }
        )
        kpi = self._of_leads("of_the_robot")
        typed = {
            "name": "Typed",
            "code": "typed",
            "computation": "custom",
            "model": "crm.lead",
            "measure": "count",
            "basis": "snapshot",
            "domain": self.within,
            "date_field": "create_date",
            "cycle": "month",
            "author_id": self.env.ref("base.user_root").id,
        }
        kpis = self.env["sales.process.kpi"].with_user(self.boss).with_company(self.taipei)
        for origin in (None, kpi):
            with self._at(NOW):
                # what an onchange works on
                self.assertIn("2 from 2 records", kpis.new(typed, origin=origin).preview)

    @mute_logger("odoo.addons.sales_process_framework.models.kpi.sales_process_kpi_run")
    def test_author_has_left(self):
        kpi = self._of_leads(user=self.boss)
        self.boss.active = False
        with self._at(NOW):
            self.assertFalse(kpi._refresh())
        self.assertIn("somebody who has left", kpi.last_error)
        kpi.domain = "[]"
        with self._at(NOW):
            self.assertTrue(kpi._refresh())
        self.assertFalse(kpi.last_error)

    # ------------------------------------------------------------------
    # In the form
    # ------------------------------------------------------------------

    def test_made_in_the_form_with_a_preview(self):
        today = self.env.cr.now()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)", [today, self.leads.ids])
        self.leads.company_id = self.company
        form = Form(self.env["sales.process.kpi"].with_user(self.manager))
        form.name = "Große Anfragen"
        self.assertEqual(form.code, "groe_anfragen")
        form.model = "crm.lead"
        self.assertEqual(form.date_field, "create_date")
        form.domain = self.within
        self.assertIn("3 from 3 records", form.preview)
        form.measure = "ratio"
        self.assertEqual(form.unit, "percent")
        form.numerator_domain = "[('expected_revenue', '>', 150)]"
        self.assertIn("66.7 % = 2 / 3", form.preview)
        form.numerator_domain = "[('nothing', '=', 1)]"
        self.assertIn("nothing", form.preview, "what is wrong, in place of a number")
        form.numerator_domain = "[]"
        kpi = form.save()
        self.assertEqual((kpi.aggregation, kpi.author_id), ("ratio", self.manager))
        kpi.with_user(self.manager).action_compute()
        value = kpi.current_value_id
        self.assertEqual((value.value, value.numerator), (100, 3))
        self.assertEqual(kpi.copy().code, "groe_anfragen_2")

    def test_reps_make_none(self):
        with self.assertRaises(AccessError):
            self._custom(user=self.rep)
