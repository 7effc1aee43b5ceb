from collections import defaultdict

from odoo import api, fields, models
from odoo.tools.i18n import format_list


class SalesProcessAlertAudience(models.AbstractModel):
    """Who is told: of a rule at first, of an escalation step later."""

    _name = "sales.process.alert.audience"
    _description = "Audience of Alerts"

    to_owner = fields.Boolean(string="Salesperson", default=True)
    to_leader = fields.Boolean(string="Team Leader")
    to_manager = fields.Boolean(string="Sales Administrators")
    to_followers = fields.Boolean(string="Followers", help="Colleagues who follow the lead.")
    role_id = fields.Many2one("sales.process.role", ondelete="restrict")

    def _has_audience(self):
        return bool(self.to_owner or self.to_leader or self.to_manager or self.to_followers or self.role_id)

    def _describe_audience(self):
        """:return: "the salesperson and the team leader", in the user's language"""
        self.ensure_one()
        names = [
            self.to_owner and self.env._("the salesperson"),
            self.to_leader and self.env._("the team leader"),
            self.to_manager and self.env._("the sales administrators"),
            self.role_id and self.env._("the role “%s”", self.role_id.name),
            self.to_followers and self.env._("the followers"),
        ]
        names = [name for name in names if name]
        return format_list(self.env, names) if names else self.env._("nobody")

    def _get_receivers(self, alerts):
        """Who is told about each alert.

        Where those meant are missing, archived or of another company, the leader of the team is told instead,
        and without one the sales administrators.

        :param alerts: ``sales.process.alert``, of one rule
        :return: {alert: ``res.users``}
        """
        self.ensure_one()
        followers = self._get_followers(alerts) if self.to_followers else {}
        managers = {}
        receivers = {}
        for alert in alerts:
            company = alert.company_id
            if company not in managers:
                managers[company] = self._get_managers(company)
            chosen = self._choose_receivers(alert, managers[company], followers)
            for users in (chosen, alert._get_leader(), managers[company]):
                receivers[alert] = users.filtered(
                    lambda user, company=company: (
                        user.active and not user.share and (not company or company in user.company_ids)
                    )
                )
                if receivers[alert]:
                    break
        return receivers

    def _choose_receivers(self, alert, managers, followers):
        users = self.env["res.users"]
        if self.to_owner:
            owner = alert._get_owner()
            # An owner who is gone is stood in for, even when others are told as well.
            users |= owner.filtered("active") or alert._get_leader().filtered("active") or managers
        if self.to_leader:
            users |= alert._get_leader().filtered("active") or managers
        if self.to_manager:
            users |= managers
        if self.role_id:
            users |= self.role_id._get_users(alert.lead_id) if alert.lead_id else self.role_id.user_ids
        return users | followers.get(alert.lead_id.id, users.browse())

    @api.model
    def _get_managers(self, company):
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        return managers.filtered(
            lambda user: user.active and not user._is_superuser() and (not company or company in user.company_ids)
        )

    @api.model
    def _get_followers(self, alerts):
        """:return: {lead id: ``res.users``}, all leads in one query"""
        rows = (
            self.env["mail.followers"]
            .sudo()
            .search_fetch(
                [("res_model", "=", "crm.lead"), ("res_id", "in", alerts.lead_id.ids)], ["res_id", "partner_id"]
            )
        )
        users = defaultdict(self.env["res.users"].browse)
        for row in rows:
            users[row.res_id] |= row.partner_id.user_ids.filtered(lambda user: user.active and not user.share)
        return users
