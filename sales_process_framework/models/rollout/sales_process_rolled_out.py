from odoo import fields, models


class SalesProcessRolledOut(models.AbstractModel):
    """What a version of a process has to do with rollouts."""

    _name = "sales.process.rolled.out"
    _description = "Version in a Rollout"

    rollout_ids = fields.One2many("sales.process.rollout", "process_id", string="Rollouts", readonly=True)
    rollout_count = fields.Integer(string="Number of Rollouts", compute="_compute_rollout_count")

    def _compute_rollout_count(self):
        counts = dict(
            self.env["sales.process.rollout"]._read_group([("process_id", "in", self.ids)], ["process_id"], ["__count"])
        )
        for process in self:
            process.rollout_count = counts.get(process._origin, 0)

    def action_roll_out(self):
        """Set up a rollout of this version, or open the ones there are."""
        return self._open_rollouts(self.rollout_ids)

    def _open_rollouts(self, plans, **vals):
        """:param vals: of the rollout that is made when there is none"""
        self.ensure_one()
        if not plans:
            self.check_access("write")
            plans = self.env["sales.process.rollout"]._create_for(self, **vals)
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_rollout_action")
        if len(plans) == 1:
            return action | {"view_mode": "form", "views": [(False, "form")], "res_id": plans.id}
        return action | {"domain": [("id", "in", plans.ids)]}
