from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What the figures were taken by; settled with them.
MEASURED_FIELDS = {
    "kpi_id",
    "company_id",
    "process_id",
    "stage_id",
    "team_id",
    "version_id",
    "date_in_use",
    "measure_cycle",
    "measure_periods",
}


class SalesProcessImprovement(models.Model):
    """An idea on its way into the process: accepted, part of a version, and measured on an indicator (S5.4, S6.5)."""

    _name = "sales.process.improvement"
    _description = "Improvement"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "sales.process.kept",
        "sales.process.improvement.steps",
        "sales.process.improvement.effect",
    ]
    _kept_fields = frozenset(
        {"state", "date_accepted", "date_measured", "date_reminded", "effect", "effect_on", "verdict"}
    )
    _order = "date_start, id"
    # Whoever reads an improvement may talk about it.
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    description = fields.Html()
    expected_effect = fields.Text(help="What will be better, and by how much: a sentence with a number.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("idea", "Idea"),
            ("accepted", "Accepted"),
            ("in_version", "In a Version"),
            ("measured", "Measured"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="idea",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index="btree_not_null", domain=[("share", "=", False)]
    )
    author_id = fields.Many2one(
        "res.users",
        string="Idea Of",
        default=lambda self: self.env.user,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    process_id = fields.Many2one(
        "sales.process",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="The process that it improves.",
    )
    stage_id = fields.Many2one(
        "sales.process.stage",
        domain="[('process_id', '=', process_id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    requirement_id = fields.Many2one(
        "sales.process.requirement",
        domain="[('process_stage_id', '=', stage_id)]",
        index="btree_not_null",
        ondelete="set null",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Where it is tried, and measured. Empty: everywhere.",
    )
    version_id = fields.Many2one(
        "sales.process",
        check_company=True,
        tracking=True,
        index="btree_not_null",
        ondelete="set null",
        help="The draft or version that carries it.",
    )
    review_id = fields.Many2one(
        "sales.process.review",
        check_company=True,
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Where it was agreed on.",
    )
    topic_id = fields.Many2one(
        "sales.process.review.topic", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    change_ids = fields.Many2many(
        "sales.process.change",
        "sales_process_change_improvement_rel",
        "improvement_id",
        "change_id",
        string="Changes",
        help="What it changed in the process.",
    )
    kpi_id = fields.Many2one(
        "sales.process.kpi",
        string="Indicator",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="What shall get better by it: measured before and after.",
    )
    date_start = fields.Date(string="Planned Start", tracking=True)
    date_end = fields.Date(string="Planned End", tracking=True)
    date_accepted = fields.Date(string="Accepted On", readonly=True, copy=False)
    date_in_use = fields.Date(
        string="In Use Since", copy=False, tracking=True, help="Set by itself when its version is activated."
    )
    date_measured = fields.Date(string="Measured On", readonly=True, copy=False)
    date_reminded = fields.Date(readonly=True, copy=False, help="When the responsible was told to conclude it.")

    _dates_check = models.Constraint("CHECK(date_end >= date_start)", "The planned end is not before the start.")
    _waiting_idx = models.Index("(version_id) WHERE state = 'in_version' AND date_in_use IS NULL")

    @api.constrains("stage_id", "process_id", "requirement_id")
    def _check_place(self):
        for improvement in self:
            if improvement.stage_id and improvement.stage_id.process_id != improvement.process_id:
                raise ValidationError(self.env._("The stage is one of another process."))
            if improvement.requirement_id and improvement.requirement_id.process_stage_id != improvement.stage_id:
                raise ValidationError(self.env._("The requirement is one of another stage."))

    @api.onchange("process_id")
    def _onchange_process_id(self):
        if self.stage_id.process_id != self.process_id:
            self.stage_id = self.requirement_id = False

    @api.onchange("stage_id")
    def _onchange_stage_id(self):
        if self.requirement_id.process_stage_id != self.stage_id:
            self.requirement_id = False

    def write(self, vals):
        if MEASURED_FIELDS & vals.keys() and (settled := self.filtered(lambda record: record.state == "measured")):
            raise UserError(self.env._("“%s” is measured: what its figures were taken by is settled.", settled[0].name))
        result = super().write(vals)
        if MEASURED_FIELDS & vals.keys():
            # sudo: kept by the improvement itself; other questions have other figures
            stale = self.filtered(lambda record: record.state == "in_version" and record.effect)
            stale.sudo().write({"effect": False, "verdict": False, "effect_on": False, "date_reminded": False})
            self.filtered(lambda record: record.state == "in_version" and "version_id" in vals)._follow_versions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_ideas(self):
        for improvement in self:
            if improvement.state not in ("idea", "dropped"):
                raise UserError(
                    self.env._(
                        "“%s” has been accepted: drop or archive it, so that it stays readable.", improvement.name
                    )
                )

    def _get_today(self):
        self.ensure_one()
        return self.company_id._get_sales_today()
