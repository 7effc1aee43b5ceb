from odoo import api, models


class SalesProcessScorecardTrigger(models.AbstractModel):
    """New values of indicators bring scorecards up to date."""

    _name = "sales.process.scorecard.trigger"
    _description = "Scorecards follow indicators"

    @api.model
    def _on_values_computed(self):
        result = super()._on_values_computed()
        if self.env["sales.process.scorecard.scheme"]._is_in_use():
            self.env.ref("sales_process_framework.ir_cron_refresh_scorecards").sudo()._trigger()
        return result
