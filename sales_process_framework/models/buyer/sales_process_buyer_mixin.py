from odoo import api, fields, models
from odoo.fields import Domain

#: Fields that conditions of gates may read; all of them follow from the buying group.
BUYER_FIELDS = {
    "sales_buyer_ids",
    "sales_buyer_count",
    "sales_decider_known",
    "sales_champion_known",
    "sales_decision_chain_clear",
}


class SalesProcessBuyerMixin(models.AbstractModel):
    """The buying group on ``crm.lead``, and what gates ask of it."""

    _name = "sales.process.buyer.mixin"
    _description = "Buying group of leads"

    sales_buyer_ids = fields.One2many("sales.process.buyer", "lead_id", string="Buying Group")
    sales_buyer_count = fields.Integer(
        string="People in the Buying Group", compute="_compute_sales_buyers", search="_search_sales_buyer_count"
    )
    sales_decider_known = fields.Boolean(
        string="Decision Maker Known",
        compute="_compute_sales_buyers",
        search="_search_sales_decider_known",
        help="Somebody in the buying group is the decision maker.",
    )
    sales_champion_known = fields.Boolean(
        string="Champion Found",
        compute="_compute_sales_buyers",
        search="_search_sales_champion_known",
        help="Somebody in the buying group is a champion of ours.",
    )
    sales_decision_chain_clear = fields.Boolean(
        string="Decision Chain Clear",
        compute="_compute_sales_buyers",
        search="_search_sales_decision_chain_clear",
        help="The decision maker is known, and so is the attitude of everybody in the buying group.",
    )

    @api.depends("sales_buyer_ids.role", "sales_buyer_ids.attitude")
    def _compute_sales_buyers(self):
        for lead in self:
            buyers = lead.sales_buyer_ids
            roles, attitudes = set(buyers.mapped("role")), set(buyers.mapped("attitude"))
            lead.sales_buyer_count = len(buyers)
            lead.sales_decider_known = "decider" in roles
            lead.sales_champion_known = "champion" in attitudes
            lead.sales_decision_chain_clear = "decider" in roles and "unknown" not in attitudes

    def _search_sales_buyer_count(self, operator, value):
        """Compare in memory: few leads have a buying group, and all of them are read with one query."""
        if operator in ("in", "not in"):
            tests = {"in": lambda count: count in value, "not in": lambda count: count not in value}
        elif operator in (">", ">=", "<", "<="):
            tests = {
                ">": lambda count: count > value,
                ">=": lambda count: count >= value,
                "<": lambda count: count < value,
                "<=": lambda count: count <= value,
            }
        else:
            return NotImplemented
        test = tests[operator]
        # sudo: which leads the user sees is decided by the search that this is a part of.
        groups = self.env["sales.process.buyer"].sudo()._read_group([], ["lead_id"], ["__count"])
        counts = {lead.id: count for lead, count in groups}
        if test(0):
            return Domain("id", "not in", [lead for lead, count in counts.items() if not test(count)])
        return Domain("id", "in", [lead for lead, count in counts.items() if test(count)])

    def _search_sales_decider_known(self, operator, value):
        return self._search_flag(Domain("sales_buyer_ids.role", "=", "decider"), operator, value)

    def _search_sales_champion_known(self, operator, value):
        return self._search_flag(Domain("sales_buyer_ids.attitude", "=", "champion"), operator, value)

    def _search_sales_decision_chain_clear(self, operator, value):
        clear = Domain("sales_buyer_ids", "any", [("role", "=", "decider")]) & Domain(
            "sales_buyer_ids", "not any", [("attitude", "=", "unknown")]
        )
        return self._search_flag(clear, operator, value)

    @staticmethod
    def _search_flag(is_set, operator, value):
        if operator != "in":
            return NotImplemented
        if {True, False} <= set(value):
            return Domain.TRUE
        return is_set if True in value else ~is_set

    def _on_buyers_changed(self):
        """A gate may wait for the buying group; whoever may change the group may not always judge the lead."""
        Process = self.env["sales.process"]
        if self and Process._is_in_use() and BUYER_FIELDS & Process._get_watched_fields():
            self.sudo()._refresh_gate_state()

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """The lead that stays gets the people it does not know yet."""
        result = super()._merge_dependences(opportunities)
        Buyer = self.env["sales.process.buyer"]
        if Buyer._is_in_use():
            # CRM unlinks the tails as superuser; the people leave them the same way.
            buyers = Buyer.sudo().search([("lead_id", "in", (self | opportunities).ids)], order="id")
            known = {buyer._get_identity() for buyer in buyers if buyer.lead_id == self}
            moving = Buyer.sudo()
            for buyer in buyers.filtered(lambda buyer: buyer.lead_id != self):
                if (identity := buyer._get_identity()) not in known:
                    known.add(identity)
                    moving += buyer
            if moving:
                moving.write({"lead_id": self.id})
        return result
