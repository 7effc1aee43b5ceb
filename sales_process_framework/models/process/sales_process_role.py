from odoo import fields, models


class SalesProcessRole(models.Model):
    _name = "sales.process.role"
    _description = "Sales Process Role"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True)
    kind = fields.Selection(
        [
            ("salesperson", "Salesperson of the lead"),
            ("team_leader", "Leader of the sales team"),
            ("sales_manager", "Sales administrators"),
            ("users", "These users"),
        ],
        required=True,
        default="users",
    )
    user_ids = fields.Many2many("res.users", string="Users", domain=[("share", "=", False)])
    key = fields.Char(help="Names the role in exported files.", index="btree_not_null", copy=False)

    def write(self, vals):
        result = super().write(vals)
        # What a process says to its reps names the roles.
        self.env["sales.process"]._clear_playbooks()
        return result

    def _get_users(self, lead):
        """Active users who hold the role for one lead, present ones first.

        :return: recordset of ``res.users``; empty when nobody holds the role
        """
        self.ensure_one()
        lead.ensure_one()
        holders = {
            "salesperson": lambda: lead.user_id,
            "team_leader": lambda: lead.team_id.user_id,
            "sales_manager": lambda: lead._get_sales_managers(),
            "users": lambda: self.user_ids,
        }[self.kind]()
        return holders.filtered("active")

    def _get_approvers(self, lead, requester):
        """Users who may decide for this role: its holders who are there, else the deputy.

        The deputy of an archived or absent approver is the leader of the lead's team, then the sales
        administrators. Nobody decides about their own request.

        :param requester: ``res.users`` who asks
        :return: recordset of ``res.users``, possibly empty
        """
        holders = self._get_users(lead) if self else self.env["res.users"]
        for candidates in (holders, lead.team_id.user_id, lead._get_sales_managers()):
            present = (candidates.filtered("active") - requester)._filter_sales_process_present()
            if present:
                return present
        return (holders | lead._get_sales_managers()).filtered("active") - requester
