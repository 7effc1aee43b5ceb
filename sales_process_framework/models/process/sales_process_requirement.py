from ast import literal_eval

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools import gate


class SalesProcessRequirement(models.Model):
    _name = "sales.process.requirement"
    _description = "Sales Process Requirement"
    _inherit = ["sales.process.feedback.requirement", "sales.process.requirement.lineage"]
    _order = "process_stage_id, gate desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    process_stage_id = fields.Many2one(
        "sales.process.stage", string="Stage", required=True, index=True, ondelete="cascade"
    )
    process_id = fields.Many2one(related="process_stage_id.process_id", store=True, index=True)
    company_id = fields.Many2one(related="process_id.company_id", store=True, index=True)
    gate = fields.Selection([("entry", "Entry"), ("exit", "Exit")], required=True, default="exit")
    kind = fields.Selection(
        [("criterion", "Criterion"), ("action", "Key Action"), ("deliverable", "Deliverable")],
        required=True,
        default="criterion",
    )
    judgement = fields.Selection(
        selection=lambda self: self.env["sales.process.judgement"]._get_selection(),
        string="Judged By",
        required=True,
        default="manual",
    )
    mandatory = fields.Boolean(
        default=lambda self: self.env.company.sales_process_mandatory,
        help="Advisory requirements are shown and counted, but hold nobody back.",
    )
    allow_na = fields.Boolean(string="Not Applicable Allowed")
    role_id = fields.Many2one("sales.process.role", string="Owner Role", ondelete="restrict")
    spin_technique = fields.Selection(
        [
            ("situation", "Situation"),
            ("problem", "Problem"),
            ("implication", "Implication"),
            ("need_payoff", "Need-payoff"),
        ],
        string="SPIN",
    )
    standard = fields.Text(translate=True, help="How it is done well: what, how much, to which standard.")
    script = fields.Html(translate=True, help="Words and questions a rep can use, one click away.")
    min_count = fields.Integer(string="At Least", help="How often the action has to be done; 0 for once.")
    max_count = fields.Integer(string="At Most", help="0 for no upper bound.")
    domain = fields.Char(string="Condition", help="What has to be true of the lead.")
    field_ids = fields.Many2many(
        "ir.model.fields",
        string="Fields",
        domain=[("model", "=", "crm.lead"), ("store", "=", True), ("ttype", "not in", ("one2many", "binary"))],
        help="Each of these has to hold a value. 0 and No are values; blanks and empty text are not.",
    )
    after_ids = fields.Many2many(
        "sales.process.requirement",
        "sales_process_requirement_after_rel",
        "requirement_id",
        "after_id",
        string="Only After",
        domain="[('process_id', '=', process_id), ('id', '!=', id)]",
        help="Counts only once these are met.",
        copy=False,
    )
    template_ids = fields.Many2many(
        "ir.attachment", "sales_process_requirement_template_rel", string="Template Files", copy=True
    )
    approval_required = fields.Boolean(help="The document counts once the owner role has approved it.")
    freshness_days = fields.Integer(
        string="Fresh For", help="Days after the date of its content for which the document counts; 0 for ever."
    )
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")
    support_policy_id = fields.Many2one(
        "sales.process.sla.policy",
        string="Support Awaited",
        ondelete="restrict",
        index="btree_not_null",
        help="Met once a request for it was delivered.",
    )
    key = fields.Char(help="Names the requirement in exported files.", copy=True)

    _counts_in_order = models.Constraint(
        "CHECK(min_count >= 0 AND (max_count = 0 OR max_count >= min_count))",
        "The highest count cannot be below the lowest one.",
    )
    _freshness_not_negative = models.Constraint(
        "CHECK(freshness_days >= 0)", "Use 0 for a document that stays fresh for ever."
    )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "deliverable":
            self.judgement = "document"
        elif self.judgement == "document":
            self.judgement = "manual"

    @api.onchange("judgement")
    def _onchange_judgement(self):
        if self.judgement == "document":
            self.kind = "deliverable"

    @api.constrains(
        *("judgement", "domain", "field_ids", "activity_type_id", "support_policy_id", "process_id"),
        # What judgements of other addons may be configured by.
        *("min_count", "max_count", "freshness_days", "approval_required", "template_ids"),
    )
    def _check_judgement(self):
        known = self.env["sales.process.judgement"]._get_registered()
        for requirement in self:
            if requirement.judgement not in known:
                raise ValidationError(
                    self.env._(
                        "%(requirement)s: there is no way to judge by “%(judgement)s” here.",
                        requirement=requirement.name,
                        judgement=requirement.judgement,
                    )
                )
            judgement = self.env["sales.process.judgement"]._get(requirement.judgement)
            if problem := judgement._get_configuration_problem(requirement):
                raise ValidationError(
                    self.env._("%(requirement)s: %(problem)s", requirement=requirement.name, problem=problem)
                )

    @api.constrains("after_ids", "process_stage_id")
    def _check_after(self):
        if self._has_cycle("after_ids"):
            raise ValidationError(self.env._("Requirements wait for each other in a circle. Remove one of the links."))
        for requirement in self:
            process = requirement.process_id
            if strangers := requirement.after_ids - process.stage_ids.requirement_ids:
                raise ValidationError(
                    self.env._(
                        "%(requirement)s cannot wait for %(other)s, which belongs to another process.",
                        requirement=requirement.name,
                        other=strangers[0].name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        requirements.process_id._check_structure_is_free()
        requirements._adopt_templates()
        self.env["sales.process"]._clear_playbooks()
        return requirements

    def write(self, vals):
        self.process_id._check_structure_is_free()
        result = super().write(vals)
        if "process_stage_id" in vals:
            self.process_id._check_structure_is_free()
        if "template_ids" in vals:
            self._adopt_templates()
        self.env["sales.process"]._clear_playbooks()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_in_draft(self):
        self.process_id._check_structure_is_free()

    def unlink(self):
        result = super().unlink()
        self.env["sales.process"]._clear_playbooks()
        return result

    def _adopt_templates(self):
        """Templates belong to their requirement: whoever reads the requirement may open them."""
        for requirement in self:
            files = requirement.template_ids
            loose = files.sudo().filtered(lambda file: not file.res_id or not file.res_model)
            if loose:
                loose.write({"res_model": self._name, "res_id": requirement.id})
            # A copied requirement gets files of its own: those of the original go when the original goes.
            shared = files.filtered(
                lambda file, own=requirement.id: file.res_model == self._name and file.res_id != own
            )
            if shared:
                # In one go: writing comes back here, and must find nothing left to copy.
                twins = shared.copy({"res_id": requirement.id})
                requirement.template_ids = [*map(Command.unlink, shared.ids), *map(Command.link, twins.ids)]

    def _get_templates_for_user(self):
        """Templates in the user's language where a form has one, else in English; uploaded files always."""
        self.ensure_one()
        language_of = {attachment: attachment._get_process_form_language() for attachment in self.template_ids}
        wanted = self.env.lang if self.env.lang in language_of.values() else "en_US"
        return self.template_ids.filtered(lambda attachment: language_of[attachment] in (False, wanted))

    def _prepare_definition(self):
        """:return: :class:`~..tools.gate.Requirement`"""
        self.ensure_one()
        return gate.Requirement(
            id=self.id,
            stage=self.process_stage_id.id,
            gate=self.gate,
            judgement=self.judgement,
            mandatory=self.mandatory,
            allow_na=self.allow_na,
            after=tuple(self.after_ids.ids),
            min_count=self.min_count,
            max_count=self.max_count,
            settings=self.env["sales.process.judgement"]._get(self.judgement)._prepare_settings(self),
        )

    def _get_judged_fields(self):
        """:return: names of ``crm.lead`` fields that the gates read, to refresh the gate state when they change"""
        names = set()
        for requirement in self:
            names |= self.env["sales.process.judgement"]._get(requirement.judgement)._get_lead_fields(requirement)
        return names

    def _get_condition(self):
        """The admin's condition as a checked :class:`~odoo.fields.Domain`.

        :raise UserError: a sentence for the admin that names what is wrong
        """
        self.ensure_one()
        try:
            domain = Domain(literal_eval((self.domain or "[]").strip()))
            domain.validate(self.env["crm.lead"].sudo())
        except Exception as error:
            # Whatever a hand-written or outdated domain breaks on, the admin needs to read which rule it is.
            raise UserError(
                self.env._(
                    "The condition of “%(requirement)s” cannot be read: %(error)s",
                    requirement=self.name,
                    error=error,
                )
            ) from error
        return domain
