import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .sales_process_alert_source import AlertScan

_logger = logging.getLogger(__name__)

#: Alerts that one statement opens or closes; between two of them the scheduled action commits.
SCAN_BATCH = 1000
#: An incremental kind is looked at as a whole once in this time: what no fact tells of is found then.
SWEEP = timedelta(hours=24)
#: A scan looks a little before the last one, for what was written meanwhile.
OVERLAP = timedelta(minutes=15)


class SalesProcessAlertScan(models.AbstractModel):
    """Finds what is due, with a cost that follows what is due and not how many leads there are.

    Reads facts and writes alerts only: no lead, stay or touch is locked, so nobody who works on one waits. Every
    batch is complete in itself; a scan that was cut off is taken up by the next.
    """

    _name = "sales.process.alert.scan.mixin"
    _description = "Scan for alerts"

    @api.model
    def _cron_scan_alerts(self):
        """Scheduled action: each rule on its own, a commit after each batch."""
        rules = self.env["sales.process.alert.rule"].search([("active", "=", True)])
        progress = self.env["ir.cron"]._commit_progress
        if not progress(remaining=len(rules) + 1) or not rules:
            return
        error = None
        for rule in rules:
            try:
                for done in self._scan_rule(rule):
                    progress(remaining=len(rules) + 1)
                    _logger.debug("Alert rule %s: %s", rule.id, done)
            except Exception as problem:
                self.env.cr.rollback()
                _logger.exception("Alert rule %s cannot be scanned", rule.id)
                error = problem
            if not progress(processed=1):
                return
        self._deliver_notices(lambda: progress(remaining=1))
        progress(processed=1)
        if error:
            raise error

    @api.model
    def _scan(self, rules=None):
        """The same without commits."""
        rules = self.env["sales.process.alert.rule"].search([("active", "=", True)]) if rules is None else rules
        for rule in rules:
            for _done in self._scan_rule(rule):
                pass
        self._deliver_notices()

    @api.model
    def _scan_rule(self, rule):
        """Bring the alerts of one rule up to date, in batches.

        :return: generator of the number of alerts of each batch; everything written is consistent between two
        """
        self.env.flush_all()
        scan = self._prepare_scan(rule)
        yield from self._in_batches(lambda: self._close_mended(rule, scan))
        yield from self._in_batches(lambda: self._open_due(rule, scan))
        self._wake_snoozed(rule, scan.now)
        self._note_acted(rule)
        self._escalate_idle(rule, scan.now)
        self._remember_scan(rule, scan)
        yield from self._in_batches(lambda: self._plan_notices(rule))

    @api.model
    def _in_batches(self, step):
        while done := step():
            yield done
            if done < SCAN_BATCH:
                return

    @api.model
    def _prepare_scan(self, rule):
        source = rule._get_source()
        now = self.env.cr.now()
        after = rule.scanned and rule.scanned - OVERLAP
        whole = not source._incremental or not rule.swept or rule.swept <= now - SWEEP or not after
        days = (rule[source._days_field] or 0.0) if source._working_days else 0.0
        cutoffs = self._get_cutoffs(rule, now, days)
        return AlertScan(
            now=now,
            after=None if whole else after,
            cutoffs=cutoffs,
            previous=None if whole else min(self._get_cutoffs(rule, after, days).values()),
            stage_ids=source._filter_stages(rule._get_stages()).ids if source._uses_stage else [],
        )

    @api.model
    def _get_cutoffs(self, rule, now, days):
        """:return: {company id, 0 for leads of no company: moment}"""
        companies = rule.company_id or self.env["res.company"].sudo().search([("active", "=", True)])
        cutoffs = {}
        by_calendar = {}
        for company in companies:
            calendar = company.resource_calendar_id
            if calendar not in by_calendar:
                by_calendar[calendar] = calendar._go_back_working_days(now, days) if days else now
            cutoffs[company.id] = by_calendar[calendar]
        if not rule.company_id:
            cutoffs[0] = cutoffs.get(self.env.company.id, now)
        return cutoffs

    @api.model
    def _get_due_sql(self, rule, scan, leads=None):
        """What the rule's kind finds, of leads that meet the rule's condition."""
        causes = rule._get_source()._get_causes_sql(rule, scan, leads)
        domain = rule._get_lead_domain()
        if not rule._get_source()._uses_lead or domain.is_true():
            return causes
        # One look-up for each cause, however many leads meet the condition: the planner may not turn it around.
        query = self.env["crm.lead"].sudo().with_context(active_test=False)._search(domain)
        return SQL(
            """SELECT cause.* FROM (%(causes)s) AS cause
                WHERE (SELECT TRUE FROM %(tables)s WHERE %(where)s AND crm_lead.id = cause.lead_id LIMIT 1)""",
            causes=causes,
            tables=query.from_clause,
            where=query.where_clause or SQL("TRUE"),
        )

    # ------------------------------------------------------------------
    # Open
    # ------------------------------------------------------------------

    @api.model
    def _open_due(self, rule, scan):
        """One alert for each cause that has none.

        :return: how many were opened
        """
        source = rule._get_source()
        leads = source._get_candidates_sql(rule, scan) if source._incremental and scan.after else None
        self.env.cr.execute(
            SQL(
                """
                WITH due AS MATERIALIZED (%(due)s)
                INSERT INTO sales_process_alert (rule_id, lead_id, request_id, kpi_value_id, company_id, cause_key,
                            is_current, state, severity, severity_order, due, opened, facts, round, step, planned)
                SELECT %(rule)s, lead_id, request_id, kpi_value_id, NULLIF(company_id, 0), cause_key,
                       TRUE, 'open', %(severity)s, %(order)s, LEAST(since, %(now)s), %(now)s, facts, 0, 0, FALSE
                  FROM due
                 WHERE NOT EXISTS (SELECT FROM sales_process_alert AS known
                                    WHERE known.rule_id = %(rule)s AND known.cause_key = due.cause_key
                                      AND known.is_current)
                 ORDER BY since, cause_key
                 LIMIT %(limit)s
                ON CONFLICT (rule_id, cause_key) WHERE is_current DO NOTHING
             RETURNING id, company_id, due
                """,
                due=self._get_due_sql(rule, scan, leads),
                rule=rule.id,
                severity=rule.severity,
                order=["info", "warning", "critical"].index(rule.severity),
                now=scan.now,
                limit=SCAN_BATCH,
            )
        )
        rows = self.env.cr.fetchall()
        if rows:
            self.invalidate_model()
            if source._working_days and rule[source._days_field]:
                self._assign_due(rows, rule[source._days_field], scan.now)
        return len(rows)

    @api.model
    def _assign_due(self, rows, days, now):
        """The moment the limit was reached: so many working days after it began.

        :param rows: list of (alert id, company id, naive UTC)
        """
        companies = self.env["res.company"].sudo().browse(row[1] for row in rows if row[1])
        calendars = {company.id: company.resource_calendar_id for company in companies | self.env.company}
        moments = [
            min(calendars[company_id or self.env.company.id]._plan_working_days(since, days), now)
            for _alert, company_id, since in rows
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_alert AS alert SET due = planned.due
                     FROM unnest(%s, %s::timestamp[]) AS planned (id, due) WHERE alert.id = planned.id""",
                [row[0] for row in rows],
                moments,
            )
        )

    # ------------------------------------------------------------------
    # Close
    # ------------------------------------------------------------------

    @api.model
    def _close_mended(self, rule, scan):
        """Close alerts whose cause no longer stands, and bring the facts of the others up to date.

        :return: how many were closed
        """
        leads = None
        if rule._get_source()._incremental:
            leads = SQL(
                "SELECT known.lead_id FROM sales_process_alert AS known WHERE known.rule_id = %s AND known.is_current",
                rule.id,
            )
        self.env.cr.execute(
            SQL(
                """
                WITH due AS MATERIALIZED (%(due)s),
                     fresh AS (
                    UPDATE sales_process_alert AS alert
                       SET facts = due.facts, kpi_value_id = due.kpi_value_id
                      FROM due
                     WHERE alert.rule_id = %(rule)s AND alert.is_current AND alert.cause_key = due.cause_key
                       AND alert.facts IS DISTINCT FROM due.facts
                )
                SELECT alert.id, COALESCE(lead.active AND lead.won_status = 'pending', TRUE)
                  FROM sales_process_alert AS alert
             LEFT JOIN crm_lead AS lead ON lead.id = alert.lead_id
                 WHERE alert.rule_id = %(rule)s AND alert.is_current
                   AND NOT EXISTS (SELECT FROM due WHERE due.cause_key = alert.cause_key)
                 LIMIT %(limit)s
                """,
                due=self._get_due_sql(rule, scan, leads),
                rule=rule.id,
                limit=SCAN_BATCH,
            )
        )
        rows = self.env.cr.fetchall()
        self.invalidate_model(["facts", "kpi_value_id"])
        for reason, is_open in (("mended", True), ("lead_closed", False)):
            self.browse(number for number, lead_open in rows if lead_open is is_open)._close(reason)
        self.env.flush_all()
        return len(rows)

    @api.model
    def _wake_snoozed(self, rule, now):
        """A snooze is over: those who were told are told again."""
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_alert
                      SET state = 'open', round = round + 1, step = 0, planned = FALSE, snoozed_until = NULL
                    WHERE rule_id = %s AND state = 'snoozed' AND snoozed_until <= %s""",
                rule.id,
                now,
            )
        )
        self.invalidate_model()

    @api.model
    def _note_acted(self, rule):
        """Somebody acted after they were told: the lead moved, a person was in contact, a document came in."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sales_process_alert AS alert
                   SET acted = action.date
                  FROM sales_process_alert AS told
            CROSS JOIN LATERAL (
                    SELECT MIN(date) AS date FROM (
                        SELECT visit.entered AS date FROM sales_process_visit AS visit
                         WHERE visit.lead_id = told.lead_id AND visit.entered > told.notified
                        UNION ALL
                        SELECT touch.date FROM sales_process_touch AS touch
                         WHERE touch.lead_id = told.lead_id AND touch.date > told.notified AND touch.human
                           AND touch.direction = 'out' AND touch.date <= %(now)s
                        UNION ALL
                        SELECT answer.write_date FROM sales_process_answer AS answer
                         WHERE answer.lead_id = told.lead_id AND answer.write_date > told.notified
                        UNION ALL
                        SELECT document.write_date FROM sales_process_deliverable AS document
                         WHERE document.lead_id = told.lead_id AND document.write_date > told.notified
                    ) AS actions
                  ) AS action
                 WHERE told.rule_id = %(rule)s AND told.is_current AND told.acted IS NULL
                   AND told.notified IS NOT NULL AND told.lead_id IS NOT NULL
                   AND alert.id = told.id AND action.date IS NOT NULL
                """,
                rule=rule.id,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model(["acted"])

    @api.model
    def _remember_scan(self, rule, scan):
        self.env.cr.execute(
            SQL(
                "UPDATE sales_process_alert_rule SET scanned = %s, swept = %s WHERE id = %s",
                scan.now,
                rule.swept if scan.after else scan.now,
                rule.id,
            )
        )
        rule.invalidate_recordset(["scanned", "swept"])
