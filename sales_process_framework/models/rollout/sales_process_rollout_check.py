from odoo import api, fields, models
from odoo.exceptions import AccessError


class SalesProcessRolloutCheck(models.Model):
    """One point of a phase's checklist, with somebody who sees to it."""

    _name = "sales.process.rollout.check"
    _description = "Checklist Point of a Rollout"
    _inherit = ["sales.process.kept"]
    _kept_fields = frozenset({"done_by_id", "done_on", "activity_id"})
    _order = "phase_id, sequence, id"
    _check_company_auto = True

    phase_id = fields.Many2one("sales.process.rollout.phase", required=True, index=True, ondelete="cascade")
    rollout_id = fields.Many2one(related="phase_id.rollout_id", store=True, index=True)
    company_id = fields.Many2one(related="phase_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        index="btree_not_null",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").ids)],
        help="Gets an activity once the rollout has begun.",
    )
    date_due = fields.Date(string="Until")
    done = fields.Boolean(copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    may_tick = fields.Boolean(compute="_compute_may_tick")

    @api.depends("user_id", "phase_id.user_id", "rollout_id.user_id")
    @api.depends_context("uid")
    def _compute_may_tick(self):
        manages = self.env.user.has_group("sales_team.group_sale_manager")
        for check in self:
            own = (check.user_id, check.sudo().phase_id.user_id, check.sudo().rollout_id.user_id)
            check.may_tick = self.env.su or manages or self.env.user in own

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.filtered("done")._stamp()
        checks._schedule_activities()
        return checks

    def write(self, vals):
        result = super().write(vals)
        if "done" in vals:
            self._stamp()
        if {"user_id", "date_due", "name", "done"} & vals.keys():
            self._schedule_activities()
        return result

    def _stamp(self):
        """Who ticked it, and when."""
        ticked = self.filtered("done").sudo()
        ticked.write({"done_by_id": self.env.uid, "done_on": self.env.cr.now()})
        (self.sudo() - ticked).write({"done_by_id": False, "done_on": False})

    def action_toggle(self):
        """Tick it, or take the tick back: whoever sees to it, answers for the phase or the rollout, or administers."""
        self.check_access("read")
        for check in self:
            if not check.may_tick:
                raise AccessError(
                    self.env._("“%s” is ticked by whoever sees to it or answers for the rollout.", check.name)
                )
            # sudo: reps hold no access to change the plan, but see to what was given to them
            check.sudo().write({"done": not check.done})
        return True

    def _schedule_activities(self):
        """Once the rollout is under way, everybody has what they see to on their list; ticked, it leaves the list."""
        for check in self.sudo():
            activity = check.activity_id
            waiting = check.rollout_id.state == "running" and check.phase_id.state != "open"
            if check.done:
                # Cleared first: an activity that is done ticks its point.
                check.activity_id = False
                activity.with_user(self.env.uid).sudo().action_feedback()
            elif not check.user_id or not waiting:
                activity.unlink()
            elif activity:
                activity.write(
                    {
                        "user_id": check.user_id.id,
                        "summary": check.name,
                        **({"date_deadline": check.date_due} if check.date_due else {}),
                    }
                )
            else:
                check.activity_id = check.rollout_id.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=check.date_due or check.phase_id.date_planned or False,
                    summary=check.name,
                    user_id=check.user_id.id,
                )
