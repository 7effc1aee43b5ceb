from odoo import api, fields, models, tools


class SalesProcessSlaPolicy(models.Model):
    """What may be asked of a department, and by when it promises to answer and to deliver (R3)."""

    _name = "sales.process.sla.policy"
    _description = "Service Level"
    _order = "department_id, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(string="What Is Asked", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    department_id = fields.Many2one(
        "sales.process.department", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="department_id.company_id", store=True, index=True)
    description = fields.Text(translate=True, help="What is delivered, and what the department needs to know for it.")
    response_hours = fields.Float(
        string="First Response Within", default=4.0, help="Working hours of the department; 0 for no promise."
    )
    resolution_days = fields.Float(
        string="Delivered Within", default=3.0, required=True, help="Working days of the department."
    )
    at_risk_percent = fields.Integer(
        string="At Risk From",
        default=75,
        help="Part of the working time, in percent, after which a request is at risk.",
    )
    process_stage_ids = fields.Many2many(
        "sales.process.stage",
        "sales_process_sla_policy_stage_rel",
        "policy_id",
        "process_stage_id",
        string="Raised On Entering",
        check_company=True,
        help="A lead that enters one of these stages raises the request by itself.",
    )
    requirement_ids = fields.One2many(
        "sales.process.requirement", "support_policy_id", string="Gates That Wait For It", readonly=True
    )
    template_ids = fields.Many2many(
        "ir.attachment", "sales_process_sla_policy_template_rel", string="Briefing Templates", copy=True
    )

    _resolution_positive = models.Constraint(
        "CHECK(resolution_days > 0)", "Say within how many working days the department delivers."
    )
    _response_not_negative = models.Constraint(
        "CHECK(response_hours >= 0)", "Use 0 when no first response is promised."
    )
    _percent = models.Constraint(
        "CHECK(at_risk_percent BETWEEN 1 AND 100)", "The part of the time lies between 1 and 100 percent."
    )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._adopt_templates()
        self.env.registry.clear_cache("stable")
        return policies

    def write(self, vals):
        result = super().write(vals)
        if "template_ids" in vals:
            self._adopt_templates()
        self.env.registry.clear_cache("stable")
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache("stable")
        return result

    def _adopt_templates(self):
        """Whoever reads the policy may open its templates."""
        for policy in self:
            loose = policy.template_ids.sudo().filtered(lambda file: not file.res_id)
            if loose:
                loose.write({"res_model": self._name, "res_id": policy.id})

    @api.model
    @tools.ormcache(cache="stable")
    def _is_in_use(self):
        """False as long as nothing can be asked of anybody: then every hook returns at once."""
        return bool(self.sudo().with_context(active_test=False).search_count([], limit=1))

    @api.model
    @tools.ormcache(cache="stable")
    def _get_raised(self):
        """:return: {process stage id: ids of policies raised on entering it}"""
        raised = {}
        for policy in self.sudo().search([("process_stage_ids", "!=", False), ("department_id.active", "=", True)]):
            for stage_id in policy.process_stage_ids.ids:
                raised.setdefault(stage_id, []).append(policy.id)
        return raised
