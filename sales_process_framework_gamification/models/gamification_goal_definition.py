from odoo import fields, models


class GamificationGoalDefinition(models.Model):
    _inherit = "gamification.goal.definition"

    computation_mode = fields.Selection(
        selection_add=[("sales_process_target", "Automatic: sales goals of the person, in percent")],
        ondelete={"sales_process_target": lambda definitions: definitions.write({"computation_mode": "manually"})},
    )
    sales_process_kpi_id = fields.Many2one(
        "sales.process.kpi",
        string="Sales Indicator",
        ondelete="set null",
        help="Only sales goals for this indicator; empty: all of them, on average.",
    )
