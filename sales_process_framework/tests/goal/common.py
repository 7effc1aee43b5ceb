from datetime import date
from unittest.mock import patch

from odoo import fields

from ...tools.period import period_of
from ..common import SalesProcessCommon


class GoalCommon(SalesProcessCommon):
    """Revenue of a company of its own, with a team of two people; values of indicators are put there by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.revenue = cls.env.ref("sales_process_framework.kpi_revenue")
        cls.win_rate = cls.env.ref("sales_process_framework.kpi_win_rate")
        cls.Target = cls.env["sales.process.target"]
        cls.year = cls._goal(cycle="year", value=1_000_000)

    @classmethod
    def _goal(cls, **vals):
        values = {
            "kpi_id": cls.revenue.id,
            "company_id": cls.company.id,
            "cycle": "month",
            "date_from": date(2031, 3, 1),
            "value": 1000,
        }
        return cls.Target.create({**values, **vals})

    def _put_value(self, value, day, cycle="month", kpi=None, record=None, **vals):
        """Store a value as the computation would; None stands for no data."""
        period = period_of(day, cycle)
        record = record or self.company
        scope = {"res.company": "company", "crm.team": "team", "res.users": "user"}[record._name]
        return (
            self.env["sales.process.kpi.value"]
            .sudo()
            .create(
                {
                    "kpi_id": (kpi or self.revenue).id,
                    "company_id": self.company.id,
                    "cycle": cycle,
                    "date_from": period.start,
                    "date_to": period.stop,
                    "scope": scope,
                    "scope_id": record.id,
                    "value": value or 0,
                    "has_data": value is not None,
                    **vals,
                }
            )
        )

    def _at(self, moment):
        now = fields.Datetime.to_datetime(moment)
        return patch.object(self.env.cr, "now", lambda: now)

    def _fresh(self, goal):
        goal.invalidate_recordset()
        return goal
