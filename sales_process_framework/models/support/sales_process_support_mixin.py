from odoo import fields, models

from .sales_process_department import OPEN_STATES


class SalesProcessSupportMixin(models.AbstractModel):
    """Support that departments give to leads."""

    _name = "sales.process.support.mixin"
    _description = "Support for leads"

    sales_support_request_ids = fields.One2many("sales.process.support.request", "lead_id", string="Support Requests")
    sales_support_offered = fields.Boolean(compute="_compute_sales_support")
    sales_support_count = fields.Integer(string="Open Support", compute="_compute_sales_support")
    sales_support_late = fields.Integer(string="Late Support", compute="_compute_sales_support")

    def _compute_sales_support(self):
        offered = self.env["sales.process.sla.policy"]._is_in_use()
        counts, late = {}, {}
        if offered:
            Request = self.env["sales.process.support.request"]
            domain = [("lead_id", "in", self.ids), ("state", "in", OPEN_STATES)]
            counts = dict(Request._read_group(domain, ["lead_id"], ["__count"]))
            late = dict(Request._read_group([*domain, ("is_late", "=", True)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.sales_support_offered = offered
            lead.sales_support_count = counts.get(lead._origin, 0)
            lead.sales_support_late = late.get(lead._origin, 0)

    def action_ask_sales_support(self):
        """The dialog in which a department is asked for something."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Support"),
            "res_model": "sales.process.support.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    def action_view_sales_support(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_support_request_action"
        )
        return {**action, "domain": [("lead_id", "=", self.id)], "context": {"create": False}}

    def _on_stage_changed(self, changes):
        result = super()._on_stage_changed(changes)
        if self.env["sales.process.sla.policy"]._is_in_use():
            self._raise_support(changes)
        return result

    def _raise_support(self, changes):
        Request = self.env["sales.process.support.request"]
        if gone := [change.lead.id for change in changes if change.closed or change.turned_lost]:
            Request._withdraw_for_leads(gone)
        raised = self.env["sales.process.sla.policy"]._get_raised()
        if not raised:
            return
        wanted = {}
        for change in changes:
            arrived = change.created or change.moved or change.converted or change.handed_over
            if not arrived or not change.new.active or change.new.lost or change.new.type != "opportunity":
                continue
            playbook = self.env["sales.process"]._get_playbook(change.new.process_id)
            stage = playbook.stage_at(change.new.stage_id) if change.new.process_id else None
            if stage and stage.id in raised:
                wanted[change.lead.sudo()] = raised[stage.id]
        if wanted:
            Request._raise_for_leads(wanted)

    def _merge_dependences(self, opportunities):
        """What was asked for a merged lead goes on for the one that stays."""
        result = super()._merge_dependences(opportunities)
        if self.env["sales.process.sla.policy"]._is_in_use():
            self._merge_support(opportunities)
        return result

    def _merge_support(self, opportunities):
        # CRM unlinks the merged leads as superuser: what belongs to them moves the same way.
        requests = (
            self.env["sales.process.support.request"]
            .sudo()
            .search([("lead_id", "in", (self | opportunities).ids)], order="id")
        )
        taken = {
            row.policy_id.id for row in requests if row.lead_id == self and row.raised and row.state in OPEN_STATES
        }
        for request in requests.filtered(lambda row: row.lead_id != self):
            if request.raised and request.state in OPEN_STATES:
                if request.policy_id.id in taken:
                    request.raised = False  # asked for twice; both stay, the department sees them side by side
                taken.add(request.policy_id.id)
            request.lead_id = self
        self.sudo()._refresh_gate_state()
