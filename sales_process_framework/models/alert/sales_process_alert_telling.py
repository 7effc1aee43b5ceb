from markupsafe import Markup

from odoo import api, models

#: Alerts that a summary lists; it says how many more there are.
DIGEST_LINES = 20
SEVERITIES = {"info": "ℹ️", "warning": "⚠️", "critical": "❗"}


class SalesProcessAlertTelling(models.AbstractModel):
    """What a person is told, and in which way."""

    _name = "sales.process.alert.telling.mixin"
    _description = "Notices of alerts"

    @api.model
    def _tell(self, way, user, notices):
        """:param notices: several for a summary"""
        # The gravest first, and of those what has been due for longest: a summary may be cut at its end.
        ordered = notices.alert_id.sorted(lambda alert: (-alert.severity_order, alert.due or alert.opened, alert.id))
        alerts = ordered.with_context(lang=user.lang, tz=user.tz).with_user(user).sudo()
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
