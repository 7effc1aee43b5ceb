from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tools import SQL

from ...tools.kpi import band
from ...tools.period import period_of
from ..common import SalesProcessCommon

MARCH = period_of(date(2026, 3, 1), "month")
FEBRUARY = MARCH.previous()
#: March is over everywhere; its values are not closed yet.
NOW = datetime(2026, 4, 2, 12)


class HealthReportCommon(SalesProcessCommon):
    """A company in Taipei whose indicators have just the values that a test gives them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["sales.process.health.report"]
        cls.Schedule = cls.env["sales.process.health.report.schedule"]
        cls.Schedule.search([]).active = False
        cls.taipei = cls.env["res.company"].create(
            {"name": "Taipei", "currency_id": cls.env.ref("base.EUR").id, "email": "office@taipei.example.com"}
        )
        cls.taipei.partner_id.tz = "Asia/Taipei"
        (cls.manager | cls.leader | cls.rep).company_ids |= cls.taipei
        # What has no value by a test has none: nothing is computed on the way.
        cls.env.cr.execute("UPDATE sales_process_kpi SET last_run = '2030-01-01'")
        cls.env.invalidate_all()
        cls.p_qualify.time_limit_days = 5.0
        cls._activate()

    @contextmanager
    def _at(self, moment):
        with patch.object(Cursor, "now", lambda _cursor: moment):
            yield

    @contextmanager
    def _without_computing(self):
        with patch.object(self.env.registry["sales.process.health.report"], "_compute_missing", lambda *args: None):
            yield

    @classmethod
    def _kpi(cls, code):
        return cls.env.ref(f"sales_process_framework.kpi_{code}")

    @classmethod
    def _give(cls, code, value, period=MARCH, stage=None, company=None, sample=20, **columns):
        """Store a value as the engine would have. None is no data.

        :return: id of the value
        """
        kpi, company = cls._kpi(code), company or cls.taipei
        has_bands = value is not None and kpi.has_bands
        row = {
            "kpi_id": kpi.id,
            "company_id": company.id,
            "cycle": period.cycle,
            "date_from": period.start,
            "date_to": period.stop,
            "scope": "stage" if stage else "company",
            "scope_id": (stage or company).id,
            "process_stage_id": stage.id if stage else None,
            "value": value,
            "has_data": value is not None,
            "numerator": (value or 0) * sample / 100,
            "denominator": sample,
            "sample": sample,
            "band": band(value, kpi.healthy, kpi.alert, kpi.direction) if has_bands else "none",
            "closed": False,
            "revision": 1,
            "is_latest": True,
            **columns,
        }
        cls.env.cr.execute(
            SQL(
                "INSERT INTO sales_process_kpi_value (%s) VALUES (%s) RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in row),
                SQL(", ").join(SQL("%s", cell) for cell in row.values()),
            )
        )
        cls.env["sales.process.kpi.value"].invalidate_model()
        return cls.env.cr.fetchone()[0]

    def _report(self, period=MARCH, company=None, user=None, now=NOW):
        with self._at(now), self._without_computing():
            return self.Report.with_user(user or self.env.user).create(
                {"company_id": (company or self.taipei).id, "cycle": period.cycle, "date_from": period.start}
            )

    def _findings(self, report):
        return {
            (entry["kpi_code"], entry["stage_id"]): entry
            for entry in report._get_findings(report.company_id, report._get_period())
        }

    def _figures(self, report, part="kpis"):
        return {figure["code"]: figure for figure in report.snapshot[part]}

    @classmethod
    def _schedule(cls, *users, **vals):
        return cls.Schedule.create(
            {
                "name": "Monthly",
                "company_id": cls.taipei.id,
                "subscriber_ids": [Command.set([user.id for user in users])],
                **vals,
            }
        )
