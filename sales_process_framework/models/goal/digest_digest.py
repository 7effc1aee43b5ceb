from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_sales_process_goals = fields.Boolean("Sales Goals On Pace (%)")
    kpi_sales_process_goals_value = fields.Float(compute="_compute_kpi_sales_process_goals_value")

    def _compute_kpi_sales_process_goals_value(self):
        """Share of the active goals that are on pace, of those that the receiver may see."""
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("Do not have access, skip this data for user's digest email"))
        _start, end, companies = self._get_kpi_compute_parameters()
        day = (fields.Datetime.to_datetime(end) or self.env.cr.now()).date()
        for company in companies:
            goals = self.env["sales.process.target"].search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                    ("date_from", "<=", day),
                    ("date_to", ">=", day),
                ]
            )
            known = goals.filtered(lambda goal: goal.pace_state != "none")
            ahead = known.filtered(lambda goal: goal.pace_state == "ahead")
            share = 100.0 * len(ahead) / len(known) if known else 0.0
            for digest in self.filtered(lambda one, own=company: (one.company_id or self.env.company) == own):
                digest.kpi_sales_process_goals_value = share
        for digest in self:
            digest.kpi_sales_process_goals_value = digest.kpi_sales_process_goals_value or 0.0

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        actions["kpi_sales_process_goals"] = f"sales_process_framework.sales_process_target_action_mine?menu_id={menu}"
        return actions
