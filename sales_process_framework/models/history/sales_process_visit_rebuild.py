import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class SalesProcessVisitRebuild(models.Model):
    """History from day one: visits rebuilt from CRM's own tracking of the stage."""

    _inherit = "sales.process.visit"

    @api.model
    def _rebuild(self, lead_domain=None):
        """Rebuild the visits of leads that have none from ``mail.tracking.value``, in one statement.

        A lead enters its first stage when it is created (a converted one when it was converted), and every
        tracked change ends one stay and begins the next. A stage that tracking missed, because something wrote
        it past the ORM, begins at ``date_last_stage_update``. Team, user and company are today's: Odoo tracks
        them in words that cannot be relied on. Deleted stages stay as visits without a stage.

        :param lead_domain: which leads; None for all opportunities
        :return: number of visits written
        """
        self.env.flush_all()
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        query = leads._search((lead_domain or []) + [("type", "=", "opportunity")])
        query.add_where(SQL("NOT EXISTS (SELECT FROM sales_process_visit v WHERE v.lead_id = crm_lead.id)"))
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        self.env.cr.execute(self._get_rebuild_sql(query.subselect("crm_lead.id"), field.id))
        count = self.env.cr.rowcount
        self.invalidate_model()
        _logger.info("Rebuilt %s stage visits", count)
        return count

    @api.model
    def _get_rebuild_sql(self, lead_ids, stage_field_id):
        return SQL(
            """
            WITH lead AS (
                SELECT l.id, l.company_id, l.team_id, l.user_id, l.stage_id, l.active, l.won_status,
                       l.sales_process_id, l.date_closed,
                       COALESCE(l.date_conversion, l.create_date) AS start,
                       COALESCE(l.date_last_stage_update, l.create_date) AS last_update
                  FROM crm_lead l
                 WHERE l.id IN %(leads)s
            ), step AS (
                SELECT m.res_id AS lead_id, GREATEST(m.date, lead.start) AS at, v.id AS rank,
                       v.old_value_integer AS old_stage, v.new_value_integer AS new_stage
                  FROM mail_tracking_value v
                  JOIN mail_message m ON m.id = v.mail_message_id
                  JOIN lead ON lead.id = m.res_id
                 WHERE v.field_id = %(field)s AND m.model = 'crm.lead'
            ), bounds AS (
                SELECT DISTINCT ON (lead.id) lead.id AS lead_id, step.old_stage AS first_stage
                  FROM lead LEFT JOIN step ON step.lead_id = lead.id
                 ORDER BY lead.id, step.at, step.rank
            ), latest AS (
                SELECT DISTINCT ON (lead_id) lead_id, new_stage
                  FROM step ORDER BY lead_id, at DESC, rank DESC
            ), entry AS (
                SELECT lead.id AS lead_id, lead.start AS entered, 0 AS rank,
                       COALESCE(bounds.first_stage, lead.stage_id) AS stage_id
                  FROM lead JOIN bounds ON bounds.lead_id = lead.id
                UNION ALL
                SELECT lead_id, at, rank, new_stage FROM step
                UNION ALL
                SELECT lead.id, GREATEST(lead.last_update, lead.start), 2147483647, lead.stage_id
                  FROM lead JOIN latest ON latest.lead_id = lead.id
                 WHERE latest.new_stage IS DISTINCT FROM lead.stage_id
            ), stay AS (
                SELECT entry.*,
                       LEAD(entry.entered) OVER following AS next_entered,
                       LEAD(entry.stage_id) OVER following AS next_stage,
                       LAG(entry.stage_id) OVER following AS previous_stage,
                       ROW_NUMBER() OVER following AS position
                  FROM entry
                WINDOW following AS (PARTITION BY lead_id ORDER BY entered, rank)
            ), ended AS (
                SELECT stay.*, lead.company_id, lead.team_id, lead.user_id, lead.sales_process_id,
                       COALESCE(next_entered, CASE WHEN NOT lead.active
                                THEN GREATEST(COALESCE(lead.date_closed, lead.last_update), stay.entered) END) AS ends,
                       lead.active, lead.won_status
                  FROM stay JOIN lead ON lead.id = stay.lead_id
            )
            INSERT INTO sales_process_visit (
                lead_id, company_id, team_id, user_id, process_id, process_stage_id, stage_id, entered, "left",
                seconds, duration_days, overdue, direction, outcome, advanced_rate, is_rebuilt)
            SELECT ended.lead_id, ended.company_id, ended.team_id, ended.user_id, ended.sales_process_id,
                   process_stage.id, stage.id, ended.entered, ended.ends,
                   EXTRACT(EPOCH FROM ended.ends - ended.entered)::integer,
                   EXTRACT(EPOCH FROM ended.ends - ended.entered) / 86400.0,
                   FALSE,
                   CASE WHEN ended.position = 1 THEN 'entry'
                        WHEN previous.id IS NULL OR stage.id IS NULL THEN 'aside'
                        WHEN (stage.sequence, stage.id) < (previous.sequence, previous.id) THEN 'backward'
                        ELSE 'forward' END,
                   outcome.name,
                   CASE WHEN outcome.name = 'open' THEN NULL
                        WHEN outcome.name IN ('advanced', 'won') THEN 1.0 ELSE 0.0 END,
                   TRUE
              FROM ended
              LEFT JOIN crm_stage stage ON stage.id = ended.stage_id
              LEFT JOIN crm_stage next ON next.id = ended.next_stage
              LEFT JOIN crm_stage previous ON previous.id = ended.previous_stage
              LEFT JOIN sales_process_stage process_stage
                     ON process_stage.process_id = ended.sales_process_id AND process_stage.stage_id = stage.id
             CROSS JOIN LATERAL (SELECT CASE
                        WHEN ended.ends IS NULL THEN 'open'
                        WHEN ended.next_entered IS NULL
                        THEN CASE ended.won_status WHEN 'lost' THEN 'lost' ELSE 'archived' END
                        WHEN next.id IS NULL OR stage.id IS NULL THEN 'moved'
                        WHEN next.is_won AND NOT COALESCE(stage.is_won, FALSE) THEN 'won'
                        WHEN (next.sequence, next.id) < (stage.sequence, stage.id) THEN 'returned'
                        ELSE 'advanced' END AS name) outcome
             ORDER BY ended.lead_id, ended.position
            """,
            leads=lead_ids,
            field=stage_field_id,
        )

    @api.model
    def _cron_refresh_plain_history(self):
        """Bring the analysis up to date for leads without a process, whose moves leave no visit of their own.

        Only leads that moved or closed since the last run are rebuilt.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        since = parameters.get_param("sales_process_framework.history_until", "1970-01-01 00:00:00")
        now = self.env.cr.now()
        domain = [
            ("sales_process_id", "=", False),
            ("type", "=", "opportunity"),
            "|",
            ("date_last_stage_update", ">=", since),
            ("date_closed", ">=", since),
        ]
        self.sudo().search(Domain("lead_id", "any!", Domain(domain))).unlink()
        count = self._rebuild(domain)
        parameters.set_param("sales_process_framework.history_until", str(now.replace(microsecond=0)))
        self.env["ir.cron"]._commit_progress(count)
