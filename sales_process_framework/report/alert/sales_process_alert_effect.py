from odoo import api, fields, models
from odoo.tools import SQL


class SalesProcessAlertEffect(models.Model):
    """What alerts led to: one row for each alert that somebody was told about."""

    _name = "sales.process.alert.effect"
    _description = "Effect of Alerts"
    _auto = False
    _order = "notified desc, id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one("sales.process.alert.rule", readonly=True)
    kind = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Told First", readonly=True)
    severity = fields.Selection([("info", "Hint"), ("warning", "Warning"), ("critical", "Critical")], readonly=True)
    state = fields.Selection([("open", "Open"), ("snoozed", "Snoozed"), ("closed", "Closed")], readonly=True)
    closed_reason = fields.Selection(
        [
            ("mended", "Mended"),
            ("done", "Marked as done"),
            ("lead_closed", "Lead won, lost or archived"),
            ("rule_off", "Rule switched off"),
        ],
        readonly=True,
    )
    notified = fields.Datetime(string="Told On", readonly=True)
    acted = fields.Datetime(string="Acted On", readonly=True)
    acted_rate = fields.Float(string="Acted On (Share)", readonly=True, aggregator="avg")
    hours_to_act = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Hours on the clock from the notice to the action."
    )
    step = fields.Integer(string="Escalations", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT alert.id, alert.rule_id, rule.kind, alert.company_id, alert.lead_id, alert.user_id,
                   COALESCE(lead.team_id, value.team_id) AS team_id, alert.severity, alert.state,
                   alert.closed_reason, alert.notified, alert.acted, alert.step,
                   CASE WHEN alert.acted IS NULL THEN 0.0 ELSE 1.0 END AS acted_rate,
                   EXTRACT(EPOCH FROM alert.acted - alert.notified) / 3600.0 AS hours_to_act
              FROM sales_process_alert AS alert
              JOIN sales_process_alert_rule AS rule ON rule.id = alert.rule_id
         LEFT JOIN crm_lead AS lead ON lead.id = alert.lead_id
         LEFT JOIN sales_process_kpi_value AS value ON value.id = alert.kpi_value_id
             WHERE alert.notified IS NOT NULL
            """
        )

    @api.model
    def _get_by_rule(self, rule_ids, since):
        """:return: {rule id: (alerts told, share acted on, median hours to act)} of alerts told since a moment"""
        self.env["sales.process.alert"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule_id, COUNT(*), AVG(CASE WHEN acted IS NULL THEN 0.0 ELSE 1.0 END)::float,
                       COALESCE(PERCENTILE_CONT(0.5) WITHIN GROUP (
                           ORDER BY EXTRACT(EPOCH FROM acted - notified)) / 3600.0, 0)::float
                  FROM sales_process_alert
                 WHERE rule_id = ANY(%s) AND notified >= %s
                 GROUP BY rule_id
                """,
                rule_ids,
                since,
            )
        )
        return {rule_id: (count, share, hours) for rule_id, count, share, hours in rows}

    def action_open_lead(self):
        self.ensure_one()
        return self.env["sales.process.alert"].browse(self.id).action_open_lead()
