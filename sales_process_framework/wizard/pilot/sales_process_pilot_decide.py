from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.pilot.pilot_labels import DECISIONS, UNDER_WAY

#: What the data speak for; where they only describe, whoever decides has to choose.
SUGGESTED = {"better": "adopted", "worse": "dropped", "no_difference": "dropped", "none": "extended"}
#: The same where a guardrail is broken: better in one thing and worse in another, the data say neither.
SUGGESTED_BROKEN = {"worse": "dropped", "no_difference": "dropped", "none": "dropped"}


class SalesProcessPilotDecide(models.TransientModel):
    """Close a pilot or give it more time, with the reasons."""

    _name = "sales.process.pilot.decide"
    _description = "Decide on a Pilot"

    pilot_id = fields.Many2one("sales.process.pilot", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="pilot_id.company_id")
    verdict_text = fields.Text(string="Result", compute="_compute_verdict_text")
    decision = fields.Selection(
        DECISIONS, required=True, compute="_compute_decision", store=True, readonly=False, precompute=True
    )
    reason = fields.Text(string="Reasons", help="What spoke for it and against it. Kept with the pilot.")
    team_ids = fields.Many2many(
        "crm.team",
        string="Teams That Adopt It",
        compute="_compute_team_ids",
        store=True,
        readonly=False,
        check_company=True,
        help="Their new leads follow the candidate from now on; further teams can follow in a rollout.",
    )
    spread = fields.Selection(
        [
            ("now", "All of them at once"),
            ("phases", "In phases: the pilot teams now, the others when they are trained"),
        ],
        string="How It Spreads",
        required=True,
        default="now",
    )
    migrate_leads = fields.Boolean(
        string="Open Leads of the Baseline Follow It Too",
        help="With what was answered and handed in; it can be undone within a day. Otherwise they finish on the "
        "version they follow.",
    )
    cycles = fields.Integer(string="More Sales Cycles", default=1)
    return_leads = fields.Boolean(
        string="Open Leads Go Back to the Baseline",
        help="Otherwise they finish on the version they follow.",
    )

    @api.depends("pilot_id")
    def _compute_verdict_text(self):
        for wizard in self:
            wizard.verdict_text = wizard.pilot_id._say_verdict() if wizard.pilot_id else False

    @api.depends("pilot_id")  # not on its verdict: what somebody has chosen stays
    def _compute_decision(self):
        for wizard in self:
            suggested = SUGGESTED_BROKEN if wizard.pilot_id.breaches else SUGGESTED
            wizard.decision = suggested.get(wizard.pilot_id.verdict)

    @api.depends("pilot_id")
    def _compute_team_ids(self):
        # sudo: pilots of other companies may share a team
        under_way = self.env["sales.process.pilot"].sudo().search([("state", "in", UNDER_WAY)])
        for wizard in self:
            baseline = wizard.pilot_id.baseline_process_id
            teams = baseline.team_ids if baseline.state in ("pilot", "active") else baseline.team_ids.browse()
            for pilot in under_way - wizard.pilot_id.sudo():
                teams -= pilot.team_ids | pilot._get_control_teams()
            wizard.team_ids = [Command.set((teams | wizard.pilot_id.team_ids).ids)]

    def action_decide(self):
        self.ensure_one()
        pilot = self.pilot_id
        pilot.check_access("write")
        if pilot.state not in ("running", "extended", "analysis"):
            raise UserError(self.env._("“%s” is not under way.", pilot.name))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Give the reasons: those who come later will want to know."))
        plan = getattr(self, f"_apply_{self.decision}")(pilot)
        pilot._record_decision(self.decision, self.reason.strip())
        return (plan or pilot).get_formview_action()

    def _apply_adopted(self, pilot):
        """The candidate takes over; the baseline goes on for teams that do not adopt it yet."""
        if not self.team_ids:
            raise UserError(self.env._("Choose the teams that adopt the candidate."))
        if self.spread == "phases":
            return self._roll_out(pilot)
        candidate = pilot.candidate_process_id
        candidate._check_pilots(self.team_ids, apart=pilot)
        activation = self.env["sales.process.activation"].create(
            {"process_id": candidate.id, "team_ids": [Command.set(self.team_ids.ids)]}
        )
        for column in candidate.stage_ids.stage_id:
            if column.team_ids and not self.team_ids <= column.team_ids:
                column.team_ids |= self.team_ids
        pilot._close()
        activation._retire_for_teams()
        candidate.write(
            {
                "team_ids": [Command.set(self.team_ids.ids)],
                "state": "active",
                "date_activated": self.env.cr.now(),
            }
        )
        if self.migrate_leads and pilot.baseline_process_id:
            pilot.baseline_process_id._migrate_leads(candidate, teams=self.team_ids, reason=pilot.name)
        return None

    def _roll_out(self, pilot):
        """:return: the rollout: its first phase is open, the second waits"""
        # Under way no longer: a phase never opens into a pilot that is.
        pilot._close()
        pilot.sudo().state = "adopted"
        return pilot._roll_out(self.team_ids, "all" if self.migrate_leads else "new", self.reason)

    def _apply_dropped(self, pilot):
        candidate, baseline = pilot.candidate_process_id, pilot.baseline_process_id
        pilot._close()
        if self.return_leads and baseline.state in ("pilot", "active"):
            candidate._migrate_leads(baseline, reason=pilot.name)
        if candidate.state == "pilot":
            candidate.write({"state": "retired"})

    def _apply_extended(self, pilot):
        if not 1 <= self.cycles <= 12:
            raise UserError(self.env._("Extend by 1 to 12 sales cycles."))
        if pilot.verdict_date:
            raise UserError(
                self.env._(
                    "The verdict is there: looking again until it is another one would prove nothing. Adopt or drop "
                    "the candidate, and set up a new pilot for what is still open."
                )
            )
        pilot._check_overlap()
        pilot._extend(self.cycles)
