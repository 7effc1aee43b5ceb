from odoo import Command, fields, models


class SalesProcessPilotRollout(models.AbstractModel):
    """A candidate that was adopted spreads to further teams."""

    _name = "sales.process.pilot.rollout"
    _description = "Pilot with a Rollout"

    rollout_ids = fields.One2many("sales.process.rollout", "pilot_id", string="Rollouts", readonly=True)
    rollout_count = fields.Integer(string="Number of Rollouts", compute="_compute_rollout_count")

    def _compute_rollout_count(self):
        counts = dict(
            self.env["sales.process.rollout"]._read_group([("pilot_id", "in", self.ids)], ["pilot_id"], ["__count"])
        )
        for pilot in self:
            pilot.rollout_count = counts.get(pilot._origin, 0)

    def action_roll_out(self):
        """The further teams of a candidate that was adopted."""
        self.ensure_one()
        return self.candidate_process_id._open_rollouts(self.rollout_ids, pilot_id=self.id)

    def _roll_out(self, teams, migrate, reason):
        """The pilot teams follow the candidate at once, the others in a phase that waits for training.

        :param teams: all that are to follow it
        :param migrate: "new" or "all", what happens to open leads of each phase
        :return: the ``sales.process.rollout``
        """
        self.ensure_one()
        Rollout = self.env["sales.process.rollout"]
        process, core = self.candidate_process_id, self.team_ids & teams
        phases = Rollout._prepare_phases_vals(process, core=core, teams=teams)
        plan = Rollout.create(
            {
                "name": self.env._("Rollout of %s", process.display_name),
                "company_id": self.company_id.id,
                "process_id": process.id,
                "pilot_id": self.id,
                "user_id": self.user_id.id or self.env.uid,
                "phase_ids": [Command.create({**vals, "migrate": migrate}) for vals in phases],
            }
        )
        plan.action_start()
        plan.next_phase_id._open(reason=reason)
        return plan
