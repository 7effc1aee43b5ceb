from odoo import Command, api, models

from ...tools.period import period_of

#: Quarters that the people of the demo company were measured in before the running one.
QUARTERS = 4
#: From which stage on (0 the first) a deal needs what: (kind, fields, days).
RULES = (
    (0, "filled", ("phone", "source_id"), 14),
    (1, "filled", ("expected_revenue",), 14),
    (1, "contact", (), 30),
    (2, "ahead", ("date_deadline",), 14),
)


class SalesProcessScorecardDemo(models.AbstractModel):
    _name = "sales.process.demo.scorecard"
    _inherit = "sales.process.demo"
    _description = "Demo company: scorecards"

    @api.model
    def _demo_build_completeness(self):
        """What deals need from which stage on; a few of them lack it."""
        Fields = self.env["ir.model.fields"].sudo()
        rules = self.env["sales.process.completeness.rule"].sudo()
        for key in ("b2b", "services"):
            stages = self._ref(f"process_{key}_demo").stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
            rules += rules.create(
                [
                    {
                        "process_stage_id": stages[place].id,
                        "sequence": number,
                        "kind": kind,
                        "field_ids": [Command.set([Fields._get("crm.lead", name).id for name in names])],
                        "days": days,
                    }
                    for number, (place, kind, names, days) in enumerate(RULES)
                ]
            )
        self._name_records({f"completeness_rule_{number}": rule for number, rule in enumerate(rules, 1)})

    @api.model
    def _demo_build_scorecards(self):
        """The scheme that comes along is in force, and has been for a year: past quarters are frozen."""
        scheme = self._ref("scorecard_scheme_sales").sudo()
        period = period_of(self.env.cr.now().date(), scheme.cycle)
        for _number in range(QUARTERS):
            period = period.previous()
        teams = self._search_ours("crm.team", "team_%")
        scheme.write({"date_from": period.start, "team_ids": [Command.set(teams.ids)]})
        scheme.action_activate()
        self.env["sales.process.scorecard"].sudo()._refresh()
