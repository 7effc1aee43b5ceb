from odoo import api, fields, models


class SalesProcessJourneyPhase(models.Model):
    _name = "sales.process.journey.phase"
    _description = "Journey Phase"
    _order = "journey_id, sequence, id"
    _check_company_auto = True

    journey_id = fields.Many2one("sales.process.journey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="journey_id.company_id", store=True, index=True)
    journey_state = fields.Selection(related="journey_id.state", string="Journey Status")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("awareness", "Awareness"),
            ("interest", "Interest"),
            ("evaluation", "Evaluation"),
            ("decision", "Decision"),
            ("use", "Use"),
            ("repurchase", "Repurchase"),
            ("churn", "Churn"),
        ],
        required=True,
        default="awareness",
    )
    need = fields.Text(string="Core Need", translate=True)
    pain = fields.Text(translate=True)
    information_channels = fields.Text(translate=True, help="Where customers look for information in this phase.")
    process_stage_ids = fields.Many2many(
        "sales.process.stage",
        "sales_process_journey_phase_stage_rel",
        "phase_id",
        "process_stage_id",
        string="Stages",
        check_company=True,
        help="Stages of the sales process that this phase spans.",
    )
    days_without_contact = fields.Integer(
        help="A won customer comes into this phase after so many days without contact; 0 for no such rule."
    )
    days_without_order = fields.Integer(
        help="A won customer comes into this phase after so many days without order; 0 for no such rule."
    )
    touchpoint_ids = fields.One2many("sales.process.touchpoint", "phase_id", string="Touchpoints", copy=True)
    touchpoint_count = fields.Integer(compute="_compute_touchpoint_count")

    _days_not_negative = models.Constraint(
        "CHECK(days_without_contact >= 0 AND days_without_order >= 0)",
        "Days without contact or order cannot be negative. Use 0 for no rule.",
    )

    @api.depends("touchpoint_ids")
    def _compute_touchpoint_count(self):
        for phase in self:
            phase.touchpoint_count = len(phase.touchpoint_ids)

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind and not self.name:
            self.name = dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.model_create_multi
    def create(self, vals_list):
        phases = super().create(vals_list)
        self.env["sales.process.journey"]._clear_journeys()
        return phases

    def write(self, vals):
        result = super().write(vals)
        self.env["sales.process.journey"]._clear_journeys()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["sales.process.journey"]._clear_journeys()
        return result

    def action_open(self):
        """Open the phase with its touchpoints in its own form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _prepare_map_column(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "need": self.need or "",
            "pain": self.pain or "",
            "information_channels": self.information_channels or "",
            "days_without_contact": self.days_without_contact,
            "days_without_order": self.days_without_order,
            # Versions of one process have stages of the same name.
            "stages": list(dict.fromkeys(self.process_stage_ids.mapped("name"))),
            "touchpoints": [touchpoint._prepare_map_card() for touchpoint in self.touchpoint_ids],
        }
