from odoo import fields, models
from odoo.tools import SQL

from .sales_process_fact_mixin import HOUR


class SalesProcessFactException(models.Model):
    """Exceptions that were asked for."""

    _name = "sales.process.fact.exception"
    _description = "Exception Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _fact_model = "sales.process.exception"
    _fact_has_form = True
    _depends = {
        "sales.process.exception": [
            *("lead_id", "process_id", "from_stage_id", "to_stage_id", "state", "requested_by_id", "decided_by_id"),
            "decision_date",
        ],
    }

    stage_id = fields.Many2one(string="From Stage", help=None)
    to_stage_id = fields.Many2one("crm.stage", readonly=True)
    date = fields.Datetime(string="Asked On")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("used", "Used"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        readonly=True,
    )
    by_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    granted_rate = fields.Float(
        string="Granted (Share)", readonly=True, aggregator="avg", help="Of the exceptions that were decided on."
    )
    hours_to_decide = fields.Float(readonly=True, aggregator="avg", digits=(16, 1), help="Hours on the clock.")

    def _get_columns(self):
        return super()._get_columns() | {
            "date": SQL("fact.create_date"),
            "process_id": SQL("fact.process_id"),
            "stage_id": SQL("fact.from_stage_id"),
            "to_stage_id": SQL("fact.to_stage_id"),
            "state": SQL("fact.state"),
            "by_id": SQL("fact.requested_by_id"),
            "decided_by_id": SQL("fact.decided_by_id"),
            "granted_rate": SQL(
                "CASE WHEN fact.state IN ('approved', 'used', 'rejected') THEN %s END",
                self._get_share(SQL("fact.state <> 'rejected'")),
            ),
            "hours_to_decide": self._get_span(SQL("fact.create_date"), SQL("fact.decision_date"), HOUR),
        }
