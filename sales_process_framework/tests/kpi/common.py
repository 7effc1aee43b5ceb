from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tools import SQL

from ...tools.period import period_of
from ..common import SalesProcessCommon

MARCH = period_of(date(2026, 3, 1), "month")
APRIL = MARCH.next()
#: In the closing days of March.
NOW = datetime(2026, 4, 2, 12)
COLUMNS = (
    "record_id",
    "lead_id",
    "company_id",
    "team_id",
    "user_id",
    "process_id",
    "process_stage_id",
    "source_id",
    "country_id",
)


class KpiCommon(SalesProcessCommon):
    """A company of its own in Taipei and one in New York; indicators of facts that a test makes up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taipei, cls.york = cls.env["res.company"].create(
            [
                {"name": "Taipei", "currency_id": cls.env.ref("base.EUR").id},
                {"name": "New York", "currency_id": cls.env.ref("base.USD").id},
            ]
        )
        cls.taipei.partner_id.tz = "Asia/Taipei"
        cls.york.partner_id.tz = "America/New_York"
        cls.both = cls.taipei | cls.york
        cls.boss = cls._new_user(
            "spf_boss",
            "sales_team.group_sale_manager",
            company_id=cls.taipei.id,
            company_ids=[Command.set(cls.both.ids)],
        )
        (cls.rep | cls.colleague | cls.leader).company_ids |= cls.both
        # Only the indicators of the test are computed by runs of it.
        cls.env["sales.process.kpi"].search([]).active = False
        cls.facts = []

    @classmethod
    def _kpi(cls, code, **vals):
        return cls.env["sales.process.kpi"].create({"name": code.capitalize(), "code": code, "unit": "number", **vals})

    @classmethod
    def _made_up(cls, code="made_up", **vals):
        return cls._kpi(code, **{"computation": "builtin", "builtin": "made_up", "aggregation": "sum", **vals})

    def _custom(self, code="custom", user=None, **vals):
        values = {
            "name": code.capitalize(),
            "code": code,
            "computation": "custom",
            "model": "crm.lead",
            "measure": "count",
            "date_field": "create_date",
            "unit": "count",
            **vals,
        }
        return self.env["sales.process.kpi"].with_user(user or self.env.user).create(values).with_env(self.env)

    def setUp(self):
        super().setUp()

        def made_up(kpi, start, stop, company_ids):
            """The facts of a test: dicts of columns, with the moment in "at"."""
            self.asked = (start, stop, tuple(company_ids))
            rows = [
                SQL(
                    "(%s, %s, %s::numeric, %s::numeric)",
                    SQL(", ").join(SQL("%s::integer", fact.get(column)) for column in COLUMNS),
                    fact.get("at", start),
                    fact.get("num", 1),
                    fact.get("den", 1),
                )
                for fact in self.facts
            ]
            if not rows:
                rows = [
                    SQL("(%s, NULL::timestamp, NULL::numeric, NULL::numeric)", SQL(", ".join(["NULL::integer"] * 9)))
                ]
            return SQL(
                "SELECT * FROM (VALUES %(rows)s) AS made_up(%(columns)s, at, num, den) "
                "WHERE at >= %(start)s AND at < %(stop)s AND company_id = ANY(%(companies)s)",
                rows=SQL(", ").join(rows),
                columns=SQL(", ".join(COLUMNS)),
                start=start,
                stop=stop,
                companies=list(company_ids),
            )

        patcher = patch.object(self.env.registry["sales.process.kpi"], "_facts_made_up", made_up, create=True)
        patcher.start()
        self.addCleanup(patcher.stop)
        # What was prepared for the class did not know of these facts yet.
        self.env.invalidate_all()
        self.facts = []

    @contextmanager
    def _at(self, moment):
        with patch.object(Cursor, "now", lambda _cursor: moment):
            yield

    def _compute(self, kpis, period=MARCH, companies=None, now=NOW):
        with self._at(now):
            kpis._compute_values(period, companies or self.both)

    def _value(self, kpi, scope="company", record=None, period=MARCH, company=None):
        company = company or self.taipei
        return self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("cycle", "=", period.cycle),
                ("date_from", "=", period.start),
                ("scope", "=", scope),
                ("scope_id", "=", (record or company).id),
                ("company_id", "=", company.id),
                ("is_latest", "=", True),
            ]
        )

    def _insert_lead(self, **columns):
        """A lead with the times that it needs."""
        moments = {name: columns.pop(name) for name in ("create_date", "date_closed") if name in columns}
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "company_id": self.taipei.id, "user_id": False, "team_id": False}
            | columns
        )
        self.env.flush_all()
        for name, moment in moments.items():
            self.env.cr.execute(SQL("UPDATE crm_lead SET %s = %s WHERE id = %s", SQL.identifier(name), moment, lead.id))
        lead.invalidate_recordset()
        return lead
