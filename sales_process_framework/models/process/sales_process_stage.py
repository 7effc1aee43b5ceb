from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import gate


class SalesProcessStage(models.Model):
    _name = "sales.process.stage"
    _description = "Sales Process Stage"
    _inherit = [
        "sales.process.feedback.stage",
        "sales.process.stage.limit",
        "sales.process.stage.lineage",
        "sales.process.completeness.stage",
    ]
    _order = "process_id, sequence, id"

    process_id = fields.Many2one("sales.process", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    process_state = fields.Selection(related="process_id.state", string="Process Status")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    stage_id = fields.Many2one(
        "crm.stage",
        string="Pipeline Stage",
        index=True,
        ondelete="restrict",
        copy=False,
        help="Column of the pipeline. Empty: activating the process creates it for the chosen teams.",
    )
    is_won = fields.Boolean(string="Won", help="Deals in this stage count as won.")
    role_id = fields.Many2one("sales.process.role", string="Owner Role", ondelete="restrict")
    time_limit_days = fields.Float(string="Time Limit", help="In working days; 0 for no limit.")
    guidance = fields.Html(translate=True, help="What a rep should know and do in this stage, at a glance.")
    flexible = fields.Boolean(
        help="A sales administrator may move leads through this stage directly, whatever is missing. It is recorded."
    )
    requirement_ids = fields.One2many("sales.process.requirement", "process_stage_id", copy=True)
    entry_requirement_ids = fields.One2many(
        "sales.process.requirement", "process_stage_id", domain=[("gate", "=", "entry")], string="To Enter"
    )
    exit_requirement_ids = fields.One2many(
        "sales.process.requirement", "process_stage_id", domain=[("gate", "=", "exit")], string="To Leave"
    )
    # Copied with the stage: the next version of a process keeps its library and raises the same support.
    resource_ids = fields.Many2many(
        "sales.process.resource", "sales_process_resource_stage_rel", "process_stage_id", "resource_id", copy=True
    )
    support_policy_ids = fields.Many2many(
        "sales.process.sla.policy",
        "sales_process_sla_policy_stage_rel",
        "process_stage_id",
        "policy_id",
        string="Support Raised On Entry",
        copy=True,
        check_company=True,
    )
    requirement_count = fields.Integer(compute="_compute_requirement_count")
    key = fields.Char(help="Names the stage in exported files.", copy=True)

    _time_limit_not_negative = models.Constraint(
        "CHECK(time_limit_days >= 0)", "A time limit cannot be negative. Use 0 for no limit."
    )
    _pipeline_stage_once = models.UniqueIndex(
        "(process_id, stage_id) WHERE stage_id IS NOT NULL",
        "A pipeline stage can stand only once in a process.",
    )

    @api.depends("requirement_ids")
    def _compute_requirement_count(self):
        for stage in self:
            stage.requirement_count = len(stage.requirement_ids)

    @api.depends("name", "process_id")
    @api.depends_context("sales_process_stage_with_process")
    def _compute_display_name(self):
        with_process = self.env.context.get("sales_process_stage_with_process")
        for stage in self:
            stage.display_name = f"{stage.process_id.display_name} / {stage.name}" if with_process else stage.name

    @api.constrains("process_id", "stage_id")
    def _check_teams(self):
        for stage in self:
            restricted = stage.stage_id.team_ids
            teams = stage.process_id.team_ids
            if restricted and teams and not teams <= restricted:
                raise ValidationError(
                    self.env._(
                        "The pipeline stage %(stage)s is not shown to %(teams)s. Add these teams to it.",
                        stage=stage.stage_id.name,
                        teams=", ".join((teams - restricted).mapped("name")),
                    )
                )

    @api.onchange("stage_id")
    def _onchange_stage_id(self):
        if self.stage_id:
            self.name = self.name or self.stage_id.name
            self.is_won = self.stage_id.is_won

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        stages.process_id._check_structure_is_free()
        self.env["sales.process"]._clear_playbooks()
        return stages

    def write(self, vals):
        self.process_id._check_structure_is_free()
        result = super().write(vals)
        if "process_id" in vals:
            self.process_id._check_structure_is_free()
        self.env["sales.process"]._clear_playbooks()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_in_draft(self):
        self.process_id._check_structure_is_free()

    def unlink(self):
        result = super().unlink()
        self.env["sales.process"]._clear_playbooks()
        return result

    def action_open(self):
        """Open the stage with its gates in its own form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _is_twin_of(self, stages):
        """Whether this is the same stage as one of ``stages`` in another version of the process."""
        self.ensure_one()
        return any(
            (self.key and self.key == other.key)
            or (self.stage_id and self.stage_id == other.stage_id)
            or (not self.key and self.name == other.name)
            for other in stages
            if other.process_id != self.process_id
        )

    def _prepare_definition(self):
        """:return: :class:`~..tools.gate.Stage`"""
        self.ensure_one()
        requirements = self.requirement_ids.sorted(lambda req: (req.sequence, req.id))
        by_gate = {"entry": [], "exit": []}
        for requirement in requirements:
            by_gate[requirement.gate].append(requirement._prepare_definition())
        return gate.Stage(
            id=self.id,
            pipeline_stage=self.stage_id.id or 0,
            flexible=self.flexible,
            is_won=self.is_won,
            limit_days=self.time_limit_days,
            entry=tuple(by_gate["entry"]),
            exit=tuple(by_gate["exit"]),
        )

    @api.readonly
    def get_preview(self):
        """What a rep will see in this stage, with nothing answered yet.

        :return: the structure of ``crm.lead.get_sales_process_panel``
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["sales.process.panel"]._prepare_preview(self)
