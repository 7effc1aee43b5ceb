from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor

from ...tools.period import period_of
from ..common import SalesProcessCommon

MARCH = period_of(date(2026, 3, 1), "month")
#: Nothing is closed; half of March has passed.
MIDDLE = datetime(2026, 3, 16, 0)
#: March is over and closed.
LATER = datetime(2026, 4, 20, 12)


class ScorecardCommon(SalesProcessCommon):
    """Two people of a team with a leader, measured by an amount, a rate and something that should be low."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.process.scorecard.scheme"].search([]).active = False
        cls.company.resource_calendar_id = False
        cls.company.partner_id.tz = "UTC"
        cls.revenue, cls.node, cls.cycle = (
            cls.env.ref(f"sales_process_framework.kpi_{code}")
            for code in ("revenue", "node_completion_rate", "sales_cycle")
        )
        cls.scheme = cls._scheme()
        cls.hr = cls._new_user("spf_hr", "sales_process_framework.group_scorecard_hr")
        cls.other_leader = cls._new_user("spf_other_leader", "sales_team.group_sale_salesman_all_leads")
        cls.stranger = cls._new_user("spf_card_stranger", "sales_team.group_sale_salesman")
        cls.other_team.write({"user_id": cls.other_leader.id, "member_ids": [Command.set(cls.stranger.ids)]})
        cls.Card = cls.env["sales.process.scorecard"]

    @classmethod
    def _scheme(cls, **vals):
        return cls.env["sales.process.scorecard.scheme"].create(
            {
                "name": "Test scheme",
                "company_id": cls.company.id,
                "team_ids": [Command.set(cls.team.ids)],
                "cycle": "month",
                "date_from": MARCH.start,
                "state": "active",
                "weight_ids": [
                    Command.create({"kpi_id": kpi.id, "weight": weight, "sequence": number})
                    for number, (kpi, weight) in enumerate(((cls.revenue, 60), (cls.node, 30), (cls.cycle, 10)))
                ],
                **vals,
            }
        )

    def _at(self, moment):
        return patch.object(Cursor, "now", lambda _cursor: moment)

    def _put_value(self, kpi, value, user=None, period=MARCH, **vals):
        """A stored value of a person, or of the company without one; None stands for no data."""
        return (
            self.env["sales.process.kpi.value"]
            .sudo()
            .create(
                {
                    "kpi_id": kpi.id,
                    "company_id": self.company.id,
                    "cycle": period.cycle,
                    "date_from": period.start,
                    "date_to": period.stop,
                    "scope": "user" if user else "company",
                    "scope_id": (user or self.company).id,
                    "user_id": user and user.id,
                    "value": value or 0,
                    "has_data": value is not None,
                    **vals,
                }
            )
        )

    def _put_goal(self, kpi, value, **vals):
        return self.env["sales.process.target"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "cycle": "month",
                "date_from": MARCH.start,
                "value": value,
                "state": "active",
                **vals,
            }
        )

    def _refresh(self, now=MIDDLE):
        with self._at(now):
            self.Card._refresh()

    def _card(self, user=None, period=MARCH):
        return self.Card.search([("user_id", "=", (user or self.rep).id), ("date_from", "=", period.start)])

    def _line(self, kpi, user=None):
        return self._card(user).line_ids.filtered(lambda line: line.kpi_id == kpi)
