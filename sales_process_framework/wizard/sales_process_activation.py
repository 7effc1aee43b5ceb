from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.gate.sales_process_judgement import GateFacts
from ..tools import gate

#: Leads judged at a time in a dry run, so that memory stays flat however large the pipeline is.
BATCH = 2000


class SalesProcessActivation(models.TransientModel):
    """Activate a process for teams, after a dry run that says whom it would hold back."""

    _name = "sales.process.activation"
    _description = "Activate Sales Process"

    process_id = fields.Many2one("sales.process", required=True, readonly=True)
    company_id = fields.Many2one(related="process_id.company_id")
    team_ids = fields.Many2many("crm.team", string="Sales Teams", check_company=True)
    stage_ids = fields.One2many(
        "sales.process.activation.stage",
        "activation_id",
        string="Pipeline Stages",
        compute="_compute_stage_ids",
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many("sales.process.activation.line", "activation_id", readonly=True)
    migrate = fields.Selection(
        [
            ("all", "Open leads of these teams follow this version from now on: what they answered goes with them"),
            ("new", "Open leads finish on the version they follow, only new leads follow this one"),
        ],
        string="Open Leads",
        required=True,
        default="all",
    )
    migration_ids = fields.Many2many("sales.process.migration", string="Migrations", readonly=True)
    stage_map_ids = fields.Many2many("sales.process.migration.stage.map", string="Stages of the Present Version")
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")
    unexplained_count = fields.Integer(related="process_id.unexplained_count")
    is_checked = fields.Boolean(string="Dry Run Done", readonly=True)
    open_count = fields.Integer(string="Open Leads Checked", readonly=True)
    held_count = fields.Integer(string="Would Be Held Back", readonly=True)
    ready_count = fields.Integer(string="Could Move On", readonly=True)
    outside_count = fields.Integer(string="In Other Stages", readonly=True)
    held_lead_ids = fields.Many2many("crm.lead", "sales_process_activation_held_rel", readonly=True)
    outside_lead_ids = fields.Many2many("crm.lead", "sales_process_activation_outside_rel", readonly=True)

    @api.depends("process_id")
    def _compute_stage_ids(self):
        for wizard in self:
            wizard.stage_ids = [Command.clear()] + [
                Command.create({"process_stage_id": stage.id, "stage_id": wizard._suggest_column(stage).id})
                for stage in wizard.process_id.stage_ids
            ]

    def _suggest_column(self, process_stage):
        """The column chosen for the stage, else one of the same name that everybody or these teams see."""
        if process_stage.stage_id:
            return process_stage.stage_id
        visible = ["|", ("team_ids", "=", False), ("team_ids", "in", self.process_id.team_ids.ids)]
        return self.env["crm.stage"].search([("name", "=ilike", process_stage.name), *visible], limit=1)

    @api.onchange("team_ids", "migrate")
    def _onchange_team_ids(self):
        self.is_checked = False

    @api.depends("stage_map_ids.target_stage_id")
    def _compute_unmapped_count(self):
        for wizard in self:
            missing = wizard.stage_map_ids.filtered(lambda line: line.lead_count and not line.target_stage_id)
            wizard.unmapped_count = sum(missing.mapped("lead_count"))

    def action_dry_run(self):
        """Count, by requirement, the open leads that the gates would hold back; nothing is changed."""
        self.ensure_one()
        self._check_input()
        held, outside, counts, total = [], [], {}, 0
        playbook = self._get_planned_playbook()
        self._plan_migrations(playbook)
        for leads in self._iterate_open_leads():
            total += len(leads)
            self._check_leads(playbook, leads, held, outside, counts)
        self.write(
            {
                "is_checked": True,
                "open_count": total,
                "held_count": len(held),
                "outside_count": len(outside),
                "ready_count": total - len(held) - len(outside),
                "held_lead_ids": [Command.set(held)],
                "outside_lead_ids": [Command.set(outside)],
                "line_ids": [Command.clear()]
                + [
                    Command.create(
                        {"requirement_id": requirement_id, "lead_count": len(ids), "lead_ids": [Command.set(ids)]}
                    )
                    for requirement_id, ids in sorted(counts.items(), key=lambda item: -len(item[1]))
                ],
            }
        )
        return self._reopen()

    def action_activate(self):
        """Create missing pipeline stages, hand the teams over and let their leads follow the process."""
        self.ensure_one()
        self._check_input()
        if not self.is_checked:
            raise UserError(self.env._("Run the dry run first: it shows which leads would be held back."))
        process = self.process_id
        # Before the columns: those are shown to the teams of the process.
        process.team_ids = self.team_ids
        self._create_pipeline_stages()
        # While it is a draft: from here on the log is settled.
        process._log_changes()
        previous = self._retire_for_teams()
        process.write(
            {
                "team_ids": [Command.set(self.team_ids.ids)],
                "state": "active",
                "date_activated": self.env.cr.now(),
                "predecessor_id": process.predecessor_id.id or previous[:1].id,
            }
        )
        if self.migrate == "all":
            self._attach_open_leads()
            self._migrate_open_leads()
        return process.get_formview_action()

    def action_view_held(self):
        return self._view_leads(self.held_lead_ids, self.env._("Leads Held Back"))

    def action_view_outside(self):
        return self._view_leads(self.outside_lead_ids, self.env._("Leads in Other Stages"))

    def _view_leads(self, leads, name):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_opportunities")
        return {**action, "name": name, "domain": [("id", "in", leads.ids)], "context": {}, "target": "current"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activate %s", self.process_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_input(self):
        if self.process_id.state != "draft":
            raise UserError(self.env._("%s is in use already.", self.process_id.display_name))
        if not self.team_ids:
            raise UserError(self.env._("Choose the sales teams that will follow the process."))
        self.process_id._check_pilots(self.team_ids)
        chosen = [line.stage_id.id for line in self.stage_ids if line.stage_id]
        if len(chosen) != len(set(chosen)):
            raise UserError(self.env._("Each pipeline stage can stand for one stage of the process only."))

    def _get_planned_playbook(self):
        """The playbook as it will be: with the pipeline stages chosen in this wizard."""
        chosen = {line.process_stage_id.id: line.stage_id.id for line in self.stage_ids}
        playbook = self.env["sales.process"]._get_playbook(self.process_id.id)
        stages = tuple(
            gate.Stage(
                id=stage.id,
                pipeline_stage=chosen.get(stage.id) or stage.pipeline_stage or -stage.id,
                flexible=stage.flexible,
                is_won=stage.is_won,
                limit_days=stage.limit_days,
                entry=stage.entry,
                exit=stage.exit,
            )
            for stage in playbook.stages
        )
        return gate.Playbook.build(
            id=playbook.id,
            enforcement=playbook.enforcement,
            skip_rule=playbook.skip_rule,
            back_rule=playbook.back_rule,
            stages=stages,
            calendar=playbook.calendar,
        )

    def _get_open_leads_domain(self):
        return [("team_id", "in", self.team_ids.ids), ("type", "=", "opportunity"), ("won_status", "=", "pending")]

    def _iterate_open_leads(self):
        Lead = self.env["crm.lead"].sudo()
        last = 0
        while leads := Lead.search([*self._get_open_leads_domain(), ("id", ">", last)], order="id", limit=BATCH):
            last = leads[-1].id
            yield leads
            leads.invalidate_recordset()

    def _check_leads(self, playbook, leads, held, outside, counts):
        """Judge one batch: what would each lead need to go on from where it is?"""
        wanted = {stage_id: playbook.to_advance(stage_id) for stage_id in set(leads.stage_id.ids)}
        needed = playbook.with_predecessors(req for reqs in wanted.values() for req in reqs)
        standings = self.env["sales.process.judgement"]._judge_all(needed.values(), self._get_facts(leads))
        for lead in leads:
            if playbook.position(lead.stage_id.id) is None:
                outside.append(lead.id)
                continue
            missing = [
                req
                for req in wanted[lead.stage_id.id]
                if req.mandatory and standings[lead.id][req.id] not in gate.SETTLED
            ]
            if missing:
                held.append(lead.id)
            for requirement in missing:
                counts.setdefault(requirement.id, []).append(lead.id)

    def _create_pipeline_stages(self):
        """Columns for stages that have none yet, shown to these teams only."""
        last = self.env["crm.stage"].search([], order="sequence desc", limit=1)
        sequence = last.sequence
        for line in self.stage_ids:
            stage = line.process_stage_id
            column = line.stage_id or stage.stage_id
            if not column:
                sequence += 1
                column = self.env["crm.stage"].create(
                    {
                        "name": stage.with_context(lang="en_US").name,
                        "sequence": sequence,
                        "is_won": stage.is_won,
                        "team_ids": [Command.set(self.team_ids.ids)],
                    }
                )
                for code, _label in self.env["res.lang"].get_installed():
                    column.with_context(lang=code).name = stage.with_context(lang=code).name
            elif column.team_ids and not self.team_ids <= column.team_ids:
                column.team_ids |= self.team_ids
            stage.write({"stage_id": column.id})

    def _retire_for_teams(self):
        """Take the teams out of processes they follow now; a process without teams retires."""
        processes = self.env["sales.process"]
        others = processes.search([("state", "in", ("pilot", "active")), ("team_ids", "in", self.team_ids.ids)])
        for other in others:
            remaining = other.team_ids - self.team_ids
            if remaining:
                other.team_ids = remaining
            else:
                # Leads stay on the version they follow; the new version takes over from the next lead on.
                other.state = "retired"
        return others

    def _plan_migrations(self, playbook):
        """One migration for each version that open leads of these teams follow; nothing is changed yet."""
        Migration = self.env["sales.process.migration"]
        migrations = Migration.browse()
        if self.migrate == "all":
            domain = [*self._get_attached_domain(), ("sales_process_id", "not in", (False, self.process_id.id))]
            for [source] in self.env["crm.lead"].sudo()._read_group(domain, ["sales_process_id"]):
                source = source.sudo(False)
                planned = Migration.search(
                    [
                        ("process_id", "=", source.id),
                        ("target_process_id", "=", self.process_id.id),
                        ("state", "in", ("draft", "checked")),
                    ]
                ).filtered(lambda migration: migration.team_ids == self.team_ids and not migration.is_chosen)[:1]
                migrations += planned or source._prepare_migration(self.process_id, teams=self.team_ids)
            for migration in migrations:
                migration._check(playbook)
        self.migration_ids = migrations
        self.stage_map_ids = migrations.stage_map_ids

    def _get_facts(self, leads):
        """What is known of the leads, as if their migration was done."""
        facts = GateFacts(leads)
        for migration in self.migration_ids:
            migration.sudo()._anticipate_facts(facts)
        return facts

    def _migrate_open_leads(self):
        for migration in self.migration_ids:
            if migration.state != "checked":
                migration._check()
            migration._refuse_unmapped()
            migration._start()

    def _get_attached_domain(self):
        return [("team_id", "in", self.team_ids.ids), ("won_status", "=", "pending")]

    def _attach_open_leads(self):
        """Those of other versions migrate, with what they answered."""
        Lead = self.env["crm.lead"].sudo()
        domain = [
            *self._get_attached_domain(),
            ("sales_process_id", "not in", (self.migration_ids.process_id | self.process_id).ids),
        ]
        last = 0
        while leads := Lead.search([*domain, ("id", ">", last)], order="id", limit=BATCH):
            last = leads[-1].id
            leads._attach_to_process(self.process_id)
            self.env.flush_all()
            leads.invalidate_recordset()
