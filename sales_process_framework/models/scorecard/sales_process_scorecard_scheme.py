from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools.period import period_of
from ...tools.scorecard import CAP

#: Cycles that every indicator has values for.
CYCLES = [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]


class SalesProcessScorecardScheme(models.Model):
    """What a person's work is measured by: indicators and their weights.

    Nobody is measured until a scheme is put in force: a draft computes nothing.
    """

    _name = "sales.process.scorecard.scheme"
    _description = "Scorecard Scheme"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, help="Where two schemes fit a person, the first one counts.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In force"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_scorecard_scheme_team_rel",
        "scheme_id",
        "team_id",
        string="Sales Teams",
        tracking=True,
        help="Empty: for the people of every team.",
    )
    cycle = fields.Selection(CYCLES, string="Period", required=True, default="quarter", tracking=True)
    date_from = fields.Date(
        string="Since", copy=False, tracking=True, help="Scorecards begin with the period of this day."
    )
    cap = fields.Float(
        string="At Most",
        default=CAP,
        help="Percent that one indicator can score, so that no single figure carries the whole scorecard.",
    )
    weight_ids = fields.One2many("sales.process.scorecard.weight", "scheme_id", string="Weights", copy=True)
    weight_total = fields.Float(compute="_compute_weight_total", help="A scheme in force gives out 100 %.")
    description = fields.Text(translate=True, help="Read by everybody who is measured by it.")

    _cap_check = models.Constraint("CHECK(cap >= 100)", "What is reached in full has to count in full: at least 100 %.")

    @api.depends("weight_ids.weight")
    def _compute_weight_total(self):
        for scheme in self:
            scheme.weight_total = sum(scheme.weight_ids.mapped("weight"))

    @api.constrains("state", "weight_ids")
    def _check_weights(self):
        for scheme in self.filtered(lambda scheme: scheme.state == "active"):
            if abs(scheme.weight_total - 100) > 0.01:
                raise ValidationError(
                    self.env._(
                        "%(scheme)s: the weights make up %(total)s %%. Change them so that they make up 100 %%.",
                        scheme=scheme.name,
                        total=round(scheme.weight_total, 2),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        schemes = super().create(vals_list)
        self.env.registry.clear_cache()
        return schemes

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "active"}:
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        used = self.env["sales.process.scorecard"].sudo().search([("scheme_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._("%s has measured people: retire it instead of deleting it.", used.scheme_id.name)
            )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _is_in_use(self):
        """:return: whether anybody is measured at all"""
        return bool(self.sudo().search_count([("state", "=", "active")], limit=1))

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    def action_activate(self):
        """Put schemes in force: from their day on, or from the running period on, people have scorecards."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for scheme in self:
            start = period_of(scheme.date_from or today, scheme.cycle).start
            scheme.write({"state": "active", "date_from": start})
        self.env.ref("sales_process_framework.ir_cron_refresh_scorecards").sudo()._trigger()

    def action_retire(self):
        """Stop measuring; what was frozen stays."""
        self.check_access("write")
        self.write({"state": "retired"})

    def action_open_scorecards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_scorecard_action")
        return {**action, "domain": [("scheme_id", "=", self.id)]}
