from odoo import api, fields, models
from odoo.tools import SQL

SECONDS_PER_DAY = 86400.0


class SalesProcessVisit(models.Model):
    """One stay of one lead in one pipeline stage. Written by the history alone, never edited."""

    _name = "sales.process.visit"
    _description = "Stage Visit"
    _order = "entered desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    process_id = fields.Many2one("sales.process", readonly=True, index="btree_not_null", ondelete="set null")
    process_stage_id = fields.Many2one(
        "sales.process.stage", readonly=True, index="btree_not_null", ondelete="set null"
    )
    stage_id = fields.Many2one("crm.stage", readonly=True, index=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True, ondelete="set null")
    entered = fields.Datetime(required=True, readonly=True)
    left = fields.Datetime(readonly=True, help="Empty while the lead is still in the stage.")
    seconds = fields.Integer(readonly=True, aggregator="avg", help="Length of a stay that has ended.")
    duration_days = fields.Float(
        string="Days", readonly=True, aggregator="avg", digits=(16, 2), help="Calendar days of a stay that has ended."
    )
    days_so_far = fields.Float(
        compute="_compute_days_so_far",
        digits=(16, 1),
        help="Calendar days since the lead entered a stage it is still in.",
    )
    deadline = fields.Datetime(readonly=True, help="Entered plus the time limit of the stage, in working time.")
    overdue = fields.Boolean(string="Left Too Late", readonly=True)
    direction = fields.Selection(
        [
            ("entry", "Start"),
            ("forward", "Forward"),
            ("backward", "Back"),
            ("aside", "Aside"),
            ("reopened", "Reopened"),
        ],
        string="Came",
        readonly=True,
        required=True,
        default="entry",
    )
    outcome = fields.Selection(
        [
            ("open", "Still there"),
            ("advanced", "Advanced"),
            ("returned", "Sent back"),
            ("moved", "Moved aside"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("archived", "Archived"),
        ],
        readonly=True,
        required=True,
        default="open",
    )
    advanced_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of ended stays that led forward; stays still open count in neither half.",
    )
    is_rebuilt = fields.Boolean(readonly=True, help="Rebuilt from the pipeline's own stage tracking.")

    _lead_entered_idx = models.Index("(lead_id, entered)")
    _open_idx = models.UniqueIndex('(lead_id) WHERE "left" IS NULL', "A lead is in one stage at a time.")
    _entered_idx = models.Index("(entered)")
    _left_idx = models.Index('("left") WHERE "left" IS NOT NULL')
    _stage_deadline_idx = models.Index("(process_stage_id, deadline) WHERE deadline IS NOT NULL")
    _deadline_idx = models.Index('(deadline) WHERE "left" IS NULL AND deadline IS NOT NULL')
    _open_stage_idx = models.Index('(process_stage_id, entered) WHERE "left" IS NULL')

    @api.depends("lead_id", "stage_id")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.lead_id.name} – {visit.stage_id.name or ''}"

    @api.depends("entered", "left")
    def _compute_days_so_far(self):
        now = self.env.cr.now()
        for visit in self:
            until = visit.left or now
            visit.days_so_far = (until - visit.entered).total_seconds() / SECONDS_PER_DAY

    @api.model
    def _close(self, outcomes, now):
        """End the open stays of leads, with lengths of their own, in one statement.

        :param outcomes: {lead id: outcome}
        """
        if not outcomes:
            return
        self.flush_model(["left"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE sales_process_visit AS visit
                   SET "left" = %(now)s,
                       outcome = ending.outcome,
                       seconds = EXTRACT(EPOCH FROM %(now)s - visit.entered)::integer,
                       duration_days = EXTRACT(EPOCH FROM %(now)s - visit.entered) / %(day)s,
                       overdue = COALESCE(visit.deadline < %(now)s, FALSE),
                       advanced_rate = CASE WHEN ending.outcome IN ('advanced', 'won') THEN 1.0 ELSE 0.0 END
                  FROM unnest(%(leads)s, %(outcomes)s) AS ending(lead_id, outcome)
                 WHERE visit.lead_id = ending.lead_id AND visit."left" IS NULL
                """,
                now=now,
                day=SECONDS_PER_DAY,
                leads=list(outcomes),
                outcomes=list(outcomes.values()),
            )
        )
        self.invalidate_model(["left", "outcome", "seconds", "duration_days", "overdue", "advanced_rate"])

    @api.model
    def _mark_lost(self, lead_ids):
        """CRM archives a lost lead first and marks it lost afterwards: correct the stay that ended by it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sales_process_visit AS visit
                   SET outcome = 'lost'
                  FROM (SELECT DISTINCT ON (lead_id) id
                          FROM sales_process_visit
                         WHERE lead_id = ANY(%s)
                         ORDER BY lead_id, entered DESC, id DESC) AS latest
                 WHERE visit.id = latest.id AND visit.outcome = 'archived'
                """,
                list(lead_ids),
            )
        )
        self.invalidate_model(["outcome"])

    @api.model
    def _adopt(self, leads):
        """Let the open stays of leads count for the process they follow now, with its time limits.

        A limit counts from when the lead entered the stage, so a lead that stood there for long is overdue at once.
        """
        now = self.env.cr.now()
        by_lead = {visit.lead_id: visit for visit in self.search([("lead_id", "in", leads.ids), ("left", "=", False)])}
        names = ("sales_stage_entered", "sales_stage_deadline")
        with self.env.protecting([leads._fields[name] for name in names], leads):
            for lead in leads:
                playbook = self.env["sales.process"]._get_playbook(lead.sales_process_id.id)
                stage = playbook.stage_at(lead.stage_id.id)
                visit = by_lead.get(lead, self.browse())
                entered = visit.entered or lead.date_last_stage_update or now
                deadline = False
                limit_days = playbook.limit_days(lead.stage_id.id)
                if limit_days:
                    calendar = lead._get_gate_calendar(playbook)
                    deadline = calendar._plan_working_days(entered, limit_days)
                lead.sales_stage_entered = entered
                lead.sales_stage_deadline = deadline
                visit.write(
                    {
                        "process_id": playbook.id,
                        "process_stage_id": stage.id if stage else False,
                        "deadline": deadline,
                    }
                )

    def action_open_lead(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()
