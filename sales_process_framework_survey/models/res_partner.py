from odoo import api, fields, models

from .crm_lead import BANDS


class ResPartner(models.Model):
    _inherit = "res.partner"

    sales_nps_mark = fields.Integer(
        string="Would Recommend", compute="_compute_sales_nps", groups="sales_team.group_sale_salesman"
    )
    sales_nps_band = fields.Selection(
        BANDS, string="Latest Answer", compute="_compute_sales_nps", groups="sales_team.group_sale_salesman"
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_sales_nps(self):
        """The latest mark that anybody of the customer gave the current company, as far as the reader may see it."""
        Invitation = self.env["sales.process.survey.invitation"]
        latest = {}
        if Invitation._is_in_use():
            found = Invitation.search_fetch(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                    ("band", "!=", False),
                ],
                ["commercial_partner_id", "mark", "band"],
                order="date_answered, id",
            )
            latest = {invitation.commercial_partner_id.id: invitation for invitation in found}
        for partner in self:
            invitation = latest.get(partner.commercial_partner_id.id, Invitation)
            partner.sales_nps_mark = invitation.mark
            partner.sales_nps_band = invitation.band

    def action_view_sales_survey_invitations(self):
        """What people of the customer were asked, and answered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework_survey.sales_process_survey_invitation_action"
        )
        return action | {
            "domain": [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }
