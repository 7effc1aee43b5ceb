from odoo import fields, models


class SalesProcessRolloutFormer(models.Model):
    """The version that a team followed before a phase. Written by the phase alone."""

    _name = "sales.process.rollout.former"
    _description = "Version Before a Rollout"
    _order = "id desc"
    _rec_name = "team_id"

    phase_id = fields.Many2one(
        "sales.process.rollout.phase", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="phase_id.company_id", store=True, index=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", required=True, readonly=True, ondelete="cascade")
    process_id = fields.Many2one("sales.process", string="Followed", readonly=True, ondelete="restrict")
    process_state = fields.Char(readonly=True)
    restored = fields.Boolean(string="Went Back", readonly=True)
