from datetime import timedelta
from random import Random

from odoo import Command
from odoo.tools import SQL

from ..common import SalesProcessCommon


class PilotCommon(SalesProcessCommon):
    """A process in use, its next version, and a year of history: one deal of ten days to three months a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._tickable = cls._require(cls.p_qualify, "Budget", mandatory=False)
        cls._activate()
        cls.Pilot = cls.env["sales.process.pilot"]
        cls.now = cls.env.cr.now()
        cls.candidate = cls.process.copy({"name": "Test Process", "version": "1.1", "predecessor_id": cls.process.id})
        for old, new in zip(cls.process.stage_ids, cls.candidate.stage_ids, strict=True):
            new.stage_id = old.stage_id
        cls.win_rate = cls.env.ref("sales_process_framework.kpi_win_rate")
        cls.sales_cycle = cls.env.ref("sales_process_framework.kpi_sales_cycle")
        cls.average_deal = cls.env.ref("sales_process_framework.kpi_average_deal")
        cls.rng = Random(19)

    @classmethod
    def _insert(cls, count, team, user=None):
        """Opportunities without what the ORM adds: these tests need hundreds, and only dates and outcomes of them."""
        cls.env.flush_all()
        rows = cls.env.execute_query(
            SQL(
                """
                INSERT INTO crm_lead (name, type, priority, team_id, user_id, company_id, stage_id, active, won_status,
                                      create_date, expected_revenue)
                SELECT 'Deal ' || number, 'opportunity', '0', %(team)s,
                       COALESCE(%(user)s, CASE WHEN number %% 2 = 0 THEN %(rep)s ELSE %(colleague)s END), %(company)s,
                       %(stage)s, TRUE, 'pending', %(now)s, 1000 + number
                  FROM generate_series(1, %(count)s) AS number
             RETURNING id
                """,
                team=team.id,
                user=user.id if user else None,
                rep=cls.rep.id,
                colleague=cls.colleague.id,
                company=cls.company.id,
                stage=cls.qualify.id,
                now=cls.now,
                count=count,
            )
        )
        return cls.env["crm.lead"].browse(number for (number,) in rows)

    @classmethod
    def _history(cls, count=120, share=0.4, team=None, days=(10, 90), age=350):
        """Deals of the past, decided after some days."""
        leads = cls._insert(count, team or cls.team)
        born = [cls.now - timedelta(days=10 + age * number / count) for number in range(count)]
        won = [number % 100 < share * 100 for number in cls.rng.sample(range(count * 100), count)]
        cls._decide(leads, won, [cls.rng.uniform(*days) for _number in range(count)], born)
        return leads

    @classmethod
    def _decide(cls, leads, won, days, born=None):
        """Close leads so many days after they began; those that would close in the future stay open."""
        cls.env.flush_all()
        born = born or [cls.now - timedelta(days=100)] * len(leads)
        cls.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead AS lead
                   SET create_date = told.born,
                       date_closed = CASE WHEN told.closed <= %(now)s THEN told.closed END,
                       won_status = CASE WHEN told.closed > %(now)s THEN 'pending' WHEN told.won THEN 'won'
                                         ELSE 'lost' END,
                       active = told.won OR told.closed > %(now)s
                  FROM unnest(%(ids)s, %(won)s, %(born)s::timestamp[], %(closed)s::timestamp[])
                    AS told (id, won, born, closed)
                 WHERE lead.id = told.id
                """,
                now=cls.now,
                ids=leads.ids,
                won=list(won),
                born=born,
                closed=[start + timedelta(days=length) for start, length in zip(born, days, strict=True)],
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _enroll(cls, count, team=None, user=None):
        """Many leads at once, drawn as any others."""
        leads = cls._insert(count, team or cls.team, user)
        arms = cls.Pilot._draw(leads, cls.Pilot._get_enrolments())
        cls.env.flush_all()
        for arm, process in (("baseline", cls.process), ("candidate", cls.candidate)):
            ids = [lead_id for lead_id, (_pilot, drawn) in arms.items() if drawn == arm]
            cls.env.cr.execute("UPDATE crm_lead SET sales_process_id = %s WHERE id = ANY(%s)", [process.id, ids])
        cls.env.invalidate_all()
        return leads

    @classmethod
    def _pilot(cls, **vals):
        return cls.Pilot.create(
            {
                "name": "Shorter needs analysis",
                "question": "Do more deals succeed?",
                "company_id": cls.company.id,
                "user_id": cls.manager.id,
                "baseline_process_id": cls.process.id,
                "candidate_process_id": cls.candidate.id,
                "team_ids": [Command.set(cls.team.ids)],
                "kpi_id": cls.win_rate.id,
                "effect_wanted": 40,
                "date_start": cls.now,
                **vals,
            }
        )

    @classmethod
    def _start(cls, pilot):
        pilot.action_plan()
        pilot.action_start()
        return pilot

    @classmethod
    def _ago(cls, pilot, days):
        """Let a pilot have begun so many days ago."""
        start = cls.now - timedelta(days=days)
        pilot.sudo().write({"date_start": start, "date_end": start + timedelta(days=400), "state": pilot.state})

    @classmethod
    def _arrive(cls, count, **vals):
        """New leads, one batch."""
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"New {number}",
                    "type": "opportunity",
                    "team_id": cls.team.id,
                    "user_id": (cls.rep if number % 2 else cls.colleague).id,
                    "company_id": cls.company.id,
                    "expected_revenue": 1000 + number,
                    **vals,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _arms(cls, pilot):
        """:return: (leads of the baseline, leads of the candidate)"""
        rows = pilot.sudo().assignment_ids
        return tuple(rows.filtered(lambda row, arm=arm: row.arm == arm).lead_id for arm in ("baseline", "candidate"))
