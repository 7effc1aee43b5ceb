from odoo import api, fields, models


class SalesProcessRolloutStep(models.AbstractModel):
    """A dialog about a phase: a dry run with the mapping of stages, and then the step itself."""

    _name = "sales.process.rollout.step"
    _description = "Step of a Rollout"

    phase_id = fields.Many2one("sales.process.rollout.phase", required=True, readonly=True, ondelete="cascade")
    process_id = fields.Many2one(related="phase_id.process_id")
    company_id = fields.Many2one(related="phase_id.company_id")
    reason = fields.Text(help="Kept with the phase.")
    is_checked = fields.Boolean(readonly=True)
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")

    @api.depends("stage_map_ids.target_stage_id")
    def _compute_unmapped_count(self):
        for wizard in self:
            missing = wizard.stage_map_ids.filtered(lambda line: line.lead_count and not line.target_stage_id)
            wizard.unmapped_count = sum(missing.mapped("lead_count"))

    def _show_plans(self, plans, **vals):
        """The dialog again, with what was found.

        :param plans: sales.process.migration
        """
        self.write(
            {
                "is_checked": True,
                "migration_ids": [fields.Command.set(plans.ids)],
                "stage_map_ids": [fields.Command.set(plans.stage_map_ids.ids)],
                **vals,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self._get_title(),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _forget_plans(self):
        """What was asked for is another step now."""
        self.is_checked = False
        self.stage_map_ids = False
