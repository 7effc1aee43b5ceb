from itertools import count

from odoo import Command, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools import gate

RUNNING_STATES = ("pilot", "active")
#: What leads are judged by; frozen once a version is in use (stages and requirements guard themselves).
STRUCTURE_FIELDS = {"stage_ids", "skip_rule", "back_rule", "company_id"}
#: Data of a lead without which nobody can steer by it.
COMPLETENESS_FIELDS = ("partner_id", "email_from", "phone", "user_id", "expected_revenue", "date_deadline", "source_id")


class SalesProcess(models.Model):
    _name = "sales.process"
    _description = "Sales Process"
    _inherit = [
        "mail.thread",
        "sales.process.versioned",
        "sales.process.piloted",
        "sales.process.rolled.out",
        "sales.process.improved",
        "sales.process.completeness.mixin",
    ]
    _order = "state, name, version desc, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    version = fields.Char(required=True, default="1.0", tracking=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("pilot", "Pilot"), ("active", "Active"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    active = fields.Boolean(default=True, copy=False)
    color = fields.Integer()
    predecessor_id = fields.Many2one("sales.process", string="Previous Version", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_team_rel",
        "process_id",
        "team_id",
        string="Sales Teams",
        check_company=True,
        copy=False,
        tracking=True,
    )
    stage_ids = fields.One2many("sales.process.stage", "process_id", string="Stages", copy=True)
    journey_ids = fields.Many2many(
        "sales.process.journey",
        "sales_process_journey_process_rel",
        "process_id",
        "journey_id",
        string="Customer Journeys",
        check_company=True,
        copy=False,
    )
    description = fields.Html(translate=True)
    enforcement = fields.Selection(
        [
            ("block", "Block: a move with something missing is refused"),
            ("warn", "Warn: the move passes, with a notice and a record"),
            ("off", "Off: the checklist is only shown"),
        ],
        required=True,
        default=lambda self: self.env.company.sales_process_enforcement,
        tracking=True,
    )
    skip_rule = fields.Selection(
        [
            ("free", "Allowed"),
            ("gates", "Allowed when the gates of the skipped stages are met too"),
            ("forbid", "Not allowed"),
        ],
        string="Skipping Stages",
        required=True,
        default="gates",
    )
    back_rule = fields.Selection(
        [("free", "Allowed"), ("forbid", "Not allowed")], string="Going Back", required=True, default="free"
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Time",
        check_company=True,
        help="Time limits count in this working time; empty: the working time of the company.",
    )
    completeness_field_ids = fields.Many2many(
        "ir.model.fields",
        "sales_process_completeness_field_rel",
        "process_id",
        "field_id",
        string="Complete Data",
        default=lambda self: self._get_default_completeness_fields(),
        domain=[("model", "=", "crm.lead"), ("store", "=", True), ("ttype", "not in", ("one2many", "many2many"))],
        help="A lead is complete when each of these holds a value. 0 and No are values; blanks are not.",
    )
    date_activated = fields.Datetime(readonly=True, copy=False)
    stage_count = fields.Integer(compute="_compute_stage_count")
    lead_count = fields.Integer(compute="_compute_lead_count")

    @api.model
    def _get_default_completeness_fields(self):
        return (
            self.env["ir.model.fields"]
            .sudo()
            .browse(self.env["ir.model.fields"]._get("crm.lead", name).id for name in COMPLETENESS_FIELDS)
        )

    @api.constrains("completeness_field_ids")
    def _check_completeness_fields(self):
        """Each has a column of its own, so that any number of leads is looked at in one statement."""
        Lead = self.env["crm.lead"]
        for process in self:
            for name in process.sudo().completeness_field_ids.mapped("name"):
                field = Lead._fields.get(name)
                if not field or not field.store or not field.column_type or field.company_dependent:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot count as data of a lead: choose fields stored on the lead itself.",
                            field=name,
                        )
                    )

    @api.depends("stage_ids")
    def _compute_stage_count(self):
        for process in self:
            process.stage_count = len(process.stage_ids)

    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.lead"]._read_group([("sales_process_id", "in", self.ids)], ["sales_process_id"], ["__count"])
        )
        for process in self:
            process.lead_count = counts.get(process, 0)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for process in self:
            process.display_name = f"{process.name or ''} {process.version or ''}".strip()

    @api.constrains("team_ids", "state", "active")
    def _check_one_running_process_per_team(self):
        running = self.sudo().search([("state", "in", RUNNING_STATES), ("team_ids", "in", self.team_ids.ids)])
        for process in self.filtered(lambda process: process.state in RUNNING_STATES):
            for other in running - process:
                if shared := other.team_ids & process.team_ids:
                    raise ValidationError(
                        self.env._(
                            "%(teams)s already follow %(process)s. Retire it for these teams first.",
                            teams=", ".join(shared.mapped("name")),
                            process=other.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        processes = super().create(vals_list)
        self._clear_playbooks()
        return processes

    def write(self, vals):
        if STRUCTURE_FIELDS & vals.keys():
            self._check_structure_is_free()
        if vals.get("state") == "draft":
            # Once in use a version stays frozen; going back would open it to changes.
            self._check_structure_is_free()
        result = super().write(vals)
        self._clear_playbooks()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for process, vals in zip(self, vals_list, strict=True):
            vals.setdefault("name", self.env._("%s (copy)", process.name))
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            new._restore_requirement_order(old)
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        for process in self:
            if process.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been in use: archive it instead of deleting it, its history stays readable.",
                        process.display_name,
                    )
                )

    def unlink(self):
        result = super().unlink()
        self._clear_playbooks()
        return result

    def action_view_leads(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_opportunities")
        action["domain"] = [("sales_process_id", "=", self.id)]
        action["context"] = {"active_test": False}
        return action

    def action_open_activation(self):
        self.ensure_one()
        if not self.stage_ids:
            raise UserError(self.env._("Add at least one stage to %s before you activate it.", self.display_name))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_process_framework.sales_process_activation_action"
        )
        # The next version is meant for those who work by the present one.
        teams = self.team_ids or self.predecessor_id.team_ids
        action["context"] = {"default_process_id": self.id, "default_team_ids": teams.ids}
        return action

    def action_retire(self):
        """Leads go on in the pipeline as in plain CRM, their history stays."""
        self._check_manager()
        self.state = "retired"
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads.search([("sales_process_id", "in", self.ids)])._detach_from_process()
        self.env["sales.process.exception"].sudo().search(
            [("process_id", "in", self.ids), ("state", "in", ("requested", "approved"))]
        )._action_cancel()

    def action_new_version(self):
        """Copy a version in use into a draft with the next version number, which can be changed."""
        self.ensure_one()
        copy = self.copy(
            {
                "name": self.name,
                "version": self._next_version(),
                "predecessor_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        # A copy leaves out the translations of what it is told.
        copy.update_field_translations("name", self._fields["name"]._get_stored_translations(self) or {})

        def place(stage):
            return stage.sequence, stage.name, stage.id

        for old, new in zip(self.stage_ids.sorted(place), copy.stage_ids.sorted(place), strict=True):
            # The next version takes over the same columns of the pipeline.
            new.stage_id = old.stage_id
        copy._remember_lineage(self)
        for journey in self.journey_ids.filtered(lambda journey: journey.state != "retired"):
            # Customers take the same way under the next version.
            journey.process_ids = [Command.link(copy.id)]
            journey._link_stages(copy)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copy.id,
            "views": [(False, "form")],
        }

    def _next_version(self):
        """1.0 → 1.1, or the next number that is free; anything that does not end in a number gets one."""
        self.ensure_one()
        head, _dot, tail = (self.version or "1.0").rpartition(".")
        head, last = (head, int(tail)) if head and tail.isdigit() else (self.version, 0)
        others = self.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id), "|", ("name", "=", self.name), ("predecessor_id", "=", self.id)]
        )
        taken = set(others.mapped("version"))
        return next(number for place in count(last + 1) if (number := f"{head}.{place}") not in taken)

    def _check_manager(self):
        self.check_access("write")

    def _check_structure_is_free(self):
        """Refuse to change a version that leads follow."""
        frozen = self.filtered(lambda process: process.state != "draft")
        if frozen:
            raise UserError(
                self.env._(
                    "%s is in use, its structure is frozen. Create a new version, change that one and activate it.",
                    ", ".join(frozen.mapped("display_name")),
                )
            )

    def _restore_requirement_order(self, source):
        """Point ``after_ids`` of copied requirements at the copies."""

        def place(requirement):
            stage = requirement.process_stage_id
            return stage.sequence, stage.name, requirement.gate, requirement.sequence, requirement.name, requirement.id

        # By what was copied: the order of records in memory differs while they are being created and reordered.
        old = source.stage_ids.requirement_ids.sorted(place)
        new = self.stage_ids.requirement_ids.sorted(place)
        twin = dict(zip(old, new, strict=True))
        for old_requirement, new_requirement in twin.items():
            if old_requirement.after_ids:
                new_requirement.after_ids = [twin[after].id for after in old_requirement.after_ids if after in twin]

    # ------------------------------------------------------------------
    # Playbooks: the cached, frozen form of a process that gates are judged by
    # ------------------------------------------------------------------

    @api.model
    def _clear_playbooks(self):
        self.env.registry.clear_cache("stable")

    @api.model
    @tools.ormcache(cache="stable")
    def _get_running_teams(self):
        """:return: ({team id: id of its running process}, {process id: team ids} of every process ever activated)"""
        processes = self.sudo().with_context(active_test=False).search([("state", "!=", "draft")])
        running = {}
        for process in processes.filtered(lambda process: process.state in RUNNING_STATES and process.active):
            running.update(dict.fromkeys(process.team_ids.ids, process.id))
        return running, {process.id: frozenset(process._get_following_team_ids()) for process in processes}

    @api.model
    def _is_in_use(self):
        """False as long as no process was ever activated: then every hook on leads returns at once."""
        return bool(self._get_running_teams()[1])

    @api.model
    @tools.ormcache(cache="stable")
    def _get_watched_fields(self):
        """:return: frozenset of ``crm.lead`` fields that the gates of processes in use read"""
        _running, teams = self._get_running_teams()
        return frozenset().union(*(self._get_playbook(process_id).condition_fields for process_id in teams))

    @api.model
    @tools.ormcache("process_id", cache="stable")
    def _get_playbook(self, process_id):
        """:return: :class:`~..tools.gate.Playbook` of a process, every requirement in checklist order"""
        process = self.sudo().browse(process_id)
        stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        requirements = stages.requirement_ids
        return gate.Playbook.build(
            id=process.id,
            enforcement=process.enforcement,
            skip_rule=process.skip_rule,
            back_rule=process.back_rule,
            stages=tuple(stage._prepare_definition() for stage in stages),
            calendar=process.calendar_id.id or 0,
            condition_fields=frozenset(requirements._get_judged_fields()),
        )

    @api.model
    @tools.ormcache("process_id", cache="stable")
    def _get_completeness_fields(self, process_id):
        """:return: tuple of names of the ``crm.lead`` fields that make a lead of the process complete"""
        return tuple(self.sudo().browse(process_id).completeness_field_ids.sorted("id").mapped("name"))

    def _get_calendar(self):
        """Working time of a lead that has no company of its own."""
        self.ensure_one()
        return self.calendar_id or self.company_id.resource_calendar_id or self.env.company.resource_calendar_id

    def _get_enforcement(self, company):
        """The process decides; a company can soften all its processes at once (Settings)."""
        self.ensure_one()
        cap, _calendar = company._get_process_settings(company.id)
        order = ("off", "warn", "block")
        return min(self._get_playbook(self.id).enforcement, cap, key=order.index)
