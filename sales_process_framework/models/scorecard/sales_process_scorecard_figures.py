from odoo import models


class SalesProcessScorecardFigures(models.AbstractModel):
    """Stored values and goals to scorecards."""

    _name = "sales.process.scorecard.figures"
    _description = "Computation of Scorecards"
