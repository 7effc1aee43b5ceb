from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...models.goal.sales_process_target import ADDITIVE
from ...tools.breakdown import break_down
from ...tools.period import period_of, periods_between

FINER = {"year": ["half_year", "quarter", "month"], "half_year": ["quarter", "month"], "quarter": ["month"]}


class SalesProcessBreakdown(models.TransientModel):
    """Parts of a goal, shown and changed before they are made."""

    _name = "sales.process.breakdown"
    _description = "Break Down a Goal"

    target_id = fields.Many2one("sales.process.target", required=True, readonly=True, ondelete="cascade")
    value = fields.Float(related="target_id.value")
    by = fields.Selection(
        [("period", "Periods"), ("team", "Teams"), ("user", "People")],
        string="Into",
        required=True,
        compute="_compute_by",
        store=True,
        readonly=False,
    )
    cycle = fields.Selection(
        [("half_year", "Half-years"), ("quarter", "Quarters"), ("month", "Months")],
        string="Length",
        compute="_compute_by",
        store=True,
        readonly=False,
    )
    method = fields.Selection(
        [
            ("equal", "Equally"),
            ("share", "By share"),
            ("profile", "As last year: by what each part made up then"),
        ],
        string="How",
        required=True,
        default="equal",
    )
    line_ids = fields.One2many(
        "sales.process.breakdown.line", "breakdown_id", compute="_compute_lines", store=True, readonly=False
    )
    total = fields.Float(compute="_compute_total")
    difference = fields.Float(compute="_compute_total", help="Goal less what the parts make up.")
    additive = fields.Boolean(compute="_compute_additive")
    no_profile = fields.Boolean(compute="_compute_lines", store=True)

    @api.depends("target_id")
    def _compute_additive(self):
        for wizard in self:
            wizard.additive = wizard.target_id.kpi_id.aggregation in ADDITIVE

    @api.depends("target_id")
    def _compute_by(self):
        for wizard in self:
            goal = wizard.target_id
            finer = FINER.get(goal.cycle, [])
            wizard.by = "period" if goal.cycle == "year" else "team" if goal.scope == "company" else "user"
            wizard.cycle = "quarter" if "quarter" in finer else finer[0] if finer else False

    @api.depends("target_id", "by", "cycle", "method")
    def _compute_lines(self):
        for wizard in self:
            parts = wizard._get_parts()
            weights = wizard._get_weights(parts)
            wizard.no_profile = wizard.method == "profile" and not any(weights)
            values = wizard._distribute(weights)
            wizard.line_ids = [Command.clear()] + [
                Command.create({**part, "share": weight, "value": value})
                for part, weight, value in zip(parts, weights, values, strict=True)
            ]

    @api.depends("line_ids.value")
    def _compute_total(self):
        for wizard in self:
            values = wizard.line_ids.mapped("value")
            total = sum(values) if wizard.additive else sum(values) / (len(values) or 1)
            wizard.total = total
            wizard.difference = wizard.target_id.value - total

    def _get_parts(self):
        """:return: [{"date_from", "team_id", "user_id"}]"""
        goal = self.target_id
        own = {"date_from": goal.date_from, "team_id": goal.team_id.id, "user_id": goal.user_id.id}
        if self.by == "period":
            if not self.cycle or self.cycle not in FINER.get(goal.cycle, []):
                return []
            return [
                {**own, "date_from": part.start} for part in periods_between(goal.date_from, goal.date_to, self.cycle)
            ]
        if self.by == "team":
            teams = self.env["crm.team"].search([("company_id", "in", [goal.company_id.id, False])])
            return [{**own, "team_id": team.id} for team in teams if goal.scope == "company"]
        members = goal.team_id.member_ids if goal.scope == "team" else self.env["res.users"]
        return [{**own, "user_id": user.id} for user in members.sorted("name")]

    def _get_weights(self, parts):
        """What each part weighs: as much as any other, its former share, or what it reached a year before."""
        if self.method == "profile":
            return [self._get_former_value(part) for part in parts]
        if self.method == "share":
            former = {self._get_key(child): child.share for child in self.target_id.child_ids}
            return [former.get((part["date_from"], part["team_id"] or 0, part["user_id"] or 0), 1.0) for part in parts]
        return [1.0] * len(parts)

    @staticmethod
    def _get_key(goal):
        return goal.date_from, goal.team_id.id or 0, goal.user_id.id or 0

    def _get_former_value(self, part):
        goal = self.target_id
        cycle = self.cycle if self.by == "period" else goal.cycle
        scope = "user" if part["user_id"] else "team" if part["team_id"] else "company"
        row = self.env["sales.process.kpi.value"].search(
            [
                ("kpi_id", "=", goal.kpi_id.id),
                ("company_id", "=", goal.company_id.id),
                ("cycle", "=", cycle),
                ("scope", "=", scope),
                ("scope_id", "=", part["user_id"] or part["team_id"] or goal.company_id.id),
                ("date_from", "=", period_of(part["date_from"], cycle).year_before().start),
                ("is_latest", "=", True),
            ],
            limit=1,
        )
        return max(row.value, 0.0) if row.has_data else 0.0

    def _distribute(self, weights):
        goal = self.target_id
        if not weights:
            return []
        if not self.additive:
            # A rate or an average is the same for each part.
            return [goal.value] * len(weights)
        if goal.kpi_id.unit == "money":
            digits = goal.currency_id.decimal_places
        else:
            digits = 0 if goal.value.is_integer() else 2
        return break_down(goal.value, weights, digits)

    def action_redistribute(self):
        """Values by the shares as they were changed."""
        self.ensure_one()
        values = self._distribute(self.line_ids.mapped("share"))
        for line, value in zip(self.line_ids, values, strict=True):
            line.value = value
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Make the parts, or give those that are there their new values."""
        self.ensure_one()
        goal = self.target_id
        goal._check_may_break_down()
        if not self.line_ids:
            raise UserError(self.env._("There is nothing to break this goal down into. Choose something else."))
        if self.additive and abs(self.difference) > 0.005:
            raise ValidationError(
                self.env._("The parts have to make up the goal: %s is missing or too much.", round(self.difference, 2))
            )
        existing = {self._get_key(child): child for child in goal.child_ids if child.kpi_id == goal.kpi_id}
        for line in self.line_ids:
            child = existing.get(self._get_key(line))
            if child:
                child.write({"value": line.value, "share": line.share})
                continue
            goal.create(
                {
                    "kpi_id": goal.kpi_id.id,
                    "company_id": goal.company_id.id,
                    "parent_id": goal.id,
                    "scenario_id": goal.scenario_id.id,
                    "cycle": self.cycle if self.by == "period" else goal.cycle,
                    "date_from": line.date_from,
                    "team_id": line.team_id.id,
                    "user_id": line.user_id.id,
                    "value": line.value,
                    "share": line.share,
                    "state": goal.state,
                }
            )
        return goal.action_open_parts()


class SalesProcessBreakdownLine(models.TransientModel):
    _name = "sales.process.breakdown.line"
    _description = "Part of a Goal"

    breakdown_id = fields.Many2one("sales.process.breakdown", required=True, ondelete="cascade")
    date_from = fields.Date(string="From", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    share = fields.Float(default=1.0)
    value = fields.Float(string="Goal")
