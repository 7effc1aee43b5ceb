from odoo import api, fields, models

#: A goal so many times what the last periods brought wants a reason.
STRETCH = 1.5
POINTS = 5


class SalesProcessTargetSmart(models.AbstractModel):
    """Whether a goal is specific, measurable, achievable, relevant and time-bound; what is missing, in words."""

    _name = "sales.process.target.smart"
    _description = "SMART goals"

    smart_score = fields.Integer(string="SMART", compute="_compute_smart", help="Points out of five.")
    smart_missing = fields.Text(string="To Be SMART", compute="_compute_smart")

    @api.depends("kpi_id", "objective", "description", "reason", "value", "parent_id", "scope", "date_from", "cycle")
    def _compute_smart(self):
        rows = self.filtered(lambda goal: goal.kpi_id and goal.date_from and goal.cycle)._fetch_rows()
        for goal in self:
            missing = goal._get_smart_gaps(rows.get(goal, {}))
            goal.smart_score = POINTS - len(missing)
            goal.smart_missing = "\n".join(missing)

    def _get_smart_gaps(self, rows):
        """:return: a sentence for each letter that does not hold"""
        gaps = []
        if not (self.objective or self.description):
            gaps.append(self.env._("Specific: say in a sentence what it is good for or how it is to be reached."))
        if not self.kpi_id or self.kpi_id.availability == "missing" or not self.value:
            gaps.append(self.env._("Measurable: choose an indicator that can be computed, and a number."))
        if self._is_stretch(rows) and not self.reason:
            gaps.append(
                self.env._("Achievable: it is far beyond what the last periods brought; say what makes it reachable.")
            )
        if not self.parent_id and self.scope != "company" and not self.reason:
            gaps.append(self.env._("Relevant: make it part of a higher goal, or say what it serves."))
        if not self.date_from or not self.cycle:
            gaps.append(self.env._("Time-bound: choose the period."))
        return gaps

    def _is_stretch(self, rows):
        past = [row.value for start, row in rows.items() if start < self.date_from and row.has_data]
        if not past or not self.value:
            return False
        usual = sum(past) / len(past)
        if self.kpi_id.direction == "lower":
            return bool(usual) and self.value < usual / STRETCH
        return self.value > usual * STRETCH
