from datetime import timedelta
from random import Random

from odoo import Command, api, models
from odoo.tools import SQL

#: Days since a pilot began, or until it ended, and between two looks back.
BEGAN, BEGAN_LATER, STEP = 160, 90, 10
#: Of so many leads the faster half had the candidate in so many of a hundred cases; else fast and slow ones had it.
GROUP, FASTER, HARDLY_FASTER = 16, 100, 10
#: A pilot of last year, and what came of it.
CLOSED_FROM, CLOSED_TO = 330, 210


class SalesProcessPilotDemo(models.AbstractModel):
    """A pilot in every step: planned, under way, waiting for a decision, and one that was dropped last year."""

    _name = "sales.process.demo.pilot"
    _inherit = "sales.process.demo"
    _description = "Demo company: pilots"

    @api.model
    def _demo_build_pilots(self):
        if self.env.ref("sales_process_framework.pilot_demo", raise_if_not_found=False):
            return
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        quiet._build_closed()
        quiet._build_decided()
        quiet._build_running()
        quiet._build_planned()

    def _build_decided(self):
        """The figures are there: the manager is asked to decide."""
        candidate = self._prepare_candidate("1.1", "process_b2b_candidate_demo")
        candidate.stage_ids.filtered(lambda stage: stage.key == "nurturing").time_limit_days = 8
        pilot = self._prepare_pilot(
            candidate,
            {
                "name": "Nurturing within eight days",
                "question": "Do deals pass their stages faster when leads are nurtured for eight days at most?",
                "team_ids": [Command.set(self._ref("team_manufacturing").ids)],
                "effect_wanted": -40.0,
                "cycles": 3,
            },
            "pilot_demo",
        )
        self._run(pilot, BEGAN, 0, FASTER)
        candidate.change_ids.reason = "After eight days nothing new was said; who wanted to go on had said so before."
        if pilot.verdict_date:
            pilot.message_ids.date = pilot.verdict_date
            pilot.activity_ids.date_deadline = pilot.company_id._get_sales_today() + timedelta(days=2)

    def _build_running(self):
        """So far nothing can be said."""
        candidate = self._prepare_candidate("1.2", "process_b2b_candidate_later_demo")
        candidate.stage_ids.filtered(lambda stage: stage.key == "lead_acquisition").time_limit_days = 2
        pilot = self._prepare_pilot(
            candidate,
            {
                "name": "First talk within two days",
                "question": "Do deals pass their stages faster when the first talk takes place within two days?",
                "team_ids": [Command.set(self._ref("team_technology").ids)],
                "effect_wanted": -30.0,
                "cycles": 3,
            },
            "pilot_running_demo",
        )
        self._run(pilot, BEGAN_LATER, 0, HARDLY_FASTER)
        candidate.change_ids.reason = "Who waited longer had talked to somebody else by then."

    def _build_planned(self):
        """The next question: its version is not made yet."""
        pilot = self._prepare_pilot(
            self.env["sales.process"],
            {
                "name": "References on video",
                "question": "Are deals won sooner when a customer tells the story on video, instead of a visit?",
                "user_id": self._ref("user_leader_maria").id,
                "team_ids": [Command.set(self._ref("team_manufacturing").ids)],
                "kpi_id": self._ref("kpi_sales_cycle").id,
                "effect_wanted": -50.0,
                "cycles": 3,
            },
            "pilot_planned_demo",
        )
        pilot.action_plan()

    def _build_closed(self):
        candidate = self._prepare_candidate("1.0b", "process_b2b_dropped_demo")
        pilot = self._prepare_pilot(
            candidate,
            {
                "name": "Quotation only after a site visit",
                "question": "Do deals pass their stages faster when nothing is quoted before somebody was on site?",
                "guardrail_ids": False,
                "effect_wanted": -40.0,
                "design": "fixed",
            },
            "pilot_dropped_demo",
        )
        self._run(pilot, CLOSED_FROM, CLOSED_TO, 0)
        now = self.env.cr.now()
        pilot.activity_ids.unlink()
        pilot._close()
        candidate.write({"state": "retired"})
        pilot.with_user(self._ref("user_manager"))._record_decision(
            "dropped",
            "Customers far away waited weeks for the visit, and the stages were passed no faster. Site visits stay a "
            "recommendation for machines above 100,000.",
        )
        closed = now - timedelta(days=CLOSED_TO - 6)
        pilot.write({"date_end": closed, "date_closed": closed, "decided_on": closed, "analysed_on": closed})
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE sales_process_pilot_decision SET date = %s WHERE pilot_id = %s", closed, pilot.id)
        )
        self.env["sales.process.pilot.decision"].invalidate_model()

    # -- parts --------------------------------------------------------------

    def _prepare_candidate(self, version, name):
        """The next version of the process of the first two teams, with the same columns."""
        process = self._ref("process_b2b_demo")
        candidate = self.env["sales.process"].browse(process.action_new_version()["res_id"])
        candidate.version = version
        self._name_records({name: candidate})
        return candidate

    def _prepare_pilot(self, candidate, vals, name):
        process = self._ref("process_b2b_demo")
        pilot = self.env["sales.process.pilot"].create(
            {
                "company_id": process.company_id.id,
                "user_id": self._ref("user_manager").id,
                "baseline_process_id": process.id,
                "candidate_process_id": candidate.id,
                "team_ids": [Command.set(process.team_ids.ids)],
                "kpi_id": self._ref("kpi_stage_time").id,
                "guardrail_ids": [Command.set((self._ref("kpi_win_rate") | self._ref("kpi_average_deal")).ids)],
                **vals,
            }
        )
        self._name_records({name: pilot})
        return pilot

    def _run(self, pilot, began, ended, faster):
        """Let a pilot have run from so many days ago until so many days ago."""
        now = self.env.cr.now().replace(microsecond=0)
        start, stop = now - timedelta(days=began), now - timedelta(days=ended)
        cache = self.env.cr.cache
        cache["sales_process_pilot_now"] = start
        pilot.action_plan()
        del cache["sales_process_pilot_now"]
        pilot.action_start()
        self._enroll_past(pilot, start, stop, faster)
        end = max(start + timedelta(days=pilot._get_length_days()), now + timedelta(days=30))
        pilot.write({"state": "running", "date_start": start, "date_end": end})
        for days in range(STEP, began - ended + 1, STEP):
            cache["sales_process_pilot_now"] = start + timedelta(days=days)
            pilot._record_day()
            pilot._analyse()
        del cache["sales_process_pilot_now"]

    def _enroll_past(self, pilot, start, stop, faster):
        """Draw the leads of that time in groups that ended alike; by ``faster`` the story is told.

        One open deal of every stage and state stays with the version in use, so that its board shows each of them.
        """
        rng = Random(f"pilot {pilot.name}")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.id, lead.team_id, COALESCE(lead.user_id, 0), lead.create_date, COALESCE(visit.days, 0)
                  FROM crm_lead AS lead
                  LEFT JOIN LATERAL (
                       SELECT AVG(duration_days) AS days FROM sales_process_visit
                        WHERE lead_id = lead.id AND "left" IS NOT NULL) AS visit ON TRUE
                 WHERE lead.team_id = ANY(%s) AND lead.create_date >= %s AND lead.create_date < %s
                   AND lead.sales_process_id IS NOT NULL
                   AND lead.id NOT IN (
                       SELECT (array_agg(id ORDER BY md5(id::text)))[1] FROM crm_lead
                        WHERE active AND won_status = 'pending' AND sales_process_id = %s
                        GROUP BY sales_process_stage_id, sales_gate_state, sales_stage_deadline < %s)
                 ORDER BY visit.days IS NULL, lead.team_id, lead.won_status, md5(lead.id::text)
                """,
                pilot.team_ids.ids,
                start,
                stop,
                pilot.baseline_process_id.id,
                self.env.cr.now(),
            )
        )
        vals_list = []
        for place in range(0, len(rows), GROUP):
            group = sorted(rows[place : place + GROUP], key=lambda row: row[-1])
            arms = (["candidate", "baseline", "baseline", "candidate"] * GROUP)[: len(group)]
            if rng.randrange(100) < faster:
                arms.sort(reverse=True)
            vals_list += [
                {
                    "pilot_id": pilot.id,
                    "lead_id": lead_id,
                    "company_id": pilot.company_id.id,
                    "arm": arm,
                    "stratum": f"team {team_id}, user {user_id}",
                    "cluster": f"lead {lead_id}",
                    "date": created,
                }
                for (lead_id, team_id, user_id, created, _days), arm in zip(group, arms, strict=True)
            ]
        assignments = self.env["sales.process.pilot.assignment"].create(vals_list)
        self._follow_candidate(pilot, assignments.filtered(lambda row: row.arm == "candidate").lead_id)

    def _follow_candidate(self, pilot, leads):
        """Let leads have followed the candidate from the beginning, with what was answered and handed in."""
        self.env.flush_all()
        old, new = pilot.baseline_process_id, pilot.candidate_process_id

        def place(record):
            return record.sequence, record.name, record.id

        stages = list(zip(old.stage_ids.sorted(place), new.stage_ids.sorted(place), strict=True))
        requirements = [
            pair
            for first, second in stages
            for gate in ("entry", "exit")
            for pair in zip(
                *(
                    stage.requirement_ids.filtered(lambda req, gate=gate: req.gate == gate).sorted(place)
                    for stage in (first, second)
                ),
                strict=True,
            )
        ]
        self._replace("crm_lead", "sales_process_stage_id", stages, leads, "id")
        self._replace("sales_process_visit", "process_stage_id", stages, leads)
        for table in ("sales_process_answer", "sales_process_deliverable"):
            self._replace(table, "requirement_id", requirements, leads)
        for table, column, key in (
            ("crm_lead", "sales_process_id", "id"),
            ("sales_process_visit", "process_id", "lead_id"),
            ("sales_process_decision", "process_id", "lead_id"),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s) AND %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    new.id,
                    SQL.identifier(key),
                    leads.ids,
                    SQL.identifier(column),
                    old.id,
                )
            )
        self.env.invalidate_all()
        leads.filtered(lambda lead: lead.won_status == "pending" and lead.sales_process_id)._refresh_gate_state()

    def _replace(self, table, column, pairs, leads, key="lead_id"):
        """:param pairs: list of (record before, record instead)"""
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS fact SET %(column)s = pair.new
                     FROM unnest(%(old)s, %(new)s) AS pair (old, new)
                    WHERE fact.%(column)s = pair.old AND fact.%(key)s = ANY(%(leads)s)""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                key=SQL.identifier(key),
                old=[first.id for first, _second in pairs],
                new=[second.id for _first, second in pairs],
                leads=leads.ids,
            )
        )
