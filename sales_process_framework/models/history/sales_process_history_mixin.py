from odoo import api, fields, models

from ...tools.gate import Direction

OUTCOME_BY_DIRECTION = {
    Direction.FORWARD: "advanced",
    Direction.ENTRY: "moved",
    Direction.BACKWARD: "returned",
    Direction.ASIDE: "moved",
}


class SalesProcessHistoryMixin(models.AbstractModel):
    """Stage visits of leads that follow a process."""

    _name = "sales.process.history.mixin"
    _description = "Stage history of leads"

    sales_visit_ids = fields.One2many("sales.process.visit", "lead_id", string="Stage Visits")
    sales_stage_entered = fields.Datetime(string="In Stage Since", readonly=True, copy=False)
    sales_stage_deadline = fields.Datetime(
        string="Stage Deadline", readonly=True, copy=False, help="When the time limit of the stage runs out."
    )
    sales_stage_overdue = fields.Boolean(
        string="Overdue in Stage", compute="_compute_sales_stage_overdue", search="_search_sales_stage_overdue"
    )

    @api.depends("sales_stage_deadline", "active")
    def _compute_sales_stage_overdue(self):
        now = self.env.cr.now()
        for lead in self:
            lead.sales_stage_overdue = bool(
                lead.active and lead.sales_stage_deadline and lead.sales_stage_deadline < now
            )

    def _search_sales_stage_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("active", "=", True) & fields.Domain("sales_stage_deadline", "<", self.env.cr.now())
        wanted = set(value)
        if wanted == {True, False}:
            return fields.Domain.TRUE
        return overdue if True in wanted else ~overdue

    def _on_stage_changed(self, changes):
        result = super()._on_stage_changed(changes)
        followed = [change for change in changes if change.new.type == "opportunity"]
        if followed:
            self._record_visits(followed)
        return result

    def _record_visits(self, changes):
        """One visit more for each lead that arrived somewhere, and an end for the one it left."""
        Visit = self.env["sales.process.visit"].sudo()
        now = self.env.cr.now()
        Visit._close(
            {
                change.lead.id: self._get_visit_outcome(change)
                for change in changes
                if not change.created and (change.moved or change.closed or change.handed_over)
            },
            now,
        )
        if lost := [change.lead.id for change in changes if change.turned_lost and not change.closed]:
            Visit._mark_lost(lost)
        arrivals = [
            change
            for change in changes
            if change.new.active
            and (change.created or change.converted or change.moved or change.reopened or change.handed_over)
        ]
        deadlines = self._get_stage_deadlines(arrivals, now)
        Visit.create([self._prepare_visit_vals(change, now, deadlines) for change in arrivals if change.new.process_id])
        self._assign_stage_times(arrivals, now, deadlines)

    def _get_visit_outcome(self, change):
        if change.closed:
            return "lost" if change.new.lost else "archived"
        if change.lead.stage_id.is_won and change.direction in (Direction.FORWARD, Direction.ASIDE):
            was_won = self.env["crm.stage"].sudo().browse(change.old.stage_id).is_won
            return "advanced" if was_won else "won"
        return OUTCOME_BY_DIRECTION.get(change.direction, "moved")

    def _prepare_visit_vals(self, change, now, deadlines):
        lead = change.lead
        playbook = self.env["sales.process"]._get_playbook(change.new.process_id)
        stage = playbook.stage_at(change.new.stage_id)
        if change.reopened and not change.moved:
            direction = Direction.REOPENED
        else:
            direction = change.direction or Direction.ENTRY
        return {
            "lead_id": lead.id,
            "company_id": lead.company_id.id,
            "process_id": change.new.process_id,
            "process_stage_id": stage.id if stage else False,
            "stage_id": change.new.stage_id,
            "team_id": lead.team_id.id,
            "user_id": lead.user_id.id,
            "entered": now,
            "deadline": deadlines.get(lead.id, False),
            "direction": str(direction),
        }

    def _get_stage_deadlines(self, changes, now):
        """:return: {lead id: naive UTC deadline} for stages that have a limit, in working time"""
        deadlines = {}
        for change in changes:
            if not change.new.process_id:
                continue
            playbook = self.env["sales.process"]._get_playbook(change.new.process_id)
            limit_days = playbook.limit_days(change.new.stage_id)
            if limit_days:
                calendar = change.lead._get_gate_calendar(playbook)
                deadlines[change.lead.id] = calendar._plan_working_days(now, limit_days)
        return deadlines

    def _assign_stage_times(self, changes, now, deadlines):
        names = ("sales_stage_entered", "sales_stage_deadline")
        leads = self.browse(change.lead.id for change in changes if change.new.process_id)
        with self.env.protecting([self._fields[name] for name in names], leads):
            for lead in leads:
                lead.sales_stage_entered = now
                lead.sales_stage_deadline = deadlines.get(lead.id, False)
