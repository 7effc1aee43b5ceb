from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import completeness, health

WEIGHT_FIELDS = {part: f"health_weight_{part}" for part in health.WEIGHTS}
WEIGHT_HELP = "How much it counts in the health of a lead; 0 leaves it out."


class SalesProcessCompletenessStage(models.AbstractModel):
    """Rules go with their stage: the next version of a process begins with those of this one."""

    _name = "sales.process.completeness.stage"
    _description = "Complete data of a stage"

    completeness_rule_ids = fields.One2many(
        "sales.process.completeness.rule", "process_stage_id", string="Complete Data", copy=True
    )


class SalesProcessCompletenessMixin(models.AbstractModel):
    """What makes leads of a process complete, and what their health is made of."""

    _name = "sales.process.completeness.mixin"
    _description = "Complete data and health of a process"

    completeness_rule_ids = fields.One2many(
        "sales.process.completeness.rule", "process_id", string="Complete Data by Stage", copy=False
    )
    health_weight_gate = fields.Integer(
        string="Stage Requirements", default=health.WEIGHTS["gate"], required=True, help=WEIGHT_HELP
    )
    health_weight_time = fields.Integer(
        string="Time in the Stage", default=health.WEIGHTS["time"], required=True, help=WEIGHT_HELP
    )
    health_weight_contact = fields.Integer(
        string="Last Contact", default=health.WEIGHTS["contact"], required=True, help=WEIGHT_HELP
    )
    health_weight_journey = fields.Integer(
        string="Touchpoints", default=health.WEIGHTS["journey"], required=True, help=WEIGHT_HELP
    )
    health_weight_closing = fields.Integer(
        string="Closing Date", default=health.WEIGHTS["closing"], required=True, help=WEIGHT_HELP
    )
    health_weight_buyers = fields.Integer(
        string="Buying Group", default=health.WEIGHTS["buyers"], required=True, help=WEIGHT_HELP
    )

    @api.constrains(*WEIGHT_FIELDS.values())
    def _check_health_weights(self):
        for process in self:
            weights = process._get_health_weights().values()
            if min(weights) < 0 or max(weights) > 1000 or not any(weights):
                raise ValidationError(
                    self.env._("Weights of the health lie between 0 and 1000, and one of them at least is not 0.")
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(WEIGHT_FIELDS.values()):
            # A lead tells its present score at once; what is stored follows.
            self.env["sales.process.health.sql"].sudo()._refresh_health_later()
        return result

    def _get_health_weights(self):
        """:return: {part: weight}"""
        self.ensure_one()
        return {part: self[name] for part, name in WEIGHT_FIELDS.items()}

    @api.model
    @tools.ormcache("process_id", cache="stable")
    def _get_completeness_items(self, process_id):
        """What is asked of the data of leads.

        :return: {stage id: tuple of :class:`~..tools.completeness.Item`}; None for a lead in no stage of the process
        """
        process = self.sudo().browse(process_id)
        base = [completeness.Item("filled", name) for name in self._get_completeness_fields(process_id)]
        stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        rules = [rule._prepare_definition() for rule in stages.completeness_rule_ids]
        return completeness.asked(base, stages.ids, rules)

    @api.model
    def _get_completeness_groups(self, process_ids):
        """Stages that ask for the same, so that each set is written once into a statement.

        :return: [(items, [process id] whose leads in no stage ask for them, [stage id])]
        """
        groups = {}
        for process_id in process_ids:
            for stage_id, items in self._get_completeness_items(process_id).items():
                processes, stages = groups.setdefault(items, ([], []))
                (processes if stage_id is None else stages).append(process_id if stage_id is None else stage_id)
        return [(items, processes, stages) for items, (processes, stages) in groups.items()]
