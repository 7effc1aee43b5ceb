import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.invitation import Candidate, choose
from .sales_process_survey_link import new_selector

_logger = logging.getLogger(__name__)

#: Events looked at between two commits.
BATCH = 2000
#: What is written down late, after a run has passed its moment, is found as long as this.
LATE = timedelta(days=2)


class SalesProcessSurveyCollect(models.AbstractModel):
    """From what happened to invitations: set-based, each event once, each person once in a period."""

    _name = "sales.process.survey.collect"
    _description = "Collection of Survey Invitations"

    @api.model
    def _cron_collect(self):
        """Plan invitations for what has happened since the last run. A run that ends early goes on where it stopped."""
        programs = self.sudo().search([("state", "=", "running")]).filtered(lambda one: not one.availability_note)
        error = None
        for number, program in enumerate(programs):
            position, remaining = (program._get_collect_start(), ""), len(programs) - number - 1
            while position:
                try:
                    with self.env.cr.savepoint():
                        count, position = program._collect(position)
                except Exception as caught:
                    _logger.exception("Invitations of survey program %s", program.id)
                    error, count, position = caught, 0, None
                if not self.env["ir.cron"]._commit_progress(count, remaining=remaining + bool(position)):
                    return
        if error:
            raise error

    def _get_collect_start(self):
        return max(self.date_start, (self.scanned_until or self.date_start) - LATE)

    def _collect(self, position, limit=BATCH):
        """Plan the invitations of one batch of events.

        :param position: (date, key) of the last event that was looked at
        :return: (number of events, position to go on from; None when there is nothing left)
        """
        self.ensure_one()
        now = self.env.cr.now().replace(microsecond=0)
        # Programs of a company look at each other's invitations, so they take turns.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('sales_process_survey'), %s)", [self.company_id.id])
        self.env.flush_all()
        rows = self.env.execute_query(self._get_candidates_sql(position, now, limit))
        calendar, candidates = self.company_id.resource_calendar_id, []
        for key, lead_id, partner_id, person, happened in rows:
            planned = calendar._plan_working_days(happened, self.delay_days)
            candidates.append(Candidate(key, self.id, lead_id, person, happened, planned, partner_id))
        rest = timedelta(days=self.company_id.sales_survey_rest_days)
        self._insert_invitations(choose(candidates, self._get_asked({one.person for one in candidates}), rest))
        last = (rows[-1][4], rows[-1][0]) if len(rows) == limit else None
        self.scanned_until = last[0] if last else now
        return len(rows), last

    def _get_candidates_sql(self, position, now, limit):
        """:return: SELECT of key, lead, contact, normalized address and moment of events that may lead to an
        invitation, the oldest first. Our own people, those who opted out and those without an address are left out."""
        person = SQL("COALESCE(partner.email_normalized, lead.email_normalized)")
        teams = self.team_ids.ids
        return SQL(
            """
            SELECT event.key, event.lead_id, partner.id, %(person)s, event.date
              FROM (%(events)s) AS event
              JOIN crm_lead AS lead ON lead.id = event.lead_id AND lead.active
              LEFT JOIN crm_team AS team ON team.id = lead.team_id
              LEFT JOIN res_users AS seller ON seller.id = lead.user_id
              LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
             WHERE event.date >= %(date)s AND (event.date, event.key) > (%(date)s, %(key)s) AND event.date < %(stop)s
               AND COALESCE(lead.company_id, team.company_id, seller.company_id, %(home)s) = %(company)s
               AND %(teams)s AND %(person)s IS NOT NULL
               AND (partner.id IS NULL OR (partner.active AND partner.partner_share))
               AND NOT %(refused)s
               AND NOT EXISTS (SELECT FROM sales_process_survey_invitation AS known
                                WHERE known.program_id = %(program)s AND known.event_key = event.key)
             ORDER BY event.date, event.key
             LIMIT %(limit)s
            """,
            events=self._get_events_sql(),
            person=person,
            date=position[0],
            key=position[1],
            stop=now + timedelta(seconds=1),  # moments are stored in whole seconds or finer
            home=self.env["sales.process.kpi"]._get_home_company_id(),
            company=self.company_id.id,
            teams=SQL("lead.team_id = ANY(%s)", teams) if teams else SQL("TRUE"),
            refused=self.env["sales.process.survey.optout"]._sql_refused(SQL("%s", self.company_id.id), person),
            program=self.id,
            limit=limit,
        )

    def _get_asked(self, people):
        """:return: {person: moments at which the company asked or will ask, in any program}"""
        rows = self.env.execute_query(
            SQL(
                """SELECT email, ARRAY_AGG(COALESCE(date_sent, date_planned))
                     FROM sales_process_survey_invitation
                    WHERE company_id = %s AND email = ANY(%s) AND (date_sent IS NOT NULL OR state = 'to_send')
                    GROUP BY email""",
                self.company_id.id,
                list(people),
            )
        )
        return dict(rows)

    def _insert_invitations(self, chosen):
        if not chosen:
            return
        partners = self.env["res.partner"].sudo().browse([one.partner for one in chosen if one.partner])
        commercial = {partner.id: partner.commercial_partner_id.id for partner in partners}
        columns = {
            "program_id": ("integer", [one.program for one in chosen]),
            "company_id": ("integer", [self.company_id.id] * len(chosen)),
            "lead_id": ("integer", [one.lead for one in chosen]),
            "partner_id": ("integer", [one.partner for one in chosen]),
            "commercial_partner_id": ("integer", [commercial.get(one.partner) for one in chosen]),
            "email": ("varchar", [one.person for one in chosen]),
            "event_key": ("varchar", [one.key for one in chosen]),
            "event_date": ("timestamp", [one.happened for one in chosen]),
            "date_planned": ("timestamp", [one.planned for one in chosen]),
            "selector": ("varchar", [new_selector() for _one in chosen]),
        }
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_survey_invitation (%(columns)s, state, reminders_sent)
                SELECT row.*, 'to_send', 0 FROM unnest(%(arrays)s) AS row
                    ON CONFLICT DO NOTHING
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                arrays=SQL(", ").join(SQL("%s::" + kind + "[]", values) for kind, values in columns.values()),
            )
        )
        Invitation = self.env["sales.process.survey.invitation"]
        Invitation.invalidate_model()
        if not Invitation._is_in_use():
            self.env.registry.clear_cache("stable")
