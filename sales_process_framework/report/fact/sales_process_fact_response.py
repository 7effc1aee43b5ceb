from odoo import fields, models
from odoo.tools import SQL

STATES = [
    ("running", "Running"),
    ("kept", "Kept"),
    ("breached_open", "Late, not answered"),
    ("breached_answered", "Answered late"),
    ("void", "No answer needed"),
]


class SalesProcessFactResponse(models.Model):
    """How soon customers were answered."""

    _name = "sales.process.fact.response"
    _description = "Response Analysis"
    _inherit = ["sales.process.fact.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _fact_model = "sales.process.response"
    _fact_has_form = True
    _depends = {
        "sales.process.response": ["lead_id", "started", "answered", "state", "touchpoint_id", "channel_id"],
    }

    touchpoint_id = fields.Many2one("sales.process.touchpoint", readonly=True)
    channel_id = fields.Many2one("sales.process.channel", readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    kept_rate = fields.Float(string="Kept", readonly=True, aggregator="avg")
    seconds_working = fields.Float(
        string="Seconds to Answer", readonly=True, aggregator="avg", help="Working time from start to answer."
    )
    minutes_working = fields.Float(
        string="Minutes to Answer", readonly=True, aggregator="avg", digits=(16, 1), help="Working time."
    )

    def _get_columns(self):
        names = ("touchpoint_id", "channel_id", "answered_by_id", "state", "kept_rate")
        return (
            super()._get_columns()
            | {name: SQL("fact.%s", SQL.identifier(name)) for name in names}
            | {
                "date": SQL("fact.started"),
                "stage_id": self._get_stage_then("fact.started"),
                # Those who still wait have no time yet, which is not 0.
                "seconds_working": SQL("CASE WHEN fact.answered IS NOT NULL THEN fact.seconds_working END"),
                "minutes_working": SQL("CASE WHEN fact.answered IS NOT NULL THEN fact.minutes_working END"),
            }
        )
