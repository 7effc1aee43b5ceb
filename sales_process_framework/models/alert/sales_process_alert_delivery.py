import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.alert import ToldBefore, leave_quiet_hours, next_summary

_logger = logging.getLogger(__name__)

#: Alerts whose notices are planned at once, and notices that are looked at between two commits.
NOTICE_BATCH = 1000
#: Beyond so many in so many hours, a person gets summaries even where the rules tell each by itself.
FLOOD = 5
FLOOD_HOURS = 4


class SalesProcessAlertDelivery(models.AbstractModel):
    """Who is told, when, and how. A notice is planned once and sent once, whatever happens in between."""

    _name = "sales.process.alert.delivery.mixin"
    _description = "Delivery of alerts"

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    @api.model
    def _plan_notices(self, rule):
        """Settle who is told about new alerts.

        :return: how many alerts were planned
        """
        alerts = self.search([("rule_id", "=", rule.id), ("planned", "=", False)], limit=NOTICE_BATCH, order="id")
        if alerts:
            self._plan_for(rule, alerts.filtered(lambda alert: alert.state == "open"), rule)
            alerts.write({"planned": True})
            self.env.flush_all()
        return len(alerts)

    @api.model
    def _plan_for(self, rule, alerts, audience, step=0):
        now = self.env.cr.now()
        send_after = {}
        rows = []
        receivers = audience._get_receivers(alerts)
        for alert, users in receivers.items():
            for user in users:
                if user not in send_after:
                    send_after[user] = self._get_send_after(rule, user, now)
                rows.append((alert.id, user.id, alert.round, send_after[user]))
            if users and not alert.user_id:
                alert.user_id = users[0]
        self._insert_notices(rows, step, audience if step else None)

    @api.model
    def _get_send_after(self, rule, user, now):
        zone = user.tz or user.company_id._get_sales_timezone()
        return leave_quiet_hours(now, zone, rule.quiet_from, rule.quiet_to, rule.quiet_weekend)

    @api.model
    def _insert_notices(self, rows, step, escalation):
        if not rows:
            return
        self.env.flush_all()
        alert_ids, user_ids, rounds, moments = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_process_alert_notice (alert_id, user_id, step, round, escalation_id, send_after)
                SELECT alert_id, user_id, %(step)s, round, %(escalation)s, send_after
                  FROM unnest(%(alerts)s, %(users)s, %(rounds)s, %(moments)s::timestamp[])
                    AS row (alert_id, user_id, round, send_after)
                ON CONFLICT (alert_id, user_id, step, round) DO NOTHING
                """,
                step=step,
                escalation=escalation.id if escalation else None,
                alerts=alert_ids,
                users=user_ids,
                rounds=rounds,
                moments=moments,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO sales_process_alert_receiver_rel (alert_id, user_id)
                   SELECT DISTINCT * FROM unnest(%s, %s) AS row (alert_id, user_id) ON CONFLICT DO NOTHING""",
                alert_ids,
                user_ids,
            )
        )
        self.invalidate_model(["notice_ids", "receiver_ids"])

    @api.model
    def _escalate_idle(self, rule, now):
        """Tell the next ones about what nobody has acted on for so many working days."""
        for number, escalation in enumerate(rule.escalation_ids, start=1):
            cutoffs = self._get_cutoffs(rule, now, escalation.after_days)
            alerts = self.search(
                [
                    ("rule_id", "=", rule.id),
                    ("state", "=", "open"),
                    ("is_current", "=", True),
                    ("acted", "=", False),
                    ("step", "=", number - 1),
                    ("notified", "<=", max(cutoffs.values())),
                ]
            )
            self.env.flush_all()
            told = alerts._get_told_in_round()
            alerts = alerts.filtered(
                lambda alert, told=told, cutoffs=cutoffs: (
                    alert.id in told and told[alert.id] <= cutoffs[alert.company_id.id or 0]
                )
            )
            if alerts:
                self._plan_for(rule, alerts, escalation, step=number)
                alerts.write({"step": number})
        self.env.flush_all()

    def _get_told_in_round(self):
        """:return: {alert id: when somebody was first told since the last snooze was over}, without those not told"""
        told = {alert.id: alert.notified for alert in self if not alert.round}
        if again := self.filtered("round"):
            told |= dict(
                self.env.execute_query(
                    SQL(
                        """SELECT alert.id, MIN(notice.sent)
                             FROM sales_process_alert AS alert
                             JOIN sales_process_alert_notice AS notice
                               ON notice.alert_id = alert.id AND notice.round = alert.round AND notice.sent IS NOT NULL
                            WHERE alert.id = ANY(%s)
                            GROUP BY alert.id""",
                        again.ids,
                    )
                )
            )
        return told

    # ------------------------------------------------------------------
    # Deliver
    # ------------------------------------------------------------------

    @api.model
    def _deliver_notices(self, on_batch=None):
        """Tell everybody whose quiet hours are over; a person who cannot be told stops nobody else.

        :param on_batch: called after each person; commits in the scheduled action
        """
        Notice = self.env["sales.process.alert.notice"]
        now = self.env.cr.now()
        pending = Notice.search(
            [("sent", "=", False), ("send_after", "<=", now), ("alert_id.state", "=", "open")], order="id"
        )
        told = self._get_told_before(pending, now)
        waiting = Notice.search(
            [
                ("sent", "=", False),
                ("in_summary", "=", True),
                ("send_after", ">", now),
                ("user_id", "in", pending.user_id.ids),
                ("alert_id.state", "=", "open"),
            ],
            order="id",
        ).grouped("user_id")
        error = None
        for user, notices in pending.grouped("user_id").items():
            try:
                with self.env.cr.savepoint():
                    self._deliver_to(user, notices, waiting.get(user, Notice), told, now)
            except Exception as problem:
                _logger.exception("User %s cannot be told about alerts", user.id)
                error = problem
            if on_batch:
                on_batch()
        if error:
            raise error

    @api.model
    def _get_told_before(self, notices, now):
        """What people were told lately. What was sent decides, so that nothing has to be remembered besides it.

        :return: {(user id, way of telling): :class:`~..tools.alert.ToldBefore`}
        """
        if not notices:
            return {}
        flood = now - timedelta(hours=FLOOD_HOURS)
        longest = max(FLOOD_HOURS, *notices.alert_id.rule_id.mapped("digest_hours"))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT notice.user_id, rule.notice, MAX(notice.sent) FILTER (WHERE notice.in_summary),
                       MAX(notice.sent) FILTER (WHERE NOT rule.digest AND notice.sent > %(flood)s),
                       COUNT(*) FILTER (WHERE NOT rule.digest AND notice.sent > %(flood)s)
                  FROM sales_process_alert_notice AS notice
                  JOIN sales_process_alert AS alert ON alert.id = notice.alert_id
                  JOIN sales_process_alert_rule AS rule ON rule.id = alert.rule_id
                 WHERE notice.user_id = ANY(%(users)s) AND notice.sent > %(since)s
                 GROUP BY notice.user_id, rule.notice
                """,
                users=notices.user_id.ids,
                since=now - timedelta(hours=longest),
                flood=flood,
            )
        )
        return {(user, way): ToldBefore(*row) for user, way, *row in rows}

    @api.model
    def _deliver_to(self, user, notices, waiting, told, now):
        """One person's notices, for each way of telling one by one or in a summary, now or later.

        :param notices: what may be told now
        :param waiting: what waits for a later summary, and goes along with one that is sent now
        :param told: see :meth:`_get_told_before`
        """
        sent = notices.browse()
        for way, group in notices.grouped(lambda notice: notice.alert_id.rule_id.notice).items():
            before = told.get((user.id, way)) or ToldBefore()
            later = group.filtered(lambda notice, before=before: self._may_wait(notice, before))
            for digest, part in (group - later).grouped(lambda notice: notice.alert_id.rule_id.digest).items():
                many = len(part) > 1 if digest else before.singles + len(part) > FLOOD
                for told_now in [part] if many else part:
                    self._tell(way, user, told_now)
                sent += part
            if later and self._is_summary_due(later, before, now):
                later += waiting.filtered(
                    lambda notice, way=way: (
                        notice.alert_id.rule_id.notice == way
                        and self._get_send_after(notice.alert_id.rule_id, user, now) <= now
                    )
                )
                self._tell(way, user, later)
                sent += later
            else:
                for notice in later:
                    rule = notice.alert_id.rule_id
                    moment = self._get_summary_moment(notice, before, now)
                    notice.send_after = self._get_send_after(rule, user, moment)
            later.in_summary = True
        sent.write({"sent": now})
        sent.alert_id.filtered(lambda alert: not alert.notified).write({"notified": now})

    @api.model
    def _may_wait(self, notice, before):
        """Whether it belongs into a summary: its rule says so, or there were too many one by one lately."""
        if notice.alert_id.severity == "critical":
            return False
        return notice.in_summary or notice.alert_id.rule_id.digest or before.singles >= FLOOD

    @api.model
    def _is_summary_due(self, notices, before, now):
        return any(
            # Its moment has come: it does not wait a second time.
            notice.in_summary or self._get_summary_moment(notice, before, now) <= now
            for notice in notices
        )

    @api.model
    def _get_summary_moment(self, notice, before, now):
        rule = notice.alert_id.rule_id
        if rule.digest:
            return next_summary(now, before.summary, rule.digest_hours)
        return next_summary(now, before.latest, FLOOD_HOURS)
