from odoo import fields, models

#: What a person can be in a buying decision; shared by personas and the buying group of a lead.
DECISION_ROLES = [
    ("user", "User"),
    ("influencer", "Influencer"),
    ("decider", "Decision Maker"),
    ("buyer", "Buyer (Purchasing)"),
    ("gatekeeper", "Gatekeeper"),
    ("champion", "Internal Coach"),
]


class SalesProcessPersona(models.Model):
    _name = "sales.process.persona"
    _description = "Customer Persona"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    segment = fields.Char(translate=True, help="Market or kind of customer this persona stands for.")
    decision_role = fields.Selection(DECISION_ROLES, string="Role in the Decision")
    goals = fields.Text(translate=True)
    pains = fields.Text(translate=True)
    information_channels = fields.Text(translate=True, help="Where this persona looks for information.")
    journey_ids = fields.Many2many(
        "sales.process.journey",
        "sales_process_journey_persona_rel",
        "persona_id",
        "journey_id",
        string="Journeys",
        check_company=True,
    )
    key = fields.Char(help="Names the persona in exported files.", index="btree_not_null", copy=False)
