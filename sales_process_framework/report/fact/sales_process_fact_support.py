from odoo import fields, models
from odoo.tools import SQL

from .sales_process_fact_mixin import DAY, HOUR


class SalesProcessFactSupport(models.Model):
    """What other departments were asked for, and whether they kept their promise."""

    _name = "sales.process.fact.support"
    _description = "Support Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _fact_model = "sales.process.support.request"
    _fact_has_form = True
    _depends = {
        "sales.process.support.request": [
            *("lead_id", "company_id", "policy_id", "department_id", "asker_id", "assignee_id", "state"),
            *("date_requested", "date_first_response", "date_delivered", "resolution_breached", "response_breached"),
        ],
    }

    date = fields.Datetime(string="Asked On")
    policy_id = fields.Many2one("sales.process.sla.policy", string="What Is Asked", readonly=True)
    department_id = fields.Many2one("sales.process.department", readonly=True)
    asker_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    assignee_id = fields.Many2one("res.users", string="Assigned To", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("in_progress", "In Progress"),
            ("waiting", "Waiting For Sales"),
            ("delivered", "Delivered"),
            ("accepted", "Accepted"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        readonly=True,
    )
    kept_rate = fields.Float(
        string="Promises Kept (Share)",
        readonly=True,
        aggregator="avg",
        help="Of the requests that were delivered or are overdue.",
    )
    hours_to_respond = fields.Float(readonly=True, aggregator="avg", digits=(16, 1), help="Hours on the clock.")
    days_to_deliver = fields.Float(readonly=True, aggregator="avg", digits=(16, 1), help="Calendar days.")

    def _get_columns(self):
        names = ("policy_id", "department_id", "asker_id", "assignee_id", "state")
        asked = SQL("fact.date_requested")
        return (
            super()._get_columns()
            | {name: SQL("fact.%s", SQL.identifier(name)) for name in names}
            | {
                "date": asked,
                "company_id": SQL("COALESCE(fact.company_id, lead.company_id)"),
                "stage_id": self._get_stage_then("fact.date_requested"),
                "kept_rate": SQL(
                    """CASE WHEN fact.state <> 'cancelled' AND (fact.date_delivered IS NOT NULL
                                 OR fact.resolution_breached) THEN %s END""",
                    self._get_share(SQL("fact.resolution_breached IS NOT TRUE")),
                ),
                "hours_to_respond": self._get_span(asked, SQL("fact.date_first_response"), HOUR),
                "days_to_deliver": self._get_span(asked, SQL("fact.date_delivered"), DAY),
            }
        )

    def _get_from(self):
        return SQL("sales_process_support_request AS fact LEFT JOIN crm_lead AS lead ON lead.id = fact.lead_id")
