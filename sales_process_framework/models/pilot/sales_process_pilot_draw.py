from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools import pilot_assign
from .pilot_labels import ENROLLING, UNDER_WAY

#: So long after its start a salesperson counts as experienced.
SENIOR_DAYS = 365
#: A lead that was not drawn when it came (no salesperson yet, imported) can still be drawn for so long.
LATECOMER_DAYS = 7
LATECOMER_BATCH = 500


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What has to be known of a pilot to draw a lead for it."""

    id: int
    company_id: int
    split: str
    open: bool
    start: datetime
    baseline_id: int
    candidate_id: int
    team_ids: frozenset
    control_ids: frozenset
    tag_ids: frozenset
    salt: str
    allocation: tuple


class SalesProcessPilotDraw(models.AbstractModel):
    """Which lead gets which arm. Drawn once, in balance within team and salesperson, and never again."""

    _name = "sales.process.pilot.draw"
    _description = "Draw of Pilots"

    @api.model
    def _clear_enrolment(self):
        self.env.registry.clear_cache("stable")

    @api.model
    @tools.ormcache(cache="stable")
    def _get_enrolments(self):
        """:return: tuple of :class:`Enrolment` of the pilots under way; empty, nothing costs a lead a query"""
        pilots = self.env["sales.process.pilot"].sudo().search([("state", "in", UNDER_WAY)], order="id")
        return tuple(
            Enrolment(
                id=pilot.id,
                company_id=pilot.company_id.id,
                split=pilot.split,
                open=pilot.state in ENROLLING,
                start=pilot.date_start,
                baseline_id=pilot.baseline_process_id.id,
                candidate_id=pilot.candidate_process_id.id,
                team_ids=frozenset(pilot.team_ids.ids),
                control_ids=frozenset(pilot._get_control_teams().ids),
                tag_ids=frozenset(pilot.tag_ids.ids),
                salt=pilot.salt or "",
                allocation=tuple(sorted((pilot.allocation or {}).items())),
            )
            # retired or archived by hand, a candidate gets no more leads
            for pilot in pilots.filtered(
                lambda pilot: pilot.candidate_process_id.active and pilot.candidate_process_id.state != "retired"
            )
        )

    def _get_control_teams(self):
        """:return: the teams that go on with the baseline. Only whole teams are compared with others: where leads or
        people are drawn, those of other teams work by the baseline and are no part of it.
        """
        self.ensure_one()
        whole = self.split == "team" and self.baseline_kind == "version"
        return self.control_team_ids if whole else self.control_team_ids.browse()

    @api.model
    def _enroll(self, leads):
        """Let leads of pilot teams follow the version of their arm; those without one are drawn.

        Called while they are created or change teams, before they are placed and judged.
        """
        enrolments = self._get_enrolments()
        watched = frozenset().union(*(pilot.team_ids | pilot.control_ids for pilot in enrolments))
        leads = leads.filtered(lambda lead: lead.team_id.id in watched)
        if not leads:
            return
        by_pilot = {pilot.id: pilot for pilot in enrolments}
        known = self._get_known_arms(leads)
        drawn = self._draw(leads.filtered(lambda lead: lead.id not in known), enrolments)
        for lead in leads:
            pilot_id, arm = known.get(lead.id) or drawn.get(lead.id) or (0, None)
            pilot = by_pilot.get(pilot_id)
            if pilot and arm == pilot_assign.CANDIDATE and lead.team_id.id in pilot.team_ids:
                lead._set_if_changed("sales_process_id", pilot.candidate_id)

    @api.model
    def _get_known_arms(self, leads):
        """:return: {lead id: (pilot id, arm)} of those that take part in a pilot under way"""
        rows = self.env.execute_query(
            SQL(
                """SELECT lead_id, pilot_id, arm FROM sales_process_pilot_assignment
                    WHERE lead_id = ANY(%s) AND is_running""",
                leads.ids,
            )
        )
        return {lead_id: (pilot_id, arm) for lead_id, pilot_id, arm in rows}

    @api.model
    def _draw(self, leads, enrolments):
        """Draw leads that have no arm yet.

        :return: {lead id: (pilot id, arm)}
        """
        wanted = defaultdict(list)
        for lead in leads.sudo():
            pilot = next((pilot for pilot in enrolments if pilot.open and self._is_wanted(pilot, lead)), None)
            if pilot:
                wanted[pilot].append(lead)
        arms, vals_list = {}, []
        for pilot, group in wanted.items():
            for lead, arm, stratum, cluster in self._draw_for(pilot, group):
                arms[lead.id] = (pilot.id, arm)
                vals_list.append(
                    {
                        "pilot_id": pilot.id,
                        "lead_id": lead.id,
                        "company_id": pilot.company_id,
                        "arm": arm,
                        "stratum": stratum,
                        "cluster": cluster,
                        "date": self.env.cr.now(),
                    }
                )
        if vals_list:
            # sudo: nobody writes assignments by hand
            self.env["sales.process.pilot.assignment"].sudo().create(vals_list)
        return arms

    @api.model
    def _is_wanted(self, pilot, lead):
        team_id = lead.team_id.id
        if team_id not in pilot.team_ids and team_id not in pilot.control_ids:
            return False
        if lead.company_id and lead.company_id.id != pilot.company_id:
            return False
        born = lead.create_date or self.env.cr.now()
        if born < pilot.start.replace(microsecond=0) or not lead.active or lead.won_status != "pending":
            return False
        if pilot.split == "user" and not lead.user_id:
            return False
        return not pilot.tag_ids or bool(pilot.tag_ids & set(lead.tag_ids.ids))

    @api.model
    def _draw_for(self, pilot, leads):
        """:return: list of (lead, arm, stratum, what was drawn as a whole)"""
        if pilot.split == "team":
            return [
                (
                    lead,
                    pilot_assign.CANDIDATE if lead.team_id.id in pilot.team_ids else pilot_assign.BASELINE,
                    f"team {lead.team_id.id}",
                    f"team {lead.team_id.id}",
                )
                for lead in leads
            ]
        if pilot.split == "user":
            people = dict(pilot.allocation)
            return [
                (
                    lead,
                    people.get(str(lead.user_id.id)) or pilot_assign.choose_arm(pilot.salt, lead.user_id.id, 0, 0),
                    f"team {lead.team_id.id}",
                    f"user {lead.user_id.id}",
                )
                for lead in leads
            ]
        strata = {lead.id: f"team {lead.team_id.id}, user {lead.user_id.id or 0}" for lead in leads}
        counts = self._get_stratum_counts(pilot.id, set(strata.values()))
        arms = pilot_assign.assign(pilot.salt, [(lead.id, strata[lead.id]) for lead in leads], counts)
        return [(lead, arms[lead.id], strata[lead.id], f"lead {lead.id}") for lead in leads]

    @api.model
    def _get_stratum_counts(self, pilot_id, strata):
        rows = self.env.execute_query(
            SQL(
                """SELECT stratum, COUNT(*) FILTER (WHERE arm = 'baseline'), COUNT(*) FILTER (WHERE arm = 'candidate')
                     FROM sales_process_pilot_assignment
                    WHERE pilot_id = %s AND stratum = ANY(%s) GROUP BY stratum""",
                pilot_id,
                list(strata),
            )
        )
        return {stratum: [baseline, candidate] for stratum, baseline, candidate in rows}

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def _draw_people(self):
        """Half of the people of each team and seniority.

        :return: {user id as text: arm}
        """
        self.ensure_one()
        strata = defaultdict(list)
        for team, members in self._get_people().items():
            seniority = self._get_seniority(members)
            for user in members:
                senior = seniority[user.id] >= SENIOR_DAYS
                strata[f"team {team.id}, {'senior' if senior else 'junior'}"].append(user.id)
        arms = pilot_assign.draw_clusters(self.sudo().salt, strata)
        return {str(user_id): arm for user_id, arm in arms.items()}

    def _get_people(self):
        """:return: {team: users}; whoever sells for two teams counts with the first"""
        seen, people = self.env["res.users"], {}
        for team in self.sudo().team_ids.sorted("id"):
            members = team.crm_team_member_ids.user_id or team.member_ids
            people[team] = members - seen
            seen |= members
        return people

    @api.model
    def _get_seniority(self, users):
        """Days since people's first lead, or since they have an account here, whichever is longer.

        :return: {user id: days}
        """
        now = self.env.cr.now()
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, MIN(create_date) FROM crm_lead WHERE user_id = ANY(%s) GROUP BY user_id",
                users.ids,
            )
        )
        first = dict(rows)
        return {user.id: (now - min(first.get(user.id) or now, user.create_date or now)).days for user in users}

    # ------------------------------------------------------------------
    # Those that come late
    # ------------------------------------------------------------------

    def _enroll_latecomers(self):
        """Draw leads that had no salesperson or no industry when they came, as long as they have not moved.

        :return: how many were drawn
        """
        self.ensure_one()
        if self.state not in ENROLLING:
            return 0
        youngest = max(self.date_start, self.env.cr.now() - timedelta(days=LATECOMER_DAYS))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead.id FROM crm_lead AS lead
                 WHERE lead.team_id = ANY(%(teams)s) AND lead.create_date >= %(youngest)s AND lead.active
                   AND lead.won_status = 'pending'
                   AND NOT EXISTS (SELECT FROM sales_process_pilot_assignment AS known
                                    WHERE known.lead_id = lead.id AND (known.is_running OR known.pilot_id = %(pilot)s))
                   AND (%(split)s <> 'user' OR lead.user_id IS NOT NULL)
                   AND (cardinality(%(tags)s::integer[]) = 0
                        OR EXISTS (SELECT FROM crm_tag_rel AS tagged
                                    WHERE tagged.lead_id = lead.id AND tagged.tag_id = ANY(%(tags)s)))
                   AND NOT EXISTS (SELECT FROM sales_process_visit AS visit
                                    WHERE visit.lead_id = lead.id AND visit."left" IS NOT NULL)
                 ORDER BY lead.id LIMIT %(limit)s
                """,
                teams=(self.team_ids | self._get_control_teams()).ids,
                youngest=youngest,
                pilot=self.id,
                split=self.split,
                tags=self.tag_ids.ids,
                limit=LATECOMER_BATCH,
            )
        )
        leads = self.env["crm.lead"].sudo().browse(number for (number,) in rows)
        enrolments = [pilot for pilot in self._get_enrolments() if pilot.id == self.id]
        arms = self._draw(leads, enrolments)
        moved = leads.filtered(
            lambda lead: arms.get(lead.id, (0, None))[1] == pilot_assign.CANDIDATE and lead.sales_process_id
        )
        if moved:
            moved._attach_to_process(self.sudo().candidate_process_id)
            moved._place_in_first_stage()
        return len(arms)
