from odoo import api, fields, models


class SalesProcessTrainingAttendee(models.Model):
    """One person in one training, with the result: seen by that person, the trainer, the team's leader and managers."""

    _name = "sales.process.training.attendee"
    _description = "Training Attendee"
    _order = "training_id, id"
    _rec_name = "user_id"

    training_id = fields.Many2one("sales.process.training", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="training_id.company_id", store=True, index=True)
    date = fields.Datetime(related="training_id.date", store=True)
    training_state = fields.Selection(related="training_id.state", string="Training Status")
    requirement_ids = fields.Many2many(related="training_id.requirement_ids")
    user_id = fields.Many2one(
        "res.users",
        string="Attendee",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    state = fields.Selection(
        [("invited", "Invited"), ("attended", "Attended"), ("absent", "Absent")], required=True, default="invited"
    )
    completed = fields.Boolean(help="Did everything that belongs to the training.")
    assessed = fields.Boolean(help="There is a score; 0 is a score too.")
    score = fields.Float(aggregator="avg", help="0 to 100.")
    passed = fields.Boolean(compute="_compute_passed", store=True)

    _once = models.UniqueIndex("(training_id, user_id)", "Everybody attends a training once.")
    _score_in_range = models.Constraint("CHECK(score BETWEEN 0 AND 100)", "A score is between 0 and 100.")

    @api.depends("state", "completed", "assessed", "score", "training_id.assessment", "training_id.pass_score")
    def _compute_passed(self):
        for attendee in self:
            training = attendee.training_id
            reached = not training.assessment or (attendee.assessed and attendee.score >= training.pass_score)
            attendee.passed = attendee.state == "attended" and attendee.completed and reached

    @api.onchange("score")
    def _onchange_score(self):
        if self.score:
            self.assessed = True

    @api.onchange("state")
    def _onchange_state(self):
        if self.state != "attended":
            self.completed = False

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_assessed(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_assessed(vals))

    @api.model
    def _with_assessed(self, vals):
        """A score that is given counts, also when it is 0."""
        return {"assessed": True, **vals} if vals.get("score") else vals
