import logging

from odoo import api, models
from odoo.tools import SQL

from ...tools import touch as rules
from .sales_process_touch_recorder import SUMMARY_LENGTH

_logger = logging.getLogger(__name__)

#: Messages or meetings looked at between two commits.
REBUILD_BATCH = 20_000
#: Where the rebuild stands, "messages:<id>" or "meetings:<id>"; nothing when there is nothing to do.
POSITION_KEY = "sales_process_framework.touch_rebuild"


class SalesProcessTouchRebuild(models.AbstractModel):
    """Touches of what happened before a journey was active: the recorder's rules as set-based SQL.

    Header fields of mails are not kept, so automatic answers of customers count as theirs here.
    """

    _name = "sales.process.touch.rebuild"
    _description = "Rebuild of customer touches"

    @api.model
    def _schedule_rebuild(self):
        """Look through all messages and meetings of leads again, in the background; what is there already stays."""
        self.env["ir.config_parameter"].sudo().set_param(POSITION_KEY, "messages:0")
        self.env.ref("sales_process_framework.ir_cron_rebuild_touches").sudo()._trigger()

    @api.model
    def _cron_rebuild_touches(self):
        """A run that ends early goes on where it stopped."""
        parameters = self.env["ir.config_parameter"].sudo()
        while position := parameters.get_param(POSITION_KEY):
            kind, _colon, last_id = position.partition(":")
            upper, count = self._rebuild_batch(kind, int(last_id))
            if upper:
                following = f"{kind}:{upper}"
            else:
                following = "meetings:0" if kind == "messages" else False
            parameters.set_param(POSITION_KEY, following)
            if not self.env["ir.cron"]._commit_progress(count, remaining=1 if following else 0):
                return

    @api.model
    def _rebuild(self):
        """Rebuild all at once. :return: number of touches written"""
        total = 0
        for kind in ("messages", "meetings"):
            upper = 0
            while True:
                upper, count = self._rebuild_batch(kind, upper)
                total += count
                if not upper:
                    break
        _logger.info("Rebuilt %s touches", total)
        return total

    @api.model
    def _rebuild_batch(self, kind, last_id):
        """Record one batch of what has an id greater than ``last_id``.

        :return: (greatest id of the batch, 0 when nothing is left; number of touches written)
        """
        self.env.flush_all()
        if not self._is_recording():
            return 0, 0
        source = (
            SQL("FROM mail_message WHERE model = 'crm.lead' AND id > %s", last_id)
            if kind == "messages"
            else SQL("FROM calendar_event WHERE opportunity_id IS NOT NULL AND active AND id > %s", last_id)
        )
        [(upper,)] = self.env.execute_query(
            SQL("SELECT MAX(id) FROM (SELECT id %s ORDER BY id LIMIT %s) AS batch", source, REBUILD_BATCH)
        )
        if not upper:
            return 0, 0
        happened = self._get_happened_messages(last_id, upper)
        if kind == "meetings":
            happened = self._get_happened_meetings(last_id, upper)
        self.env.cr.execute(self._get_rebuild_sql(happened))
        count = self.env.cr.rowcount
        self.env["crm.lead"].invalidate_model(["sales_touch_ids"], flush=False)
        return upper, count

    @api.model
    def _get_happened_messages(self, last_id, upper):
        """Messages that were a contact, as :func:`~..tools.touch.classify` says."""
        xmlid_to_id = self.env["ir.model.data"]._xmlid_to_res_id
        return SQL(
            """
            WITH message AS (
                SELECT m.id, m.res_id AS lead_id, m.date, m.message_type,
                       -- a message without a subject is sent under the name of the lead
                       CASE m.message_type WHEN 'email' THEN m.subject ELSE NULLIF(m.subject, l.name) END AS subject,
                       m.author_id, m.create_uid,
                       m.mail_activity_type_id AS activity_type, kind.category, author.partner_share,
                       CASE WHEN kind.id IS NOT NULL THEN kind.name->>'en_US' END AS activity_name,
                       m.subtype_id = %(contact)s AS contact_note,
                       CASE WHEN author.id IS NULL THEN 'nobody'
                            WHEN author.id = %(robot)s THEN 'robot'
                            WHEN author.partner_share THEN 'outside' ELSE 'inside' END AS author,
                       m.message_type <> 'email_outgoing'
                       AND (COALESCE(m.is_internal, FALSE)
                            OR COALESCE(m.subtype_id = ANY(%(internal)s), FALSE)) AS note,
                       COALESCE(m.outgoing_email_to, '') <> '' AS named,
                       outside.id AS outside_id
                  FROM mail_message m
                  JOIN crm_lead l ON l.id = m.res_id
                  LEFT JOIN mail_activity_type kind ON kind.id = m.mail_activity_type_id
                  LEFT JOIN res_partner author ON author.id = m.author_id
                  LEFT JOIN LATERAL (
                       SELECT p.id FROM mail_message_res_partner_rel r JOIN res_partner p ON p.id = r.res_partner_id
                        WHERE r.mail_message_id = m.id AND p.partner_share ORDER BY p.id LIMIT 1) outside ON TRUE
                 WHERE m.model = 'crm.lead' AND m.id > %(last)s AND m.id <= %(upper)s
                   AND (m.mail_activity_type_id IS NOT NULL OR m.subtype_id = %(contact)s
                        OR m.message_type <> ALL(%(silent)s))
            ), verdict AS MATERIALIZED (
                SELECT message.*, message_type = ANY(%(automatic)s) AS automatic,
                       CASE WHEN activity_type IS NOT NULL
                            THEN CASE category WHEN 'phonecall' THEN 'call' WHEN 'meeting' THEN 'meeting'
                                               ELSE 'activity' END
                            WHEN contact_note THEN 'note'
                            WHEN note THEN NULL
                            WHEN author IN ('outside', 'nobody') AND message_type <> ALL(%(automatic)s)
                            THEN CASE WHEN author = 'outside' OR message_type = 'email' THEN 'email_in' END
                            WHEN message_type IN ('email', 'email_outgoing') OR named OR outside_id IS NOT NULL
                                 OR EXISTS (SELECT FROM mail_followers f JOIN res_partner p ON p.id = f.partner_id
                                             WHERE f.res_model = 'crm.lead' AND f.res_id = lead_id
                                               AND p.partner_share AND p.active)
                            THEN 'email_out' END AS source
                  FROM message
                 -- a meeting that is done counts as the meeting
                 WHERE category IS DISTINCT FROM 'meeting' OR NOT EXISTS (
                       SELECT FROM mail_activity a JOIN calendar_event e ON e.id = a.calendar_event_id
                        WHERE a.res_model = 'crm.lead' AND a.res_id = lead_id AND NOT a.active
                          AND a.activity_type_id = activity_type AND e.opportunity_id = lead_id
                          AND a.date_done BETWEEN message.date::date - 1 AND message.date::date + 1)
            ), somebody AS MATERIALIZED (
                SELECT DISTINCT ON (partner_id) partner_id, id FROM res_users WHERE active ORDER BY partner_id, id
            )
            SELECT lead_id, source, CASE source WHEN 'email_in' THEN 'in' ELSE 'out' END AS direction,
                   author <> 'robot' AND (source <> 'email_out' OR message_type = 'email'
                       OR NOT automatic AND message_type <> 'email_outgoing') AS human,
                   date, COALESCE(subject, '') AS text, activity_type,
                   CASE WHEN partner_share THEN author_id ELSE outside_id END AS partner_id,
                   CASE WHEN source = 'email_in' THEN NULL
                        WHEN creator.partner_id = author_id AND creator.active THEN creator.id
                        ELSE somebody.id END AS user_id,
                   verdict.id AS message_id, NULL::integer AS event_id, COALESCE(subject, activity_name) AS summary
              FROM verdict
              LEFT JOIN res_users creator ON creator.id = verdict.create_uid
              LEFT JOIN somebody ON somebody.partner_id = author_id
             WHERE source IS NOT NULL
            """,
            contact=self._get_contact_subtype_id(),
            robot=xmlid_to_id("base.partner_root"),
            internal=list(self._get_internal_subtype_ids()),
            silent=list(rules.SILENT_TYPES),
            automatic=list(rules.AUTOMATIC_TYPES),
            last=last_id,
            upper=upper,
        )

    @api.model
    def _get_happened_meetings(self, last_id, upper):
        return SQL(
            """
            SELECT e.opportunity_id AS lead_id, 'meeting' AS source, 'out' AS direction, TRUE AS human,
                   e.start AS date, COALESCE(e.name, '') AS text,
                   (SELECT a.activity_type_id FROM mail_activity a WHERE a.calendar_event_id = e.id
                     ORDER BY a.id LIMIT 1) AS activity_type,
                   (SELECT p.id FROM calendar_event_res_partner_rel r JOIN res_partner p ON p.id = r.res_partner_id
                     WHERE r.calendar_event_id = e.id AND p.partner_share ORDER BY p.id LIMIT 1) AS partner_id,
                   e.user_id, NULL::integer AS message_id, e.id AS event_id, e.name AS summary
              FROM calendar_event e
             WHERE e.opportunity_id IS NOT NULL AND e.active AND e.id > %s AND e.id <= %s
            """,
            last_id,
            upper,
        )

    @api.model
    def _get_rebuild_sql(self, happened):
        """Match what happened as :func:`~..tools.touch.find_rule` does, in the stage the lead was in at that time.

        :param happened: SELECT of (lead_id, source, direction, human, date, text, activity_type, partner_id,
            user_id, message_id, event_id, summary)
        """
        return SQL(
            """
            WITH journey AS (SELECT * FROM %(journeys)s AS j(id, company_id, process_id)),
            rule AS (SELECT * FROM %(rules)s AS r(
                journey_id, touchpoint_id, phase_id, source, activity_type, text, specificity, anywhere, place)),
            near AS (SELECT * FROM %(stages)s AS n(phase_id, stage_id)),
            home AS (SELECT * FROM %(homes)s AS h(journey_id, stage_id, phase_id)),
            happened AS (%(happened)s),
            placed AS (
                SELECT happened.*, l.company_id, l.partner_id AS lead_partner_id, journey.id AS journey_id,
                       COALESCE(visit.process_stage_id, l.sales_process_stage_id, 0) AS stage_id
                  FROM happened
                  JOIN crm_lead l ON l.id = happened.lead_id
                  LEFT JOIN crm_team team ON team.id = l.team_id
                  LEFT JOIN sales_process process ON process.id = l.sales_process_id
                 CROSS JOIN LATERAL (
                       SELECT j.id FROM journey j
                        WHERE j.process_id IN (0, l.sales_process_id)
                          AND j.company_id IN (
                              0, COALESCE(l.company_id, team.company_id, process.company_id, %(company)s))
                        ORDER BY (j.process_id > 0) DESC, (j.company_id > 0) DESC, j.id LIMIT 1) journey
                  LEFT JOIN LATERAL (
                       SELECT v.process_stage_id FROM sales_process_visit v
                        WHERE v.lead_id = l.id AND v.entered <= happened.date
                        ORDER BY v.entered DESC, v.id DESC LIMIT 1) visit ON TRUE
            )
            INSERT INTO sales_process_touch (
                lead_id, company_id, partner_id, touchpoint_id, phase_id, date, source, direction, human, user_id,
                message_id, event_id, summary)
            SELECT placed.lead_id, placed.company_id, COALESCE(placed.partner_id, placed.lead_partner_id),
                   touchpoint.id, COALESCE(match.phase_id, home.phase_id), date_trunc('second', placed.date),
                   placed.source, placed.direction, placed.human, placed.user_id, placed.message_id, placed.event_id,
                   NULLIF(left(placed.summary, %(length)s), '')
              FROM placed
              LEFT JOIN LATERAL (
                   SELECT rule.touchpoint_id, rule.phase_id
                     FROM rule
                     LEFT JOIN near ON near.phase_id = rule.phase_id AND near.stage_id = placed.stage_id
                    WHERE rule.journey_id = placed.journey_id AND rule.source = placed.source
                      AND (rule.activity_type = 0 OR rule.activity_type = placed.activity_type)
                      AND (rule.text = '' OR position(rule.text IN lower(placed.text)) > 0)
                      AND (rule.anywhere OR near.stage_id IS NOT NULL)
                    ORDER BY rule.specificity DESC, near.stage_id IS NULL, rule.place LIMIT 1) match ON TRUE
              LEFT JOIN sales_process_touchpoint touchpoint ON touchpoint.id = match.touchpoint_id
              LEFT JOIN home ON home.journey_id = placed.journey_id AND home.stage_id = placed.stage_id
             WHERE placed.source <> 'activity' OR match.touchpoint_id IS NOT NULL
             ORDER BY placed.lead_id, placed.date
                ON CONFLICT DO NOTHING
            """,
            happened=happened,
            company=self.env.company.id,
            length=SUMMARY_LENGTH,
            **self._get_rule_tables(),
        )

    @api.model
    def _get_rule_tables(self):
        """The rules of the running journeys as tables of an SQL statement."""
        journeys = self._get_journeys()
        ranked = [(journey, rule, place) for journey in journeys for place, rule in enumerate(journey.rules)]
        return {
            "journeys": self._unnest(
                ("integer", "integer", "integer"),
                [
                    (journey.journey, journey.company, process)
                    for journey in journeys
                    for process in journey.processes or (0,)
                ],
            ),
            "rules": self._unnest(
                ("integer", "integer", "integer", "text", "integer", "text", "integer", "boolean", "integer"),
                [
                    (
                        journey.journey,
                        rule.touchpoint,
                        rule.phase,
                        rule.source,
                        rule.activity_type,
                        rule.text,
                        rule.specificity,
                        rule.is_anywhere(),
                        place,
                    )
                    for journey, rule, place in ranked
                ],
            ),
            "stages": self._unnest(
                ("integer", "integer"),
                sorted({(rule.phase, stage) for _journey, rule, _place in ranked for stage in rule.stages}),
            ),
            "homes": self._unnest(
                ("integer", "integer", "integer"),
                [(journey.journey, *home) for journey in journeys for home in journey.phase_by_stage.items()],
            ),
        }

    @api.model
    def _unnest(self, types, rows):
        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        return SQL(
            "unnest(%s)",
            SQL(", ").join(
                SQL("%s::" + kind + "[]", list(column)) for kind, column in zip(types, columns, strict=True)
            ),
        )
