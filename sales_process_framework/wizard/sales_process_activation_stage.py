from odoo import api, fields, models


class SalesProcessActivationStage(models.TransientModel):
    """Which column of the pipeline stands for a stage of the process."""

    _name = "sales.process.activation.stage"
    _description = "Stage to Activate"
    _order = "sequence, id"

    activation_id = fields.Many2one("sales.process.activation", required=True, ondelete="cascade")
    process_stage_id = fields.Many2one("sales.process.stage", required=True, readonly=True, ondelete="cascade")
    sequence = fields.Integer(related="process_stage_id.sequence", store=True)
    stage_id = fields.Many2one(
        "crm.stage", string="Pipeline Stage", help="Empty: a new column, shown to the chosen teams only."
    )
    hint = fields.Char(compute="_compute_hint")

    @api.depends("stage_id")
    def _compute_hint(self):
        for line in self:
            line.hint = False if line.stage_id else self.env._("New column for these teams")
