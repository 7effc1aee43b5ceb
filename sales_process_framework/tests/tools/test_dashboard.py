"""Which figures a link asks for, and which stage is the worst: without a database."""

from datetime import date

from odoo.tests import BaseCase, tagged

from ...tools.dashboard import AGES, FilterError, Load, age_of, last_periods, parse, worst
from ...tools.period import period_of

TODAY = date(2026, 3, 15)


@tagged("-at_install", "post_install")
class TestDashboardTools(BaseCase):
    def test_nothing_asked_for(self):
        for raw in (None, {}, {"team_id": False, "period": None, "cycle": ""}):
            filters = parse(raw, TODAY)
            self.assertEqual(filters.period, period_of(TODAY, "month"))
            self.assertEqual((filters.scope, filters.scope_id, filters.company), ("company", None, None))

    def test_what_is_asked_for(self):
        filters = parse({"company_id": 3, "cycle": "quarter", "period": "2025-11-30", "team_id": 7}, TODAY)

        self.assertEqual((filters.company, filters.scope, filters.scope_id, filters.slice), (3, "team", 7, "team_id"))
        self.assertEqual(filters.period.label(), "2025-Q4")

    def test_wrong_filters(self):
        for raw, reason in (
            ("team", "unknown"),
            ({"colour": "red"}, "unknown"),
            ({"cycle": "fortnight"}, "cycle"),
            ({"cycle": "day"}, "cycle"),
            ({"period": "31.01.2026"}, "date"),
            ({"period": 20260131}, "date"),
            ({"period": "0001-01-01"}, "date"),
            ({"period": "9999-12-31"}, "date"),
            ({"team_id": "7"}, "record"),
            ({"team_id": True}, "record"),
            ({"user_id": -1}, "record"),
            ({"user_id": 2**40}, "record"),
            ({"user_id": [1]}, "record"),
            ({"team_id": 1, "user_id": 2}, "both"),
        ):
            with self.subTest(raw=raw), self.assertRaises(FilterError) as caught:
                parse(raw, TODAY)
            self.assertEqual(caught.exception.reason, reason)

    def test_last_periods(self):
        periods = last_periods(period_of(date(2026, 2, 1), "month"), 3)

        self.assertEqual([period.label() for period in periods], ["2025-12", "2026-01", "2026-02"])

    def test_ages_leave_no_day_out(self):
        edges = list(AGES.values())
        self.assertEqual(edges[0][0], 0)
        self.assertEqual(edges[-1][1], None)
        self.assertEqual([high for _low, high in edges[:-1]], [low for low, _high in edges[1:]])
        for key, (low, _high) in AGES.items():
            self.assertEqual(age_of(low), key)

    def test_worst(self):
        half = Load(stage=1, open=10, overdue=5, old=0)
        third = Load(stage=2, open=30, overdue=10, old=10)
        single = Load(stage=3, open=1, overdue=1, old=1)
        clean = Load(stage=4, open=50, overdue=0, old=0)
        old = Load(stage=5, open=10, overdue=0, old=6)

        self.assertEqual(worst([third, half, clean]), half)
        self.assertEqual(worst([half, single]), half, "one deal is no pattern")
        self.assertEqual(worst([single, clean]), single)
        self.assertEqual(worst([half, old]), old, "no limit, but deals that are old")
        self.assertEqual(worst([half, Load(stage=6, open=20, overdue=10, old=0)]).stage, 6)
        self.assertIsNone(worst([clean]))
        self.assertIsNone(worst([]))
