from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalesProcessScorecardWeight(models.Model):
    """How much one indicator counts in a scheme."""

    _name = "sales.process.scorecard.weight"
    _description = "Weight of a Scorecard"
    _order = "scheme_id, sequence, id"

    scheme_id = fields.Many2one("sales.process.scorecard.scheme", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", required=True, index=True, ondelete="restrict")
    weight = fields.Float(required=True, default=10.0, help="Percent of the scorecard.")
    method = fields.Selection(
        [("share", "Share of the goal"), ("bands", "Bands of the indicator")],
        string="Scored By",
        required=True,
        default="share",
        help="Bands: all of it from the healthy value on, half of it at the alert value.",
    )
    goal = fields.Float(
        help="For people without a goal of their own; 0: the goal of the team or company, or what the indicator says."
    )
    unit = fields.Selection(related="kpi_id.unit")
    direction = fields.Selection(related="kpi_id.direction")

    _weight_check = models.Constraint(
        "CHECK(weight > 0 AND weight <= 100)", "A weight is more than 0 and at most 100 %."
    )
    _once = models.UniqueIndex("(scheme_id, kpi_id)", "An indicator counts once in a scheme.")

    @api.constrains("method", "kpi_id")
    def _check_bands(self):
        for weight in self.filtered(lambda weight: weight.method == "bands" and not weight.kpi_id.has_bands):
            raise ValidationError(self.env._("%s has no bands: score it by the share of its goal.", weight.kpi_id.name))
