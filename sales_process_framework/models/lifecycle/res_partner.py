from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    sales_customer_ids = fields.One2many(
        "sales.process.customer", "partner_id", string="Customer Phases", groups="sales_team.group_sale_salesman"
    )
    sales_journey_phase_id = fields.Many2one(
        "sales.process.journey.phase",
        string="Journey Phase",
        compute="_compute_sales_lifecycle",
        groups="sales_team.group_sale_salesman",
        help="Where this customer stands after the first sale, in the current company.",
    )
    sales_lifecycle = fields.Selection(
        [("use", "Use"), ("repurchase", "Repurchase"), ("churn", "Churn")],
        string="Customer Phase",
        compute="_compute_sales_lifecycle",
        search="_search_sales_lifecycle",
        groups="sales_team.group_sale_salesman",
    )
    sales_lifecycle_since = fields.Datetime(
        string="In This Phase Since", compute="_compute_sales_lifecycle", groups="sales_team.group_sale_salesman"
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_sales_lifecycle(self):
        stays = {}
        Customer = self.env["sales.process.customer"]
        if Customer._is_in_use():
            found = Customer.search(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                    ("until", "=", False),
                ]
            )
            stays = {stay.partner_id.id: stay for stay in found}
        for partner in self:
            stay = stays.get(partner.commercial_partner_id.id, Customer)
            partner.sales_journey_phase_id = stay.phase_id
            partner.sales_lifecycle = stay.lifecycle
            partner.sales_lifecycle_since = stay.since

    def _search_sales_lifecycle(self, operator, value):
        if operator != "in":
            return NotImplemented
        stay = [("company_id", "=", self.env.company.id), ("until", "=", False)]
        kinds = [kind for kind in value if kind]
        domain = Domain("commercial_partner_id.sales_customer_ids", "any", [*stay, ("lifecycle", "in", kinds)])
        if len(kinds) < len(value):
            domain |= Domain("commercial_partner_id.sales_customer_ids", "not any", stay)
        return domain

    def action_view_sales_customer(self):
        """Every phase the customer has been in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_customer_action")
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action
