from datetime import timedelta

import pytz

from odoo import models
from odoo.tools import SQL

from ...tools import rollout
from .sales_process_rollout_rule import RolloutFacts

#: The longest time looked back at, and the time looked at before a phase that is not open yet.
LONGEST, USUAL = timedelta(days=90), timedelta(days=28)
WEEKS = 12
#: What is measured: (key, how it is shown). A share is in percent of its denominator, a rate per one of it.
MEASURES = (
    ("leads", "share"),
    ("reps", "share"),
    ("training", "share"),
    ("completion", "share"),
    ("pass", "share"),
    ("answers", "rate"),
    ("refused", "count"),
    ("overridden", "count"),
    ("exceptions", "count"),
    ("feedback", "count"),
)
#: Fewer of these is better.
FEWER = ("refused", "overridden", "exceptions")


class SalesProcessRolloutAdoption(models.AbstractModel):
    """How far the version has arrived with the teams: read from facts, stored nowhere.

    Each figure is taken twice, over two times of the same length: since the phase was opened, of work on the version,
    and before that, of all work of the same teams. At most the last 90 days count.
    """

    _name = "sales.process.rollout.adoption"
    _description = "Adoption of a Version"

    def _measure(self, phases):
        """Figures of phases, in three statements whatever their number and that of teams and leads.

        :return: {phase id: {"teams": {team id: figures}, "total": figures, "weeks": [[monday, on version, all]]}};
            figures: {key: {"now": [numerator, denominator], "before": the same or None}}
        """
        phases = phases.sudo()
        result = {
            phase.id: {
                "teams": {team.id: self._prepare_blank() for team in phase.team_ids},
                "total": self._prepare_blank(),
                "weeks": [],
            }
            for phase in phases
        }
        windows = self._get_windows(phases)
        if not windows:
            return result
        self.env.flush_all()
        rows = [*self._fetch_work(windows), *self._count_trained(phases)]
        for phase, team, side, key, numerator, denominator in rows:
            for figures in (result[phase]["teams"][team], result[phase]["total"]):
                pair = figures[key][side] = figures[key][side] or [0, 0]
                pair[0] += numerator or 0
                pair[1] += denominator or 0
        for phase, week, on_version, everything in self._fetch_weeks(phases):
            result[phase]["weeks"].append([week.isoformat(), on_version, everything])
        return result

    def _prepare_blank(self):
        """No work yet: counts are 0, shares have nothing to be a share of."""
        return {key: {"now": [0, 0], "before": None} for key, _kind in MEASURES}

    def _get_windows(self, phases):
        """:return: list of (phase id, team id, process id, side, start, stop), naive UTC"""
        # What happens at this very moment counts.
        now = self.env.cr.now() + timedelta(seconds=1)
        windows = []
        for phase in phases:
            opened = phase._get_opened() or now
            start = max(opened, now - LONGEST)
            length = (now - start) if phase._get_opened() else USUAL
            for team in phase.team_ids:
                windows.append((phase.id, team.id, phase.process_id.id, "now", start, now))
                windows.append((phase.id, team.id, phase.process_id.id, "before", opened - length, opened))
        return windows

    def _fetch_work(self, windows):
        columns = list(zip(*windows, strict=True))
        start, stop = min(columns[4]), max(columns[5])
        parts = [*self._get_parts()]
        if "sales.process.feedback" in self.env:
            parts.append(self._get_feedback_part())
        return self.env.execute_query(
            SQL(
                """
                WITH win AS MATERIALIZED (
                    SELECT * FROM unnest(%(phases)s::int[], %(teams)s::int[], %(processes)s::int[],
                                         %(sides)s::varchar[], %(starts)s::timestamp[], %(stops)s::timestamp[])
                        AS part (phase, team, process, side, start, stop)
                ), stay AS MATERIALIZED (
                    SELECT win.phase, win.team, win.side, win.start, win.stop, visit.id, visit.lead_id,
                           visit.process_id, visit.process_stage_id, visit.stage_id, visit.user_id, visit.entered,
                           visit."left", visit.outcome, visit.direction, visit.is_rebuilt
                      FROM sales_process_visit AS visit
                      JOIN win ON win.team = visit.team_id AND visit.entered < win.stop
                                  AND (visit."left" IS NULL OR visit."left" >= win.start)
                                  AND (win.side = 'before' OR visit.process_id = win.process)
                     WHERE visit.entered < %(stop)s AND (visit."left" IS NULL OR visit."left" >= %(start)s)
                ), passed AS (
                    SELECT * FROM stay
                     WHERE "left" >= start AND "left" < stop AND outcome IN ('advanced', 'won')
                       AND is_rebuilt IS NOT TRUE AND process_stage_id IS NOT NULL
                ), answered AS (
                    SELECT DISTINCT stay.phase, stay.team, stay.side, answer.id, answer.user_id
                      FROM stay
                      JOIN sales_process_answer AS answer
                        ON answer.lead_id = stay.lead_id AND answer.date >= stay.start AND answer.date < stay.stop
                      JOIN sales_process_requirement AS requirement
                        ON requirement.id = answer.requirement_id AND requirement.process_id = stay.process_id
                ), decided AS (
                    SELECT win.phase, win.team, win.side, decision.outcome
                      FROM sales_process_decision AS decision
                      JOIN crm_lead AS lead ON lead.id = decision.lead_id
                      JOIN win ON win.team = lead.team_id AND decision.date >= win.start AND decision.date < win.stop
                                  AND (win.side = 'before' OR decision.process_id = win.process)
                     WHERE decision.date >= %(start)s AND decision.outcome IN ('refused', 'overridden')
                )
                SELECT phase, team, side, measure, SUM(numerator)::float8, SUM(denominator)::float8
                  FROM (%(parts)s) AS figure (phase, team, side, measure, numerator, denominator)
                 GROUP BY phase, team, side, measure
                """,
                phases=list(columns[0]),
                teams=list(columns[1]),
                processes=list(columns[2]),
                sides=list(columns[3]),
                starts=list(columns[4]),
                stops=list(columns[5]),
                start=start,
                stop=stop,
                parts=SQL(" UNION ALL ").join([*parts, self._get_completion_part(start, stop)]),
            )
        )

    def _get_parts(self):
        """Each yields: phase, team, side, measure, numerator, denominator."""
        yield SQL(
            """
            SELECT win.phase, win.team, win.side, 'leads'::varchar,
                   COUNT(*) FILTER (WHERE lead.sales_process_id = win.process), COUNT(*)
              FROM win
              JOIN crm_lead AS lead ON lead.team_id = win.team AND lead.active AND lead.won_status = 'pending'
                                       AND lead.type = 'opportunity'
             WHERE win.side = 'now' GROUP BY 1, 2, 3
            """
        )
        # Who moved a deal or answered a point of the version.
        yield SQL(
            """
            SELECT win.phase, win.team, win.side, 'reps', COUNT(*) FILTER (WHERE EXISTS (
                       SELECT FROM stay WHERE stay.phase = win.phase AND stay.team = win.team AND stay.side = win.side
                                          AND stay.user_id = member.user_id AND stay.entered >= win.start
                                          AND stay.direction IN ('forward', 'backward'))
                       OR EXISTS (
                       SELECT FROM answered WHERE answered.phase = win.phase AND answered.team = win.team
                                              AND answered.side = win.side AND answered.user_id = member.user_id)),
                   COUNT(*)
              FROM win
              JOIN crm_team_member AS member ON member.crm_team_id = win.team AND member.active
              JOIN res_users AS person ON person.id = member.user_id AND person.active
             GROUP BY 1, 2, 3
            """
        )
        # As the indicator counts it: first attempts that succeeded, of all attempts.
        yield SQL(
            """
            SELECT phase, team, side, 'pass', COUNT(*) FILTER (WHERE NOT EXISTS (
                       SELECT FROM sales_process_decision AS decision
                        WHERE decision.lead_id = passed.lead_id AND decision.from_stage_id = passed.stage_id
                          AND decision.outcome <> 'passed' AND decision.date >= passed.entered
                          AND decision.date <= passed."left" + INTERVAL '1 second')), COUNT(*)
              FROM passed GROUP BY 1, 2, 3
            """
        )
        yield SQL(
            "SELECT phase, team, side, 'pass', 0, COUNT(*) FROM decided WHERE outcome = 'refused' GROUP BY 1, 2, 3"
        )
        yield SQL("SELECT phase, team, side, outcome, COUNT(*), NULL FROM decided GROUP BY 1, 2, 3, 4")
        yield SQL("SELECT phase, team, side, 'answers', COUNT(*), 0 FROM answered GROUP BY 1, 2, 3")
        yield SQL("SELECT phase, team, side, 'answers', 0, COUNT(*) FROM stay GROUP BY 1, 2, 3")
        yield SQL(
            """
            SELECT win.phase, win.team, win.side, 'exceptions', COUNT(*), NULL
              FROM sales_process_exception AS exception
              JOIN crm_lead AS lead ON lead.id = exception.lead_id
              JOIN win ON win.team = lead.team_id AND exception.create_date >= win.start
                          AND exception.create_date < win.stop
                          AND (win.side = 'before' OR exception.process_id = win.process)
             GROUP BY 1, 2, 3
            """
        )

    def _get_completion_part(self, start, stop):
        """Mandatory exit points met on leaving a stage, of those asked for there, as the indicator counts it."""
        return SQL(
            """
            SELECT passed.phase, passed.team, passed.side, 'completion', SUM(asked.count - COALESCE(missing.count, 0)),
                   SUM(asked.count)
              FROM passed
              JOIN sales_process AS process ON process.id = passed.process_id AND process.enforcement <> 'off'
              JOIN (SELECT process_stage_id, COUNT(*) AS count
                      FROM sales_process_requirement WHERE mandatory AND gate = 'exit'
                     GROUP BY process_stage_id) AS asked ON asked.process_stage_id = passed.process_stage_id
              LEFT JOIN (%s) AS missing ON missing.visit_id = passed.id
             GROUP BY 1, 2, 3
            """,
            self.env["sales.process.kpi"]._select_missing(start, stop),
        )

    def _get_feedback_part(self):
        """About deals of the team, or by its members; what was given anonymously about no deal belongs to no team."""
        return SQL(
            """
            SELECT win.phase, win.team, win.side, 'feedback', COUNT(*), NULL
              FROM win
              JOIN sales_process_feedback AS feedback
                ON feedback.given_on >= win.start::date
                   AND (feedback.given_on < win.stop::date OR (win.side = 'now' AND feedback.given_on = win.stop::date))
                   AND (win.side = 'before' OR feedback.process_id = win.process)
              LEFT JOIN crm_lead AS lead ON lead.id = feedback.lead_id
             WHERE lead.team_id = win.team
                OR (feedback.lead_id IS NULL AND EXISTS (
                    SELECT FROM crm_team_member AS member
                     WHERE member.crm_team_id = win.team AND member.user_id = feedback.author_id AND member.active))
             GROUP BY 1, 2, 3
            """
        )

    def _count_trained(self, phases):
        """:return: rows of members who attended everything that the trainings of their phase teach"""
        rule = self.env["sales.process.rollout.rule"].sudo()
        lessons = RolloutFacts(phases).recall("lessons", rule._load_lessons)
        for phase in phases:
            if phase.id not in lessons:
                continue
            asked, attended, _passed = lessons[phase.id]
            for team in phase.team_ids:
                people = team.member_ids.filtered("active")
                trained = sum(attended.get(person.id, 0) >= asked for person in people)
                yield phase.id, team.id, "now", "training", trained, len(people)

    def _fetch_weeks(self, phases):
        """Stage stays begun under the version, of all that began in the teams, week by week in the company's time."""
        rows = [
            (phase.id, phase.process_id.id, team.id, self._get_zone(phase))
            for phase in phases.filtered(lambda phase: phase._get_opened())
            for team in phase.team_ids
        ]
        if not rows:
            return []
        columns = [list(column) for column in zip(*rows, strict=True)]
        return self.env.execute_query(
            SQL(
                """
                SELECT part.phase,
                       date_trunc('week', visit.entered AT TIME ZONE 'UTC' AT TIME ZONE part.zone)::date AS week,
                       COUNT(*) FILTER (WHERE visit.process_id = part.process), COUNT(*)
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::varchar[]) AS part (phase, process, team, zone)
                  JOIN sales_process_visit AS visit ON visit.team_id = part.team
                 WHERE visit.entered >= %s
                 GROUP BY 1, 2 ORDER BY 1, 2
                """,
                *columns,
                self.env.cr.now() - timedelta(weeks=WEEKS),
            )
        )

    def _get_zone(self, phase):
        zone = phase.company_id._get_sales_timezone()
        return zone if zone in pytz.all_timezones_set else "UTC"

    # -- in words ------------------------------------------------------------------

    def _get_measure_labels(self):
        return {
            "leads": self.env._("Open leads on the version"),
            "reps": self.env._("Salespeople who work by it"),
            "training": self.env._("Trained"),
            "completion": self.env._("Node completion"),
            "pass": self.env._("Passed at the first attempt"),
            "answers": self.env._("Answers per stage stay"),
            "refused": self.env._("Refused moves"),
            "overridden": self.env._("Passed by exception"),
            "exceptions": self.env._("Exceptions asked for"),
            "feedback": self.env._("Feedback given"),
        }

    def _say_figures(self, figures):
        """:return: list of dict to show: key, label, kind, value and before (None: nothing to measure), text, trend"""
        labels, rows = self._get_measure_labels(), []
        for key, kind in MEASURES:
            pair = figures.get(key)
            if not pair or (key == "feedback" and "sales.process.feedback" not in self.env):
                continue
            value, before = (self._get_value(pair[side], kind) for side in ("now", "before"))
            rows.append(
                {
                    "key": key,
                    "label": labels[key],
                    "kind": kind,
                    "value": value,
                    "before": before,
                    "text": self._say_value(pair["now"], kind),
                    "before_text": self._say_value(pair["before"], kind) if pair["before"] else "",
                    "trend": self._get_trend(key, value, before),
                }
            )
        return rows

    def _get_value(self, pair, kind):
        if not pair:
            return None
        if kind == "count":
            return pair[0]
        if kind == "rate":
            return pair[0] / pair[1] if pair[1] else None
        return rollout.share(*pair)

    def _say_value(self, pair, kind):
        value = self._get_value(pair, kind)
        if value is None:
            return self.env._("no data")
        if kind == "count":
            return f"{value:g}"
        if kind == "rate":
            return f"{value:.1f}"
        return self.env._(
            "%(percent)s %% (%(have)s of %(total)s)",
            percent=round(value),
            have=f"{pair[0]:g}",
            total=f"{pair[1]:g}",
        )

    def _get_trend(self, key, value, before):
        """:return: "better", "worse", or empty when nothing changed"""
        if value is None or before is None or abs(value - before) < 0.05:
            return ""
        return "better" if (value > before) != (key in FEWER) else "worse"
