from odoo import fields, models


class SalesProcess(models.Model):
    _inherit = "sales.process"

    rollout_ids = fields.One2many("sales.process.rollout", "process_id", string="Rollouts", readonly=True)
    rollout_count = fields.Integer(string="Number of Rollouts", compute="_compute_rollout_count")

    def _compute_rollout_count(self):
        counts = dict(
            self.env["sales.process.rollout"]._read_group(
                [("process_id", "in", self.ids)], ["process_id"], ["__count"]
            )
        )
        for process in self:
            process.rollout_count = counts.get(process._origin, 0)

    def action_roll_out(self):
        """Set up a rollout of this version, or open the ones there are."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_rollout_action")
        plans = self.rollout_ids
        if plans:
            views = [(False, "form")] if len(plans) == 1 else [(False, "list"), (False, "form")]
            return action | {
                "domain": [("process_id", "=", self.id)],
                "view_mode": ",".join(view for _id, view in views),
                "views": views,
                "res_id": plans.id if len(plans) == 1 else False,
            }
        self.check_access("write")
        return action | {
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_process_id": self.id,
                "default_company_id": self.company_id.id or self.env.company.id,
            },
        }
