from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("draft", "Draft"),
    ("checked", "Checked"),
    ("running", "Under Way"),
    ("done", "Done"),
    ("undoing", "Being Undone"),
    ("undone", "Undone"),
]
#: States in which nothing happened yet.
PLANNED = ("draft", "checked")
#: What the migration itself keeps.
KEPT_FIELDS = {
    *("state", "user_id", "date_started", "date_done", "last_lead", "held_by", "is_chosen"),
    *("lead_count", "held_count", "outside_count", "pilot_count", "unmapped_count"),
}
#: Settled once a migration runs.
PLAN_FIELDS = {"process_id", "target_process_id", "team_ids", "lead_ids", "stage_map_ids", "requirement_map_ids"}
HOURS_TO_UNDO = 24


class SalesProcessMigration(models.Model):
    """Open leads of one version go on under another; what they answered goes with them."""

    _name = "sales.process.migration"
    _description = "Migration of Leads"
    _inherit = [
        "mail.thread",
        "sales.process.migration.check",
        "sales.process.migration.run",
        "sales.process.migration.undo",
    ]
    _order = "id desc"

    process_id = fields.Many2one(
        "sales.process", string="From Version", required=True, index=True, ondelete="restrict", tracking=True
    )
    target_process_id = fields.Many2one(
        "sales.process", string="To Version", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_migration_team_rel",
        "migration_id",
        "team_id",
        string="Sales Teams",
        help="Only open leads of these teams; empty for all.",
    )
    lead_ids = fields.Many2many(
        "crm.lead",
        "sales_process_migration_chosen_rel",
        "migration_id",
        "lead_id",
        string="Chosen Leads",
        readonly=True,
        copy=False,
    )
    is_chosen = fields.Boolean(readonly=True, copy=False, help="Only the chosen leads.")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, tracking=True, index=True
    )
    reason = fields.Text()
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user, readonly=True, copy=False
    )
    stage_map_ids = fields.One2many("sales.process.migration.stage.map", "migration_id", string="Stages", copy=True)
    requirement_map_ids = fields.One2many(
        "sales.process.migration.requirement.map", "migration_id", string="Requirements", copy=True
    )
    trail_ids = fields.One2many("sales.process.migration.lead", "migration_id", string="Migrated Leads", readonly=True)
    lead_count = fields.Integer(string="Open Leads", readonly=True, copy=False)
    held_count = fields.Integer(string="Would Be Held Back", readonly=True, copy=False)
    outside_count = fields.Integer(
        string="In Other Columns", readonly=True, copy=False, help="Columns the version does not know: they stay there."
    )
    pilot_count = fields.Integer(
        string="In a Running Pilot", readonly=True, copy=False, help="They stay on the version they are tried with."
    )
    unmapped_count = fields.Integer(string="In Stages Not Mapped", readonly=True, copy=False)
    held_by = fields.Json(readonly=True, copy=False, help="What holds leads back: list of {id, name, count}.")
    held_by_summary = fields.Text(string="Held Back By", compute="_compute_held_by_summary")
    date_started = fields.Datetime(readonly=True, copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    undo_until = fields.Datetime(compute="_compute_undo_until")
    can_undo = fields.Boolean(compute="_compute_undo_until")
    last_lead = fields.Integer(readonly=True, copy=False, help="The lead that the run has come to.")
    migrated_count = fields.Integer(string="Migrated", compute="_compute_progress")
    undone_count = fields.Integer(string="Taken Back", compute="_compute_progress")
    kept_count = fields.Integer(string="Went On Since", compute="_compute_progress")
    progress = fields.Integer(compute="_compute_progress", help="In percent of the leads counted at the start.")

    @api.depends("process_id", "target_process_id")
    def _compute_display_name(self):
        for migration in self:
            migration.display_name = f"{migration.process_id.display_name} → {migration.target_process_id.display_name}"

    @api.depends("held_by")
    def _compute_held_by_summary(self):
        for migration in self:
            migration.held_by_summary = "\n".join(f"{row['name']}: {row['count']}" for row in migration.held_by or [])

    @api.depends("date_done", "state")
    def _compute_undo_until(self):
        now = self.env.cr.now()
        for migration in self:
            until = migration.date_done and migration.date_done + timedelta(hours=HOURS_TO_UNDO)
            migration.undo_until = until
            migration.can_undo = migration.state == "done" and bool(until) and now <= until

    @api.depends("state")
    def _compute_progress(self):
        counts = {
            (migration, state): count
            for migration, state, count in self.env["sales.process.migration.lead"]
            .sudo()
            ._read_group([("migration_id", "in", self.ids)], ["migration_id", "state"], ["__count"])
        }
        for migration in self:
            by_state = [counts.get((migration, state), 0) for state in ("migrated", "undone", "kept")]
            migration.migrated_count, migration.undone_count, migration.kept_count = by_state
            back = migration.state in ("undoing", "undone")
            handled, total = sum(by_state), migration.lead_count
            if back:
                handled, total = handled - by_state[0], sum(by_state)
            migration.progress = 100 if migration.state in ("done", "undone") else 100 * handled // max(total, 1)

    @api.constrains("process_id", "target_process_id")
    def _check_versions(self):
        for migration in self:
            source, target = migration.process_id, migration.target_process_id
            if source == target:
                raise ValidationError(self.env._("Choose two different versions."))
            if source.company_id and target.company_id and source.company_id != target.company_id:
                raise ValidationError(
                    self.env._(
                        "%(old)s and %(new)s belong to different companies.",
                        old=source.display_name,
                        new=target.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_fields(vals)
        if PLAN_FIELDS & vals.keys() and not self._is_keeping():
            self._check_planned()
        result = super().write(vals)
        if PLAN_FIELDS & vals.keys() and not self._is_keeping():
            self._reset_check()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_planned(self):
        self._check_planned()

    def _is_keeping(self):
        return self.env.context.get("sales_process_migration") is self._keeping_token()

    @staticmethod
    def _keeping_token():
        """An object no caller over RPC can pass."""
        return OWN_WRITE

    def _keep(self, vals):
        """Write what the migration itself keeps."""
        return self.with_context(sales_process_migration=self._keeping_token()).write(vals)

    def _check_kept_fields(self, vals):
        if not self._is_keeping() and (kept := {name for name in KEPT_FIELDS & vals.keys() if vals[name]}):
            names = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in kept))
            raise UserError(self.env._("%s: kept by the migration itself.", names))

    def _check_planned(self):
        if begun := self.filtered(lambda migration: migration.state not in PLANNED):
            raise UserError(
                self.env._("%s has begun already and cannot be changed.", ", ".join(begun.mapped("display_name")))
            )

    def _reset_check(self):
        """The plan is another one: it has to be checked again."""
        self.filtered(lambda migration: migration.state == "checked")._keep({"state": "draft"})

    @api.onchange("process_id", "target_process_id")
    def _onchange_versions(self):
        if self.process_id and self.target_process_id:
            stages, requirements = self._prepare_mapping()
            self.stage_map_ids = [Command.clear(), *map(Command.create, stages)]
            self.requirement_map_ids = [Command.clear(), *map(Command.create, requirements)]

    def _suggest_mapping(self):
        """Map what is clearly the same: by origin, by its name in files, by its column, by its name."""
        for migration in self:
            stages, requirements = migration._prepare_mapping()
            migration.write(
                {
                    "stage_map_ids": [Command.clear(), *map(Command.create, stages)],
                    "requirement_map_ids": [Command.clear(), *map(Command.create, requirements)],
                }
            )

    def _prepare_mapping(self):
        """:return: (values of the stage maps, values of the requirement maps)"""
        self.ensure_one()
        source, target = self.process_id, self.target_process_id
        stage_of, requirement_of = self.env["sales.process.comparison"].sudo()._match(source.sudo(), target.sudo())
        ids = {old.id: new for old, new in stage_of.items()}
        twins = {old.id: new for old, new in requirement_of.items()}
        stages = source.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        stage_vals, requirement_vals = [], []
        for stage in stages:
            twin = ids.get(stage.id)
            stage_vals.append(
                {
                    "process_stage_id": stage.id,
                    # An open stage never goes on in a won one: deals would be won by it.
                    "target_stage_id": twin.id if twin and twin.is_won == stage.is_won else False,
                }
            )
            for requirement in stage.requirement_ids.sorted(lambda row: (row.gate != "entry", row.sequence, row.id)):
                other = twins.get(requirement.id)
                fits = other and other.judgement == requirement.judgement
                requirement_vals.append(
                    {
                        "requirement_id": requirement.id,
                        "sequence": len(requirement_vals),
                        "target_requirement_id": other.id if fits else False,
                    }
                )
        return stage_vals, requirement_vals

    def action_view_trail(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Migrated Leads"),
            "res_model": "sales.process.migration.lead",
            "views": [(False, "list")],
            "domain": [("migration_id", "=", self.id)],
        }

    def action_compare(self):
        self.ensure_one()
        action = self.target_process_id.action_compare()
        action["params"]["other_id"] = self.process_id.id
        return action


#: Compared by identity, see ``_keeping_token``.
OWN_WRITE = object()
