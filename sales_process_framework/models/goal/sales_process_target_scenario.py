from odoo import fields, models
from odoo.exceptions import UserError


class SalesProcessTargetScenario(models.Model):
    """One of several sets of goals for the same time, of which one is chosen."""

    _name = "sales.process.target.scenario"
    _description = "Scenario of Goals"
    _order = "company_id, year desc, state, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    year = fields.Integer(required=True, aggregator=None, default=lambda self: fields.Date.context_today(self).year)
    description = fields.Text(translate=True)
    state = fields.Selection(
        [("draft", "Draft"), ("chosen", "Chosen")], required=True, default="draft", readonly=True, copy=False
    )
    target_ids = fields.One2many("sales.process.target", "scenario_id", string="Goals")
    target_count = fields.Integer(compute="_compute_target_count")
    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue = fields.Monetary(compute="_compute_target_count", help="Goal for revenue of the whole company and year.")

    _one_chosen = models.UniqueIndex(
        "(company_id, year) WHERE state = 'chosen'", "One scenario is chosen for a company and year."
    )

    def _compute_target_count(self):
        for scenario in self:
            goals = scenario.target_ids
            scenario.target_count = len(goals)
            scenario.revenue = sum(
                goals.filtered(
                    lambda goal: goal.kpi_id.code == "revenue" and goal.scope == "company" and goal.cycle == "year"
                ).mapped("value")
            )

    def action_choose(self):
        """These goals count from now on; those of the scenario chosen before become a draft again."""
        self.ensure_one()
        self.check_access("write")
        if not self.target_ids:
            raise UserError(self.env._("Add goals to %s before you choose it.", self.name))
        former = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("year", "=", self.year),
                ("state", "=", "chosen"),
                ("id", "!=", self.id),
            ]
        )
        former.write({"state": "draft"})
        former.target_ids.filtered(lambda goal: goal.state == "active").write({"state": "draft"})
        self.env.flush_all()
        self.state = "chosen"
        self.target_ids.filtered(lambda goal: goal.state == "draft").write({"state": "active"})

    def action_open_targets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_target_action")
        return {**action, "domain": [("scenario_id", "=", self.id)], "context": {"default_scenario_id": self.id}}
