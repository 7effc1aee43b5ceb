from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.touch import TouchEvent

DIRECTION_BY_TOUCHPOINT = {"customer": "in", "us": "out"}


class SalesProcessTouchMixin(models.AbstractModel):
    """Contacts with the customer on ``crm.lead``."""

    _name = "sales.process.touch.mixin"
    _description = "Customer touches of leads"

    sales_touch_ids = fields.One2many("sales.process.touch", "lead_id", string="Customer Touches")
    sales_has_journey = fields.Boolean(string="Follows a Customer Journey", compute="_compute_sales_has_journey")

    @api.depends("sales_process_id", "company_id", "team_id")
    def _compute_sales_has_journey(self):
        Touch = self.env["sales.process.touch"]
        recording = Touch._is_recording()
        for lead in self:
            lead.sales_has_journey = recording and bool(Touch._get_journey_of(lead.sudo()))

    @api.model
    def _on_touches_recorded(self, touches):
        """Hook: called once for each batch of touches that have happened, after they were written.

        Rebuilt history and meetings that are only planned do not come here.

        :param touches: ``sales.process.touch`` under sudo, of any number of leads
        """

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def sales_process_record_touch(self, touchpoint_id, summary=False):
        """Record by hand that a touchpoint took place now.

        :return: the timeline, see :meth:`get_sales_journey_timeline`
        """
        self.ensure_one()
        self.check_access("write")
        lead = self.sudo()  # definitions and facts are written by the recorder alone
        journey = self.env["sales.process.touch"]._get_journey_of(lead)
        touchpoint = self.env["sales.process.touchpoint"].sudo().browse(touchpoint_id).exists()
        if not journey or not touchpoint or touchpoint.journey_id.id != journey.journey:
            raise UserError(
                self.env._("This touchpoint is not part of the customer journey of %s. Reload the page.", lead.name)
            )
        direction = DIRECTION_BY_TOUCHPOINT.get(touchpoint.direction, "out")
        self.env["sales.process.touch"].sudo()._record(
            [
                TouchEvent(
                    lead_id=lead.id,
                    source="manual",
                    direction="internal" if touchpoint.channel_kind == "internal" else direction,
                    date=self.env.cr.now(),
                    partner_id=lead.partner_id.id,
                    user_id=self.env.uid,
                    touchpoint_id=touchpoint.id,
                    phase_id=touchpoint.phase_id.id,
                    summary=summary or None,
                )
            ]
        )
        return self.get_sales_journey_timeline()

    def sales_process_remove_touch(self, touch_id):
        """Take back what was recorded by hand: one's own, or anybody's as sales administrator.

        :return: the timeline, see :meth:`get_sales_journey_timeline`
        """
        self.ensure_one()
        self.check_access("write")
        touch = self.env["sales.process.touch"].sudo().browse(touch_id).exists()
        if touch.lead_id != self or touch.source not in ("manual", "note"):
            raise UserError(self.env._("Only touches that were recorded by hand can be removed."))
        if touch.user_id != self.env.user and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("%s recorded this touch. Only they or a sales administrator remove it.", touch.user_id.name)
            )
        touch.unlink()
        return self.get_sales_journey_timeline()

    def sales_process_mark_contact(self, message_id):
        """Mark a note as a contact with the customer, which it then counts as."""
        self.ensure_one()
        self.check_access("write")
        message = self.env["mail.message"].sudo().browse(message_id).exists()
        if message.model != "crm.lead" or message.res_id != self.id:
            raise AccessError(self.env._("This message is not one of %s.", self.name))
        if message.message_type != "comment" or not self.env["sales.process.touch"]._is_note(message):
            raise UserError(self.env._("Only notes are marked as contact; messages count by themselves."))
        message.subtype_id = self.env["sales.process.touch"]._get_contact_subtype_id()
        self.env["sales.process.touch"].sudo()._record_messages(message)
        return True

    # ------------------------------------------------------------------
    # Merge
    # ------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        """The head gets the touches of the leads merged into it."""
        result = super()._merge_dependences(opportunities)
        if self.env["sales.process.touch"]._has_journeys():
            # CRM merges under the rights of the user and unlinks the tails as superuser: the facts go the same way.
            self.env["sales.process.touch"].sudo().search([("lead_id", "in", opportunities.ids)]).write(
                {"lead_id": self.id}
            )
        return result
