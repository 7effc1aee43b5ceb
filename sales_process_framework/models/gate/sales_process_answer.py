from collections import namedtuple

from odoo import api, fields, models

AnswerRow = namedtuple("AnswerRow", "id state count note user_id date approver_id")


class SalesProcessAnswer(models.Model):
    """What somebody answered for one requirement of one lead; the row exists only once somebody did.

    Written only through the methods on ``crm.lead``, which check that the user may change the lead.
    """

    _name = "sales.process.answer"
    _description = "Sales Process Answer"
    _order = "lead_id, id"
    _rec_name = "requirement_id"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="lead_id.company_id")
    requirement_id = fields.Many2one("sales.process.requirement", required=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [
            ("done", "Done"),
            ("na", "Not applicable"),
            ("requested", "Approval requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="done",
    )
    count = fields.Integer()
    note = fields.Text()
    user_id = fields.Many2one("res.users", string="Answered By", required=True, default=lambda self: self.env.user)
    date = fields.Datetime(string="Answered On", required=True, default=lambda self: self.env.cr.now())
    approver_id = fields.Many2one("res.users", string="Decided By")

    _once = models.UniqueIndex("(lead_id, requirement_id)", "This requirement is answered already for this lead.")
    _count_not_negative = models.Constraint("CHECK(count >= 0)", "A count cannot be negative.")

    @api.model
    def _recall(self, facts):
        """:return: {(lead id, requirement id): AnswerRow} for all leads of ``facts``, fetched once"""
        return facts.recall("answers", self._load_rows)

    def _load_rows(self, leads):
        names = ["lead_id", "requirement_id", *AnswerRow._fields]
        query = self.sudo()._search([("lead_id", "in", leads.ids)])
        rows = self.env.execute_query(query.select(*(self._field_to_sql(self._table, name, query) for name in names)))
        answers = {(lead_id, requirement_id): AnswerRow(*row) for lead_id, requirement_id, *row in rows}
        return {key: row._replace(count=row.count or 0) for key, row in answers.items()}
