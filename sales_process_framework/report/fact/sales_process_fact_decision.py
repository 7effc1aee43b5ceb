from odoo import fields, models
from odoo.tools import SQL


class SalesProcessFactDecision(models.Model):
    """What gates said."""

    _name = "sales.process.fact.decision"
    _description = "Gate Decision Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    _fact_model = "sales.process.decision"
    _depends = {
        "sales.process.decision": ["lead_id", "date", "outcome", "unmet", "from_stage_id", "to_stage_id", "user_id"],
    }

    lead_name = fields.Char(readonly=True)
    stage_id = fields.Many2one(string="From Stage", help=None)
    to_stage_id = fields.Many2one("crm.stage", readonly=True)
    outcome = fields.Selection(
        [
            ("passed", "Passed"),
            ("refused", "Refused"),
            ("warned", "Passed with a warning"),
            ("overridden", "Passed by exception"),
            ("exempt", "Exempt"),
        ],
        readonly=True,
    )
    decision_source = fields.Selection(
        [("person", "Person"), ("intake", "Automatic intake"), ("portal", "Portal"), ("system", "Automation")],
        string="Source",
        readonly=True,
    )
    by_id = fields.Many2one("res.users", readonly=True)
    refused_rate = fields.Float(string="Refused (Share)", readonly=True, aggregator="avg")
    missing = fields.Integer(
        string="Requirements Missing", readonly=True, aggregator="avg", help="Of each decision that found some missing."
    )

    def _get_columns(self):
        return super()._get_columns() | {
            "lead_name": SQL("fact.lead_name"),
            "company_id": SQL("fact.company_id"),
            "process_id": SQL("fact.process_id"),
            "stage_id": SQL("fact.from_stage_id"),
            "to_stage_id": SQL("fact.to_stage_id"),
            "outcome": SQL("fact.outcome"),
            "decision_source": SQL("fact.source"),
            "by_id": SQL("fact.user_id"),
            "refused_rate": self._get_share(SQL("fact.outcome = 'refused'")),
            "missing": SQL(
                """CASE WHEN jsonb_typeof(fact.unmet) = 'array' AND jsonb_array_length(fact.unmet) > 0
                        THEN jsonb_array_length(fact.unmet) END"""
            ),
        }

    def _get_from(self):
        # Of a lead that was refused with its creation only the name was kept.
        return SQL("sales_process_decision AS fact LEFT JOIN crm_lead AS lead ON lead.id = fact.lead_id")
