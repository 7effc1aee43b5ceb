from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesProcessSupportStep(models.TransientModel):
    """A step of a support request that needs a word, a file or a name."""

    _name = "sales.process.support.step"
    _description = "Step of a Support Request"

    request_id = fields.Many2one("sales.process.support.request", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("wait", "Ask Back"),
            ("deliver", "Deliver"),
            ("reopen", "Send Back"),
            ("cancel", "Cancel"),
            ("assign", "Assign"),
            ("hand_in", "Hand In"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Text()
    file_ids = fields.Many2many("ir.attachment", "sales_process_support_step_file_rel", string="Files")
    member_ids = fields.Many2many(related="request_id.department_id.member_ids", string="Members")
    user_id = fields.Many2one("res.users", string="Assign To", domain="[('id', 'in', member_ids)]")
    document_ids = fields.Many2many(
        "sales.process.requirement",
        string="Documents",
        compute="_compute_document_ids",
        groups="sales_team.group_sale_salesman",
    )
    requirement_id = fields.Many2one(
        "sales.process.requirement",
        string="Document",
        domain="[('id', 'in', document_ids)]",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("request_id")
    def _compute_document_ids(self):
        for step in self:
            process = step.request_id.sudo().lead_id.sales_process_id
            requirements = process.stage_ids.requirement_ids.filtered(lambda row: row.judgement == "document")
            step.document_ids = requirements.ids

    def action_apply(self):
        self.ensure_one()
        request = self.request_id
        request.check_access("read")
        if self.kind == "deliver":
            request._step_deliver(self.note, self.file_ids)
        elif self.kind == "assign":
            if not self.user_id:
                raise UserError(self.env._("Choose who works on it."))
            request._step_assign(self.user_id, self.note)
        elif self.kind == "hand_in":
            if not self.requirement_id:
                raise UserError(self.env._("Choose the document it is handed in as."))
            request._step_hand_in(self.requirement_id)
        else:
            steps = {"wait": request._step_wait, "reopen": request._step_reopen, "cancel": request._step_cancel}
            steps[self.kind](self.note)
        return {"type": "ir.actions.act_window_close"}
