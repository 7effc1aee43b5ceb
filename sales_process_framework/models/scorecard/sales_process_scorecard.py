from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.period import period_of
from .sales_process_scorecard_scheme import CYCLES


class SalesProcessScorecard(models.Model):
    """How one person did in one period, by the weights of a scheme. Written by the computation alone.

    Seen by the person, by the leaders of the teams that the person worked in then, and by the group for human
    resources; by nobody else, sales administrators included.
    """

    _name = "sales.process.scorecard"
    _description = "Scorecard"
    _inherit = [
        "sales.process.scorecard.page",
        "sales.process.scorecard.sheet",
        "sales.process.scorecard.figures",
    ]
    _order = "date_from desc, user_id"
    _rec_name = "user_id"
    _log_access = False

    user_id = fields.Many2one("res.users", string="Person", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    team_ids = fields.Many2many(
        "crm.team",
        "sales_process_scorecard_team_rel",
        "scorecard_id",
        "team_id",
        string="Sales Teams",
        readonly=True,
        help="Of the person in this period, as they were when it was last computed.",
    )
    scheme_id = fields.Many2one(
        "sales.process.scorecard.scheme", required=True, readonly=True, index=True, ondelete="restrict"
    )
    cycle = fields.Selection(CYCLES, string="Length", required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    period = fields.Char(compute="_compute_period")
    line_ids = fields.One2many("sales.process.scorecard.line", "scorecard_id", string="Figures", readonly=True)
    score = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="100: as agreed. Weighted mean of what has data."
    )
    has_score = fields.Boolean(readonly=True, help="No data is not zero.")
    coverage = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Percent of the weights that have data."
    )
    previous_score = fields.Float(string="Before", readonly=True, aggregator=None, digits=(16, 1))
    has_previous = fields.Boolean(readonly=True)
    frozen = fields.Boolean(readonly=True, help="The period is closed: nothing of it changes any more.")
    computed = fields.Datetime(string="Computed On", readonly=True)

    _once = models.UniqueIndex(
        "(user_id, company_id, cycle, date_from)", "A person has one scorecard in a company and period."
    )
    _period_idx = models.Index("(company_id, cycle, date_from)")

    @api.depends("date_from", "cycle")
    def _compute_period(self):
        for card in self:
            card.period = card.date_from and period_of(card.date_from, card.cycle).label()

    @api.depends("user_id", "date_from", "cycle")
    def _compute_display_name(self):
        for card in self:
            # sudo: whoever may see the card may read whose it is
            card.display_name = f"{card.sudo().user_id.name} – {card.period}"

    def write(self, vals):
        self._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        """Nobody is exempt: what people were told stays what they were told."""
        if any(card.frozen for card in self):
            raise UserError(self.env._("The scorecards of a closed period never change."))
