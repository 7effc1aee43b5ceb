from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    sales_process_ids = fields.Many2many(
        "sales.process", "sales_process_team_rel", "team_id", "process_id", string="Sales Processes"
    )

    def _action_assign_leads(self, *args, **kwargs):
        """The assignment is a channel of its own: it never fails at a gate."""
        return super(CrmTeam, self.with_context(sales_process_intake=True))._action_assign_leads(*args, **kwargs)

    def unlink(self):
        result = super().unlink()
        self.env["sales.process"]._clear_playbooks()
        return result
