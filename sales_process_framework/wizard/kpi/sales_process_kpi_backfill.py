from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

#: How much history an install begins with, unless somebody says otherwise.
MONTHS = 18


class SalesProcessKpiBackfill(models.TransientModel):
    """Have the past computed, so that the first report has something to compare with."""

    _name = "sales.process.kpi.backfill"
    _description = "Compute the Past"

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1) - relativedelta(months=MONTHS),
    )
    kpi_ids = fields.Many2many(
        "sales.process.kpi",
        "sales_process_kpi_backfill_rel",
        string="Indicators",
        help="Empty: all of them.",
    )

    def action_confirm(self):
        self.ensure_one()
        if self.date_from > fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day in the past."))
        kpis = self.kpi_ids or self.env["sales.process.kpi"].search([("active", "=", True)])
        kpis._check_manager()
        (kpis | kpis._get_all_operands())._start_backfill(self.date_from)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The past is being computed in the background, oldest periods first."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
