from odoo import api, fields, models

SEVERITIES = ("info", "warning", "critical")


class SalesProcessAlertMixin(models.AbstractModel):
    """Alerts on ``crm.lead``."""

    _name = "sales.process.alert.mixin"
    _description = "Alerts of leads"

    sales_alert_ids = fields.One2many("sales.process.alert", "lead_id", string="Alerts")
    sales_alert_count = fields.Integer(
        string="Open Alerts", compute="_compute_sales_alert_count", search="_search_sales_alert_count"
    )

    _sales_closing_idx = models.Index(
        "(date_deadline) WHERE active AND won_status = 'pending' AND date_deadline IS NOT NULL"
    )

    def _compute_sales_alert_count(self):
        counts = {}
        if self.ids and self.env["sales.process.alert.rule"]._is_in_use():
            # Whoever sees a lead sees its alerts: their rules need not be asked once more, each time a form opens.
            Alert = self.env["sales.process.alert"].sudo()
            domain = [("lead_id", "in", self.ids), ("state", "=", "open")]
            counts = {lead.id: count for lead, count in Alert._read_group(domain, ["lead_id"], ["__count"])}
        for lead in self:
            lead.sales_alert_count = counts.get(lead._origin.id, 0)

    def _search_sales_alert_count(self, operator, value):
        if operator not in ("=", "!=", ">", ">=", "<", "<=", "in", "not in"):
            return NotImplemented
        alerted = fields.Domain("sales_alert_ids", "any", [("state", "=", "open")])
        if (operator, value) in ((">", 0), (">=", 1), ("!=", 0)) or operator == "not in" and set(value) == {0}:
            return alerted
        if (operator, value) in (("=", 0), ("<", 1), ("<=", 0)) or operator == "in" and set(value) == {0}:
            return ~alerted
        return NotImplemented

    @api.readonly
    def get_sales_alerts(self):
        """Open alerts of a lead, for its form.

        :return: list of {"id", "title", "facts", "advice", "severity", "due", "may_handle"}, gravest first
        """
        self.ensure_one()
        self.check_access("read")
        alerts = self.env["sales.process.alert"].search([("lead_id", "=", self.id), ("state", "=", "open")])
        return [
            {
                "id": alert.id,
                "title": alert.title,
                "facts": alert.facts_text,
                "advice": alert.advice or "",
                "severity": alert.severity,
                "due": fields.Datetime.to_string(alert.due),
                "may_handle": alert.may_handle,
            }
            for alert in alerts
        ]

    def action_view_sales_alerts(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_alert_action_all")
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {"search_default_open": 1, "create": False},
        }

    def _on_stage_changed(self, changes):
        result = super()._on_stage_changed(changes)
        if self.env["sales.process.alert.rule"]._is_in_use():
            closed = [
                change.lead.id
                for change in changes
                if not change.created and (change.closed or change.turned_lost or change.lead.won_status == "won")
            ]
            if closed:
                # Alerts are written by nobody but the scan and this.
                self.env["sales.process.alert"].sudo()._close_for_leads(closed)
        return result
