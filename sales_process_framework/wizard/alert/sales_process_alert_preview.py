from dataclasses import replace

from odoo import Command, api, fields, models
from odoo.tools import SQL


class SalesProcessAlertPreview(models.TransientModel):
    """Who would get what if a rule began today. Found by the scan itself, which is then taken back."""

    _name = "sales.process.alert.preview"
    _description = "Alert Preview"

    rule_id = fields.Many2one("sales.process.alert.rule", required=True, readonly=True, ondelete="cascade")
    sentence = fields.Char(related="rule_id.sentence")
    problem = fields.Char(related="rule_id.problem")
    rule_active = fields.Boolean(related="rule_id.active")
    alert_count = fields.Integer(string="Alerts", readonly=True)
    shown_count = fields.Integer(readonly=True)
    user_count = fields.Integer(string="People", readonly=True)
    line_ids = fields.One2many("sales.process.alert.preview.line", "preview_id", string="Notices", readonly=True)

    @api.model
    def _make(self, rule):
        count, shown, rows = self._find(rule.sudo(), self.env.companies)
        return self.create(
            {
                "rule_id": rule.id,
                "alert_count": count,
                "shown_count": shown,
                "user_count": len({row["user_id"] for row in rows}),
                "line_ids": [Command.create(row) for row in rows],
            }
        )

    @api.model
    def _find(self, rule, companies):
        """:param companies: res.company whose deals whoever asks may hear of, whatever the rule is about
        :return: (number of alerts, number looked at, list of values of lines)
        """
        Alert = self.env["sales.process.alert"].sudo()
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            # As if the rule had never been there: what it would find, plan and say is read, and all of it undone.
            self.env.cr.execute(SQL("DELETE FROM sales_process_alert WHERE rule_id = %s", rule.id))
            self.env.cr.execute(SQL("UPDATE sales_process_alert_rule SET swept = NULL WHERE id = %s", rule.id))
            self.env.invalidate_all(flush=False)
            scan = Alert._prepare_scan(rule)
            cutoffs = {company: moment for company, moment in scan.cutoffs.items() if company in (0, *companies.ids)}
            scan = replace(scan, cutoffs=cutoffs)
            [[count]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) AS due", Alert._get_due_sql(rule, scan)))
            shown = Alert._open_due(rule, scan)
            Alert._plan_notices(rule)
            notices = self.env["sales.process.alert.notice"].sudo().search([("alert_id.rule_id", "=", rule.id)])
            rows = [
                {
                    "user_id": notice.user_id.id,
                    "about": notice.alert_id._get_about(),
                    "lead_id": notice.alert_id.lead_id.id,
                    "facts_text": notice.alert_id.facts_text,
                    "due": notice.alert_id.due,
                    "send_after": notice.send_after,
                }
                for notice in notices
            ]
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return count, shown, rows

    def action_activate(self):
        """Switch the rule on; the next scan tells them."""
        self.ensure_one()
        self.rule_id.check_access("write")
        self.rule_id.active = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}
