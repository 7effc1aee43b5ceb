from odoo import fields, models

from ..tools.nps import band_of

#: The classes of answers, as people know them.
BANDS = [("promoter", "Promoter"), ("passive", "Passive"), ("detractor", "Detractor")]
NPS_FIELDS = ("sales_nps_mark", "sales_nps_band")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    sales_survey_invitation_ids = fields.One2many(
        "sales.process.survey.invitation", "lead_id", string="Survey Invitations"
    )
    # Kept on the lead, so that opening or listing leads reads no answers.
    sales_nps_mark = fields.Integer(
        string="Would Recommend",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="The customer's latest mark, 0 to 10.",
    )
    sales_nps_band = fields.Selection(
        BANDS, string="Customer Answer", readonly=True, copy=False, index="btree_not_null"
    )

    def action_view_sales_survey_invitations(self):
        """What the customer was asked, and answered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework_survey.sales_process_survey_invitation_action"
        )
        return action | {"domain": [("lead_id", "in", self.ids)], "context": {}}

    def _set_nps(self, mark):
        """Show the latest mark; set as a stored compute would: no write, no tracking.

        :param mark: 0 to 10; None for none
        """
        leads = self.sudo()
        with self.env.protecting([self._fields[name] for name in NPS_FIELDS], leads):
            for lead in leads:
                lead.sales_nps_mark = mark
                lead.sales_nps_band = band_of(mark) if mark is not None else False

    def _merge_dependences(self, opportunities):
        """The head gets what the customers of the merged leads were asked, and shows the latest mark of all."""
        result = super()._merge_dependences(opportunities)
        # CRM merges under the rights of the user and unlinks the tails as superuser: the facts go the same way.
        Invitation = self.env["sales.process.survey.invitation"].sudo()
        moved = Invitation.search([("lead_id", "in", opportunities.ids)])
        if moved:
            moved.write({"lead_id": self.id})
            latest = Invitation.search(
                [("lead_id", "=", self.id), ("band", "!=", False)], order="date_answered desc, id desc", limit=1
            )
            if latest:
                self._set_nps(latest.mark)
        return result
