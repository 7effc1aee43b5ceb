from odoo import fields, models
from odoo.exceptions import UserError


class SalesProcessKpiCorrect(models.TransientModel):
    """Why a closed period is computed again."""

    _name = "sales.process.kpi.correct"
    _description = "Correct a Closed Period"

    value_id = fields.Many2one("sales.process.kpi.value", required=True, readonly=True, ondelete="cascade")
    kpi_id = fields.Many2one(related="value_id.kpi_id")
    period = fields.Char(related="value_id.period")
    company_id = fields.Many2one(related="value_id.company_id")
    reason = fields.Char(required=True, help="Stands beside the new values for whoever reads them.")

    def action_confirm(self):
        self.ensure_one()
        value = self.value_id
        count = value.kpi_id.action_correct_period(value.date_from, value.cycle, self.reason, value.company_id.id)
        if not count:
            raise UserError(self.env._("Today's facts give the same values: there is nothing to correct."))
        latest = value.search([*value._get_revision_domain(), ("is_latest", "=", True)], limit=1)
        return (latest or value).get_formview_action()
