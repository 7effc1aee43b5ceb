from odoo import fields, models
from odoo.exceptions import UserError

from .pilot_labels import UNDER_WAY


class SalesProcessPiloted(models.AbstractModel):
    """What a version of a process has to do with pilots."""

    _name = "sales.process.piloted"
    _description = "Version in a Pilot"

    pilot_ids = fields.One2many("sales.process.pilot", "candidate_process_id", string="Pilots", readonly=True)
    pilot_count = fields.Integer(string="Number of Pilots", compute="_compute_pilot_count")

    def _compute_pilot_count(self):
        counts = dict(
            self.env["sales.process.pilot"]._read_group(
                [("candidate_process_id", "in", self.ids)], ["candidate_process_id"], ["__count"]
            )
        )
        for process in self:
            process.pilot_count = counts.get(process._origin, 0)

    def action_try_in_pilot(self):
        """Set up a pilot of this draft, or open the ones it is in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_pilot_action")
        if self.pilot_ids:
            return action | {
                "domain": [("candidate_process_id", "=", self.id)],
                "view_mode": "list,form",
                "views": [(False, "list"), (False, "form")],
            }
        self.check_access("write")
        baseline = self.predecessor_id
        teams = baseline.team_ids if len(baseline.team_ids) <= 2 else baseline.team_ids.browse()
        return action | {
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_name": self.display_name,
                "default_company_id": self.company_id.id or self.env.company.id,
                "default_candidate_process_id": self.id,
                "default_baseline_process_id": baseline.id,
                "default_team_ids": teams.ids,
            },
        }

    def _check_pilots(self, teams, apart=None):
        """:param teams: that are to follow this version from now on
        :param apart: the pilot that is being decided about
        :raise UserError: a pilot under way needs the version or the teams as they are
        """
        self.ensure_one()
        # sudo: pilots of other companies may share a team
        Pilot = self.env["sales.process.pilot"].sudo()
        for pilot in Pilot.search([("state", "in", UNDER_WAY)]) - (apart or Pilot):
            if pilot.candidate_process_id == self or (pilot.team_ids | pilot._get_control_teams()) & teams:
                raise UserError(
                    self.env._(
                        "The pilot “%s” is under way with this version or these teams. Decide about it first: the "
                        "change would bend its result.",
                        pilot.name,
                    )
                )

    def _get_following_team_ids(self):
        """:return: ids of the teams whose leads stay on this version: its own, and those it was tried with"""
        self.ensure_one()
        tried = self.sudo().pilot_ids.filtered(lambda pilot: pilot.state != "draft")
        return self.team_ids.ids + tried.team_ids.ids
