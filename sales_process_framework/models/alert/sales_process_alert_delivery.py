import logging
from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from ...tools.alert import leave_quiet_hours

_logger = logging.getLogger(__name__)

#: Alerts whose notices are planned at once, and notices that are looked at between two commits.
NOTICE_BATCH = 1000
#: From so many on, a person gets one summary even where the rule tells each by itself.
FLOOD = 5
#: Alerts that a summary lists; it says how many more there are.
DIGEST_LINES = 20
SEVERITIES = {"info": "ℹ️", "warning": "⚠️", "critical": "❗"}


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
            ).filtered(lambda alert, cutoffs=cutoffs: alert.notified <= cutoffs[alert.company_id.id or 0])
            if alerts:
                self._plan_for(rule, alerts, escalation, step=number)
                alerts.write({"step": number})
        self.env.flush_all()

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
        error = None
        for user, notices in pending.grouped("user_id").items():
            try:
                with self.env.cr.savepoint():
                    self._deliver_to(user, notices, now)
            except Exception as problem:
                _logger.exception("User %s cannot be told about alerts", user.id)
                error = problem
            if on_batch:
                on_batch()
        if error:
            raise error

    @api.model
    def _deliver_to(self, user, notices, now):
        """One person's notices of this run: one summary for each way of telling, or one by one."""
        groups = defaultdict(notices.browse)
        for notice in notices:
            rule = notice.alert_id.rule_id
            groups[rule.notice, rule.digest] += notice
        for (way, digest), group in groups.items():
            together = len(group) > 1 and (digest or len(group) > FLOOD)
            for part in [group] if together else group:
                self._tell(way, user, part)
        notices.write({"sent": now})
        notices.alert_id.filtered(lambda alert: not alert.notified).write({"notified": now})

    @api.model
    def _tell(self, way, user, notices):
        """:param notices: several for a summary"""
        alerts = notices.alert_id.with_context(lang=user.lang, tz=user.tz).with_user(user).sudo()
        lead = alerts.lead_id[:1]
        readable = lead and lead.with_user(user).has_access("read")
        subject = self._get_notice_subject(alerts)
        body = self._get_notice_body(alerts)
        if way == "activity" and readable:
            # An activity hangs on one lead; a summary hangs on the most urgent one and lists the others.
            notices.activity_id = lead.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=subject, note=body
            )
        elif way == "chat":
            self._tell_in_chat(user, body)
        else:
            thread = lead if readable and len(alerts) == 1 else self.env["mail.thread"].sudo()
            thread.message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=body,
                author_id=self.env.ref("base.partner_root").id,
                email_layout_xmlid="mail.mail_notification_light",
            )

    @api.model
    def _tell_in_chat(self, user, body):
        bot = self.env.ref("base.partner_root")
        channel = self.env["discuss.channel"].with_user(user)._get_or_create_chat(bot.ids)
        channel.sudo().message_post(
            author_id=bot.id, body=body, message_type="comment", subtype_xmlid="mail.mt_comment", silent=True
        )

    @api.model
    def _get_notice_subject(self, alerts):
        if len(alerts) == 1:
            return alerts.display_name
        return alerts.env._("%s alerts wait for you", len(alerts))

    @api.model
    def _get_notice_body(self, alerts):
        lines = Markup().join(
            Markup("<li>%s <a href='%s'>%s</a><br/>%s<br/><i>%s</i></li>")
            % (
                SEVERITIES[alert.severity],
                alert._get_link(),
                alert.display_name,
                alert.facts_text,
                alert.advice or "",
            )
            for alert in alerts[:DIGEST_LINES]
        )
        more = len(alerts) - DIGEST_LINES
        rest = Markup("<p>%s</p>") % alerts.env._("… and %s more.", more) if more > 0 else Markup()
        link = Markup("<p><a href='%s/odoo/sales-alerts'>%s</a></p>") % (
            alerts[:1].get_base_url(),
            alerts.env._("All your alerts"),
        )
        return Markup("<ul>%s</ul>%s%s") % (lines, rest, link)

    def _get_link(self):
        self.ensure_one()
        base = self.get_base_url()
        return f"{base}/odoo/crm.lead/{self.lead_id.id}" if self.lead_id else f"{base}/odoo/sales-alerts/{self.id}"
