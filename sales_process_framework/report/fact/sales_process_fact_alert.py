from odoo import fields, models
from odoo.tools import SQL

from .sales_process_fact_mixin import HOUR


class SalesProcessFactAlert(models.Model):
    """Alerts, told or not."""

    _name = "sales.process.fact.alert"
    _description = "Alert Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "rule_id"
    _fact_model = "sales.process.alert"
    _fact_has_form = True
    _depends = {
        "sales.process.alert": [
            *("lead_id", "rule_id", "company_id", "severity", "state", "opened", "notified", "acted", "closed"),
            *("closed_reason", "step", "kpi_value_id"),
        ],
    }

    date = fields.Datetime(string="Noticed")
    rule_id = fields.Many2one("sales.process.alert.rule", readonly=True)
    severity = fields.Selection([("info", "Hint"), ("warning", "Warning"), ("critical", "Critical")], readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("snoozed", "Snoozed"), ("closed", "Closed")], string="Status", readonly=True
    )
    closed_reason = fields.Selection(
        [
            ("mended", "Mended"),
            ("done", "Marked as done"),
            ("lead_closed", "Lead won, lost or archived"),
            ("rule_off", "Rule switched off"),
        ],
        readonly=True,
    )
    acted_rate = fields.Float(
        string="Acted On (Share)", readonly=True, aggregator="avg", help="Of the alerts that somebody was told about."
    )
    hours_to_act = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Hours on the clock from the notice to the action."
    )
    hours_open = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Hours on the clock until it was closed."
    )
    step = fields.Integer(string="Escalations", readonly=True, aggregator="avg")

    def _get_columns(self):
        names = ("rule_id", "severity", "state", "closed_reason", "step")
        return (
            super()._get_columns()
            | {name: SQL("fact.%s", SQL.identifier(name)) for name in names}
            | {
                "date": SQL("fact.opened"),
                "company_id": SQL("COALESCE(fact.company_id, lead.company_id)"),
                "team_id": SQL("COALESCE(lead.team_id, value.team_id)"),
                "user_id": SQL("COALESCE(lead.user_id, value.user_id)"),
                "stage_id": self._get_stage_then("fact.opened"),
                "acted_rate": SQL(
                    "CASE WHEN fact.notified IS NOT NULL THEN %s END", self._get_share(SQL("fact.acted IS NOT NULL"))
                ),
                "hours_to_act": self._get_span(SQL("fact.notified"), SQL("fact.acted"), HOUR),
                "hours_open": self._get_span(SQL("fact.opened"), SQL("fact.closed"), HOUR),
            }
        )

    def _get_from(self):
        return SQL(
            """sales_process_alert AS fact LEFT JOIN crm_lead AS lead ON lead.id = fact.lead_id
               LEFT JOIN sales_process_kpi_value AS value ON value.id = fact.kpi_value_id"""
        )
