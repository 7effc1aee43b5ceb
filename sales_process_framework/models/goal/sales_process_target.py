from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.period import period_of
from ..kpi.sales_process_kpi import CYCLE_LABELS

#: Indicators whose goals add up over time and people.
ADDITIVE = ("sum", "count")


class SalesProcessTarget(models.Model):
    """What is aimed at: an indicator, for the company, a team or a person, in a period."""

    _name = "sales.process.target"
    _description = "Sales Goal"
    _inherit = [
        "sales.process.target.progress",
        "sales.process.target.rollup",
        "sales.process.target.smart",
        "sales.process.target.sheet",
    ]
    _order = "date_from desc, date_to desc, kpi_id, team_id, user_id, id"
    _parent_store = True
    _check_company_auto = True

    kpi_id = fields.Many2one(
        "sales.process.kpi", string="Indicator", required=True, index=True, ondelete="restrict", check_company=True
    )
    objective = fields.Char(translate=True, help="What it is good for, in a sentence people remember.")
    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", index="btree_not_null", ondelete="cascade", check_company=True
    )
    user_id = fields.Many2one("res.users", string="Salesperson", index="btree_not_null", ondelete="cascade")
    scope = fields.Selection(
        [("company", "Company"), ("team", "Team"), ("user", "Person")], compute="_compute_scope", store=True
    )
    cycle = fields.Selection(CYCLE_LABELS, string="Period", required=True, default="quarter")
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, help="Any day of the period will do."
    )
    date_to = fields.Date(string="To", compute="_compute_date_to", store=True)
    value = fields.Float(string="Goal", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit = fields.Selection(related="kpi_id.unit")
    direction = fields.Selection(related="kpi_id.direction")
    parent_id = fields.Many2one(
        "sales.process.target", string="Part Of", index="btree_not_null", ondelete="set null", check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("sales.process.target", "parent_id", string="Parts")
    share = fields.Float(help="Weight by which a breakdown by share gives to this part.", default=1.0)
    scenario_id = fields.Many2one(
        "sales.process.target.scenario", index="btree_not_null", ondelete="cascade", check_company=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        required=True,
        default="draft",
        index=True,
        copy=False,
    )
    description = fields.Text(help="How it is to be reached.")
    reason = fields.Text(help="Why this much: what makes it reachable, and what it serves.")
    parts_value = fields.Float(compute="_compute_parts", recursive=False, help="What the parts make up.")
    parts_differ = fields.Boolean(compute="_compute_parts", help="The parts make up another number.")

    _period_idx = models.Index("(company_id, kpi_id, date_from, date_to)")
    _value_not_negative = models.Constraint("CHECK(value >= 0)", "A goal cannot be negative.")
    _share_not_negative = models.Constraint("CHECK(share >= 0)", "A share cannot be negative.")
    _once = models.UniqueIndex(
        "(company_id, kpi_id, date_from, cycle, COALESCE(team_id, 0), COALESCE(user_id, 0), COALESCE(scenario_id, 0)) "
        "WHERE state <> 'closed'",
        "There is a goal for this indicator, period and team or person already.",
    )

    @api.depends("kpi_id", "team_id", "user_id", "company_id", "date_from", "cycle", "objective")
    def _compute_name(self):
        for goal in self:
            who = goal.user_id.name or goal.team_id.name or goal.company_id.name
            period = period_of(goal.date_from, goal.cycle).label() if goal.date_from and goal.cycle else ""
            goal.name = " · ".join(filter(None, (goal.objective or goal.kpi_id.name, who, period)))

    @api.depends("name")
    def _compute_display_name(self):
        for goal in self:
            goal.display_name = goal.name

    @api.depends("team_id", "user_id")
    def _compute_scope(self):
        for goal in self:
            goal.scope = "user" if goal.user_id else "team" if goal.team_id else "company"

    @api.depends("date_from", "cycle")
    def _compute_date_to(self):
        for goal in self:
            goal.date_to = goal.date_from and goal.cycle and period_of(goal.date_from, goal.cycle).stop

    @api.depends("child_ids.value", "value", "kpi_id.aggregation")
    def _compute_parts(self):
        for goal in self:
            parts = goal.child_ids.filtered(lambda part, kpi=goal.kpi_id: part.kpi_id == kpi)
            levels = {(part.scope, part.cycle) for part in parts}
            values = parts.mapped("value")
            goal.parts_value = goal._roll_up(values) if values else 0.0
            # Quarters and teams of one goal both make up the whole: only parts of one kind can be added.
            goal.parts_differ = bool(values) and len(levels) == 1 and abs(goal.parts_value - goal.value) > 0.005

    def _roll_up(self, values):
        """Sums add up; of rates and averages the mean counts."""
        return sum(values) / (1 if self.kpi_id.aggregation in ADDITIVE else len(values))

    @api.constrains("parent_id", "scenario_id", "date_from", "cycle")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A goal cannot be part of itself."))
        for goal in self.filtered("parent_id"):
            parent = goal.parent_id
            if goal.date_from < parent.date_from or goal.date_to > parent.date_to:
                raise ValidationError(
                    self.env._(
                        "%(goal)s does not lie within the period of %(parent)s.", goal=goal.name, parent=parent.name
                    )
                )
            if goal.scenario_id != parent.scenario_id:
                raise ValidationError(
                    self.env._(
                        "%(goal)s and %(parent)s are of different scenarios.", goal=goal.name, parent=parent.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._begin_with_period(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys() & {"date_from", "cycle"}:
            return super().write(vals)
        for goal in self:
            own = {"date_from": goal.date_from, "cycle": goal.cycle, **vals}
            self._begin_with_period(own)
            super(SalesProcessTarget, goal).write({**vals, "date_from": own["date_from"]})
        return True

    @api.model
    def _begin_with_period(self, vals):
        day = fields.Date.to_date(vals.get("date_from")) or fields.Date.context_today(self)
        vals["date_from"] = period_of(day, vals.get("cycle") or "quarter").start

    @api.ondelete(at_uninstall=False)
    def _unlink_not_active(self):
        if active := self.filtered(lambda goal: goal.state == "active"):
            raise UserError(
                self.env._("%s is active: close it or set it to draft before you delete it.", active[0].name)
            )

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    def action_activate(self):
        """Make goals count, with their parts."""
        self.check_access("write")
        for goal in self:
            if goal.scenario_id.state == "draft":
                raise UserError(
                    self.env._(
                        "%(goal)s is of the scenario %(scenario)s: choose the scenario.",
                        goal=goal.name,
                        scenario=goal.scenario_id.name,
                    )
                )
        goals = self.search([("id", "child_of", self.ids), ("state", "=", "draft")])
        goals.write({"state": "active"})

    def action_draft(self):
        self.check_access("write")
        self.write({"state": "draft"})

    def action_close(self):
        self.check_access("write")
        self.write({"state": "closed"})

    def action_break_down(self):
        self.ensure_one()
        self._check_may_break_down()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_breakdown_action")
        return {**action, "context": {"default_target_id": self.id}}

    def _check_may_break_down(self):
        """Whoever may change a goal, and the leader of the team that it is for, who may make goals of its people."""
        self.ensure_one()
        self.check_access("read")
        leads_team = self.scope == "team" and self.team_id.sudo().user_id == self.env.user
        if not leads_team:
            self.check_access("write")

    def action_open_parts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_target_action")
        return {
            **action,
            "name": self.name,
            "domain": list(Domain("id", "child_of", self.ids) & Domain("id", "!=", self.id)),
            "context": {"default_parent_id": self.id, "default_scenario_id": self.scenario_id.id},
        }

    @api.model
    def _cron_close_past(self):
        """Goals whose period is over are closed once its values are, so that they stay as they were."""
        today = fields.Date.context_today(self)
        past = self.search([("state", "=", "active"), ("date_to", "<", today)])
        past.filtered(lambda goal: goal._get_value_row().closed).write({"state": "closed"})
