from odoo import fields, models
from odoo.tools import SQL

from .sales_process_fact_mixin import DAY


class SalesProcessFactAnswer(models.Model):
    """What was answered for the requirements of stages."""

    _name = "sales.process.fact.answer"
    _description = "Answer Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "requirement_id"
    _fact_model = "sales.process.answer"
    _depends = {
        "sales.process.answer": ["lead_id", "date", "state", "requirement_id", "count", "user_id", "approver_id"],
        "sales.process.requirement": ["process_stage_id", "kind", "gate"],
    }

    stage_id = fields.Many2one(help="The stage that asks for it.")
    requirement_id = fields.Many2one("sales.process.requirement", readonly=True)
    kind = fields.Selection(
        [("criterion", "Criterion"), ("action", "Key Action"), ("deliverable", "Deliverable")], readonly=True
    )
    gate = fields.Selection([("entry", "Entry"), ("exit", "Exit")], readonly=True)
    state = fields.Selection(
        [
            ("done", "Done"),
            ("na", "Not applicable"),
            ("requested", "Approval requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Status",
        readonly=True,
    )
    by_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    approver_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    quantity = fields.Integer(string="Counted", readonly=True, aggregator="sum", help="Questions asked, pains named …")
    done_rate = fields.Float(
        string="Done (Share)", readonly=True, aggregator="avg", help="Done or approved, of all that were answered."
    )
    days_to_answer = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Calendar days from the creation of the lead."
    )

    def _get_columns(self):
        return super()._get_columns() | {
            "process_id": SQL("asked.process_id"),
            "stage_id": SQL("asked.stage_id"),
            "requirement_id": SQL("fact.requirement_id"),
            "kind": SQL("requirement.kind"),
            "gate": SQL("requirement.gate"),
            "state": SQL("fact.state"),
            "by_id": SQL("fact.user_id"),
            "approver_id": SQL("fact.approver_id"),
            "quantity": SQL("fact.count"),
            "done_rate": self._get_share(SQL("fact.state IN ('done', 'approved')")),
            "days_to_answer": self._get_span(SQL("lead.create_date"), SQL("fact.date"), DAY),
        }

    def _get_from(self):
        return SQL(
            """%s JOIN sales_process_requirement AS requirement ON requirement.id = fact.requirement_id
                  JOIN sales_process_stage AS asked ON asked.id = requirement.process_stage_id""",
            super()._get_from(),
        )
