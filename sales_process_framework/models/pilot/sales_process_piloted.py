from odoo import fields, models


class SalesProcessPiloted(models.AbstractModel):
    """What a version of a process has to do with pilots."""

    _name = "sales.process.piloted"
    _description = "Version in a Pilot"

    pilot_ids = fields.One2many("sales.process.pilot", "candidate_process_id", string="Pilots", readonly=True)

    def _get_following_team_ids(self):
        """:return: ids of the teams whose leads stay on this version: its own, and those it was tried with"""
        self.ensure_one()
        tried = self.sudo().pilot_ids.filtered(lambda pilot: pilot.state != "draft")
        return self.team_ids.ids + tried.team_ids.ids
