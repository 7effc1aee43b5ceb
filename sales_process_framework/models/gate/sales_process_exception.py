from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class SalesProcessException(models.Model):
    """Permission for one lead to make one move although the gate is not met (R1)."""

    _name = "sales.process.exception"
    _description = "Sales Process Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="lead_id.company_id")
    process_id = fields.Many2one("sales.process", ondelete="cascade", readonly=True, index=True)
    from_stage_id = fields.Many2one("crm.stage", ondelete="cascade", readonly=True)
    to_stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("used", "Used"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="requested",
        readonly=True,
        tracking=True,
        index=True,
    )
    requested_by_id = fields.Many2one("res.users", readonly=True, required=True, default=lambda self: self.env.user)
    approver_ids = fields.Many2many("res.users", readonly=True, string="Approvers")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decision_date = fields.Datetime(readonly=True)
    decision_note = fields.Text(readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_open = models.UniqueIndex(
        "(lead_id, to_stage_id) WHERE state IN ('requested', 'approved')",
        "An exception for this move is open already.",
    )

    @api.depends("state", "requested_by_id", "approver_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        is_manager = self.env.user.has_group("sales_team.group_sale_manager")
        for exception in self:
            exception.can_decide = (
                exception.state == "requested"
                and exception.requested_by_id != self.env.user
                and (is_manager or self.env.user in exception.approver_ids)
            )

    def action_approve(self):
        return self._action_decide(True)

    def action_reject(self):
        return self._action_decide(False)

    def _action_decide(self, approve, note=False):
        """Grant or refuse; the requester hears of it, the lead's log keeps it.

        :raise UserError: decided already, or the user has no say, or would decide about themselves
        """
        for exception in self:
            if exception.state != "requested":
                raise UserError(self.env._("This exception was decided already."))
            if not exception.can_decide:
                raise UserError(
                    self.env._(
                        "Only %s can decide about this exception, and nobody about their own.",
                        ", ".join(exception.sudo().approver_ids.mapped("name")),
                    )
                )
        # The right was checked just above; reps hold no write access to exceptions.
        exceptions = self.sudo()
        exceptions.write(
            {
                "state": "approved" if approve else "rejected",
                "decided_by_id": self.env.uid,
                "decision_date": self.env.cr.now(),
                "decision_note": note,
            }
        )
        exceptions.activity_ids.action_feedback(feedback=note or False)
        for exception in exceptions:
            exception._log_decision()
        return True

    def _action_cancel(self):
        self.sudo().write({"state": "cancelled"})
        self.sudo().activity_ids.unlink()

    def _log_decision(self):
        self.ensure_one()
        verb = self.env._("Exception approved") if self.state == "approved" else self.env._("Exception rejected")
        why = self.decision_note or self.reason
        body = Markup("<p><b>%s</b>: %s</p><p>%s</p>") % (verb, self.to_stage_id.name, why)
        self.lead_id.message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            partner_ids=self.requested_by_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _notify_approvers(self):
        for exception in self:
            for approver in exception.approver_ids:
                exception.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=approver.id,
                    summary=self.env._("Exception asked for %s", exception.lead_id.name),
                    note=plaintext2html(exception.reason),
                )

    @api.model
    def _get_open(self, lead_ids, states=("approved",)):
        """:return: {(lead id, target crm.stage id): exception} of open exceptions"""
        found = self.sudo().search([("lead_id", "in", lead_ids), ("state", "in", states)])
        return {(exception.lead_id.id, exception.to_stage_id.id): exception for exception in found}
