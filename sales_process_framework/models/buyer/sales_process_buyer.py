from odoo import api, fields, models, tools

from ..journey.sales_process_persona import DECISION_ROLES

ATTITUDES = [
    ("champion", "Champion"),
    ("supporter", "Supporter"),
    ("neutral", "Neutral"),
    ("opponent", "Opponent"),
    ("unknown", "Not known yet"),
]


class SalesProcessBuyer(models.Model):
    """One person of the buying group of a lead: who it is, what part it has, what it thinks."""

    _name = "sales.process.buyer"
    _description = "Buying Group Member"
    _order = "sequence, id"
    _check_company_auto = True

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="lead_id.company_id")
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null", check_company=True
    )
    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True, required=True)
    function = fields.Char(
        string="Job Position", compute="_compute_function", store=True, readonly=False, precompute=True
    )
    role = fields.Selection(DECISION_ROLES, string="Role in the Decision", required=True, default="user")
    attitude = fields.Selection(ATTITUDES, required=True, default="unknown")
    influence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], required=True, default="medium"
    )
    persona_id = fields.Many2one("sales.process.persona", index="btree_not_null", check_company=True)
    note = fields.Char()

    _one_place = models.UniqueIndex(
        "(lead_id, partner_id) WHERE partner_id IS NOT NULL",
        "This contact is in the buying group already. Change the line that is there.",
    )

    @api.depends("partner_id")
    def _compute_name(self):
        for buyer in self:
            # A person known by name only keeps it; choosing a contact takes over the contact's.
            buyer.name = buyer.partner_id.name or buyer.name

    @api.depends("partner_id")
    def _compute_function(self):
        for buyer in self:
            buyer.function = buyer.partner_id.function or buyer.function

    @api.onchange("persona_id")
    def _onchange_persona_id(self):
        if self.persona_id.decision_role:
            self.role = self.persona_id.decision_role

    def _get_identity(self):
        """:return: what two lines of one person have in common: the contact, else the name"""
        self.ensure_one()
        return self.partner_id.id or (self.name or "").strip().casefold()

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """:return: whether anybody ever noted a buying group; merging asks this and stops"""
        return bool(self.sudo().search_count([], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        buyers = super().create(vals_list)
        if buyers and not self._is_in_use():
            self.env.registry.clear_cache("stable")
        buyers.lead_id._on_buyers_changed()
        return buyers

    def write(self, vals):
        leads = self.lead_id
        if vals.get("lead_id"):
            # Rules look at the lead that the line leaves; the one it goes to has to be one's own as well.
            self.env["crm.lead"].browse(vals["lead_id"]).check_access("write")
        result = super().write(vals)
        (leads | self.lead_id)._on_buyers_changed()
        return result

    def unlink(self):
        leads = self.lead_id
        result = super().unlink()
        leads.exists()._on_buyers_changed()
        return result
