from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...tools.pilot_follow import DECIDED_SHARE, FollowUp
from .sales_process_pilot_facts import Outcomes


class SalesProcessPilotFollow(models.AbstractModel):
    """The past, followed as long as the leads of the pilot that it is compared with: see ``tools/pilot_follow.py``."""

    _name = "sales.process.pilot.follow"
    _description = "Follow-up of Pilots"

    def _read_arms(self, kpi, method):
        """:param method: proportions, samples or times
        :return: {arm: :class:`Outcomes`} of the leads that take part; compared with the past, those of the past are
            the baseline
        """
        self.ensure_one()
        members, now = self._get_members_sql(), self._now()
        if not self._follows_up(method):
            found = self._read_outcomes(kpi, members, self.date_start, now, method == "times")
        else:
            follow = self._get_follow_up()
            found = self._read_followed(kpi, members, follow, *follow.since(self.date_start, now))
        if self.baseline_kind == "history":
            found["baseline"] = self._read_before(kpi, method)["candidate"]
        return found

    def _follows_up(self, method):
        """:return: whether leads of the pilot are compared with those of the past, and have to be as old. Of a time
        until an end those that are open are censored at their age: there is nothing to wait for.
        """
        return self.split == "team" and method != "times"

    def _read_before(self, kpi, method):
        """:return: {arm: :class:`Outcomes`} of the same teams before the start"""
        if self._follows_up(method):
            return self._read_past(kpi, self._get_follow_up())
        start, stop = self._get_window()
        return self._read_outcomes(kpi, self._get_earlier_sql(start, stop), start, stop, method == "times")

    def _get_follow_up(self):
        """:return: :class:`FollowUp` as it was settled with the plan"""
        plan = self.plan or {}
        if plan.get("age"):
            return FollowUp(plan["age"], plan["step"])
        # planned before there was one: it is learned from the same history
        return self._choose_follow_up(self._get_length_days())

    def _choose_follow_up(self, length):
        """:param length: days of the pilot"""
        start, stop = self._get_window()
        rows = self.env.execute_query(
            SQL(
                """SELECT percentile_cont(%(share)s) WITHIN GROUP (
                          ORDER BY EXTRACT(EPOCH FROM lead.date_closed - lead.create_date) / 86400.0)::float8
                     FROM (%(members)s) AS member JOIN crm_lead AS lead ON lead.id = member.lead_id
                    WHERE lead.won_status IN ('won', 'lost') AND lead.date_closed < %(stop)s""",
                share=DECIDED_SHARE,
                members=self._get_earlier_sql(start, stop),
                stop=stop,
            )
        )
        return FollowUp.choose(rows[0][0], length, self.history_days)

    def _get_past_sql(self, follow):
        """Leads of the past that had the age when the pilot began.

        :return: (SELECT of them, beginning of the first batch, how many batches)
        """
        origin, count = follow.before(self._get_window()[1], self.history_days)
        return self._get_earlier_sql(origin, origin + timedelta(days=follow.step * count)), origin, count

    def _read_past(self, kpi, follow):
        members, origin, count = self._get_past_sql(follow)
        return self._read_followed(kpi, members, follow, origin, count)

    def _read_followed(self, kpi, members, follow, origin, count):
        """Of each batch what happened until it had the age, in one statement.

        :param members: SELECT of lead_id, arm, cluster
        :param origin, count: beginning of the first batch, and how many
        :return: {arm: :class:`Outcomes`}
        """
        arms = defaultdict(Outcomes)
        if not count:
            return arms
        self.env.flush_all()
        kpi = kpi.sudo()
        # joined batch by batch: so few leads are looked up one by one
        batches = []
        for number in range(count):
            first = origin + timedelta(days=follow.step * number)
            batches.append(
                SQL(
                    """SELECT member.lead_id, member.arm, member.cluster, fact.num, fact.den
                         FROM member LEFT JOIN (%(facts)s) AS fact ON fact.lead_id = member.lead_id
                        WHERE member.batch = %(number)s""",
                    number=number,
                    facts=kpi._get_facts_sql(first, first + timedelta(days=follow.days), [self.company_id.id]),
                )
            )
        rows = self.env.execute_query(
            SQL(
                """
                WITH member AS MATERIALIZED (
                    SELECT * FROM (
                        SELECT known.*, FLOOR(EXTRACT(EPOCH FROM lead.create_date - %(origin)s) / %(step)s)::integer
                               AS batch
                          FROM (%(members)s) AS known JOIN crm_lead AS lead ON lead.id = known.lead_id) AS dated
                     WHERE batch >= 0 AND batch < %(count)s
                )
                SELECT arm, cluster, COALESCE(SUM(num), 0)::float8, SUM(den)::float8
                  FROM (%(facts)s) AS fact GROUP BY lead_id, arm, cluster
                """,
                origin=origin,
                step=86400 * follow.step,
                members=members,
                count=count,
                facts=SQL(" UNION ALL ").join(batches),
            )
        )
        return self._collect_values(kpi, rows)
