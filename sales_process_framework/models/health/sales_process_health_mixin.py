from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import health


class SalesProcessHealthMixin(models.AbstractModel):
    """How sound an open lead is: closing dates that move, data that is missing."""

    _name = "sales.process.health.mixin"
    _description = "Health of leads"

    sales_closing_change_ids = fields.One2many(
        "sales.process.closing.change", "lead_id", string="Changes of the Closing Date"
    )
    sales_closing_push_count = fields.Integer(
        string="Closing Date Pushed",
        compute="_compute_sales_closing_push_count",
        help="How often the expected closing date was put off.",
    )

    def _compute_sales_closing_push_count(self):
        groups = self.env["sales.process.closing.change"]._read_group(
            [("lead_id", "in", self.ids), ("days", ">", 0)], ["lead_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in groups}
        for lead in self:
            lead.sales_closing_push_count = counts.get(lead.id, 0)

    @api.model
    def _on_closing_dates_changed(self, before):
        result = super()._on_closing_dates_changed(before)
        self.env["sales.process.closing.change"].sudo()._record(before)
        return result

    # ------------------------------------------------------------------
    # Completeness
    # ------------------------------------------------------------------

    def _get_completeness_sql(self, alias, field_names):
        """How many of the fields hold a value, as an SQL expression on a row of ``crm_lead``.

        0 and False are values; blanks and empty HTML are none, as everywhere in a process.

        :param alias: of ``crm_lead`` in the caller's query
        :param field_names: stored fields with a column of their own
        :return: SQL of an integer between 0 and ``len(field_names)``
        """
        parts = [
            health.filled_sql(SQL.identifier(alias, name), self._fields[name].type, self._fields[name].translate)
            for name in field_names
        ]
        return SQL("(%s)", SQL(" + ").join(parts)) if parts else SQL("0")
