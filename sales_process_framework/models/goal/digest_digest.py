from odoo import fields, models
from odoo.exceptions import AccessError

SHARE = "kpi_sales_process_goals"


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_sales_process_goals = fields.Boolean("Sales Goals On Pace (%)")
    kpi_sales_process_goals_value = fields.Float(compute="_compute_kpi_sales_process_goals_value")

    def _compute_kpi_sales_process_goals_value(self):
        """Share of the goals of a time span that are on pace, or were reached, of those that the receiver may see."""
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("Do not have access, skip this data for user's digest email"))
        start, end, _companies = self._get_kpi_compute_parameters()
        start, end = (fields.Datetime.to_datetime(moment) or self.env.cr.now() for moment in (start, end))
        for company, digests in self.grouped(lambda digest: digest.company_id or self.env.company).items():
            digests.kpi_sales_process_goals_value = self._get_share_of_goals(company, start, end) or 0.0

    def _get_share_of_goals(self, company, start, end):
        """:return: percent of the goals with data that ran between two moments; None where there are none"""
        goals = self.env["sales.process.target"].search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", end.date()),
                ("date_to", ">=", start.date()),
                "|",
                ("state", "=", "active"),
                # Closed because its time was over, not given up before.
                "&",
                ("state", "=", "closed"),
                ("date_to", "<", fields.Date.context_today(self)),
            ]
        )
        known = goals.filtered("has_actual")
        ahead = known.filtered(lambda goal: goal.pace_state == "ahead")
        return 100.0 * len(ahead) / len(known) if known else None

    def _compute_kpis(self, company, user):
        """No data is not zero: a span of which nothing is known is left out."""
        kpis = super()._compute_kpis(company, user)
        ours = next((kpi for kpi in kpis if kpi["kpi_name"] == SHARE), None)
        if not ours:
            return kpis
        digest = self.with_user(user).with_company(company)
        for number, (_name, (span, _before)) in enumerate(self._compute_timeframes(company), start=1):
            if digest._get_share_of_goals(digest.company_id or company, *span) is None:
                ours[f"kpi_col{number}"] = {}
        return kpis if any(ours[f"kpi_col{number}"] for number in (1, 2, 3)) else [kpi for kpi in kpis if kpi != ours]

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm.crm_menu_root").id
        actions[SHARE] = f"sales_process_framework.sales_process_target_action_mine?menu_id={menu}"
        return actions
