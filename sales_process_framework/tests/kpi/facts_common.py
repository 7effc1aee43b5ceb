"""Small worlds of facts, written past the ORM with the times they need, and what indicators say about them."""

import json
from collections import namedtuple
from datetime import date, timedelta

from odoo import Command
from odoo.tools import SQL

from ...tools.period import period_of, utc_edges
from ..common import SalesProcessCommon

try:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
except ImportError:  # Odoo runs the tests of an addon without what only its developers have
    given = settings = st = HealthCheck = None

#: One row of facts, as ``sales.process.kpi.compute`` describes it.
Row = namedtuple("Row", "record lead company team user process stage source country num den")

ZONE = "Europe/Brussels"
#: The clock jumps ahead in it: the last day has 23 hours.
PERIOD = period_of(date(2025, 3, 10), "month")
START, STOP = utc_edges(PERIOD, ZONE)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
#: Moments around the edges of the period, where mistakes live.
MOMENTS = (
    START - 400 * DAY,
    START - 20 * DAY,
    START - SECOND,
    START,
    START + SECOND,
    START + 12 * DAY,
    STOP - SECOND,
    STOP,
    STOP + 9 * DAY,
)


def worlds(max_examples=20):
    """Settings of a test on generated data: always the same examples, quick, nothing kept on disk."""
    return settings(
        max_examples=max_examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def choose(*values):
    return st.sampled_from(values)


class FactsCommon(SalesProcessCommon):
    """Two companies beside the home company, three salespeople, five contacts of three customers.

    The process asks for two mandatory requirements to leave Qualify, for a needs confirmation to leave Diagnose and
    for a proposal to leave Propose.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env["res.company"].search([], order="id", limit=1)
        cls.north, cls.south = cls.env["res.company"].create([{"name": "North"}, {"name": "South"}])
        (cls.home | cls.north | cls.south).partner_id.tz = ZONE
        cls.companies = cls.home | cls.north | cls.south
        cls.sources = cls.env["utm.source"].create([{"name": "Fair"}, {"name": "Web"}])
        cls.countries = cls.env.ref("base.be") | cls.env.ref("base.de")
        cls.users = cls.rep | cls.colleague | cls.leader
        cls.teams = cls.team | cls.other_team
        firms = cls.env["res.partner"].create([{"name": name, "is_company": True} for name in ("A", "B", "C")])
        people = cls.env["res.partner"].create([{"name": f"of {firm.name}", "parent_id": firm.id} for firm in firms])
        cls.contacts = firms[:2] | people
        cls.first = cls._require(cls.p_qualify, "Need stated")
        cls.second = cls._require(cls.p_qualify, "Budget known")
        cls._require(cls.p_qualify, "Report sent", mandatory=False)
        document = {"kind": "deliverable", "judgement": "document"}
        cls.needs = cls._require(
            cls.p_diagnose, "Papers", key="needs_confirmation_form", approval_required=True, **document
        )
        cls.proposal = cls._require(cls.p_propose, "Our proposal", freshness_days=30, **document)
        cls.process.completeness_field_ids = [
            Command.set([cls.env["ir.model.fields"]._get("crm.lead", name).id for name in ("phone", "source_id")])
        ]
        cls._activate()

    # -- writing ------------------------------------------------------------

    @classmethod
    def _insert(cls, table, rows):
        """:return: ids of rows written past the ORM, in their order"""
        ids = []
        for row in rows:
            columns = SQL(", ").join(SQL.identifier(name) for name in row)
            cls.env.cr.execute(
                SQL(
                    "INSERT INTO %(table)s (%(columns)s) SELECT %(columns)s "
                    "FROM jsonb_populate_record(NULL::%(table)s, %(row)s) RETURNING id",
                    table=SQL.identifier(table),
                    columns=columns,
                    row=json.dumps(row, default=str),
                )
            )
            ids.append(cls.env.cr.fetchone()[0])
        return ids

    @classmethod
    def _plain_lead(cls, **columns):
        """:return: id of a lead of North that nothing is special about"""
        row = {"name": "Deal", "type": "opportunity", "active": True, "won_status": "pending", "probability": 10.0}
        row |= {"company_id": cls.north.id, "create_date": START - 50 * DAY, **columns}
        return cls._insert("crm_lead", [row])[0]

    # -- reading ------------------------------------------------------------

    def _kpi(self, code):
        kpi = self.env.ref(f"sales_process_framework.kpi_{code}")
        return kpi.with_context(sales_kpi_period=PERIOD)

    def _facts(self, code, lead_ids=None, companies=None, start=START, stop=STOP):
        """:return: rows of one indicator, those of given leads only"""
        sql = self._kpi(code)._get_facts_sql(start, stop, (companies or self.companies).ids)
        rows = [
            Row(*row[:9], float(row[9]), float(row[10]))
            for row in self.env.execute_query(
                SQL(
                    """SELECT record_id, lead_id, company_id, team_id, user_id, process_id, process_stage_id,
                              source_id, country_id, num, den FROM (%s) AS fact""",
                    sql,
                )
            )
        ]
        return [row for row in rows if lead_ids is None or row.lead in lead_ids]

    def _sums(self, code, lead_ids=None, **kwargs):
        """:return: (sum of the numerators, sum of the denominators)"""
        rows = self._facts(code, lead_ids, **kwargs)
        return round(sum(row.num for row in rows), 6), round(sum(row.den for row in rows), 6)

    def assertFacts(self, code, lead_ids, wanted):
        """The facts are exactly these, in any order."""
        found = self._facts(code, set(lead_ids))

        def rounded(rows):
            return sorted(tuple(0 if value is None else round(value, 4) for value in row) for row in rows)

        self.assertEqual(rounded(found), rounded(wanted), f"Facts of {code}")

    def _home(self, company_id):
        return company_id or self.home.id


def days(delta):
    return delta.total_seconds() / 86400
