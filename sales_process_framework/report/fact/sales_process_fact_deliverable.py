from odoo import fields, models
from odoo.tools import SQL

from .sales_process_fact_mixin import DAY


class SalesProcessFactDeliverable(models.Model):
    """Documents that were handed in."""

    _name = "sales.process.fact.deliverable"
    _description = "Deliverable Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "requirement_id"
    _fact_model = "sales.process.deliverable"
    _depends = {
        "sales.process.deliverable": [
            *("lead_id", "requirement_id", "process_stage_id", "version", "state", "submitted_date", "decision_date"),
            *("submitted_by_id", "approver_id", "content_date"),
        ],
    }

    stage_id = fields.Many2one(help="The stage that asks for it.")
    date = fields.Datetime(string="Handed In")
    requirement_id = fields.Many2one("sales.process.requirement", string="Document", readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("approved", "Approved"), ("rejected", "Rejected")],
        string="Status",
        readonly=True,
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True)
    approver_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    versions = fields.Integer(string="Version", readonly=True, aggregator="avg")
    days_to_decide = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Calendar days from handing in to the decision."
    )
    first_time_rate = fields.Float(
        string="Right the First Time (Share)",
        readonly=True,
        aggregator="avg",
        help="Of the first versions that were decided on, those that were approved.",
    )
    age_days = fields.Float(
        string="Age When Handed In",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days since the content's date.",
    )

    def _get_columns(self):
        return super()._get_columns() | {
            "date": SQL("COALESCE(fact.submitted_date, fact.create_date)"),
            "process_id": SQL("asked.process_id"),
            "stage_id": SQL("asked.stage_id"),
            "requirement_id": SQL("fact.requirement_id"),
            "state": SQL("fact.state"),
            "submitted_by_id": SQL("fact.submitted_by_id"),
            "approver_id": SQL("fact.approver_id"),
            "versions": SQL("fact.version"),
            "days_to_decide": self._get_span(SQL("fact.submitted_date"), SQL("fact.decision_date"), DAY),
            "first_time_rate": SQL(
                "CASE WHEN fact.version = 1 AND fact.state IN ('approved', 'rejected') THEN %s END",
                self._get_share(SQL("fact.state = 'approved'")),
            ),
            "age_days": SQL("fact.submitted_date::date - fact.content_date"),
        }

    def _get_from(self):
        return SQL(
            "%s LEFT JOIN sales_process_stage AS asked ON asked.id = fact.process_stage_id",
            super()._get_from(),
        )
