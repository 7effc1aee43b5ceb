from datetime import date

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date, format_datetime

REPORT = "sales_process_framework.sales_process_review_minutes"


class SalesProcessReviewMinutes(models.AbstractModel):
    """The minutes of a review, and how they reach those who took part."""

    _name = "sales.process.review.minutes"
    _description = "Minutes of Reviews"

    def _prepare_minutes(self):
        """:return: dict of texts that the template shows, in the reader's language"""
        self.ensure_one()
        review = self.sudo()
        topics = [review._prepare_minute(topic) for topic in review.topic_ids]
        return {
            "facts": review._prepare_facts(),
            "closed": review.state == "closed",
            "summary": review.summary if html2plaintext(review.summary or "").strip() else False,
            "counts": {
                "topics": len(topics),
                "critical": review.critical_count,
                "postponed": len(review.topic_ids.filtered("postponed")),
                "actions": len(review.action_ids),
                "improvements": len(review.improvement_ids),
            },
            "earlier": review._prepare_earlier(),
            "sections": review._group_minutes(topics),
            "actions": [
                {
                    "name": action.name,
                    "owner": (action.owner_agreed_id or action.user_id).name,
                    "due": format_date(self.env, action.date_agreed or action.date_deadline),
                    "topic": action.topic_id.name or "",
                }
                for action in review.action_ids.sorted(lambda row: (row.date_agreed or row.date_deadline, row.id))
            ],
            "improvements": [
                {"name": idea.name, "owner": idea.user_id.name or "", "kpi": idea.kpi_id.name or ""}
                for idea in review.improvement_ids
            ],
        }

    def _prepare_facts(self):
        people = (self.user_id | self.attendee_ids).mapped("name")
        lines = [
            (self.env._("Period"), f"{format_date(self.env, self.date_from)} – {format_date(self.env, self.date_to)}"),
            (self.env._("Meeting"), format_datetime(self.env, self.date, tz=self._get_zone(), dt_format="short")),
            (self.env._("Led by"), self.user_id.name),
            (self.env._("Attendees"), ", ".join(people)),
            (self.env._("Company"), self.company_id.name),
        ]
        if self.state == "closed":
            moment = format_datetime(self.env, self.date_closed, tz=self._get_zone(), dt_format="short")
            lines.append(
                (
                    self.env._("Closed"),
                    self.env._("%(moment)s by %(user)s", moment=moment, user=self.closed_by_id.name),
                )
            )
        return [(label, text) for label, text in lines if text]

    def _get_zone(self):
        """Minutes say the time that the company's clocks showed."""
        return self.company_id._get_sales_timezone()

    def _prepare_minute(self, topic):
        severities = dict(topic._fields["severity"]._description_selection(self.env))
        return {
            "kind": topic.kind,
            "name": topic.name,
            "text": topic.text or "",
            "value": topic.value or "",
            "severity": topic.severity,
            "color": {"critical": "danger", "warning": "warning"}.get(topic.severity, "secondary"),
            "severity_label": severities[topic.severity],
            "who": topic.user_id.name or "",
            "assessment": topic.assessment or "",
            "conclusion": topic.conclusion or "",
            "postponed": topic.postponed and (topic.postponed_reason or "–"),
            "gone": topic.gone,
        }

    def _group_minutes(self, topics):
        """:return: [(label of the kind, its topics)] in the order of the agenda"""
        labels = dict(self.env["sales.process.review.topic"]._fields["kind"]._description_selection(self.env))
        groups = {}
        for topic in topics:
            groups.setdefault(topic["kind"], []).append(topic)
        return [(labels[kind], found) for kind, found in groups.items()]

    def _prepare_earlier(self):
        """What became of the actions agreed before; of a closed review as it stood then."""
        states = dict(self.env["sales.process.review.action"]._fields["state"]._description_selection(self.env))
        rows = (self.look_back or []) if self.state == "closed" else self._prepare_look_back()
        return [
            {
                **row,
                "due": format_date(self.env, date.fromisoformat(row["due"])),
                "label": self.env._("Late") if row["late"] else states[row["state"]],
                "color": "danger" if row["late"] else "success" if row["state"] == "done" else "secondary",
            }
            for row in rows
        ]

    def action_print_minutes(self):
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    def action_send_minutes(self):
        """Mail the minutes as a file to everybody who took part, and keep them with the review."""
        self.check_access("write")
        for review in self:
            if review.state != "closed":
                raise UserError(self.env._("“%s”: close the review first, then its minutes are settled.", review.name))
        for review in self:
            review._send_minutes()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The minutes are on their way to %s people.", len(self._get_receivers())),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_receivers(self):
        return (self.user_id | self.attendee_ids | self.action_ids.user_id).filtered("active").partner_id

    def _send_minutes(self):
        self.ensure_one()
        review = self.with_context(lang=self.user_id.lang or self.env.lang)
        content, _kind = (
            self.env["ir.actions.report"].with_context(lang=review.env.lang)._render_qweb_pdf(REPORT, review.ids)
        )
        counts = review._prepare_minutes()["counts"]
        body = Markup("<p>%s</p><p>%s</p>") % (
            review.env._("Attached are the minutes of “%s”.", review.name),
            review.env._(
                "%(topics)s topics, %(actions)s actions, %(improvements)s improvements.",
                topics=counts["topics"],
                actions=counts["actions"],
                improvements=counts["improvements"],
            ),
        )
        review.message_post(
            body=body,
            subject=review.env._("Minutes: %s", review.name),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self._get_receivers().ids,
            attachments=[(f"{review.env._('Minutes: %s', review.name)}.pdf".replace("/", "-"), content)],
        )
