from odoo import api, models
from odoo.tools import SQL

from ...tools import health

#: Leads whose score is stored between two commits of the scheduled action.
BATCH = 20_000


class SalesProcessHealthSql(models.AbstractModel):
    """The health of many leads in one statement; :mod:`~..tools.health` says how a score comes about."""

    _name = "sales.process.health.sql"
    _description = "Health of leads in SQL"

    @api.model
    def _sql_health_facts(self, lead_ids):
        """:return: SQL with the columns of :class:`~..tools.health.LeadFacts` and "id", for open leads of a process"""
        return SQL(
            """
            SELECT lead.id,
                   COALESCE(lead.sales_gate_progress, 0) AS progress,
                   COALESCE(lead.sales_gate_state, 'none') <> 'none' AND EXISTS (
                       SELECT 1 FROM sales_process_requirement AS asked
                        WHERE asked.process_stage_id = lead.sales_process_stage_id AND asked.mandatory) AS asked,
                   lead.sales_stage_entered AS entered, lead.sales_stage_deadline AS deadline,
                   COALESCE(touch.last_contact, lead.create_date) AS last_contact,
                   touch.last_contact IS NOT NULL AS contacted,
                   COALESCE(journey.expected, 0)::int AS expected, COALESCE(journey.reached, 0)::int AS reached,
                   lead.date_deadline AS closing, COALESCE(push.pushes, 0)::int AS pushes,
                   COALESCE(buyer.buyers, 0)::int AS buyers, COALESCE(buyer.decider, FALSE) AS decider,
                   COALESCE(buyer.champion, FALSE) AS champion, COALESCE(buyer.unknown, 0)::int AS unknown
              FROM crm_lead AS lead
              LEFT JOIN LATERAL (
                   SELECT MAX(date) AS last_contact FROM sales_process_touch
                    WHERE lead_id = lead.id AND human AND date <= %(now)s) AS touch ON TRUE
              LEFT JOIN LATERAL (
                   SELECT COUNT(*) FILTER (WHERE days > 0) AS pushes FROM sales_process_closing_change
                    WHERE lead_id = lead.id) AS push ON TRUE
              LEFT JOIN LATERAL (
                   SELECT COUNT(*) AS buyers, BOOL_OR(role = 'decider') AS decider,
                          BOOL_OR(attitude = 'champion') AS champion,
                          COUNT(*) FILTER (WHERE COALESCE(attitude, 'unknown') = 'unknown') AS unknown
                     FROM sales_process_buyer WHERE lead_id = lead.id) AS buyer ON TRUE
              LEFT JOIN LATERAL (
                   SELECT COUNT(*) AS expected,
                          COUNT(*) FILTER (WHERE EXISTS (
                              SELECT 1 FROM sales_process_touch AS met
                               WHERE met.lead_id = lead.id AND met.touchpoint_id = point.id)) AS reached
                     FROM sales_process_journey_phase_stage_rel AS link
                     JOIN sales_process_journey_phase AS phase ON phase.id = link.phase_id
                     JOIN sales_process_journey AS journey ON journey.id = phase.journey_id
                      AND journey.state = 'active' AND journey.active
                     JOIN sales_process_touchpoint AS point ON point.phase_id = phase.id AND point.active
                      AND point.direction = 'us'
                    WHERE link.process_stage_id = lead.sales_process_stage_id) AS journey ON TRUE
             WHERE lead.id = ANY(%(leads)s) AND lead.active AND lead.type = 'opportunity'
               AND lead.won_status = 'pending' AND lead.sales_process_id IS NOT NULL
            """,
            now=self.env.cr.now(),
            leads=list(lead_ids),
        )

    @api.model
    def _sql_part_scores(self):
        """:return: {part: SQL over the columns of the facts, NULL where nothing can be said}"""
        now = self.env.cr.now()
        share = SQL(
            """CASE WHEN EXTRACT(EPOCH FROM deadline - entered) > 0
                    THEN EXTRACT(EPOCH FROM %s - entered)::float8 / EXTRACT(EPOCH FROM deadline - entered)::float8
                    ELSE 2.0 END""",
            now,
        )
        days = SQL("EXTRACT(EPOCH FROM %s - last_contact)::float8 / %s", now, health.SECONDS_PER_DAY)
        return {
            "gate": SQL("CASE WHEN asked THEN progress::float8 END"),
            "time": SQL(
                """CASE WHEN entered IS NULL OR deadline IS NULL THEN NULL
                        WHEN %(share)s <= %(easy)s THEN 100.0
                        WHEN %(share)s <= 1 THEN 100.0 - 50.0 * (%(share)s - %(easy)s) / (1 - %(easy)s)
                        ELSE GREATEST(50.0 * (2.0 - %(share)s), 0.0) END""",
                share=share,
                easy=SQL("%s::float8", health.TIME_EASY),
            ),
            "contact": SQL(
                "LEAST(GREATEST(100.0 * (%(stale)s - %(days)s) / %(span)s, 0.0), 100.0)",
                days=SQL("(%s)", days),
                stale=health.STALE_DAYS,
                span=SQL("%s::float8", health.STALE_DAYS - health.FRESH_DAYS),
            ),
            "journey": SQL("100.0::float8 * LEAST(reached, expected) / NULLIF(expected, 0)"),
            "closing": SQL(
                """CASE WHEN closing IS NULL THEN %(none)s::float8
                        WHEN closing < %(today)s THEN 0.0
                        ELSE GREATEST(100 - %(cost)s * pushes, 0) END""",
                none=health.NO_DATE,
                today=now.date(),
                cost=health.PUSH_COSTS,
            ),
            "buyers": SQL("50.0 * decider::int + 25.0 * champion::int + 25.0 * (buyers > 0 AND unknown = 0)::int"),
        }

    @api.model
    def _refresh_health(self, lead_ids):
        """Store the score of leads, in one statement and without a trace in their log; closed leads have none.

        :return: number of leads whose score changed
        """
        parts = self._sql_part_scores()
        weight_of = {part: SQL.identifier("process", f"health_weight_{part}") for part in parts}
        weighted = SQL(" + ").join(
            SQL("COALESCE(%s * %s, 0)", weight_of[part], SQL.identifier("parts", part)) for part in parts
        )
        weights = SQL(" + ").join(
            SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", SQL.identifier("parts", part), weight_of[part])
            for part in parts
        )
        columns = SQL(", ").join(SQL("(%s)::float8 AS %s", sql, SQL.identifier(part)) for part, sql in parts.items())
        self.env.cr.execute(
            SQL(
                """
                WITH scored AS (
                    SELECT parts.id,
                           COALESCE(FLOOR((%(weighted)s) / NULLIF(%(weights)s, 0) + 0.5), 0)::int AS score
                      FROM (SELECT id, %(columns)s FROM (%(facts)s) AS facts) AS parts
                      JOIN crm_lead AS scored_lead ON scored_lead.id = parts.id
                      JOIN sales_process AS process ON process.id = scored_lead.sales_process_id
                ), wanted AS (
                    SELECT given.id, scored.score,
                           CASE WHEN scored.score >= %(good)s THEN 'good' WHEN scored.score >= %(watch)s THEN 'watch'
                                WHEN scored.score IS NOT NULL THEN 'poor' END AS band
                      FROM unnest(%(leads)s) AS given(id) LEFT JOIN scored ON scored.id = given.id
                )
                UPDATE crm_lead AS lead
                   SET sales_health = wanted.score, sales_health_band = wanted.band, sales_health_date = %(now)s
                  FROM wanted
                 WHERE lead.id = wanted.id AND (lead.sales_health, lead.sales_health_band)
                       IS DISTINCT FROM (wanted.score, wanted.band)
                """,
                weighted=weighted,
                weights=weights,
                columns=columns,
                facts=self._sql_health_facts(lead_ids),
                good=health.GOOD,
                watch=health.WATCH,
                leads=list(lead_ids),
                now=self.env.cr.now(),
            )
        )
        changed = self.env.cr.rowcount
        self.env["crm.lead"].invalidate_model(["sales_health", "sales_health_band", "sales_health_date"])
        return changed

    @api.model
    def _find_scored(self, after_id, limit):
        """:return: ids of leads under a process that have a score or should have one, in order"""
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_lead
                    WHERE id > %s AND sales_process_id IS NOT NULL
                      AND (sales_health IS NOT NULL
                           OR (active AND type = 'opportunity' AND won_status = 'pending'))
                    ORDER BY id LIMIT %s""",
                after_id,
                limit,
            )
        )
        return [number for (number,) in self.env.cr.fetchall()]

    @api.model
    def _refresh_health_later(self):
        self.env.ref("sales_process_framework.ir_cron_refresh_health").sudo()._trigger()

    @api.model
    def _refresh_all_health(self):
        """All at once, for new databases. :return: number of leads whose score changed"""
        self.env.flush_all()
        changed, done = 0, 0
        while leads := self._find_scored(done, BATCH):
            changed += self._refresh_health(leads)
            done = leads[-1]
        return changed

    @api.model
    def _cron_refresh_health(self):
        """A run that ends early goes on where it stopped."""
        if not self.env["sales.process"]._is_in_use():
            return
        parameters = self.env["ir.config_parameter"].sudo()
        key = "sales_process_framework.health_done_until"
        done = int(parameters.get_param(key, 0))
        while leads := self._find_scored(done, BATCH):
            self._refresh_health(leads)
            done = leads[-1]
            parameters.set_param(key, done)
            remaining = BATCH if len(leads) == BATCH else 0
            if not self.env["ir.cron"]._commit_progress(len(leads), remaining=remaining):
                return
        parameters.set_param(key, 0)
