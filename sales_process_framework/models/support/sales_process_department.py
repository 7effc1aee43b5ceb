from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

OPEN_STATES = ("new", "in_progress", "waiting")


class SalesProcessDepartment(models.Model):
    """People who support the sale without selling: marketing, product, legal (S4.4)."""

    _name = "sales.process.department"
    _description = "Support Department"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, default=lambda self: self.env.company)
    leader_id = fields.Many2one(
        "res.users", domain=[("share", "=", False)], help="Hears of late requests and hands them out."
    )
    member_ids = fields.Many2many(
        "res.users",
        "sales_process_department_member_rel",
        "department_id",
        "user_id",
        string="Members",
        domain=[("share", "=", False)],
        help="They see the requests of this department, and of the lead only what they need.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Time",
        check_company=True,
        ondelete="restrict",
        help="Deadlines count in it; without one, in the company's.",
    )
    policy_ids = fields.One2many("sales.process.sla.policy", "department_id", string="Service Levels")
    open_count = fields.Integer(compute="_compute_counts")
    late_count = fields.Integer(compute="_compute_counts")

    def _compute_counts(self):
        Request = self.env["sales.process.support.request"]
        mine = [("department_id", "in", self.ids)]
        by_name = {
            "open_count": [*mine, ("state", "in", OPEN_STATES)],
            "late_count": [*mine, ("is_late", "=", True)],
        }
        for name, domain in by_name.items():
            counts = dict(Request._read_group(domain, ["department_id"], ["__count"]))
            for department in self:
                department[name] = counts.get(department._origin, 0)

    @api.constrains("member_ids", "leader_id")
    def _check_members_are_internal(self):
        for department in self.sudo():
            if strangers := (department.member_ids | department.leader_id).filtered("share"):
                raise ValidationError(
                    self.env._(
                        "%(user)s is no employee and cannot join %(department)s.",
                        user=strangers[0].name,
                        department=department.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        departments._add_leaders()
        departments._update_member_group(departments.member_ids)
        return departments

    def write(self, vals):
        before = self.member_ids
        result = super().write(vals)
        if {"member_ids", "leader_id"} & vals.keys():
            self._add_leaders()
            self._update_member_group(before | self.member_ids)
        if {"calendar_id", "company_id"} & vals.keys():
            self.env["sales.process.support.request"]._replan([("department_id", "in", self.ids)])
        return result

    def unlink(self):
        members = self.member_ids
        result = super().unlink()
        self._update_member_group(members)
        return result

    def _add_leaders(self):
        for department in self:
            if stranger := department.leader_id - department.member_ids:
                department.member_ids = [Command.link(stranger.id)]

    @api.model
    def _update_member_group(self, users):
        """Members of any department may open the app of the departments, nobody else."""
        # Sales administrators may not change users; this changes nothing but who opens one app.
        group = self.env.ref("sales_process_framework.group_support_member").sudo()
        departments = self.sudo().with_context(active_test=False).search([("member_ids", "in", users.ids)])
        members = departments.member_ids & users
        explicit = group.with_context(active_test=False).user_ids
        commands = [Command.link(user.id) for user in members - explicit]
        commands += [Command.unlink(user.id) for user in (users - members) & explicit]
        if commands:
            group.write({"user_ids": commands})

    def _get_calendar(self):
        """The working time that the department's deadlines count in."""
        self.ensure_one()
        department = self.sudo()
        return department.calendar_id or (department.company_id or self.env.company).resource_calendar_id

    def action_view_requests(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_support_request_action_meeting"
        )
        action["domain"] = [("department_id", "=", self.id)]
        return action
