from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.pilot_compare import Times

SECONDS_PER_DAY = 86400.0
#: Built-in indicators whose numbers belong to no lead: goals, growth rates, heads.
NOT_OF_LEADS = {"revenue_attainment", "new_customer_growth", "deals_per_head"}
#: The indicator that is a time until an end: deals still open say something too.
TIMES_OF = {"sales_cycle"}


@dataclass(slots=True)
class Outcomes:
    """What became of the leads of one arm, one entry for each lead.

    :ivar values: numbers: shares (0 to 1, of an indicator in percent), amounts, times
    :ivar whole: every lead counts or does not: 1 or 0
    :ivar ended, censored: days of a time until an end
    :ivar clusters: {what was drawn as a whole: values of its leads}
    :ivar teams: {team as its cluster is named: its own outcomes}, where whole teams are compared
    """

    values: list = field(default_factory=list)
    whole: bool = True
    ended: list = field(default_factory=list)
    censored: list = field(default_factory=list)
    clusters: dict = field(default_factory=lambda: defaultdict(list))
    teams: dict = field(default_factory=dict)

    @property
    def times(self):
        return Times(tuple(self.ended), tuple(self.censored))

    def of_team(self, cluster):
        """:return: the outcomes of one team"""
        return self.teams.setdefault(cluster, Outcomes())


class SalesProcessPilotFacts(models.AbstractModel):
    """The facts of indicators, told apart by arm. The unit is the lead: several records of one are one value."""

    _name = "sales.process.pilot.facts"
    _description = "Facts of Pilots"

    @api.model
    def _counts_leads(self, kpi):
        """:return: whether the indicator's facts belong to leads, so that arms can be told apart"""
        if kpi.computation == "formula":
            return False
        if kpi.computation == "custom":
            return kpi.model in self.env and bool(kpi._get_slices().get("lead_id"))
        return kpi.builtin not in NOT_OF_LEADS

    @api.model
    def _is_time(self, kpi):
        return kpi.computation == "builtin" and kpi.builtin in TIMES_OF

    @api.model
    def _now(self):
        """:return: the moment that figures are of; the demo data looks back from several moments of the past"""
        return self.env.cr.cache.get("sales_process_pilot_now") or self.env.cr.now()

    # ------------------------------------------------------------------
    # Which leads
    # ------------------------------------------------------------------

    def _get_members_sql(self):
        """:return: SELECT of the leads that take part: lead_id, arm, cluster"""
        self.ensure_one()
        return SQL(
            """SELECT assignment.lead_id, assignment.arm, COALESCE(assignment.cluster, '') AS cluster
                 FROM sales_process_pilot_assignment AS assignment
                WHERE assignment.pilot_id = %s AND assignment.date <= %s""",
            self.id,
            self._now(),
        )

    def _get_earlier_sql(self, start, stop):
        """Leads of the same teams and industries, created in a window before the start.

        Those of teams that are compared with are of the baseline, those of the pilot teams of the candidate.

        :return: SELECT of lead_id, arm, cluster
        """
        self.ensure_one()
        tags = self.sudo().tag_ids.ids
        of_tags = SQL(
            "AND EXISTS (SELECT FROM crm_tag_rel AS tagged WHERE tagged.lead_id = lead.id AND tagged.tag_id = ANY(%s))",
            tags,
        )
        whole = SQL("'team ' || lead.team_id") if self.split == "team" else SQL("'user ' || COALESCE(lead.user_id, 0)")
        return SQL(
            """
            SELECT lead.id AS lead_id, CASE WHEN lead.team_id = ANY(%(control)s) THEN 'baseline' ELSE 'candidate' END
                   AS arm, %(whole)s AS cluster
              FROM crm_lead AS lead
             WHERE lead.team_id = ANY(%(teams)s) AND lead.create_date >= %(start)s AND lead.create_date < %(stop)s
               AND (lead.company_id = %(company)s OR lead.company_id IS NULL) %(tags)s
            """,
            control=self.sudo()._get_control_teams().ids,
            whole=whole,
            teams=(self.sudo().team_ids | self.sudo()._get_control_teams()).ids,
            start=start,
            stop=stop,
            company=self.company_id.id,
            tags=of_tags if tags else SQL(),
        )

    def _get_window(self):
        """:return: (start, stop) of the history that the pilot is planned from and compared with"""
        self.ensure_one()
        now = self._now()
        stop = min(self.date_start or now, now) if self.state != "draft" else now
        return stop - timedelta(days=self.history_days), stop

    # ------------------------------------------------------------------
    # What became of them
    # ------------------------------------------------------------------

    def _read_outcomes(self, kpi, members, start, stop, by_time=None):
        """:param members: SELECT of lead_id, arm, cluster
        :param start, stop: what happened in between counts, and what is open at the end is open
        :return: {arm: :class:`Outcomes`}
        """
        self.ensure_one()
        self.env.flush_all()
        if self._is_time(kpi) if by_time is None else by_time:
            return self._read_times(members, stop)
        return self._read_values(kpi, members, start, stop)

    def _read_values(self, kpi, members, start, stop):
        kpi = kpi.sudo()
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS MATERIALIZED (%(members)s), fact AS (%(facts)s)
                SELECT member.arm, member.cluster, COALESCE(SUM(fact.num), 0)::float8, SUM(fact.den)::float8
                  FROM member LEFT JOIN fact ON fact.lead_id = member.lead_id
                 GROUP BY member.lead_id, member.arm, member.cluster
                """,
                members=members,
                facts=kpi._get_facts_sql(start, stop, [self.company_id.id]),
            )
        )
        return self._collect_values(kpi, rows)

    def _collect_values(self, kpi, rows):
        """:param rows: arm, cluster, num, den of each lead
        :return: {arm: :class:`Outcomes`}
        """
        totals = kpi.aggregation in ("sum", "count")
        arms = defaultdict(Outcomes)
        for arm, cluster, num, den in rows:
            if not totals and not den:
                continue
            value = num if totals else num / den
            found = arms[arm]
            found.values.append(value)
            found.whole &= not totals and kpi.aggregation == "ratio" and value in (0.0, 1.0)
            found.clusters[cluster].append(value)
            if self.split == "team":
                found.of_team(cluster).values.append(value)
        return arms

    def _read_times(self, members, stop):
        """Days until a deal was won. Open deals, and those lost, lasted at least as long as they did: censored."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS MATERIALIZED (%(members)s)
                SELECT member.arm, member.cluster, lead.won_status = 'won' AND lead.date_closed < %(stop)s,
                       GREATEST(EXTRACT(EPOCH FROM LEAST(%(stop)s, COALESCE(
                           CASE WHEN lead.won_status <> 'pending' THEN lead.date_closed END,
                           CASE WHEN NOT lead.active THEN lead.date_last_stage_update END,
                           %(stop)s)) - lead.create_date), 0)::float8 / %(day)s
                  FROM member JOIN crm_lead AS lead ON lead.id = member.lead_id
                 WHERE lead.create_date < %(stop)s
                """,
                members=members,
                stop=stop,
                day=SECONDS_PER_DAY,
            )
        )
        arms = defaultdict(Outcomes)
        for arm, cluster, won, days in rows:
            found = arms[arm]
            (found.ended if won else found.censored).append(days)
            found.clusters[cluster].append(days)
            if self.split == "team":
                team = found.of_team(cluster)
                (team.ended if won else team.censored).append(days)
        return arms
