from odoo import models


class SalesProcessKpiFacts(models.AbstractModel):
    """All built-in facts, composed."""

    _name = "sales.process.kpi.facts"
    _description = "Built-in facts of indicators"
    _inherit = [
        "sales.process.kpi.facts.leads",
        "sales.process.kpi.facts.deals",
        "sales.process.kpi.facts.customers",
        "sales.process.kpi.facts.execution",
        "sales.process.kpi.facts.stages",
        "sales.process.kpi.facts.service",
        "sales.process.kpi.facts.goals",
    ]
