from odoo import models

from ...tools import rollout


class RolloutRuleChecks(models.AbstractModel):
    """Every point of the phase's checklist is ticked."""

    _name = "sales.process.rollout.rule.checks"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: checklist"
    _kind = "checks"

    def _get_label(self):
        return self.env._("Checklist done")

    def _judge(self, conditions, facts):
        standings = {}
        for condition in conditions:
            checks = condition.phase_id.check_ids
            missing = checks.filtered(lambda check: not check.done)
            standings[condition.id] = rollout.Standing(
                have=len(checks) - len(missing),
                total=len(checks),
                need=len(checks),
                missing=tuple(missing.mapped("name")),
                note="" if checks else self.env._("The checklist is empty."),
            )
        return standings
