from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.completeness import Item, Rule


class SalesProcessCompletenessRule(models.Model):
    """Data that a lead needs from a stage on, or in that stage alone, beside what the whole process asks for.

    No gate: nothing is held back. What is missing lowers the data completeness, its alert and the scorecard. So it can
    change while a version is in use.
    """

    _name = "sales.process.completeness.rule"
    _description = "Completeness Rule"
    _order = "process_stage_id, sequence, id"

    process_stage_id = fields.Many2one(
        "sales.process.stage", string="Stage", required=True, index=True, ondelete="cascade"
    )
    process_id = fields.Many2one(related="process_stage_id.process_id", store=True, index=True)
    company_id = fields.Many2one(related="process_stage_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("filled", "Fields hold a value"),
            ("ahead", "Dates are not past"),
            ("contact", "Contact within days"),
        ],
        string="Asked For",
        required=True,
        default="filled",
        help="Contact: a call, a meeting or a message of a person, of either side.",
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        "sales_process_completeness_rule_field_rel",
        "rule_id",
        "field_id",
        string="Fields",
        domain=[("model", "=", "crm.lead"), ("store", "=", True), ("ttype", "not in", ("one2many", "many2many"))],
        help="0 and No are values; blanks are not.",
    )
    days = fields.Integer(default=14, help="So many days may pass without contact.")
    and_later = fields.Boolean(string="In Later Stages Too", default=True)

    _days_check = models.Constraint("CHECK(days > 0)", "Contact within at least one day.")

    @api.depends("kind", "field_ids", "days")
    def _compute_display_name(self):
        for rule in self:
            labels = [self.env["crm.lead"]._get_completeness_label(item.key) for item in rule._get_items()]
            rule.display_name = ", ".join(labels)

    @api.constrains("kind", "field_ids")
    def _check_fields(self):
        """Each has a column of its own, so that any number of leads is looked at in one statement."""
        Lead = self.env["crm.lead"]
        for rule in self.filtered(lambda rule: rule.kind != "contact"):
            names = rule.sudo().field_ids.mapped("name")
            if not names:
                raise ValidationError(
                    self.env._("Choose the fields that a lead in %s needs.", rule.process_stage_id.name)
                )
            for name in names:
                field = Lead._fields.get(name)
                if not field or not field.store or not field.column_type or field.company_dependent:
                    raise ValidationError(
                        self.env._(
                            "%(field)s cannot count as data of a lead: choose fields stored on the lead itself.",
                            field=name,
                        )
                    )
                if rule.kind == "ahead" and field.type not in ("date", "datetime"):
                    raise ValidationError(self.env._("%s is no date, and cannot be past.", name))

    @api.model_create_multi
    def create(self, vals_list):
        # The process is that of the stage, whatever a form says.
        rules = super().create(
            [{name: value for name, value in vals.items() if name != "process_id"} for vals in vals_list]
        )
        self.env["sales.process"]._clear_playbooks()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env["sales.process"]._clear_playbooks()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["sales.process"]._clear_playbooks()
        return result

    def _get_items(self):
        """:return: [:class:`~..tools.completeness.Item`]"""
        self.ensure_one()
        if self.kind == "contact":
            return [Item("contact", days=self.days)]
        # sudo: names of fields
        return [Item(self.kind, name) for name in self.sudo().field_ids.sorted("id").mapped("name")]

    def _prepare_definition(self):
        """:return: :class:`~..tools.completeness.Rule`"""
        self.ensure_one()
        return Rule(self.process_stage_id.id, tuple(self._get_items()), self.and_later)
