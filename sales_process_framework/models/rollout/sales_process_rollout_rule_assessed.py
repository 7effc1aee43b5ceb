from odoo import models


class RolloutRuleAssessed(models.AbstractModel):
    """Enough members passed what the phase's trainings teach: completed, with the score that passes."""

    _name = "sales.process.rollout.rule.assessed"
    _inherit = "sales.process.rollout.rule.trained"
    _description = "Entry condition: assessment passed"
    _kind = "assessed"
    _column = 2

    def _get_label(self):
        return self.env._("Assessment passed")
