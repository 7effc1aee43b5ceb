from odoo import models

from ...tools import rollout
from ...tools.period import local_day


class RolloutRuleDays(models.AbstractModel):
    """The phase before has been open for so many days, counted by the company's calendar days."""

    _name = "sales.process.rollout.rule.days"
    _inherit = "sales.process.rollout.rule"
    _description = "Entry condition: days since the phase before"
    _kind = "days"
    _uses_days = True

    def _get_label(self):
        return self.env._("Days since the phase before")

    def _judge(self, conditions, facts):
        standings = {}
        now = self.env.cr.now()
        for condition in conditions:
            zone = condition.company_id._get_sales_timezone()
            previous = condition.phase_id._get_previous()
            opened, days = previous._get_opened(), max(condition.days, 1)
            if not previous:
                # Nothing came before: nothing to wait for.
                standings[condition.id] = rollout.Standing(days, days, days)
                continue
            passed = (local_day(now, zone) - local_day(opened, zone)).days if opened else 0
            standings[condition.id] = rollout.Standing(
                have=min(passed, days),
                total=days,
                need=days,
                note="" if opened else self.env._("The phase before is not open."),
            )
        return standings

    def _say(self, condition, standing):
        return self.env._("%(have)s of %(total)s days", have=standing.have, total=standing.total)
