from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import rollout

LEADERS = "sales_team.group_sale_salesman_all_leads"


class SalesProcessRolloutCondition(models.Model):
    """One thing that has to be there before a phase opens; judged from facts whenever it is looked at."""

    _name = "sales.process.rollout.condition"
    _description = "Entry Condition of a Phase"
    _order = "phase_id, sequence, id"
    _rec_name = "kind"
    _check_company_auto = True

    phase_id = fields.Many2one("sales.process.rollout.phase", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="phase_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection="_get_kinds", string="Waits For", required=True, default="trained")
    percent = fields.Float(string="At Least (%)", default=80.0, help="Share of the members of the phase's teams.")
    days = fields.Integer(default=14)
    kpi_id = fields.Many2one("sales.process.kpi", string="Indicator", check_company=True, ondelete="restrict")
    kpi_scope = fields.Selection(
        [("teams", "Each team of the phases before"), ("company", "The company")],
        string="Of",
        required=True,
        default="teams",
    )
    band = fields.Selection(
        [("healthy", "Healthy"), ("not_alert", "Not in alert")],
        required=True,
        default="not_alert",
        help="The latest value since the phase before was opened.",
    )
    skill_level = fields.Selection(
        [("beginner", "Beginner"), ("able", "Able"), ("proficient", "Proficient"), ("expert", "Expert")],
        required=True,
        default="able",
    )
    uses_percent = fields.Boolean(compute="_compute_shape")
    uses_days = fields.Boolean(compute="_compute_shape")
    uses_kpi = fields.Boolean(compute="_compute_shape")
    uses_level = fields.Boolean(compute="_compute_shape")
    # Of other people's results a salesperson learns not even the number.
    holds = fields.Boolean(compute="_compute_standing", groups=LEADERS)
    standing = fields.Char(string="Stands At", compute="_compute_standing", groups=LEADERS)
    missing = fields.Char(compute="_compute_standing", groups=LEADERS)

    _percent_in_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A share is between 1 and 100 percent."
    )
    _days_not_negative = models.Constraint("CHECK(days >= 0)", "Days cannot be negative.")

    @api.model
    def _get_kinds(self):
        return self.env["sales.process.rollout.rule"]._get_selection()

    def _get_rule(self):
        self.ensure_one()
        return self.env["sales.process.rollout.rule"]._get(self.kind)

    @api.depends("kind")
    def _compute_shape(self):
        for condition in self:
            rule = condition._get_rule()
            condition.uses_percent = bool(rule is not None and rule._uses_percent)
            condition.uses_days = bool(rule is not None and rule._uses_days)
            condition.uses_kpi = bool(rule is not None and rule._uses_kpi)
            condition.uses_level = bool(rule is not None and rule._uses_level)

    @api.depends("kind", "percent", "days", "kpi_id", "skill_level", "band")
    def _compute_display_name(self):
        for condition in self:
            condition.display_name = condition._say()

    def _say(self):
        """What it waits for, with its limit."""
        self.ensure_one()
        rule = self._get_rule()
        if rule is None:
            return self.kind
        label = rule._get_label()
        if rule._uses_level:
            levels = dict(self._fields["skill_level"]._description_selection(self.env))
            label = self.env._("%(label)s: %(level)s", label=label, level=levels[self.skill_level])
        if rule._uses_percent:
            return self.env._("%(label)s (%(percent)s %%)", label=label, percent=f"{self.percent:g}")
        if rule._uses_days:
            return self.env._("%(label)s (%(days)s)", label=label, days=self.days)
        if rule._uses_kpi:
            bands = dict(self._fields["band"]._description_selection(self.env))
            return self.env._("%(kpi)s: %(band)s", kpi=self.kpi_id.name or label, band=bands[self.band])
        return label

    @api.depends("kind", "percent", "days", "kpi_id", "kpi_scope", "band", "skill_level", "phase_id")
    @api.depends_context("uid", "lang")
    def _compute_standing(self):
        saved = self._origin
        standings = saved.phase_id._judge()
        known = self._get_known_people()
        self._fetch_names(standings)
        for condition in self:
            standing = standings.get(condition._origin.id)
            condition.holds = bool(standing and standing.holds)
            condition.standing = standing.note or condition._get_rule()._say(condition, standing) if standing else False
            condition.missing = ", ".join(condition._name_missing(standing, known)) if standing else False

    def _get_known_people(self):
        """People whose results in trainings the user may know: all for administrators, else one's own and one's team's.

        :return: set of user ids, None for everybody
        """
        user = self.env.user
        if self.env.su or user.has_group("sales_team.group_sale_manager"):
            return None
        led = user.sudo().search([("crm_team_member_ids.crm_team_id.user_id", "=", user.id)])
        return {user.id, *led.ids}

    @api.model
    def _fetch_names(self, standings):
        """Of everybody who is missing somewhere, at once."""
        # sudo: names of colleagues
        people = self.env["res.users"].sudo().browse({user for row in standings.values() for user in row.people})
        people.mapped("name")

    def _name_missing(self, standing, known):
        """:param known: see ``_get_known_people``
        :return: list of names, and how many more that the user may not know
        """
        self.ensure_one()
        if standing.holds and not standing.people:
            return list(standing.missing)
        rule = self._get_rule()
        shown = standing.people
        if rule is not None and rule._is_personal and known is not None:
            shown = [user for user in standing.people if user in known]
        # sudo: names of colleagues
        names = sorted(self.env["res.users"].sudo().browse(shown).mapped("name"))
        if hidden := len(standing.people) - len(shown):
            names.append(self.env._("%s more", hidden))
        return [*names, *standing.missing]

    @api.onchange("kind")
    def _onchange_kind(self):
        if not self.uses_kpi:
            self.kpi_id = False

    def write(self, vals):
        self._check_waiting()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        conditions = super().create(vals_list)
        conditions._check_waiting()
        return conditions

    @api.ondelete(at_uninstall=False)
    def _unlink_only_waiting(self):
        self._check_waiting()

    def _check_waiting(self):
        """What a phase was opened by is settled."""
        for phase in self.phase_id.filtered(lambda phase: phase.state == rollout.OPEN):
            raise UserError(self.env._("%s is open: what it waited for is settled.", phase.name))
