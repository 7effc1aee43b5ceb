from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...models.support.sales_process_department import OPEN_STATES


class SalesProcessSupportAsk(models.TransientModel):
    """Ask a department for something, from the lead."""

    _name = "sales.process.support.ask"
    _description = "Ask for Support"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="lead_id.company_id")
    policy_id = fields.Many2one(
        "sales.process.sla.policy",
        string="What You Ask For",
        required=True,
        ondelete="cascade",
        domain="[('department_id.active', '=', True), ('company_id', 'in', [company_id, False] if company_id else "
        "allowed_company_ids + [False])]",
    )
    description = fields.Text(related="policy_id.description", string="What You Get")
    template_ids = fields.Many2many(related="policy_id.template_ids", string="Briefing Templates")
    need = fields.Text(string="What You Need")
    file_ids = fields.Many2many("ir.attachment", "sales_process_support_ask_file_rel", string="Files")
    promise = fields.Char(compute="_compute_promise")
    open_request = fields.Char(compute="_compute_promise")

    @api.depends("policy_id", "lead_id")
    def _compute_promise(self):
        now = self.env.cr.now()
        for ask in self:
            ask.promise = ask.open_request = False
            policy = ask.policy_id
            if not policy:
                continue
            calendar = policy.department_id._get_calendar().sudo()
            deadline = calendar._plan_promise(now, days=policy.resolution_days).deadline
            ask.promise = self.env._(
                "%(department)s delivers by %(deadline)s",
                department=policy.department_id.name,
                deadline=format_datetime(self.env, deadline, dt_format="short"),
            )
            domain = [("lead_id", "=", ask.lead_id.id), ("policy_id", "=", policy.id), ("state", "in", OPEN_STATES)]
            ask.open_request = self.env["sales.process.support.request"].search(domain, limit=1).display_name

    def action_ask(self):
        self.ensure_one()
        if not self.lead_id.exists():
            raise UserError(self.env._("The lead is gone. Close this window and reload the page."))
        self.env["sales.process.support.request"]._ask(self.lead_id, self.policy_id, self.need, self.file_ids)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.promise,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
