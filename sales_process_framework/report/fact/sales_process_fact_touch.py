from odoo import fields, models
from odoo.tools import SQL

from ...models.touch.sales_process_touch import DIRECTIONS, SOURCES


class SalesProcessFactTouch(models.Model):
    """Contacts with customers."""

    _name = "sales.process.fact.touch"
    _description = "Touch Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _fact_model = "sales.process.touch"
    _depends = {"sales.process.touch": ["lead_id", "date", "source", "direction", "human", "touchpoint_id", "user_id"]}

    touchpoint_id = fields.Many2one("sales.process.touchpoint", readonly=True)
    phase_id = fields.Many2one("sales.process.journey.phase", readonly=True)
    touch_source = fields.Selection(SOURCES, string="Source", readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    by_id = fields.Many2one("res.users", readonly=True)
    human_rate = fields.Float(string="By a Person (Share)", readonly=True, aggregator="avg")
    incoming_rate = fields.Float(string="From the Customer (Share)", readonly=True, aggregator="avg")

    def _get_columns(self):
        return super()._get_columns() | {
            "touchpoint_id": SQL("fact.touchpoint_id"),
            "phase_id": SQL("fact.phase_id"),
            "touch_source": SQL("fact.source"),
            "direction": SQL("fact.direction"),
            "by_id": SQL("fact.user_id"),
            "human_rate": self._get_share(SQL("fact.human")),
            "incoming_rate": self._get_share(SQL("fact.direction = 'in'")),
        }
