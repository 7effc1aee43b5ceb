from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.kpi.sales_process_kpi_run import RUN_STARTED
from .common import MARCH, KpiCommon

LOGGER = "odoo.addons.sales_process_framework.models.kpi.sales_process_kpi_run"
RUN = "sales_process_framework.ir_cron_compute_kpi"
BACKFILL = "sales_process_framework.ir_cron_backfill_kpi"


@tagged("post_install", "-at_install")
class TestRun(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(RUN_STARTED, False)
        cls.env["sales.process.kpi"].with_context(active_test=False).search([]).cycle = "month"
        cls.first, cls.second = cls._made_up("first"), cls._made_up("second")

    def _periods(self, kpi, company=None, **closed):
        domain = [("kpi_id", "=", kpi.id), ("company_id", "=", (company or self.taipei).id), ("cycle", "=", "month")]
        domain += [(name, "=", value) for name, value in closed.items()]
        return sorted(self.env["sales.process.kpi.value"].search(domain).mapped("period"))

    def _values_of_companies(self, kpi):
        return self.env["sales.process.kpi.value"].search_count([("kpi_id", "=", kpi.id), ("closed", "=", True)])

    def _cron(self, now, xmlid=RUN):
        """The scheduled action, in the transaction of the test; each commit is counted."""
        steps = []
        with (
            self._at(now),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda cron, *args, **kwargs: steps.append(args) or 1
            ),
        ):
            model = self.env["sales.process.kpi"]
            model._cron_compute_values() if xmlid == RUN else model._cron_backfill()
        return steps

    def test_nights(self):
        self._cron(datetime(2026, 3, 30, 1))
        self.assertEqual(self._periods(self.first), ["2026-03"])
        self._cron(datetime(2026, 4, 2, 1))
        self.assertEqual(self._periods(self.first, closed=False), ["2026-03", "2026-04"], "closing days")
        self._cron(datetime(2026, 4, 9, 1))
        self.assertEqual(self._periods(self.first, closed=True), ["2026-03"])
        # Nobody was there for three months.
        self._cron(datetime(2026, 7, 20, 1))
        self.assertEqual(self._periods(self.first), [f"2026-0{month}" for month in range(3, 8)])
        self.assertEqual(self._periods(self.first, closed=False), ["2026-07"])
        # All that was closed, and the next night comes much later.
        self.env.cr.execute("UPDATE sales_process_kpi_value SET closed = TRUE")
        self._cron(datetime(2026, 9, 2, 1))
        self.assertEqual(self._periods(self.first, closed=False), ["2026-08", "2026-09"])

    def test_quarters_and_years_too(self):
        self._cron(datetime(2026, 3, 30, 1))
        values = self.env["sales.process.kpi.value"].search(
            [("kpi_id", "=", self.first.id), ("company_id", "=", self.taipei.id)]
        )
        self.assertEqual(set(values.mapped("period")), {"2026-03", "2026-Q1", "2026"})
        self.first.cycle = "week"
        self._cron(datetime(2026, 3, 31, 1))
        self.assertIn(
            "week", self.env["sales.process.kpi.value"].search([("kpi_id", "=", self.second.id)]).mapped("cycle")
        )

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_an_error_stays_with_its_indicator(self):
        with patch.object(
            type(self.first), "_facts_broken", lambda *args: self.first._get_no_such_thing(), create=True
        ):
            self.first.builtin = "broken"
            self._cron(datetime(2026, 3, 30, 1))
        self.assertIn("_get_no_such_thing", self.first.last_error)
        self.assertFalse(self._periods(self.first))
        self.assertEqual((self._periods(self.second), self.second.last_error), (["2026-03"], False))
        self.first.builtin = "made_up"
        self._cron(datetime(2026, 3, 31, 1))
        self.assertFalse(self.first.last_error)

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_what_failed_is_not_closed(self):
        self._cron(datetime(2026, 3, 30, 1))
        self.first.builtin = "broken"
        with patch.object(type(self.first), "_facts_broken", lambda *args: 1 / 0, create=True):
            self._cron(datetime(2026, 4, 20, 1))
        self.assertEqual(self._periods(self.first, closed=True), [])
        self.assertEqual(self._periods(self.second, closed=True), ["2026-03"])

    def test_interrupted_it_goes_on_with_the_rest(self):
        done = []
        refresh = type(self.first)._refresh

        def stop(kpi, first=None):
            done.append(kpi.code)
            return refresh(kpi, first)

        night = datetime(2026, 3, 30, 1)
        with patch.object(self.env.registry["sales.process.kpi"], "_refresh", stop):
            with self._at(night), patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *a, **k: 0):
                self.env["sales.process.kpi"]._cron_compute_values()
            self.assertEqual(done, ["first"])
            self._cron(night + timedelta(minutes=1))
            self.assertEqual(done, ["first", "second"])
            self._cron(night + timedelta(days=1))
            self.assertEqual(done, ["first", "second"] * 2)

    def test_scheduled_action(self):
        with self.enter_registry_test_mode():
            self.env.ref(RUN).method_direct_trigger()
        self.assertTrue(self.first.last_run)
        self.assertFalse(self.env["ir.config_parameter"].get_param(RUN_STARTED))

    def test_the_past(self):
        now = datetime(2026, 3, 30, 1)
        self.facts = [{"company_id": self.taipei.id, "at": datetime(2025, 11, 5), "num": 5}]
        self._cron(now)
        wizard = self.env["sales.process.kpi.backfill"].with_user(self.boss)
        self.assertLess(wizard.new({}).date_from, self.env.cr.now().date() - timedelta(days=500))
        wizard.create({"date_from": date(2025, 10, 5), "kpi_ids": self.first.ids}).action_confirm()
        self.assertEqual((self.first.backfill_from, self.second.backfill_from), (date(2025, 10, 5), False))
        # Interrupted after the first piece of work, and again after the second.
        done = []
        for _round in range(2):
            with (
                self._at(now),
                patch.object(
                    self.env.registry["ir.cron"], "_commit_progress", lambda cron, *args, **kwargs: 1 if kwargs else 0
                ),
            ):
                self.env["sales.process.kpi"]._cron_backfill()
            self.assertTrue(self.first.backfill_from)
            done.append(self._values_of_companies(self.first))
        self.assertLess(done[0], done[1])
        self._cron(now, BACKFILL)
        self.assertFalse(self.first.backfill_from)
        self.assertEqual(self._periods(self.first), ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"])
        self.assertEqual(self._periods(self.first, closed=False), ["2026-03"])
        november = self._value(self.first, period=MARCH.previous().previous().previous().previous())
        self.assertEqual((november.value, november.previous_value, november.has_previous), (5, 0, True))
        self.assertEqual(self._periods(self.second), ["2026-03"])

    def test_the_past_leaves_a_stale_period_to_its_own_turn(self):
        """January was computed on its tenth day for the last time: it is computed again before it is closed."""
        january = MARCH.previous().previous()
        self._compute(self.first, january, now=datetime(2026, 1, 10))
        self.facts = [{"company_id": self.taipei.id, "at": datetime(2026, 1, 20), "num": 5}]
        self.first.backfill_from = date(2025, 10, 5)
        now = datetime(2026, 3, 30, 1)
        with (
            self._at(now),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda cron, *args, **kwargs: 1 if kwargs else 0
            ),
        ):
            self.env["sales.process.kpi"]._cron_backfill()
        value = self._value(self.first, period=january)
        self.assertEqual((value.value, value.closed), (0, False), "interrupted before its turn")
        self._cron(now, BACKFILL)
        self.env.invalidate_all()
        value = self._value(self.first, period=january)
        self.assertEqual((value.value, value.closed), (5, True))
        self.assertEqual(self._periods(self.first, closed=False), ["2026-03"])

    def test_the_past_on_request_of_managers_alone(self):
        wizard = self.env["sales.process.kpi.backfill"].with_user(self.boss)
        with self.assertRaises(UserError):
            wizard.create({"date_from": self.env.cr.now().date() + timedelta(days=2)}).action_confirm()

    def test_the_past_does_not_touch_what_is_known(self):
        self._compute(self.first, MARCH.previous(), now=datetime(2026, 3, 2))
        with self._at(datetime(2026, 3, 20)):
            self.first._close_periods(self.both)
        self.facts = [{"company_id": self.taipei.id, "at": datetime(2026, 2, 5), "num": 5}]
        with self._at(datetime(2026, 3, 30)):
            self.env["sales.process.kpi"]._compute_history("2026-01-10")
        self.assertEqual(self._value(self.first, period=MARCH.previous()).value, 0)
        self.assertEqual(self._periods(self.first), ["2026-01", "2026-02", "2026-03"])
